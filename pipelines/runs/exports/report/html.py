"""The report as a page: one file without anything from elsewhere, light and dark, also when printed.

Everything that is not ours is escaped. Its style is one block, whose hash the policy names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape

from pipelines.runs.exports.report import charts, words
from pipelines.runs.exports.report.content import OTHER, Content
from store.runs import rates
from store.runs.figures import Row

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --muted: #5d6877; --rule: #d6dce4; --shade: #f4f6f9; --page: #fff;
  --accent: #1f5fa8; --bad: #b3261e; --good: #1f7a4d; --warn: #9a6400 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --muted: #9aa5b4; --rule: #333d4a; --shade: #1b222c;
  --page: #12171e; --accent: #6ea8ea; --bad: #f2857e; --good: #63c394; --warn: #dca64f } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem }
h1 { font-size: 2rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem }
.period { color: var(--muted); margin: .35rem 0 0 }
dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem; margin: 1.75rem 0 0 }
@media (max-width: 40rem) { dl { grid-template-columns: repeat(2, 1fr) } }
dl > div { background: var(--shade); border-radius: .5rem; padding: .8rem 1rem }
dt { color: var(--muted); font-size: .85rem }
dd { margin: 0; font-size: 1.45rem; font-weight: 650; font-variant-numeric: tabular-nums }
dd small { display: block; font-size: .8rem; font-weight: 500; min-height: 1.2rem; color: var(--muted) }
dd small.good { color: var(--good) } dd small.bad { color: var(--bad) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1.5rem }
figure { margin: 0; break-inside: avoid } figcaption { font-weight: 600; margin-bottom: .25rem }
figcaption span { font-weight: 400; color: var(--muted) }
svg { display: block; width: 100%; height: auto; overflow: visible }
svg text { fill: var(--muted); font-size: 11px } svg .rule { stroke: var(--rule) } svg .bar { fill: var(--accent) }
svg .part { fill: var(--bad) } svg .curve { fill: none; stroke: var(--accent); stroke-width: 2 } svg .dot { fill: var(--accent) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .45rem .6rem; border-bottom: 1px solid var(--rule); white-space: nowrap }
th { color: var(--muted); font-size: .82rem; font-weight: 600 }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; overflow-wrap: anywhere; min-width: 9rem }
td small { color: var(--muted) }
.nothing, .note { background: var(--shade); border-radius: .5rem; padding: .8rem 1rem; color: var(--muted) }
.note { border-left: 3px solid var(--warn); margin: 1.5rem 0 0 }
footer { color: var(--muted); font-size: .85rem; border-top: 1px solid var(--rule); margin-top: 2.5rem; padding-top: .75rem }
@media print { main { padding: 0; max-width: none } tr, figure { break-inside: avoid } }
"""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>{workspace}</h1>
<p class="period">AI runs from {period}</p>
<dl>{tiles}</dl>
{notes}
{body}
<footer>{made}</footer>
</main>
</body>
</html>
"""
FIGURES = ("Runs", "Cost", "A run", "Tokens", "Success", "Latency")


def page(content: Content) -> str:
    """The whole page."""
    if content.overview.sums.runs:
        body = (
            _charts(content)
            + _groups("By model", "Model", content.models)
            + _groups("By prompt", "Prompt", content.prompts)
        )
    else:
        body = '<p class="nothing">No run was tracked in this period.</p>'
    return PAGE.format(
        title=escape(f"AI runs of {content.workspace}"),
        style=STYLE,
        workspace=escape(content.workspace),
        period=words.period(content),
        tiles="".join(
            f'<div><dt>{one.title}</dt><dd>{one.value}<small class="{one.tone}">{one.change}</small></dd></div>'
            for one in words.tiles(content)
        ),
        notes="".join(f'<p class="note">{note}</p>' for note in words.notes(content)),
        body=body + _fired(content),
        made=words.made(content),
    )


def _charts(content: Content) -> str:
    days = [step.start for step in content.steps]
    sums = [step.sums for step in content.steps]
    figures = [
        ("Runs", "failed ones in red", charts.bars(days, [one.runs for one in sums], parts=[one.failed for one in sums])),
        ("Cost", "dollars", charts.bars(days, [float(rates.dollars(one.cost)) for one in sums])),
        ("Latency", "milliseconds, on average", charts.curve(days, [rates.average_latency(one) for one in sums])),
        ("Tokens", "", charts.bars(days, [one.tokens for one in sums])),
    ]  # fmt: skip
    drawn = "".join(
        f"<figure><figcaption>{title} <span>{note}</span></figcaption>{svg}</figure>" for title, note, svg in figures
    )
    return f'<h2>Day by day</h2><div class="charts">{drawn}</div>'


def _groups(title: str, name: str, rows: Sequence[Row]) -> str:
    lines = [
        (
            escape(row.name or OTHER) + (f" <small>{escape(row.provider)}</small>" if row.provider else ""),
            words.whole(row.sums.runs),
            words.money(rates.dollars(row.sums.cost) if row.sums.priced else None),
            words.money(rates.average_cost(row.sums)),
            words.whole(row.sums.tokens),
            words.percent(rates.success_rate(row.sums)),
            words.latency(rates.average_latency(row.sums)),
        )
        for row in rows
    ]
    return f"<h2>{title}</h2>" + _table((name, *FIGURES), lines)


def _fired(content: Content) -> str:
    if not content.fired:
        return ""
    lines = [
        (
            words.TITLES[one.type] + (f" <small>{escape(one.name)}</small>" if one.name else ""),
            *words.span(one),
            words.amount(one.threshold),
            f"{words.amount(one.worst)} <small>{words.UNITS[one.type]}</small>",
        )
        for one in content.fired
    ]
    return "<h2>Alerts</h2>" + _table(("Alert", "From", "To", "Threshold", "Worst"), lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table></div>'
