"""Record: an answer's JSON with its fields as attributes, and an `id` whatever the contract calls it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

IDS = ("job_id", "file_id", "chat_id", "item_id", "transaction_id", "webhook_id", "project_id")


class Record(Mapping[str, Any]):
    """`record.name` and `record["name"]` are the same; `to_dict()` gives the plain JSON back."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._values:
            return _read(self._values[name])
        if name == "id":
            for known in IDS:
                if known in self._values:
                    return self._values[known]
        raise AttributeError(f"the answer has no {name!r}; it has {', '.join(sorted(self._values)) or 'nothing'}")

    def __getitem__(self, name: str) -> Any:
        return _read(self._values[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._values!r})"

    def to_dict(self) -> dict[str, Any]:
        """The plain values."""
        return dict(self._values)


def _read(value: Any) -> Any:
    if isinstance(value, Mapping) and not isinstance(value, Record):
        return Record(value)
    return [_read(one) for one in value] if isinstance(value, list) else value
