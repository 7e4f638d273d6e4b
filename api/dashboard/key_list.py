"""The pieces of the page of API keys, as HTML."""

from __future__ import annotations

from datetime import UTC, datetime

from api.dashboard.page import text
from store.accounts.key_text import masked
from store.accounts.keys import CreatedKey
from store.accounts.tables import ApiKey
from store.accounts.workspaces import Membership
from store.kit.clock import rfc3339

ONLY_SEE = '<p class="hint">Only an owner or admin of the workspace makes and revokes keys.</p>'
KINDS = {"secret": "Secret", "publishable": "Publishable"}
FRESH = """<section class="sheet fresh" aria-labelledby="fresh">
<h2 id="fresh">Your new key “{name}”</h2>
<code class="key">{key}</code>
<p>Copy it now: it is not shown again. {use}</p>
</section>"""
USES = {
    "secret": "Programs send it as <code>Authorization: Bearer …</code>. Keep it out of repositories and web pages.",
    "publishable": "Web pages send it as <code>X-API-Key</code>; it opens the widget's endpoints only.",
}
FORM = """<section class="sheet" aria-labelledby="new">
<h2 id="new">Generate a new key</h2>
<form method="post" action="/settings/api-keys">
<input type="hidden" name="workspace" value="{workspace}">
<label for="name">Name</label>
<input id="name" name="name" required maxlength="200" placeholder="What is it for?" value="{name}">
<div class="columns">
<fieldset><legend>Kind</legend>
<label><input type="radio" name="kind" value="secret"{secret}><span>Secret <small>for programs: all you may do</small></span></label>
<label><input type="radio" name="kind" value="publishable"{publishable}><span>Publishable <small>for the chat widget on a website</small></span></label>
</fieldset>
<fieldset><legend>Mode</legend>
<label><input type="radio" name="mode" value="live"{live}><span>Live</span></label>
<label><input type="radio" name="mode" value="test"{test}><span>Test <small>for the sandbox</small></span></label>
</fieldset>
</div>
<label for="domains">Domains of a publishable key</label>
<textarea id="domains" name="domains" rows="2" placeholder="example.com *.example.com" aria-describedby="domains-hint">{domains}</textarea>
<p class="hint" id="domains-hint">Separated by spaces or lines; empty lets any website use it.</p>
<button type="submit">Generate new key</button>
</form>
</section>"""
TABLE = """<section class="sheet" aria-labelledby="keys">
<h2 id="keys">Keys</h2>
{rows}{ended}
</section>"""
ROWS = """<table>
<thead><tr><th scope="col">Name</th><th scope="col">Key</th><th scope="col">Kind</th><th scope="col">Made (UTC)</th>\
<th scope="col">Last used</th><th scope="col"><span aria-hidden="true"></span></th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""
ROW = """<tr>
<td><strong>{name}</strong>{domains}</td>
<td><span class="key">{shown}</span></td>
<td><span class="tag">{kind}, {mode}</span></td>
<td data-name="Made">{made}</td>
<td data-name="Last used">{used}</td>
<td>{revoke}</td>
</tr>"""
REVOKE = """<details><summary aria-label="Revoke {name}">Revoke…</summary>
<form method="post" action="/settings/api-keys/revoke">
<p>Programs that use it stop working.</p>
<input type="hidden" name="workspace" value="{workspace}"><input type="hidden" name="key" value="{key}">
<button class="bad" type="submit">Revoke this key</button>
</form></details>"""


def fresh(made: CreatedKey) -> str:
    """A key that was just made, the only time that it is shown."""
    return FRESH.format(name=text(made.row.name), key=text(made.text), use=USES[made.row.kind])


def places(found: list[Membership], *, chosen: str) -> str:
    """The person's workspaces to choose from; nothing when there is only one."""
    if len(found) < 2:
        return ""
    items = [
        f'<strong aria-current="page">{text(one.workspace.name)}</strong>'
        if one.workspace.id == chosen
        else f'<a href="/settings/api-keys?workspace={text(one.workspace.id)}">{text(one.workspace.name)}</a>'
        for one in found
    ]
    return f'<nav aria-label="Workspaces"><ul class="places">{"".join(f"<li>{item}</li>" for item in items)}</ul></nav>'


def table(found: list[ApiKey], *, workspace_id: str, may_change: bool) -> str:
    """Keys that count as a table, those that were revoked below it as a list to open."""
    rows = [_row(one, workspace_id, may_change=may_change) for one in found if one.revoked_at is None]
    ended = [
        f'<li>{text(one.name)}, <span class="key">{_masked(one)}</span>, revoked {_moment(one.revoked_at)}</li>'
        for one in found
        if one.revoked_at is not None
    ]
    return TABLE.format(
        rows=ROWS.format(rows="\n".join(rows)) if rows else '<p class="hint">No keys yet.</p>',
        ended=f'<details class="ended"><summary>Revoked keys ({len(ended)})</summary><ul>{"".join(ended)}</ul></details>'
        if ended
        else "",
    )


def form(workspace_id: str, sent: dict[str, str]) -> str:
    """The form for a new key, with what was sent when it was refused."""
    kind, mode = sent.get("kind", "secret"), sent.get("mode", "live")
    return FORM.format(
        workspace=text(workspace_id),
        name=text(sent.get("name", "")),
        domains=text(sent.get("domains", "")),
        secret=" checked" if kind != "publishable" else "",
        publishable=" checked" if kind == "publishable" else "",
        live=" checked" if mode != "test" else "",
        test=" checked" if mode == "test" else "",
    )


def _row(one: ApiKey, workspace_id: str, *, may_change: bool) -> str:
    domains = ", ".join(text(domain) for domain in one.allowed_domains)
    return ROW.format(
        name=text(one.name),
        domains=f"<small>{domains}</small>" if domains else "",
        shown=_masked(one),
        kind=KINDS[one.kind],
        mode=one.mode,
        made=_moment(one.created_at),
        used=_moment(one.last_used_at) if one.last_used_at else "never",
        revoke=REVOKE.format(name=text(one.name), workspace=text(workspace_id), key=text(one.id)) if may_change else "",
    )


def _masked(one: ApiKey) -> str:
    return text(masked(kind=one.kind, mode=one.mode, public_id=one.public_id, last4=one.last4))


def _moment(moment: datetime) -> str:
    return f'<time datetime="{rfc3339(moment)}">{moment.astimezone(UTC):%Y-%m-%d %H:%M}</time>'
