"""Inpaint squares of 60 px in validation pictures of 224 px, against filling them with the mean colour."""

from __future__ import annotations

from common import (
    draw_pictures,
    make_task,
    model_options,
    open_classifier,
    parser,
    read_square,
    report,
    run_all,
    task_options,
)
from fidelity import compare, squares
from perceptual import distances

from napari_robust_synth import core
from napari_robust_synth.tasks import Inpaint, Job


def main() -> None:
    p = parser(__doc__)
    model_options(p)
    task_options(p)
    args = p.parse_args()
    classifier, task = open_classifier(args), make_task(Inpaint, args)
    truth = [read_square(path) for path in draw_pictures(args.data, args.cases, args.seed)]
    masks = squares(len(truth), args.seed)
    # The hidden pixels are taken out before the task sees the picture, so that nothing can leak from them.
    filled = [core.fill_mean(image, mask) for image, mask in zip(truth, masks, strict=True)]
    jobs = [Job(task, classifier, image=f, mask=m, size=args.size) for f, m in zip(filled, masks, strict=True)]
    results = list(run_all(jobs, args.batch, "inpaint"))
    report(
        {
            "benchmark": "inpaint",
            "model": classifier.sha256[:12],
            "size": jobs[0].size,
            "parameters": task.to_dict(),
            "against mean fill": compare(truth, results, filled, distances(classifier.device)),
        }
    )


if __name__ == "__main__":
    main()
