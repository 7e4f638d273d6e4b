"""create_app(): the whole API as one ASGI application; gunicorn serves `api.app:create_app()`.

Each surface lists its routes in its own routes.py; what every request passes is in kit/.
"""

from __future__ import annotations

from typing import Any

import falcon
import falcon.asgi

from api.clisonix.routes import ROUTES as CLISONIX
from api.craudioviz.routes import ROUTES as CRAUDIOVIZ
from api.dashboard.routes import ROUTES as DASHBOARD
from api.house.routes import OPENAPI
from api.house.routes import ROUTES as HOUSE
from api.insydr.routes import ROUTES as INSYDR
from api.jobs.routes import ROUTES as JOBS
from api.kit import errors
from api.kit.middleware import Edge
from api.kit.request import Request
from api.runs.routes import ROUTES as RUNS
from api.vistralai.routes import ROUTES as VISTRALAI
from api.webhooks.routes import ROUTES as WEBHOOKS
from api.widget.routes import ROUTES as WIDGET
from store.kit import log

ROUTES: tuple[tuple[str, Any], ...] = (
    *HOUSE,
    *DASHBOARD,
    *JOBS,
    *CRAUDIOVIZ,
    *VISTRALAI,
    *INSYDR,
    *CLISONIX,
    *WEBHOOKS,
    *RUNS,
    *WIDGET,
)


def create_app() -> falcon.asgi.App:
    """The application with every surface's routes."""
    log.setup("api")
    app = falcon.asgi.App(middleware=[Edge()], request_type=Request)
    app.add_error_handler(falcon.HTTPError, errors.handle)
    app.add_error_handler(Exception, errors.handle)
    for path, resource in ROUTES:
        app.add_route(path, resource)
    OPENAPI.routes = ROUTES
    return app
