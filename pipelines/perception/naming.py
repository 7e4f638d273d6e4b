"""What a brand is called, and what else people call it, from the few places that say so. Pure; worker side only.

A short name must be borne out by the domain or by the products: the first word of any name would be too bold a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from pipelines.onboarding.extraction.rules.naming import without_form
from pipelines.onboarding.extraction.site import domain_label
from pipelines.onboarding.extraction.text import squeezed

SHORTEST = 4  # letters of a short name that only products bear out


def host_of(address: str | None) -> str | None:
    """`https://www.acme.co.uk/x`, or `acme.co.uk` -> `acme.co.uk`; None for what has no host."""
    if not address:
        return None
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname
    except ValueError:
        return None
    host = (host or "").removeprefix("www.").rstrip(".")
    return host if "." in host else None


def own_host(name: str, hosts: Iterable[str | None]) -> str | None:
    """Of the hosts that products are found at, the one that is called like the brand: others are shops and stores."""
    wanted = {squeezed(lead) for lead in _leads(without_form(name))}
    return next((host for host in hosts if host and squeezed(domain_label(f"//{host}") or "") in wanted), None)


def guessed(hosts: Iterable[str | None], products: Sequence[str]) -> str | None:
    """The brand's name while nobody has said it: what its domain is called, spelled as the products spell it.

    Without a domain that agrees with a product it is what all products (at least two) begin with.
    """
    labels = [label for host in hosts if host and (label := domain_label(f"//{host}"))]
    for label in labels:
        for product in products:
            for lead in _leads(product):
                if squeezed(lead) == squeezed(label):
                    return lead
    shared = [
        lead for product in products[:1] for lead in _leads(product) if _begin_with(lead, products) == len(products)
    ]
    if len(products) > 1 and shared:
        return shared[-1]
    return labels[0].capitalize() if labels else None


def aliases(name: str, host: str | None, products: Sequence[str]) -> tuple[str, ...]:
    """Other forms of the name: without its legal form, the domain, and a short name that domain or products bear out."""
    label = domain_label(f"//{host}") if host else ""
    bare = without_form(name)
    short = [lead for lead in _leads(bare)[:-1] if _is_short_name(lead, label, products)]
    found = [bare, *short[-1:]]
    if host:
        found.append(host)
    if label and squeezed(label) == squeezed(bare):
        found.append(label)
    by_spelling = {one.casefold(): one for one in reversed(found)}  # the first spelling of each holds
    return tuple(
        one for one in dict.fromkeys(found) if one is by_spelling[one.casefold()] and one.casefold() != name.casefold()
    )


def _is_short_name(lead: str, label: str, products: Sequence[str]) -> bool:
    if label and squeezed(lead) == squeezed(label):
        return True
    begun = _begin_with(lead, products)
    return len(squeezed(lead)) >= SHORTEST and begun > 1 and begun * 2 >= len(products)


def _leads(text: str) -> list[str]:
    """`Acme Tools Pro` -> `Acme`, `Acme Tools`, `Acme Tools Pro`."""
    words = text.split()
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)]


def _begin_with(lead: str, products: Sequence[str]) -> int:
    return sum(product.casefold().startswith(lead.casefold() + " ") for product in products)
