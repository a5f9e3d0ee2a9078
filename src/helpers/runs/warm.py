"""What the parent of the fast kernels has loaded: third-party packages only.

A kernel is a fork of that parent and finds these packages in memory. The project's own modules are
never among them, so that each kernel loads the helpers as they are on disk.
"""

import gc
import importlib
import os
import sys

from helpers.runs.kernels import THREADS

PRELOADED = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib_inline.backend_inline",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "PIL.PngImagePlugin",
    "scipy.optimize",
    "scipy.stats",
    "statsmodels.api",
)

for _name in THREADS:  # read by the libraries when they are loaded: a fork must not share threads
    os.environ[_name] = "1"
for _name in PRELOADED:
    importlib.import_module(_name)
PATH = [folder for folder in sys.path if folder not in ("", os.getcwd())]  # noqa: PTH109
gc.collect()
gc.freeze()  # what is here stays; looking through it in each kernel would only copy its memory
