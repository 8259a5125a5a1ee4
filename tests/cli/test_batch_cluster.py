"""Recipes over many pictures by real processes, some of which are killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import distributed
import numpy as np
import pytest
from PIL import Image

from napari_robust_synth import load_classifier, tasks
from napari_robust_synth.cli.cluster import local
from napari_robust_synth.pictures import decode, encode
from napari_robust_synth.pictures.embedded import read_recipes
from tests.cli.conftest import Cli

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process there can't be killed like this")
COUNT, STEPS = 6, 16


@pytest.fixture(scope="module")
def client() -> Iterator[distributed.Client]:
    """The client of a scheduler on this machine, with two worker processes."""
    with local(2, 1) as client:
        yield client


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path) -> Path:
    """A folder with pictures in `in`, and with recipes in `church.png` and, of a run that was stopped, `short.png`."""
    folder = tmp_path_factory.mktemp("batch")
    y, x = np.mgrid[:72, :96] / 96
    photo = (np.stack([x, y, (x + y) / 2], 2) * 255).astype(np.uint8)
    (folder / "in").mkdir()
    for i in range(COUNT):
        Image.fromarray(np.roll(photo, 9 * i, 1)).save(folder / "in" / f"{i}.png")
    job = tasks.Job(tasks.Translate(steps=STEPS), load_classifier(tiny_model_folder), image=photo, label="church")
    recipe = tasks.record(job, STEPS, {"path": "photo.png", "sha256": "0", "of": "file"})
    recipe = replace(recipe, model=str(tiny_model_folder), threads=1)
    for path, one in ((folder / "church.png", recipe), (folder / "short.png", replace(recipe, last_step=2))):
        path.write_bytes(encode.encode(path, photo, recipes=tasks.Recipes(((0, one),))))
    return folder


@pytest.fixture(scope="module")
def expected(place: Path) -> dict[str, bytes]:
    """What `replay` makes of each picture, one after the other in one process: results and recipes."""
    from napari_robust_synth.pictures.folders import pictures_in
    from napari_robust_synth.pictures.repeating import replay_each
    from napari_robust_synth.pictures.replaying import loader

    (place / "expected").mkdir()
    load, pictures = loader(None, None, place), pictures_in(place / "in")
    done = list(replay_each(read_recipes(place / "church.png"), load, pictures, place / "expected", lambda *_: None))
    assert all(one.result for one in done)
    return contents(place / "expected")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}


def results(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!.]*.png"))


def wait_for_results(folder: Path, count: int = 1) -> None:
    end = time.monotonic() + 120
    while len(results(folder)) < count:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_worker_is_killed_half_way(
    cli: Cli, place: Path, client: distributed.Client, expected: dict[str, bytes]
) -> None:
    out, before, left = place / "two", client.run(os.getpid), []

    def kill() -> None:
        wait_for_results(out, 2)
        left.append(COUNT - len(results(out)))
        os.kill(next(iter(before.values())), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    address = client.scheduler.address
    result = cli("batch", place / "church.png", place / "in", "-o", out, "--scheduler", address, "--json")
    killer.join()
    assert (result.code, result.err) == (0, "")
    assert (result.json["done"], result.json["failed"], result.json["threads"]) == (COUNT, [], 1)
    assert left[0] >= 2 and result.json["kept"] <= 1
    assert contents(out) == expected
    client.wait_for_workers(2)
    assert set(client.run(os.getpid).values()) != set(before.values())


def started(place: Path, out: str) -> subprocess.Popen[str]:
    """Start a batch with a worker of its own, in a session as that of a terminal."""
    words = [sys.executable, "-m", "napari_robust_synth", "batch", "church.png", "in", "-o", out, "--workers", "1"]
    return subprocess.Popen(words, cwd=place, stderr=subprocess.PIPE, text=True, start_new_session=True)


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """Kill the process alone; Ctrl-C goes to its worker, too."""
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)


def test_clients_are_killed_and_go_on(
    cli: Cli, place: Path, client: distributed.Client, expected: dict[str, bytes]
) -> None:
    said = {signal.SIGINT: (130, "interrupted\n"), signal.SIGKILL: (-signal.SIGKILL, "")}
    processes = {number: started(place, number.name) for number in said}
    waiting = dict(processes)
    while waiting:
        for number in [number for number in waiting if results(place / number.name)]:
            stopped(waiting.pop(number), number)
        time.sleep(0.01)
    for number, (code, words) in said.items():
        _, errors = processes[number].communicate(timeout=60)
        assert processes[number].returncode == code and (errors == words or not words)
        goes_on(cli, place, place / number.name, client, expected)


def goes_on(cli: Cli, place: Path, out: Path, client: distributed.Client, expected: dict[str, bytes]) -> None:
    there = {path: path.stat().st_mtime_ns for path in results(out)}
    assert 1 <= len(there) < COUNT
    whole = [name for path in there for name in (path.name, f"{path.name}.recipe.json")]
    assert {name: contents(out)[name] for name in whole} == {name: expected[name] for name in whole}
    words = ["batch", place / "church.png", place / "in", "-o", out, "--scheduler", client.scheduler.address]
    assert "go on with --resume" in cli(*words).err
    result = cli(*words, "--resume", "--json")
    assert (result.code, result.err) == (0, "")
    assert (result.json["done"], result.json["kept"]) == (COUNT, len(there))
    assert contents(out) == expected
    assert {path: path.stat().st_mtime_ns for path in there} == there


def test_what_fails_is_listed_and_the_rest_is_done(
    cli: Cli, place: Path, client: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    Path("bad.png").write_text("no picture")
    Image.fromarray(decode.read(Path("in/0.png")).pixels[::2, ::2]).save("small.jpg")
    words = ["-o", "some", "--scheduler", client.scheduler.address, "--device", "cpu", "--threads", 2]
    result = cli("batch", "short.png", "bad.png", "small.jpg", "none.png", *words)
    assert result.code == 1
    first, second = result.err.splitlines()
    assert first.startswith("error: bad.png is not a picture")
    assert second == "error: none.png: no such file"
    said, wrote = result.out.splitlines()
    assert said.startswith("translate: 1 of 3 pictures done, in ") and said.endswith(" s by 2 workers")
    assert wrote == "wrote some, with recipes"
    assert cli("replay", "some/small.png", "-o", "again.png").code == 0
    np.testing.assert_array_equal(decode.read(Path("again.png")).pixels, decode.read(Path("some/small.png")).pixels)
    assert '"threads": 2' in Path("some/small.png.recipe.json").read_text()


def test_the_range_reaches_the_workers(
    cli: Cli, place: Path, client: distributed.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    path = Path("float.tif")
    path.write_bytes(encode.encode(path, decode.read(Path("in/0.png")).pixels[..., 0] * np.float32(16)))
    words = ["batch", "short.png", path, "--scheduler", client.scheduler.address]
    assert "values from 0 to" in cli(*words, "-o", "refused").err
    result = cli(*words, "-o", "ranged", "--range", "0,4095")
    assert (result.code, result.err) == (0, "")
    assert read_recipes(Path("ranged/float.tif")).first.value_range == (0, 4095)
