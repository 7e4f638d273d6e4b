"""Programs of npm that tests talk to: installed into a folder of the run, with a reason to skip where that cannot be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def packages(folder: Path, *names: str) -> Path:
    """The `node_modules` in `folder` with these packages. Skips the test where node or npm is not installed."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--silent", *names],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip("the npm registry cannot be reached")
    return folder / "node_modules"
