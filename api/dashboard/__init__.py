"""The pages for people: sign in, a new password, and API keys at /settings/api-keys. Plain HTML, no script."""
