"""Who there is and how they prove it: users, workspaces, members, sessions, API keys, one-time tokens.

One set behind all surfaces. `passwords`, `keys`, `tokens` hold the cryptography; the other rooms are the
queries of one noun each; `signup` and `login` join them into the two acts that need several.
"""
