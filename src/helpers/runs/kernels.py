"""Fast kernels: forked from a parent that has the heavy packages loaded already.

Of a short notebook's time a stock kernel spends most on importing the same packages and on
shutting down. Here the standard library's forkserver imports them once (see `warm`), and each
kernel is a fork of it: isolated like a stock one, and ready at once. It is a kernel provisioner of
jupyter_client, so that papermill, nbval and JupyterLab can use it too. On any doubt a
stock kernel is started instead, and that is said once.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection, forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

NAME = "giam-ngheo-forked"  # the entry point of the provisioner
STOCK = "local-provisioner"
WARM = "helpers.runs.warm"
START = 10  # seconds that a new kernel may take until it can be connected to
INLINE = "module://matplotlib_inline.backend_inline"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_AT_START = ("PYTHON", "LD_", "OMP_", "OPENBLAS_", "MKL_")  # read once, when a process starts
_NO_MATTER = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
_said: set[str] = set()
_starting = threading.Lock()


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a warm parent, or as a stock one where that is in doubt."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that `cmd` describes; raises what a stock start raises."""
        reason = why_stock(cmd, kwargs)
        if not reason:
            try:
                process: Any = await asyncio.to_thread(_fork, cmd, kwargs)
            except (OSError, EOFError, RuntimeError) as error:
                reason = f"the fast kernel did not start: {error}"
        if reason:
            _say_once(reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the end of the kernel; asked for more often than a stock one's."""
        while isinstance(self.process, _Forked) and await self.poll() is None:
            await asyncio.sleep(0.01)
        return await super().wait()


class _Forked:
    """What LocalProvisioner asks of a Popen, over a process of multiprocessing."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None and self.pid is not None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def use(fast: bool) -> None:
    """Let kernels of this process be fast or stock, where their kernel does not say which."""
    KernelProvisionerFactory.instance().default_provisioner_name = NAME if fast else STOCK


def usable() -> bool:
    """Whether this system can have fast kernels; why not is said once."""
    reason = why_not_here()
    if reason:
        _say_once(reason)
    return not reason


def why_not_here() -> str:
    """Why this system cannot have fast kernels at all; '' where it can."""
    if sys.platform != "linux":
        return f"fast kernels are made for Linux, and this is {sys.platform}"
    if NAME not in KernelProvisionerFactory.instance().provisioners:
        return "the project is not installed as a package (pip install -e .)"
    if multiprocessing.current_process().daemon:
        return "a daemonic process may not have children"
    return ""


def why_stock(cmd: Sequence[str], kwargs: Mapping[str, Any]) -> str:
    """Why a fork could differ from the kernel that was asked for; '' where it could not.

    cmd    : the command of a stock kernel
    kwargs : what jupyter_client would give to Popen, `env` among it
    """
    if reason := why_not_here():
        return reason
    if "ipykernel_launcher" not in cmd or "-f" not in cmd:
        return f"{' '.join(cmd[:3])} … is no kernel of ipykernel"
    if Path(cmd[0]).resolve() != Path(sys.executable).resolve():
        return f"the kernel is of another Python, {cmd[0]}"
    if any(kwargs.get(stream) is not None for stream in ("stdin", "stdout", "stderr")):
        return "the kernel's own streams are asked for"
    asked = kwargs.get("env") or os.environ
    for name in sorted({*asked, *os.environ}):
        if name.startswith(_AT_START) and name not in _NO_MATTER:
            ours = "1" if name.endswith("_NUM_THREADS") else os.environ.get(name)
            if asked.get(name, ours) != ours:
                return f"the kernel asks for {name}={asked.get(name)}"
    return ""


def _say_once(reason: str) -> None:
    if reason not in _said:
        _said.add(reason)
        logging.getLogger(__name__).warning("stock kernels are used: %s", reason)


def context() -> Any:
    """The multiprocessing context whose processes are forks of the warm parent.

    A fork of it has the same parent for its own: multiprocessing would start a second one there,
    which loads the packages once more, since only who has started a parent can ask how it is.
    """
    server: Any = forkserver._forkserver
    if server._forkserver_pid is None and server._forkserver_address is not None:
        server.ensure_running = lambda: None
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload([WARM])
    resource_tracker.ensure_running()
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C is not for it
    try:
        server.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
    return forked


def end_warm_parent() -> None:
    """End the warm parent that this process has started, even while it loads."""
    server: Any = forkserver._forkserver
    if server._forkserver_pid is not None:
        with suppress(ProcessLookupError):
            os.kill(server._forkserver_pid, signal.SIGKILL)


def _fork(cmd: Sequence[str], kwargs: Mapping[str, Any]) -> _Forked:
    """Fork a kernel; returns when it has a process id. Raises OSError, EOFError, RuntimeError."""
    arguments = list(cmd[cmd.index("-f") :])
    environment = dict(kwargs.get("env") or os.environ)
    folder = str(kwargs.get("cwd") or Path.cwd())
    listens, told = multiprocessing.Pipe(duplex=False)
    process = context().Process(target=_be_kernel, args=(told, arguments, environment, folder))
    with _without_main():
        process.start()
    told.close()
    connection.wait([listens, process.sentinel], START)  # who connects too soon must try again
    listens.close()
    return _Forked(process)


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep multiprocessing from running the script that starts a kernel again inside of it."""
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _be_kernel(
    told: Connection, arguments: list[str], environment: dict[str, str], folder: str
) -> NoReturn:
    """Turn a fork of the warm parent into a kernel, as if it had been started by a command.

    told : is closed when the kernel can be connected to
    """
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    end_with_parent()
    _forget_the_parent()
    import ipykernel
    from ipykernel.kernelapp import IPKernelApp

    launcher = Path(ipykernel.__file__).parents[1] / "ipykernel_launcher.py"
    sys.argv = [str(launcher), *arguments]
    code: int | None = 1
    kernel: Any = IPKernelApp.instance(parent_handle=1)  # a parent, and one not to be watched
    try:
        kernel.initialize(arguments)
        told.close()
        kernel.start()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int | None) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        # Exit handlers flush and close what a notebook has opened. Not the kernel's own, though:
        # it waits seconds for a thread that waits for another, and ends with the process anyway.
        atexit.unregister(kernel.close)
        atexit._run_exitfuncs()
        os._exit(code or 0)


def _forget_the_parent() -> None:
    """Undo what a package read when the parent loaded it, and what a fork has in common with it."""
    multiprocessing.set_start_method(None, force=True)  # a notebook's own processes: the usual way
    multiprocessing.current_process().name = "MainProcess"
    import matplotlib as mpl
    import numpy as np

    warm = sys.modules.get(WARM) or importlib.import_module(WARM)
    np.random.seed()
    if mpl.matplotlib_fname() != warm.RC_FILE:
        mpl.rcParams.update(mpl.rc_params())
    mpl.rcParams["backend"] = os.environ.get("MPLBACKEND") or INLINE
    sys.path[:] = warm.PATH
    for name in [name for name in sys.modules if name.split(".")[0] == "helpers"]:
        del sys.modules[name]


def end_with_parent() -> None:
    """End this process, and with a kernel all that it has started, when its starter dies."""
    parent = multiprocessing.parent_process()
    own_group = os.getpgid(0) == os.getpid()

    def watch() -> None:
        if parent is not None:
            connection.wait([parent.sentinel])
            if own_group:
                os.killpg(0, signal.SIGKILL)
            os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
