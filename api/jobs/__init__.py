"""Our own endpoints for jobs, pipelines, the event feed and lanes, beside CR AudioViz's `GET /v1/jobs/{id}`."""
