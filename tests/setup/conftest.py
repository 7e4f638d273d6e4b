"""What the tests of the set-up share: a project with stand-in parts, one for the whole run of this process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.whole_stack import WholeStack, stand_in_project, whole_stack


@pytest.fixture(scope="session")
def project() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="millrace-project-"))
    folder.chmod(0o755)  # the test of the start without root reads it as another account
    try:
        yield stand_in_project(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def up(project: Path) -> Iterator[WholeStack]:
    """A running stack with stand-in parts for the tests of one module."""
    with whole_stack(project) as stack:
        yield stack.wait_up()
