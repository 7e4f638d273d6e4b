"""How a report says things: the names of metrics, quadrants, verdicts and kinds, and numbers with their intervals."""

from __future__ import annotations

from datetime import date, datetime

from pipelines.perception.scores import Change, Metric, shown

TITLES = {
    "faithfulness": "Faithfulness",
    "shareOfVoice": "Share of voice",
    "sentiment": "Sentiment",
    "voiceAlignment": "Voice alignment",
    "hallucination": "Free of errors",
    "visibility": "Visibility",
    "mentionRate": "Mention rate",
    "avgPosition": "Average position",
    "factCoverage": "Fact coverage",
    "citationShare": "Own citations",
}
MEANINGS = {
    "faithfulness": "of the claims that can be checked, the share that is right",
    "shareOfVoice": "of all mentions of you and your competitors, the share that is yours",
    "sentiment": "how answers speak of you, from -1 to 1",
    "voiceAlignment": "how close answers are to your own words and values",
    "hallucination": "of the answers that mention you, the share without a wrong or invented claim",
    "visibility": "of the answers to questions that do not name you, the share that does",
    "avgPosition": "your mean place in lists of recommendations",
    "factCoverage": "of your verified facts, the share that answers state at least once",
    "citationShare": "of all pages cited, the share that is yours",
}
PERCENT = frozenset(TITLES) - {"sentiment", "avgPosition"}
QUADRANTS = {
    "dominant": ("Dominant", "Named often, and what is said is right."),
    "misrepresented": ("Misrepresented", "Named often, but too much of what is said is wrong."),
    "hidden_gem": ("Hidden gem", "What is said is right, but you are named less than your share."),
    "at_risk": ("At risk", "Named less than your share, and too much of what is said is wrong."),
    "insufficient_data": ("Not enough data", "There are too few answers, claims or competitors to place you."),
}
REASONS = {
    "no_valid_answer": "no answer",
    "no_unbranded_answer": "every question names you",
    "not_mentioned": "not mentioned",
    "no_rivals": "no competitors on record",
    "no_checkable_claim": "no claim to check",
    "not_ranked": "never ranked",
    "no_facts": "no facts on record",
    "no_voice_profile": "no voice on record",
    "no_citation": "no page cited",
    "no_own_domain": "no website on record",
}
VERDICTS = {
    "moved": "moved",
    "within_noise": "within noise",
    "model_changed": "another model answers",
    "judge_changed": "judged in another way",
    "insufficient_data": "too little to compare",
}
KINDS = {
    "hallucination": "Wrong claim",
    "outdated_fact": "Outdated claim",
    "missing_from_answers": "Missing",
    "negative_sentiment": "Negative tone",
    "competitor_dominance": "Competitor ahead",
    "source_gap": "Sources",
}
FIXES = {
    "schema_org": "schema.org markup",
    "content_update": "Page text",
    "faq": "Questions and answers",
    "press_note": "Press note",
    "llms_txt": "llms.txt",
    "source_outreach": "Letter to sources",
}
TONES = {"critical": "bad", "high": "bad", "medium": "warn", "low": "plain",
         "verified": "good", "failed": "bad", "approved": "good", "verifying": "warn", "pending": "plain"}  # fmt: skip
PLATFORMS = {
    "claude": "Claude", "chatgpt": "ChatGPT", "gemini": "Gemini", "perplexity": "Perplexity",
    "google_aio": "Google AI Overview",
}  # fmt: skip


def platform(name: str) -> str:
    return PLATFORMS.get(name, name)


def number(metric: str, value: float | None) -> str:
    """`85.3 %`, `0.65`, or a dash where there is no data."""
    told = shown(metric, value)
    if told is None:
        return "–"
    return f"{told} %" if metric in PERCENT else f"{told}".replace("-", "−")


def interval(metric: str, one: Metric) -> str:
    """`81.2–88.0`; empty without data."""
    if one.low is None or one.high is None:
        return ""
    low, high = (str(shown(metric, bound)).replace("-", "−") for bound in (one.low, one.high))
    return f"{low} to {high}"


def difference(metric: str, change: Change | None) -> str:
    """`+5.2` in points; empty without one."""
    if change is None or change.difference is None:
        return ""
    told = shown(metric, change.difference) or 0
    return f"+{told}" if told > 0 else str(told).replace("-", "−")


def day(moment: date | datetime) -> str:
    """3 December 2026."""
    return f"{moment.day} {moment:%B %Y}"


def short_day(moment: date | datetime) -> str:
    """3 Dec."""
    return f"{moment.day} {moment:%b}"


def period(first: date | None, last: date | None) -> str:
    """What the report covers, in words."""
    if first and last:
        return f"{day(first)} to {day(last)}"
    if first:
        return f"since {day(first)}"
    return f"until {day(last)}" if last else "all scans on record"
