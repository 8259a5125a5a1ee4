"""Make `.venv` with this checkout in it, on a machine that has only Python, git and (on Linux) apt."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# What Qt's wheels load from the system: library -> Debian package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def prepare(extras: str, programs: dict[str, str]) -> Path:
    """Install the system's part, then `.[extras]` into `.venv`; return its Python.

    Parameters
    ----------
    extras : str
        Extras of the package, separated by commas.
    programs : dict of str to str
        Programs that are needed on Linux, and the Debian package of each.
    """
    if sys.version_info < (3, 11):
        sys.exit(f"error: this is Python {sys.version.split()[0]}, expected 3.11 or later: run it with a newer one")
    if sys.platform == "linux":
        install_packages(missing_packages(programs))
    if not PYTHON.exists():
        venv.create(FOLDER, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--editable", f"{ROOT}[{extras}]"])
    return PYTHON


def missing_packages(programs: dict[str, str]) -> list[str]:
    """Name the Debian packages of what is not there yet."""
    packages = {package for program, package in programs.items() if shutil.which(program) is None}
    packages |= {package for library, package in QT_LIBRARIES.items() if not loads(library)}
    if importlib.util.find_spec("ensurepip") is None:
        packages.add(f"python3.{sys.version_info.minor}-venv")
    return sorted(packages)


def loads(library: str) -> bool:
    """Tell whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: list[str]) -> None:
    """Install Debian packages, as root or through sudo; on systems without apt say what is missing."""
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        print(f"note: not found here, needed to open a window (Debian's names): {names}", file=sys.stderr)
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if sudo and shutil.which("sudo") is None:
        sys.exit(f"error: system packages are missing, install them as root: apt-get install {names}")
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    run([*apt, "update"])
    run([*apt, "install", "--no-install-recommends", *packages])


def run(command: list[str]) -> None:
    """Run a command in the checkout; end with its exit code when it fails."""
    print("+", *command, file=sys.stderr, flush=True)
    code = subprocess.call(command, cwd=ROOT)
    if code:
        sys.exit(code)
