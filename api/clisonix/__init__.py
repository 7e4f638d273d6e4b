"""The Clisonix contract: /v1/auth, /v1/users, /v1/ocean, /v1/analytics; errors as `{success, error: {code, message}}`."""
