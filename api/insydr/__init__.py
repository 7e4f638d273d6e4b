"""The Insydr contract: /api/v1, answers without an envelope, errors as `{detail, code, field?}`."""
