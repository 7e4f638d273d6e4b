"""How much a workspace uses the API: its own requests by hour and caller, and what was told of limits it met."""
