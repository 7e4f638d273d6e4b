"""Run tracking (`/api/integrations`, `/api/analytics`, `/api/export`, `/api/alerts`, `/api/team`); routes.py is the table of contents."""
