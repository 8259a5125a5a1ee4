"""Make the pictures of the gallery with the bundled classifier, from the samples, drawings and random seeds alone.

Run as ``python docs/make_gallery.py [FIGURE ...] [--model MODEL] [-o FOLDER]``; all of it takes some minutes.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import make_sketches
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from napari_robust_synth import Classifier, Job, core, load_classifier, samples, tasks

SIDE = 224
GAP = 6
# As examples/paint_three_features.py finds and places them: parachute, church, golden retriever.
FACE = (slice(102, 193), slice(76, 167))
FEATURES = {1143: (0.27, 0.27, 0.2, 0.22), 542: (0.5, 0.74, 0.36, 0.22), 1432: (0.75, 0.25, 0.22, 0.22)}
FIGURES: dict[str, Callable[[Classifier], Image.Image]] = {}
Picture = np.ndarray


def figure(make: Callable[[Classifier], Image.Image]) -> Callable[[Classifier], Image.Image]:
    FIGURES[make.__name__] = make
    return make


def row(*pictures: Picture) -> Image.Image:
    """Set pictures side by side, each ``SIDE`` px high; small ones keep their square pixels."""
    shown = []
    for picture in pictures:
        height, width = picture.shape[:2]
        how = Image.Resampling.LANCZOS if height > 64 else Image.Resampling.NEAREST
        shown.append(Image.fromarray(picture).resize((round(width * SIDE / height), SIDE), how))
    strip = Image.new("RGB", (sum(image.width + GAP for image in shown) - GAP, SIDE), "white")
    left = 0
    for image in shown:
        strip.paste(image, (left, 0))
        left += image.width + GAP
    return strip


def column(*rows: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", (max(r.width for r in rows), sum(r.height + GAP for r in rows) - GAP), "white")
    top = 0
    for strip in rows:
        sheet.paste(strip, (0, top))
        top += strip.height + GAP
    return sheet


def titled(title: str, strip: Image.Image) -> Image.Image:
    head = Image.new("RGB", (strip.width, 24), "white")
    ImageDraw.Draw(head).text((2, 2), title, fill="black", font=ImageFont.load_default(15))
    return column(head, strip)


def marked(picture: Picture, mask: Picture) -> Picture:
    """Tint the masked region, as a Labels layer would."""
    return np.where(mask[..., None], 0.6 * picture + 0.4 * np.array([160, 60, 60]), picture).astype(np.uint8)


def sample_run(name: str, classifier: Classifier, **other: str) -> tuple[Picture, Picture]:
    """Return what a sample's run starts from, with its mask, and what it makes."""
    data = samples.load(name)
    inputs = {key: data[key] for key in ("image", "mask", "label", "features")} | other
    task = tasks.Generate(seeds="image", n=1) if name == "generate" else tasks.TASKS[data["task"]]()
    job = Job(task, classifier, **inputs)
    before = data["image"] if data["mask"] is None else marked(data["image"], data["mask"])
    return before, job.run()


def filled(classifier: Classifier) -> list[Picture]:
    """Return the sample for inpaint with its face hidden, filled, and as it was."""
    data = samples.load("inpaint")
    image, mask = data["image"], np.zeros(data["image"].shape[:2], bool)
    mask[FACE] = True
    after = Job(
        tasks.Inpaint(eps=8, step_size=0.5, steps=200), classifier, image=image, mask=mask, label=data["label"]
    ).run()
    return [core.fill_texture(image, mask), after, image]


@figure
def paint(classifier: Classifier) -> Image.Image:
    return row(samples.load("paint")["image"], *sample_run("paint", classifier))


@figure
def features(classifier: Classifier) -> Image.Image:
    frames = [samples.load("paint-feature")["image"]]
    y, x = np.mgrid[: frames[0].shape[0], : frames[0].shape[1]] / frames[0].shape[0]
    for feature, (top, left, tall, wide) in FEATURES.items():
        mask = ((y - top) / tall) ** 2 + ((x - left) / wide) ** 2 < 1
        frames.append(Job(tasks.Paint(), classifier, image=frames[-1], mask=mask, features=[feature]).run())
    return row(*frames)


@figure
def inpaint(classifier: Classifier) -> Image.Image:
    return row(*filled(classifier))


@figure
def translate(classifier: Classifier) -> Image.Image:
    before, first = sample_run("translate", classifier)
    others = [sample_run("translate", classifier, label=name)[1] for name in ("golden retriever", "Border terrier")]
    return row(before, first, *others)


@figure
def sketch(classifier: Classifier) -> Image.Image:
    drawings = {
        "golden retriever": make_sketches.dog,
        "church": make_sketches.church,
        "golf ball": make_sketches.ball,
        "parachute": make_sketches.parachute,
    }
    images = {name: np.array(make_sketches.soft(draw)) for name, draw in drawings.items()}
    pictures = [Job(tasks.Sketch(), classifier, image=image, label=name).run() for name, image in images.items()]
    return column(row(*images.values()), row(*pictures))


@figure
def super_resolve(classifier: Classifier) -> Image.Image:
    image = samples.load("super-resolve")["image"]
    paper, job = (Job(tasks.SuperResolve.preset(name), classifier, image=image) for name in ("paper", "default"))
    return row(image, paper.run(), core.enlarge(image, 8, "bicubic"), job.run())


@figure
def generate(classifier: Classifier) -> Image.Image:
    names = ("church", "golden retriever", "Samoyed", "parachute")
    rows = [Job(tasks.Generate(n=4), classifier, label=name, seed=1).run() for name in names]
    return column(*(row(*pictures) for pictures in rows))


@figure
def seeds(classifier: Classifier) -> Image.Image:
    pattern = samples.load("generate")["image"]
    rows = []
    for kind, image in (("normal", None), ("univariate", None), ("uniform", None), ("image", pattern)):
        job = Job(tasks.Generate(n=2, seeds=kind), classifier, image=image, label="church", seed=2)
        start = np.rint(255 * core.to_array(job.start)).astype(np.uint8)
        rows.append(row(*(x for pair in zip(start, job.run(), strict=True) for x in pair)))
    return column(*rows)


def overview(classifier: Classifier) -> Image.Image:
    names = ("paint", "translate", "sketch", "super-resolve", "generate")
    pairs = {name: sample_run(name, classifier) for name in names}
    pairs["inpaint"] = (*filled(classifier)[:2],)
    strips = []
    for name, (before, after) in pairs.items():
        pictures = (before, after[0] if name == "generate" else after)
        strip = row(*(picture[:, -picture.shape[0] :] for picture in pictures))
        strips.append(np.array(titled(f"{name}: {samples.SAMPLES[name].label}", strip)))
    spaced = [np.pad(strip, ((0, 2 * GAP), (0, 4 * GAP), (0, 0)), constant_values=255) for strip in strips]
    return column(*(Image.fromarray(np.concatenate(spaced[i : i + 2], 1)) for i in (0, 2, 4)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--model", default="bundled")
    parser.add_argument("-o", "--out", type=Path, default=Path(__file__).parent / "images" / "gallery")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    classifier = load_classifier(args.model, "auto")
    for name in args.figures or FIGURES:
        FIGURES[name](classifier).save(args.out / f"{name}.jpg", quality=88, optimize=True)
        print(name, flush=True)
    sheet = overview(classifier)
    sheet.resize((sheet.width * 3 // 4, sheet.height * 3 // 4)).save(args.out.with_suffix(".png"), optimize=True)


if __name__ == "__main__":
    main()
