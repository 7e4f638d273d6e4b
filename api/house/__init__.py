"""The house's own pages, outside of every contract: /health, /metrics, /openapi.json, /docs, /bot."""
