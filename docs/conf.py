"""How the documentation is built: ``sphinx-build -W -b html docs docs/_build/html``."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "napari-robust-synth"
author = "The napari-robust-synth developers"
copyright = f"2026, {author}"
release = installed(project).split("+")[0]
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tables"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = "napari-robust-synth"
html_copy_source = False
