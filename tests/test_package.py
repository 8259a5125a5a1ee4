"""The package as a whole: what importing it costs, what it names, what it needs, how big its rooms are."""

import ast
import re
import subprocess
import sys
from importlib.metadata import metadata, packages_distributions, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import napari_robust_synth

PACKAGE = Path(napari_robust_synth.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))


def python(code: str) -> None:
    """Run code in a Python of its own; an assertion there is a failure here."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "module",
    [
        "napari_robust_synth",
        "napari_robust_synth.core",
        "napari_robust_synth.models",
        "napari_robust_synth.models.zoo",
        "napari_robust_synth.models.cards",
        "napari_robust_synth.tasks",
        "napari_robust_synth.tasks.recipe",
        "napari_robust_synth.tasks.inputs",
        "napari_robust_synth.samples",
        "napari_robust_synth.cli",
    ],
)
def test_importing_loads_neither_torch_nor_napari(module: str) -> None:
    python(f"import sys, {module}; assert not {{'torch', 'napari', 'qtpy'}} & set(sys.modules), sorted(sys.modules)")


def test_the_help_loads_no_torch() -> None:
    python(
        "import sys; from napari_robust_synth.cli import main\n"
        "for arguments in (['--help'], ['paint', '--help']):\n"
        "    try: code = main(arguments)\n"
        "    except SystemExit as end: code = end.code\n"
        "    assert not code and 'torch' not in sys.modules, code"
    )


def test_the_plugin_module_loads_no_torch() -> None:
    python(
        "import sys; from npe2 import PluginManifest\n"
        "manifest = PluginManifest.from_distribution('napari-robust-synth')\n"
        "for command in manifest.contributions.commands: __import__(str(command.python_name).split(':')[0])\n"
        "assert 'napari_robust_synth._napari.dock' in sys.modules and 'torch' not in sys.modules"
    )


@pytest.mark.parametrize(
    "module", ["napari_robust_synth", *(f"napari_robust_synth.{m}" for m in ("core", "models", "tasks"))]
)
def test_every_public_name_is_there(module: str) -> None:
    python(f"import {module} as m; assert m.__all__; [getattr(m, name) for name in m.__all__]")


def test_the_public_api_in_one_line() -> None:
    assert {"load_classifier", "tasks", "Job", "Classifier"} <= set(dir(napari_robust_synth))
    assert napari_robust_synth.__version__ == version("napari-robust-synth")


def imports(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module).split(".")[0])
    return names - set(sys.stdlib_module_names) - {"napari_robust_synth", "triton"}  # torch brings its triton


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_dependencies_are_what_is_imported() -> None:
    where = packages_distributions()
    used = {name: {normal(owner) for owner in where[name]} for path in SOURCES for name in imports(path)}
    hard = {normal(r.name) for r in map(Requirement, requires("napari-robust-synth") or []) if not r.marker}
    assert {name for name, owners in used.items() if not owners & hard} == set(), "imports that no dependency brings"
    assert hard - set().union(*used.values()) == set(), "dependencies that nothing imports"


def test_dependencies_leave_napari_and_qt_to_the_user() -> None:
    hard = {normal(r.name): r for r in map(Requirement, requires("napari-robust-synth") or []) if not r.marker}
    assert not {"pyqt5", "pyqt6", "pyside2", "pyside6"} & set(hard)
    assert {s.operator for s in hard["napari"].specifier} == {">="} and not hard["napari"].extras


def test_metadata_of_a_hub_page() -> None:
    page = metadata("napari-robust-synth")
    assert page["Summary"] and page["Keywords"] and page["License-Expression"] == "BSD-3-Clause"
    assert "Framework :: napari" in page.get_all("Classifier", [])
    urls = {line.split(",")[0] for line in page.get_all("Project-URL", [])}
    assert {"Homepage", "Documentation", "Source", "Bug Tracker", "Changelog"} <= urls
    text = page.get_payload()
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    assert len(pictures) >= 2 and all(picture.startswith("https://") for picture in pictures)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 200
