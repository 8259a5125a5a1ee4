"""The package as a whole: what importing it costs, what it names, what it needs, how big its rooms are."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import napari_robust_synth

PACKAGE = Path(napari_robust_synth.__file__).parent
ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
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
        "napari_robust_synth.models.fetch",
        "napari_robust_synth.models.store",
        "napari_robust_synth.tasks",
        "napari_robust_synth.tasks.recipe",
        "napari_robust_synth.tasks.inputs",
        "napari_robust_synth.history.budget",
        "napari_robust_synth.history.animation",
        "napari_robust_synth.features",
        "napari_robust_synth.features.atlas",
        "napari_robust_synth.features.names",
        "napari_robust_synth.features.ranking",
        "napari_robust_synth.evaluation",
        "napari_robust_synth.evaluation.parts",
        "napari_robust_synth.evaluation.results",
        "napari_robust_synth.pictures",
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


def test_the_plugin_module_loads_neither_torch_nor_what_downloads_need() -> None:
    python(
        "import sys; from npe2 import PluginManifest\n"
        "manifest = PluginManifest.from_distribution('napari-robust-synth')\n"
        "for command in manifest.contributions.commands: __import__(str(command.python_name).split(':')[0])\n"
        "assert 'napari_robust_synth._napari.dock' in sys.modules\n"
        "found = {'torch', 'requests', 'filelock'} & set(sys.modules)\n"
        "assert not found, found"
    )


def test_every_public_name_is_there() -> None:
    python(
        "import napari_robust_synth as package\n"
        "from napari_robust_synth import pictures\n"
        "for module in (package, package.core, package.models, package.tasks, pictures):\n"
        "    assert module.__all__ and all(getattr(module, name) is not None for name in module.__all__)"
    )


def test_the_public_api_in_one_line() -> None:
    assert {"load_classifier", "tasks", "Job", "Classifier"} <= set(dir(napari_robust_synth))
    assert napari_robust_synth.__version__ == version("napari-robust-synth")


ANYWAY = ("triton", "torchattacks", "stlpips_pytorch")  # loading makes the first safe


def imports(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module).split(".")[0])
    return names - set(sys.stdlib_module_names) - {"napari_robust_synth", *ANYWAY}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_dependencies_are_what_is_imported() -> None:
    where = packages_distributions()
    used = {name: {normal(owner) for owner in where[name]} for path in SOURCES for name in imports(path)}
    hard = {normal(Requirement(line).name) for line in PROJECT["dependencies"]}
    extras = PROJECT["optional-dependencies"]
    known = hard | {normal(Requirement(line).name) for name in ("timm", "batch", "evaluation") for line in extras[name]}
    assert {name for name, owners in used.items() if not owners & known} == set(), "imports that no dependency brings"
    assert hard - set().union(*used.values()) == set(), "dependencies that nothing imports"


def test_dependencies_leave_napari_and_qt_to_the_user() -> None:
    hard = {normal(r.name): r for r in map(Requirement, PROJECT["dependencies"])}
    assert not {"pyqt5", "pyqt6", "pyside2", "pyside6"} & set(hard)
    assert {s.operator for s in hard["napari"].specifier} == {">="} and not hard["napari"].extras


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    named = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming Language ::")]
    versions = [version for version in named if version.startswith("3.")]
    tox = (ROOT / "tox.ini").read_text(encoding="utf-8")
    workflow = (ROOT / ".github/workflows/test_and_deploy.yml").read_text(encoding="utf-8")
    short = ["py" + version.replace(".", "") for version in versions]
    assert PROJECT["requires-python"] == f">={versions[0]}"
    assert f"py{{{','.join(short).replace('py', '')}}}" in tox
    assert re.findall(r"^ {4}(3\.\d+): (py\d+)$", tox, re.M) == list(zip(versions, short, strict=True))
    assert f"python-version: {versions}".replace("'", '"') in workflow


def test_metadata_of_a_hub_page() -> None:
    assert PROJECT["description"] and PROJECT["keywords"] and PROJECT["license"] == "BSD-3-Clause"
    assert "Framework :: napari" in PROJECT["classifiers"]
    assert {"Homepage", "Documentation", "Source", "Bug Tracker", "Changelog"} <= set(PROJECT["urls"])
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", (ROOT / PROJECT["readme"]).read_text(encoding="utf-8"))
    assert len(pictures) >= 2 and all(picture.startswith("https://") for picture in pictures)
    ours = [re.sub(r".*/main/", "", picture) for picture in pictures if "/main/" in picture]
    assert ours and all((ROOT / picture).is_file() for picture in ours), "a picture of the README is missing"


FOLDERS = (PACKAGE, *(ROOT / name for name in ("tests", "docs", "benchmarks", "scripts", "examples")))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rooms_are_small(folder: Path) -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.py")}
    assert sizes and {str(path): size for path, size in sizes.items() if size > 200} == {}


def test_the_architecture_page_names_every_room_of_core_and_tasks() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert [p.name for p in SOURCES if p.parent == PACKAGE / "core" and f"`{p.name}`" not in rows["core/"]] == [
        "__init__.py"
    ]
    rooms = ("base", "inputs", "job", "picture", "recipe", "record")
    assert all(f"`{room}.py`" in rows["tasks/"] for room in rooms)
