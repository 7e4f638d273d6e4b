"""The models say what the migrations built: every table, column, type, null and key."""

from __future__ import annotations

import importlib
from pathlib import Path

import peewee
import pytest

from store.kit.db import Model, rows

STORE = Path(__file__).resolve().parents[2] / "store"
TYPES = {
    "BIGAUTO": "bigint",
    "BIGINT": "bigint",
    "BLOB": "bytea",
    "BOOL": "boolean",
    "BYTEA": "bytea",
    "DATE": "date",
    "DECIMAL": "numeric",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "INT": "integer",
    "JSONB": "jsonb",
    "SMALLINT": "smallint",
    "TEXT": "text",
    "TIMESTAMPTZ": "timestamp with time zone",
}  # peewee's names and Postgres'


def models() -> list[type[peewee.Model]]:
    for path in sorted(STORE.glob("*/tables.py")):
        importlib.import_module(f"store.{path.parent.name}.tables")
    return sorted(_leaves(Model), key=lambda model: model._meta.table_name)


def _leaves(model: type[peewee.Model]) -> list[type[peewee.Model]]:
    """The models that stand for tables; what others inherit from is only a base."""
    below = model.__subclasses__()
    return [leaf for one in below for leaf in _leaves(one)] if below else [model]


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.table_name)
def test_a_model_says_what_its_table_is(empty_store, model):
    table = model._meta.table_name
    built = {
        name: (kind, is_null)
        for name, kind, is_null in rows(
            "SELECT attname, format_type(atttypid, NULL), NOT attnotnull FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (table,),
        )
    }
    said = {field.column_name: (_type(field), field.null) for field in model._meta.sorted_fields}

    assert said == {name: built.get(name) for name in said}
    assert set(built) - set(said) == set(), "columns that the model does not know"


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.table_name)
def test_a_model_names_its_primary_key(empty_store, model):
    built = rows(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        (model._meta.table_name,),
    )
    key = model._meta.primary_key
    names = key.field_names if isinstance(key, peewee.CompositeKey) else (key.name,)

    assert {model._meta.fields[name].column_name for name in names} == {name for (name,) in built}


def _type(field: peewee.Field) -> str:
    if isinstance(field, peewee.ForeignKeyField):
        return _type(field.rel_field)
    plain = TYPES[field.field_type]
    return plain + "[]" if hasattr(field, "dimensions") else plain
