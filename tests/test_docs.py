"""Every Python block in the README and the documentation runs, and every command in them is one we have."""

import doctest
import importlib
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import typer
import yaml

import napari_robust_synth
from napari_robust_synth.cli import build
from napari_robust_synth.tasks import TASKS

ROOT = Path(__file__).parents[1]
PACKAGE = Path(napari_robust_synth.__file__).parent
EXAMPLES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs/tasks").glob("*.md")))
}
BLOCKS = {name: re.findall(r"^```python\n(.*?)^```", text, re.M | re.S) for name, text in PAGES.items()}
COMMANDS = [
    pytest.param(line.strip(), id=f"{name}: {line.strip()}")
    for name, text in PAGES.items()
    for line in re.findall(r"^(?: {4}|\$ )(napari-robust-synth .*)$", text, re.M)
]


@pytest.fixture
def page_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Give a module to run a page in; tasks that the page declares are forgotten again."""
    module, before = ModuleType("page"), dict(TASKS)
    monkeypatch.setitem(sys.modules, "page", module)
    yield module
    TASKS.clear()
    TASKS.update(before)


@pytest.mark.parametrize("page", [name for name, blocks in BLOCKS.items() if blocks])
def test_the_code_of_a_page_runs(
    page: str, page_module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS[page]:
        exec(compile(block, page, "exec", dont_inherit=True), page_module.__dict__)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_and_its_options_exist(line: str) -> None:
    _, *words = shlex.split(line.replace("TASK", "paint"), comments=True)
    command = typer.main.get_command(build())
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    flags = {flag for option in command.params for flag in option.opts} | {"--help"}
    assert {word for word in words if word.startswith("-")} <= flags


def test_there_is_a_page_for_each_task() -> None:
    for name in TASKS:
        page = PAGES[f"docs/tasks/{name.replace('-', '_')}.md"]
        assert f"```{{task-parameters}} {name}\n" in page
        assert f"    napari-robust-synth {name} " in page


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert (failed, tried > 0) == (0, True)


def test_every_menu_entry_is_in_the_docs() -> None:
    contributions = yaml.safe_load((PACKAGE / "napari.yaml").read_text(encoding="utf-8"))["contributions"]
    titles = {command["id"]: command["title"] for command in contributions["commands"]}
    page = " ".join(PAGES["docs/getting_started.md"].split())
    for menu, entries in contributions["menus"].items():
        where = " > ".join(part.replace("_", " ").title() for part in menu.split("/")[1:]).replace("Io ", "IO ")
        for entry in entries:
            assert f"*{where} > {titles[entry['command']]}*" in page
