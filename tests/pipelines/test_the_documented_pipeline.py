"""docs/pipelines.md builds a pipeline; its code is taken from the page and run on real workers."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

import pipelines
from pipelines import catalog
from pipelines.engine.submit import Submission, submit
from store.jobs import queries
from store.kit.errors import InvalidInput
from store.kit.settings import ROOT
from tests.kit.eventually import eventually
from tests.kit.fleet import fleet_on
from tests.kit.services import Emptier, Services

PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```python\n# (pipelines/\S+\.py)\n(.*?)```", re.DOTALL)
LISTED = re.search(r'```text\n\s*"(\S+)",\n```', PAGE)
WORKER = 'from workers import main\n\nmain.main(child="documented_child")\n'
CHILD = """
import pipelines
from pipelines import catalog
from workers import child

pipelines.__path__.append({folder!r})
catalog.DECLARATIONS = (*catalog.DECLARATIONS, {declaration!r})
child.main()
"""


@pytest.fixture
def documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's files in a folder of their own, known to this process's catalog."""
    assert LISTED, "the page does not show the catalog's line"
    for path, code in BLOCK.findall(PAGE):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")
    folder = str(tmp_path / "pipelines")
    (tmp_path / "documented_worker.py").write_text(WORKER, encoding="utf-8")
    (tmp_path / "documented_child.py").write_text(CHILD.format(folder=folder, declaration=LISTED[1]), encoding="utf-8")
    monkeypatch.setattr(pipelines, "__path__", [*pipelines.__path__, folder])
    monkeypatch.setattr(catalog, "DECLARATIONS", (*catalog.DECLARATIONS, LISTED[1]))
    catalog.pipelines.cache_clear()
    yield tmp_path
    catalog.pipelines.cache_clear()
    for name in [name for name in sys.modules if name.startswith("pipelines.wordcount")]:
        del sys.modules[name]


def test_the_page_shows_every_file_that_its_declaration_names(documented: Path) -> None:
    pipeline = catalog.get("wordcount")

    for stage in pipeline.stages:
        module, _, name = stage.run.partition(":")
        assert callable(getattr(import_module(module), name))


def test_the_documented_pipeline_counts_words_on_real_workers(
    documented: Path, services: Services, emptier: Emptier
) -> None:
    emptier.empty()
    with fleet_on(services, {"PYTHONPATH": str(documented)}) as fleet:
        fleet.scheduler()
        fleet.worker(module="documented_worker")

        accepted = submit(
            Submission(workspace_id="ws_docs", pipeline="wordcount", input={"texts": ["to be or", "not to be", " "]})
        )

        job = eventually(lambda: (found := queries.get("ws_docs", accepted.id)).is_over and found, within_s=20)
    assert job.state == "completed"
    assert job.result == {"words": 6, "texts": 2}


def test_its_input_is_checked_by_the_declared_struct(documented: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        submit(Submission(workspace_id="ws_docs", pipeline="wordcount", input={"texts": []}))

    assert refused.value.fields["field"] == "input.texts"
