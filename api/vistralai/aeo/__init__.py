"""/api/aeo: how AI platforms see a brand: insights, corrections, reports, schedules."""
