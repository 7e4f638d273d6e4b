"""Mail to people, one stage: *send* (lane quick) writes the letter from its template and hands it over.

`queue.py` is what others call, inside the transaction that the mail is about. A job names what the letter
says, never a secret: a link's token is made again from its id when the letter is written.
"""
