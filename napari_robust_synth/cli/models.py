"""The commands about models: which there are, what is known of one, fetch one, remove one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from napari_robust_synth.cli.atlas import atlas
from napari_robust_synth.cli.import_model import import_model
from napari_robust_synth.cli.options import Json, Quiet

if TYPE_CHECKING:
    from napari_robust_synth.models import ZooEntry

AnyName = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A model's name, or its folder.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `models list` shows.")]


def commands() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(rich_markup_mode=None, help="What classifiers there are, and what is known of them.")
    group.command("list")(list_models)
    for command in (info, fetch, remove, where, atlas):
        group.command()(command)
    group.command("import")(import_model)
    return group


def list_models(as_json: Json = False, quiet: Quiet = False) -> None:
    """List the models that have a name: those that are here, then those that can be fetched."""
    from napari_robust_synth.cli import report
    from napari_robust_synth.models import ZOO, models_here
    from napari_robust_synth.models.store import models_folder

    here = models_here()
    entries = [*here.values(), *(entry for name, entry in ZOO.items() if name not in here)]
    if as_json:
        print(json.dumps({entry.name: _summary(entry) for entry in entries}))
        return
    for entry in entries:
        print(f"{entry.name}: {_line(entry)}")
    report.note(f"models are kept in {models_folder()}", quiet)


def info(name: AnyName, as_json: Json = False) -> None:
    """Show a model's card, and the hash that recipes name it by."""
    from napari_robust_synth.models.cards import model_hash, readable
    from napari_robust_synth.models.zoo import find_entry

    entry = find_entry(name)
    here = entry.here or entry.source is None
    values: dict[str, Any] = {"name": entry.name, **entry.card.to_dict()}
    if here:
        values["sha256"] = model_hash(entry.folder)
    if entry.source:
        values |= {"licence": entry.source.licence, "url": entry.source.url, "megabytes": entry.source.megabytes}
    values |= {"here": here, "folder": str(entry.folder)}
    if as_json:
        print(json.dumps(values))
        return
    for key, value in values.items():
        if key == "metrics":
            for metric, number in value.items():
                print(f"{metric}: {readable(number)}")
        elif key == "here":
            print("here: yes" if value else f"here: no, fetch it with `napari-robust-synth models fetch {name}`")
        elif value:
            print(f"{key}: {readable(value)}")


def fetch(name: Name, as_json: Json = False, quiet: Quiet = False) -> None:
    """Download a model; after Ctrl-C the same command goes on where it stopped."""
    from napari_robust_synth.cli import report
    from napari_robust_synth.models.fetch import fetch as run
    from napari_robust_synth.models.zoo import find_entry

    entry = find_entry(name)
    if entry.here:
        folder, lines = entry.folder, f"{name} is here already, in {entry.folder}"
    else:
        with report.download(name, quiet) as progress:
            folder = run(entry, progress)
        lines = f"fetched {name} into {folder}"
    report.show({"name": name, "folder": str(folder)}, lines, as_json=as_json, quiet=quiet)


def remove(name: Name, as_json: Json = False, quiet: Quiet = False) -> None:
    """Delete a model that was fetched, imported or trained, and what was downloaded of it."""
    from napari_robust_synth.cli import report
    from napari_robust_synth.models.zoo import remove_model

    remove_model(name)
    report.show({"removed": name}, f"removed {name}", as_json=as_json, quiet=quiet)


def where(as_json: Json = False) -> None:
    """Show where models and downloads are kept; NAPARI_ROBUST_SYNTH_HOME moves it."""
    from napari_robust_synth.models.store import downloads_folder, models_folder

    folders: dict[str, Path] = {"models": models_folder(), "downloads": downloads_folder()}
    if as_json:
        print(json.dumps({key: str(folder) for key, folder in folders.items()}))
        return
    for key, folder in folders.items():
        print(f"{key}: {folder}")


def _line(entry: ZooEntry) -> str:
    try:
        card = entry.card
        line = f"{card.arch}, {card.size} px, {len(card.class_names)} classes, {entry.robust_to}"
    except ValueError as error:
        return f"can't be used: {error}"
    if entry.here or not entry.source:
        return line
    megabytes = f", {entry.source.megabytes:g} MB" if entry.source.megabytes else ""
    return f"{line}{megabytes}, to be fetched"


def _summary(entry: ZooEntry) -> dict[str, Any]:
    try:
        card = entry.card
    except ValueError as error:
        return {"here": False, "folder": str(entry.folder), "error": str(error)}
    return {
        "arch": card.arch,
        "size": card.size,
        "classes": len(card.class_names),
        "norm": card.norm,
        "eps": None if entry.source and entry.source.eps is None else card.eps,
        "here": entry.here,
        "folder": str(entry.folder),
        "licence": entry.source.licence if entry.source else card.terms,
        "megabytes": entry.source.megabytes if entry.source else None,
    }
