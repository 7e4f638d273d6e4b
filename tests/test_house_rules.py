"""The house rules that a program can check; docs and review do the rest."""

from __future__ import annotations

import ast
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import msgspec
import yaml

from api.app import ROUTES
from api.kit.errors import STATUS
from api.kit.operation import Operation
from pipelines import catalog
from pipelines.engine.pipeline import LANES
from store.kit.errors import DomainError
from store.kit.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("api", "pipelines", "store", "workers")
LONGEST_FILE = 350
VERBS = ("get", "post", "put", "patch", "delete")
TAKEN_FOR_NOTHING = {"utils", "helpers", "manager", "common"}


def test_no_file_is_longer_than_a_room():
    long = {name(file): lines for file in python_files() if (lines := len(text(file).splitlines())) > LONGEST_FILE}

    assert not long


def test_no_module_has_a_name_that_says_nothing():
    assert not [name(file) for file in python_files() if TAKEN_FOR_NOTHING & {file.stem, file.parent.name}]


def test_every_module_says_what_it_is_for():
    silent = [
        name(file)
        for file in python_files(*ROOMS)
        if text(file).strip() and "migrations/0" not in name(file) and ast.get_docstring(tree(file)) is None
    ]

    assert not silent


def test_only_the_clock_reads_the_wall_clock():
    readers = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
    readers |= {("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime")}
    found = [
        f"{name(file)}:{node.lineno}"
        for file in python_files(*ROOMS)
        if name(file) != "store/kit/clock.py"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and (last_name(node.value), node.attr) in readers
    ]

    assert not found


def test_only_the_settings_read_the_environment():
    found = [
        f"{name(file)}:{node.lineno}"
        for file in python_files(*ROOMS)
        if name(file) != "store/kit/settings.py"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv", "putenv"}
        and last_name(node.value) == "os"
    ]

    assert not found


def test_only_one_module_hands_types_to_msgspec():
    """Two threads that use a type for the first time can end the process: store/kit/structs.py has the lock."""
    typed = re.compile(r"msgspec\.convert\(|json\.Decoder\([^)]|json\.decode\([^\n]*type=")
    found = [
        f"{name(file)}:{number}"
        for file in python_files(*ROOMS)
        if name(file) != "store/kit/structs.py"
        for number, line in enumerate(text(file).splitlines(), 1)
        if typed.search(line)
    ]

    assert not found


def test_tests_wait_for_signals_and_not_for_time():
    found = [
        f"{name(file)}:{node.lineno}"
        for file in python_files("tests")
        if file.name.startswith(("test_", "conftest"))
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and last_name(node.func) == "sleep" and ast.unparse(node.args[0]) != "0"
    ]

    assert not found


def test_nothing_is_left_undone():
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|NotImplemented)\b")
    found = [
        f"{name(file)}:{token.start[0]}"
        for file in python_files()
        if file != Path(__file__)
        for token in tokens(file)
        if token.type in {tokenize.NAME, tokenize.COMMENT, tokenize.STRING} and marks.search(token.string)
    ]

    assert not found


def test_no_error_is_passed_over_without_a_reason():
    """`except X: pass` needs a comment that says why; a bare `except:` has no excuse."""
    found = []
    for file in python_files(*ROOMS):
        lines = text(file).splitlines()
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            passes = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
            reasoned = any("#" in line for line in lines[node.lineno - 1 : node.body[0].lineno])
            if node.type is None or (passes and not reasoned):
                found.append(f"{name(file)}:{node.lineno}")

    assert not found


def test_no_path_or_index_of_one_machine_stands_in_the_project():
    # Written so that this file does not find itself.
    machine = re.compile(r"/(?:wo)rk/|/(?:ro)ot/\w|/ho(?:me)/\w+/|/(?:Us)ers/\w+/|(?:py)pi\.org|python(?:hos)ted\.org")
    found = [
        f"{name(file)}:{number}"
        for file in tracked_files()
        for number, line in enumerate(text(file).splitlines(), 1)
        if machine.search(line)
    ]

    assert not found


def test_the_file_of_settings_and_their_struct_have_the_same_keys():
    written = settings_lines()

    assert {key for key in written if key in keys_of_settings()} == keys_of_settings()


def test_every_setting_is_documented_beside_its_value():
    lines = text(ROOT / "config.yaml").splitlines()
    written = settings_lines()

    assert not [key for key in keys_of_settings() if "#" not in lines[written[key]]]


def test_every_setting_is_used():
    used = {
        node.attr
        for file in python_files(*ROOMS)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }

    assert not [key for key in keys_of_settings() if key.rsplit(".", 1)[-1] not in used]


def test_every_error_has_a_status():
    def all_below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
        for below in kind.__subclasses__():
            yield below
            yield from all_below(below)

    assert not [
        kind.__name__ for kind in all_below(DomainError) if not any(issubclass(kind, known) for known in STATUS)
    ]


def test_every_responder_is_declared():
    undeclared = [
        f"{verb.upper()} {path}"
        for path, resource in ROUTES
        for verb in VERBS
        if (responder := getattr(resource, f"on_{verb}", None)) is not None
        and not isinstance(getattr(responder, "operation", None), Operation)
    ]

    assert ROUTES
    assert not undeclared


def test_every_stage_resolves_and_runs_on_a_known_lane():
    for pipeline in catalog.pipelines().values():
        for stage in pipeline.stages:
            assert callable(catalog.resolve(stage.run)), f"{pipeline.name}.{stage.name}"
            assert stage.lane in LANES, f"{pipeline.name}.{stage.name}"


def settings_lines() -> dict[str, int]:
    """Every dotted key of config.yaml with its line, counted from 0."""
    found: dict[str, int] = {}

    def walk(node: yaml.Node, path: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, below in node.value:
                found[".".join((*path, key.value))] = key.start_mark.line
                walk(below, (*path, key.value))

    walk(yaml.compose(text(ROOT / "config.yaml")), ())
    return found


def keys_of_settings() -> set[str]:
    """The dotted keys that the settings' structs name; the inside of a list or map is not named."""

    def walk(kind: type[msgspec.Struct], path: tuple[str, ...]) -> Iterator[str]:
        for field in msgspec.structs.fields(kind):
            if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
                yield from walk(field.type, (*path, field.name))
            else:
                yield ".".join((*path, field.name))

    return set(walk(Settings, ())) - {"data_dir"}  # which comes from MILLRACE_DATA


@lru_cache
def tracked_files() -> tuple[Path, ...]:
    """The project's text files: what git knows, or, outside a repository, everything that is not made by running it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    made = {".venv", "data", "__pycache__", ".git"}
    names = listed.stdout.splitlines() or [
        str(file.relative_to(ROOT)) for file in ROOT.rglob("*") if not made & set(file.relative_to(ROOT).parts)
    ]
    return tuple(file for one in names if (file := ROOT / one).is_file() and b"\0" not in file.read_bytes()[:4096])


def python_files(*rooms: str) -> list[Path]:
    """Python files of these rooms; of the whole project without any."""
    return [
        file for file in tracked_files() if file.suffix == ".py" and (not rooms or name(file).split("/")[0] in rooms)
    ]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(text(file))


def tokens(file: Path) -> Iterator[tokenize.TokenInfo]:
    with file.open("rb") as source:
        yield from tokenize.tokenize(source.readline)


def last_name(node: ast.AST) -> str:
    """`b` of `a.b` and of `b`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
