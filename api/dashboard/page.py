"""One page as bytes: the frame around every page of the dashboard, and the headers it goes out with.

Everything that is not ours is escaped by `text()`; a page is put together from pieces that are HTML already. No
script runs, so the policy allows none; the style is a file of ours.
"""

from __future__ import annotations

from html import escape

from api.kit.answer import Answer

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    # Not no-referrer: with that a browser sends `Origin: null` with a form, which looks like another site's page.
    "Referrer-Policy": "same-origin",
}
FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Millrace</title>
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/dashboard.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><a class="brand" href="/settings/api-keys"><img src="/static/mark.svg" alt="" width="22" height="22">Millrace</a>{person}</header>
<main id="main"{narrow}>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def text(value: str) -> str:
    """Somebody's words as HTML, in an element or a quoted attribute."""
    return escape(value, quote=True)


def page(
    title: str,
    content: str,
    *,
    status: int = 200,
    person: str = "",
    is_narrow: bool = True,
    cookies: tuple[str, ...] = (),
) -> Answer:
    """A whole page. `title`, `content` and `person` (what stands at the right of the head) are HTML."""
    html = FRAME.format(title=title, content=content, person=person, narrow=' class="narrow"' if is_narrow else "")
    return Answer(
        body=html.encode(), status=status, content_type="text/html; charset=utf-8", headers=HEADERS, cookies=cookies
    )


def to(location: str, *, cookies: tuple[str, ...] = ()) -> Answer:
    """Send the browser on, after a form was taken or to where it has to begin."""
    return Answer(
        body=b"",
        status=303,
        location=location,
        content_type="text/html; charset=utf-8",
        headers=HEADERS,
        cookies=cookies,
    )


def problem(sentence: str) -> str:
    """What went wrong, read out at once by a screen reader."""
    return f'<p class="problem" role="alert">{text(sentence)}</p>'


def done(sentence: str) -> str:
    """What was done."""
    return f'<p class="done" role="status">{text(sentence)}</p>'
