"""The libraries where a test finds them: Python's on the path, npm's built once, PHP's by its autoloader."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from store.kit.settings import ROOT

CLIENTS = ROOT / "clients"
sys.path.insert(0, str(CLIENTS / "python"))


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A folder whose node_modules has the libraries, built from their source."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    folder = tmp_path_factory.mktemp("libraries")
    shutil.copy(CLIENTS / "typescript" / "package.json", folder)
    installed = run(["npm", "install", "--no-audit", "--no-fund", "--silent"], folder)
    if installed.returncode != 0:
        pytest.skip("the npm registry cannot be reached")
    build = run(["node", str(CLIENTS / "typescript" / "build.mjs"), "node_modules"], folder)
    assert build.returncode == 0, build.stdout + build.stderr
    return folder


@pytest.fixture(scope="session")
def php() -> str:
    if shutil.which("php") is None:
        pytest.skip("php is not installed")
    return str(CLIENTS / "php" / "autoload.php")


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
