"""Fast kernels: when a stock one is started instead, and that a notebook cannot tell them apart."""

import json
import logging
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from helpers.runs import kernels

STOCK_COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "connection.json"]
QUIET = ["--log-level=50"]
WAIT = 60  # seconds; nothing here takes more than a few
# What stays different, and no notebook should ask for: the command line in /proc, which is that of
# the warm parent; JPY_PARENT_PID, by which a stock kernel watches its parent; warning filters of
# packages that are loaded already; names in sys.modules of third-party packages.
PROBE = """
ONLY_STOCK = "JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL"
import json, logging, multiprocessing, os, random, signal, sys, threading, time, warnings
own = sorted(name for name in sys.modules if name.split(".")[0] in ("helpers", "pytest"))
handlers = {s.name: str(signal.getsignal(s)) for s in signal.Signals if s.name != "SIGKILL"}
import matplotlib, numpy, pandas
print(json.dumps({
    "env": {name: value for name, value in os.environ.items() if name not in ONLY_STOCK},
    "cwd": os.getcwd(), "argv": sys.argv[0::3], "path": sys.path, "executable": sys.executable,
    "flags": str(sys.flags), "own modules": own, "signals": handlers, "umask": os.umask(0o22),
    "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "masked": str(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "zone": time.tzname,
    "MPLBACKEND": os.environ.get("MPLBACKEND"), "backend": matplotlib.get_backend(),
    "drawing": {k: str(v) for k, v in matplotlib.rcParams.items()}, "errors": numpy.geterr(),
    "columns": pandas.get_option("display.max_columns"),
    "rows": pandas.get_option("display.max_rows"),
    "process": multiprocessing.current_process().name,
    "daemon": multiprocessing.current_process().daemon,
    "method": multiprocessing.get_start_method(), "main": __name__,
    "main file": getattr(sys.modules["__main__"], "__file__", None),
    "logging": [logging.root.level, len(logging.root.handlers)],
    "limits": [sys.getrecursionlimit(), sys.getswitchinterval()],
    "threads": threading.main_thread().name,
    "read": sys.stdin.read(),
}, default=str))
"""


@contextmanager
def started(
    fast: bool, folder: Path | None = None, env: dict[str, str] | None = None
) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel and who talks to it."""
    kernels.use(fast)
    manager = KernelManager()
    options: dict[str, Any] = {"cwd": str(folder)} if folder else {}
    manager.start_kernel(extra_arguments=QUIET, env={**os.environ, **(env or {})}, **options)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(WAIT)
        yield manager, client
    finally:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel()
        kernels.use(False)


def said(client: BlockingKernelClient, code: str) -> str:
    """What code prints, and the name of its error."""
    told: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        content = message["content"]
        told.append(
            content["text"] if message["msg_type"] == "stream" else content.get("ename", "")
        )

    client.execute_interactive(code, output_hook=hear, timeout=WAIT)
    return "".join(told).strip()


def is_fast(client: BlockingKernelClient) -> bool:
    return "forkserver" in said(client, "print(open('/proc/self/cmdline').read())")


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_said", set())


linux = pytest.mark.skipif(sys.platform != "linux", reason="fast kernels are made for Linux")


@linux
def test_nothing_speaks_against_a_fast_kernel_of_this_python() -> None:
    assert kernels.why_stock(STOCK_COMMAND, {}) == ""
    env = {**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    assert kernels.why_stock(STOCK_COMMAND, {"env": env, "cwd": "/"}) == ""


@linux
@pytest.mark.parametrize(
    ("command", "kwargs", "because"),
    [
        (["/usr/bin/true", *STOCK_COMMAND[1:]], {}, "another Python, /usr/bin/true"),
        (["R", "--slave", "-e", "IRkernel::main()"], {}, "no kernel of ipykernel"),
        (STOCK_COMMAND[:3], {}, "no kernel of ipykernel"),
        (STOCK_COMMAND, {"stdout": subprocess.PIPE}, "streams"),
        (STOCK_COMMAND, {"stderr": subprocess.DEVNULL}, "streams"),
        (STOCK_COMMAND, {"env": {"PYTHONPATH": "/elsewhere"}}, "PYTHONPATH=/elsewhere"),
        (STOCK_COMMAND, {"env": {"OMP_NUM_THREADS": "4"}}, "OMP_NUM_THREADS=4"),
        (STOCK_COMMAND, {"env": {"LD_PRELOAD": "x.so"}}, "LD_PRELOAD=x.so"),
        (STOCK_COMMAND, {"env": {"PYTHONHASHSEED": "0"}}, "PYTHONHASHSEED=0"),
    ],
)
def test_what_a_fork_cannot_give_is_a_reason_for_a_stock_kernel(
    command: list[str], kwargs: dict[str, Any], because: str
) -> None:
    assert because in kernels.why_stock(command, kwargs)


@linux
def test_a_variable_that_the_kernel_lacks_and_the_parent_has_is_a_reason_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/here")
    assert "PYTHONPATH" in kernels.why_stock(STOCK_COMMAND, {"env": {"PYTHONPATH": "/there"}})
    assert kernels.why_stock(STOCK_COMMAND, {"env": {"PYTHONPATH": "/here"}}) == ""


def test_another_system_has_stock_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    for system in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        assert system in kernels.why_stock(STOCK_COMMAND, {})
        assert not kernels.usable()


@linux
def test_a_daemonic_process_and_one_without_the_entry_point_have_stock_kernels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
        assert "daemonic" in kernels.why_stock(STOCK_COMMAND, {})
    factory = KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "provisioners", {})
    assert "pip install" in kernels.why_stock(STOCK_COMMAND, {})


def test_a_reason_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with caplog.at_level(logging.WARNING):
        assert [kernels.usable() for _ in range(3)] == [False] * 3
    (record,) = caplog.records
    assert record.getMessage() == (
        "stock kernels are used: fast kernels are made for Linux, and this is darwin"
    )


@linux
@pytest.mark.parametrize("error", [OSError("no memory"), EOFError(), RuntimeError("no process")])
def test_a_fork_that_fails_is_replaced_by_a_stock_kernel(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(kernels, "_fork", fails)
    with caplog.at_level(logging.WARNING, "helpers"), started(fast=True) as (_, client):
        assert not is_fast(client)
        assert said(client, "print(6 * 7)") == "42"
    assert f"did not start: {error}" in caplog.text


@linux
def test_a_notebook_cannot_tell_a_fast_kernel_from_a_stock_one(tmp_path: Path) -> None:
    env = {"MPLBACKEND": "svg", "TZ": "Asia/Ho_Chi_Minh", "OF_ITS_OWN": "ừ", "OMP_NUM_THREADS": "1"}
    found = {}
    for fast in (False, True):
        with started(fast, tmp_path, env) as (_, client):
            assert is_fast(client) == fast
            found[fast] = json.loads(said(client, PROBE))
    assert found[True] == found[False]
    assert found[True]["cwd"] == str(tmp_path)
    assert found[True]["own modules"] == []
    assert found[True]["env"]["OF_ITS_OWN"] == "ừ"
    assert found[True]["backend"] == "svg"
    assert found[True]["zone"] == ["+07", "+07"]


@linux
def test_two_kernels_draw_different_random_numbers_and_import_the_project_anew() -> None:
    code = "import numpy, random; print(numpy.random.random(), random.random())"
    drawn = set()
    for _ in range(2):
        with started(fast=True) as (_, client):
            drawn |= set(said(client, code).split())
            assert said(client, "import helpers.runs.kernels as k; print(k._said)") == "set()"
    assert len(drawn) == 4


@linux
def test_a_notebook_has_processes_of_its_own_in_the_usual_way() -> None:
    code = (
        "import multiprocessing\ndef double(x): return 2 * x\n"
        "with multiprocessing.Pool(2) as pool: print(pool.map(double, [1, 2]))\n"
        "print(multiprocessing.active_children())"
    )
    with started(fast=True) as (_, client):
        assert said(client, code) == "[2, 4]\n[]"


@linux
@pytest.mark.parametrize("end", ["", "exit()", "raise SystemExit(3)"])
def test_exit_handlers_run_and_open_files_are_flushed(tmp_path: Path, end: str) -> None:
    code = (
        "import atexit; from pathlib import Path\n"
        "stream = open('open.txt', 'w'); left = stream.write('not flushed')\n"
        "atexit.register(lambda: Path('handler.txt').write_text('ran'))\n"
    )
    with started(fast=True, folder=tmp_path) as (_, client):
        assert said(client, code) == ""
        if end:
            said(client, end)
    assert (tmp_path / "handler.txt").read_text() == "ran"
    assert (tmp_path / "open.txt").read_text() == "not flushed"


@linux
@pytest.mark.parametrize("busy", ["import time; time.sleep(60)", "while True: pass"])
def test_an_interrupt_reaches_a_busy_cell_and_the_kernel_goes_on(busy: str) -> None:
    with started(fast=True) as (manager, client):
        said(client, "x = 5")
        asked = client.execute(f"print('busy', flush=True)\n{busy}", stop_on_error=False)
        while client.get_iopub_msg(timeout=WAIT)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=WAIT))["parent_header"]["msg_id"] != asked:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert said(client, "print(x)") == "5"


@linux
@pytest.mark.parametrize("now", [True, False])
def test_a_restarted_kernel_is_a_new_one_at_the_same_address(now: bool) -> None:
    with started(fast=True) as (manager, client):
        said(client, "x = 5")
        before = manager.provisioner.pid  # type: ignore[union-attr]
        manager.restart_kernel(now=now)
        client.wait_for_ready(WAIT)
        assert is_fast(client)
        assert said(client, "print('x' in globals())") == "False"
        assert manager.provisioner.pid != before  # type: ignore[union-attr]
        assert gone(before)


@linux
def test_a_kernel_ends_with_what_it_has_started_and_its_killer_knows() -> None:
    with started(fast=True) as (manager, client):
        code = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
        child = int(said(client, code))
        assert manager.is_alive()
        manager.shutdown_kernel(now=True)
        assert not manager.is_alive()
        assert gone(child)


def gone(pid: int) -> bool:
    """Whether a process ends within some seconds; one that nobody has waited for has ended, too."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kernel giam-ngheo where Jupyter finds it, and a notebook that asks for it."""
    spec = Path(kernels.__file__).with_name("giam-ngheo")
    shutil.copytree(spec, tmp_path / "kernels" / spec.name)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    book = nbformat.v4.new_notebook()
    code = "print('forkserver' in open('/proc/self/cmdline').read())"
    book.cells = [nbformat.v4.new_code_cell(code, id="a")]
    book.metadata.kernelspec = {"name": "giam-ngheo", "display_name": "x", "language": "python"}
    nbformat.write(book, tmp_path / "asks.ipynb")
    return tmp_path / "asks.ipynb"


@linux
def test_plain_papermill_has_fast_kernels_by_their_name(named: Path) -> None:
    done = papermill.execute_notebook(
        str(named), None, kernel_name="giam-ngheo", progress_bar=False, extra_arguments=QUIET
    )
    assert done.cells[0].outputs[0].text == "True\n"


@linux
def test_a_script_without_a_guard_is_not_run_again_by_its_kernels(named: Path) -> None:
    script = named.with_name("script.py")
    script.write_text(
        "import papermill\nprint('script', flush=True)\n"
        f"done = papermill.execute_notebook({str(named)!r}, None, progress_bar=False)\n"
        "print(done.cells[0].outputs[0].text)\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, timeout=WAIT
    )
    assert done.stdout.split() == ["script", "True"]
