"""Worker processes: what starts, watches and feeds them. The work itself is in pipelines/.

`up` starts everything on one machine; `main` is a keeper with its worker processes (`child`); `scheduler`
runs dispatch, reconcile and schedules.
"""
