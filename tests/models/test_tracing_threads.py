"""A network is cut in the background while another one runs."""

from threading import Event, Thread

import torch
from torch import nn

from napari_robust_synth.models.anatomy import dissect
from napari_robust_synth.models.checkpoints import build


def test_what_another_thread_runs_is_left_alone() -> None:
    network, x, wrong, done = nn.Sequential(nn.Linear(3, 3), nn.ReLU()), torch.ones(1, 3), list[Exception](), Event()

    def run() -> None:
        try:
            while not done.is_set():
                network(x)
        except Exception as error:
            wrong.append(error)

    runner, tracers = (
        Thread(target=run),
        [Thread(target=dissect, args=(build("resnet18", 3).eval(),)) for _ in range(3)],
    )
    runner.start()
    for tracer in tracers:
        tracer.start()
    for tracer in tracers:
        tracer.join()
    done.set()
    runner.join()
    assert wrong == []
    assert "call_wrapper" not in nn.Module.__call__.__name__ and torch.equal(network(x), network(x))
