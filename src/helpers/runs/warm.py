"""What the parent of the fast kernels has loaded: third-party packages only.

A kernel is a fork of that parent and finds these packages in memory. The project's own modules are
never among them, so that each kernel loads the helpers as they are on disk.
"""

import builtins
import gc
import importlib
import os
import sys
from types import SimpleNamespace

from helpers.runs.kernels import THREADS

PRELOADED = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
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
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "psutil",
    "scipy.optimize",
    "scipy.stats",
    "sqlite3",
    "statsmodels.regression.linear_model",
    "statsmodels.robust.robust_linear_model",
    "statsmodels.stats.multitest",
    "tornado.platform.asyncio",
    "tornado.queues",
)

for _name in THREADS:  # read by the libraries when they are loaded: a fork must not share threads
    os.environ[_name] = "1"
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else the debugger's code warns when loaded
# pandas asks once, when it is loaded, whether it is in a notebook, and shows fewer columns if not.
builtins.get_ipython = lambda: SimpleNamespace(kernel=None)  # type: ignore[attr-defined]
for _name in PRELOADED:
    importlib.import_module(_name)
del builtins.get_ipython  # type: ignore[attr-defined]
RC_FILE = sys.modules["matplotlib"].matplotlib_fname()
PATH = [folder for folder in sys.path if folder not in ("", os.getcwd())]  # noqa: PTH109
gc.collect()
gc.freeze()  # what is here stays; looking through it in each kernel would only copy its memory
