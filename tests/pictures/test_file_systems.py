"""Output files in several folders, each of which may be a file system of its own."""

import errno
from pathlib import Path

import pytest

from napari_robust_synth.pictures import files


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two folders between which nothing can be moved."""
    there = (tmp_path / "here", tmp_path / "mounted")
    replace = Path.replace

    def within(self: Path, target: Path) -> Path:
        if not any(self.is_relative_to(folder) and target.is_relative_to(folder) for folder in there):
            raise OSError(errno.EXDEV, "Invalid cross-device link", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", within)
    for folder in there:
        folder.mkdir()
    return there


def test_each_file_is_made_where_it_goes(folders: tuple[Path, Path]) -> None:
    here, mounted = folders
    (mounted / "table.csv").write_bytes(b"old")
    files.write_all({here / "a.png": b"picture", mounted / "table.csv": b"table", here / "a.json": b"recipe"})
    assert {path.name: path.read_bytes() for folder in folders for path in folder.iterdir()} == {
        "a.png": b"picture",
        "a.json": b"recipe",
        "table.csv": b"table",
    }


def test_all_or_none_in_all_folders(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    here, mounted = folders
    (here / "a.png").write_bytes(b"old")
    (mounted / "table.csv").write_bytes(b"old")
    replace = Path.replace

    def fail_at_last(self: Path, target: Path) -> Path:
        if target == mounted / "more.csv":
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_last)
    names = (here / "a.png", here / "a.json", mounted / "table.csv", mounted / "more.csv")
    with pytest.raises(OSError, match="No space left"):
        files.write_all(dict.fromkeys(names, b"new"))
    assert [path.name for folder in folders for path in sorted(folder.iterdir())] == ["a.png", "table.csv"]
    assert (here / "a.png").read_bytes() == (mounted / "table.csv").read_bytes() == b"old"


def test_only_the_first_folder_is_made(folders: tuple[Path, Path]) -> None:
    here, mounted = folders
    files.write_all({here / "new" / "a.png": b"picture", mounted / "table.csv": b"table"})
    assert (here / "new" / "a.png").exists()
    with pytest.raises(FileNotFoundError):
        files.write_all({here / "newer" / "a.png": b"picture", mounted / "new" / "table.csv": b"table"})
    assert [path.name for path in (*here.iterdir(), *mounted.iterdir())] == ["new", "table.csv"]
