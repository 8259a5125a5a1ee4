"""Edit pictures by meaning with one adversarially robust classifier.

>>> from napari_robust_synth import load_classifier, tasks
>>> job = tasks.Job(tasks.Generate(n=1, steps=1), load_classifier(), label="church")
>>> job.run().shape[-1]
3
"""

from importlib.metadata import version

import lazy_loader

__version__ = version("napari-robust-synth")
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
