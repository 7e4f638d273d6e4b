"""Buying credits, one stage: *charge* (lane quick) takes the money and then adds the credits, each once.

`purchase.py` is what the API calls. Without a Stripe key the payment is made in the sandbox, where that is allowed.
"""
