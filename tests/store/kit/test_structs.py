"""Types that many threads meet for the first time at once."""

from __future__ import annotations

import subprocess
import sys

from store.kit.settings import ROOT

MEETING = """
import sys, threading
from typing import Annotated
import msgspec
from store.kit import structs

sys.setswitchinterval(1e-6)
for _ in range(20):
    inner = [msgspec.defstruct(f"Inner{i}", [(f"f{j}", Annotated[int, msgspec.Meta(ge=0)]) for j in range(10)])
             for i in range(15)]
    kind = msgspec.defstruct("Outer", [(f"s{i}", one) for i, one in enumerate(inner)])
    value = {f"s{i}": {f"f{j}": j for j in range(10)} for i in range(15)}
    together, found = threading.Barrier(16), []
    def meet():
        together.wait()
        found.append(structs.convert(value, kind).s14.f9)
    threads = [threading.Thread(target=meet) for _ in range(16)]
    for one in threads: one.start()
    for one in threads: one.join()
    assert found == [9] * 16
"""


def test_threads_that_meet_a_type_together_all_get_their_value_and_the_process_lives():
    ended = subprocess.run([sys.executable, "-c", MEETING], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
