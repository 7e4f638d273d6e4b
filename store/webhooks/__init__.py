"""Webhook endpoints and their deliveries: endpoints and deliveries are what the API reads and changes; feed,
turns and ledger are the hot statements of the workers. An endpoint's row is locked before its deliveries are judged.
"""
