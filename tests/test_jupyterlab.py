"""Every notebook in JupyterLab itself, in a real browser, as a reader uses it."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from browsers import chromium
from playwright.sync_api import Browser, Locator, Page, expect

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path.name for path in (PROJECT / "notebooks").glob("*.ipynb"))
PATIENCE = 240_000  # milliseconds that a notebook may take on a machine with other work
SOON = 60_000  # that one answer of a running kernel may take

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where its pages are, and the copy of the project that it works on."""

    url: str
    token: str
    root: Path

    def page_of(self, notebook: str, workspace: str) -> str:
        return f"{self.url}/lab/workspaces/{workspace}/tree/notebooks/{notebook}?token={self.token}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port of this machine, on a copy of notebooks and data."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(PROJECT / "notebooks", root / "notebooks")
    shutil.copytree(PROJECT / "data" / "raw", root / "data" / "raw")
    home = tmp_path_factory.mktemp("home")
    port, token = _free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
               f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
               f"--IdentityProvider.token={token}", "--ServerApp.ip=127.0.0.1",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
               "--LabApp.news_url=", f"--notebook-dir={root}"]  # fmt: skip
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
              "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")  # fmt: skip
    env = os.environ | {name: str(home / name.lower()) for name in places}
    log = (home / "log").open("w", encoding="utf-8")
    server = subprocess.Popen(command, cwd=root, stdout=log, stderr=log,
                              env=env | {"GIAM_NGHEO_ROOT": str(root)})  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/api", server, home / "log")
        yield Lab(f"http://127.0.0.1:{port}", token, root)
    finally:
        server.terminate()
        server.wait(60)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert server.poll() is None, log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"JupyterLab did not answer: {log.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """A page that may ask the machine's own server and nobody else."""
    page, outside = browser.new_page(viewport={"width": 1400, "height": 1000}), []
    own = (lab.url, lab.url.replace("http:", "ws:"), "data:", "blob:")
    for event in ("request", "websocket"):
        page.on(event, lambda r: None if r.url.startswith(own) else outside.append(r.url))
    yield page
    page.close()
    assert outside == []


def opened(page: Page, lab: Lab, notebook: str, workspace: str) -> Locator:
    """The notebook's panel, with a kernel that waits."""
    page.goto(lab.page_of(notebook, workspace), timeout=PATIENCE)
    panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel.wait_for(timeout=PATIENCE)
    _idle(panel)
    return panel


def _idle(panel: Locator) -> None:
    panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(
        timeout=PATIENCE, state="attached"
    )


def run_all(page: Page, panel: Locator) -> None:
    """*Run All Cells* from the menu.

    JupyterLab drops what it is asked before its kernel is connected and leaves all numbers empty;
    a reader would ask again, and so does this.
    """
    for _ in range(5):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        page.wait_for_timeout(3000)
        if re.search(r"\[(\*|\d+)\]", " ".join(panel.locator(".jp-InputPrompt").all_inner_texts())):
            return
    pytest.fail("no cell ran")


def saved(page: Page, file: Path) -> dict[str, list[dict[str, object]]]:
    """Outputs by cell of the saved notebook, once every cell has run.

    *Run All* takes away the numbers of all cells at once; each gets its own when it is done.
    """
    for _ in range(PATIENCE // 1000):
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1000)
        book = nbformat.read(file, as_version=4)
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        if all(cell.execution_count for cell in code):
            return {cell.id: cell.outputs for cell in code}
    pytest.fail(f"{file.name} has not run to its end")


def pictures(outputs: dict[str, list[dict[str, object]]]) -> list[str]:
    """The pictures of a notebook's outputs, in their order."""
    datas = [output.get("data", {}) for its in outputs.values() for output in its]
    return [str(data["image/png"]) for data in datas
            if isinstance(data, dict) and "image/png" in data]  # fmt: skip


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_run_all_succeeds(notebook: str, lab: Lab, page: Page) -> None:
    file = lab.root / "notebooks" / notebook
    panel = opened(page, lab, notebook, f"all-{notebook[:1]}")
    run_all(page, panel)
    outputs = saved(page, file)
    kinds = [output["output_type"] for its in outputs.values() for output in its]
    assert "error" not in kinds
    assert len(pictures(outputs)) >= 1
    assert panel.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0


def test_a_changed_parameter_changes_the_figure(lab: Lab, page: Page) -> None:
    name = "3-province-profile.ipynb"
    copy = lab.root / "notebooks" / "copy.ipynb"
    shutil.copy(PROJECT / "notebooks" / name, copy)
    panel = opened(page, lab, copy.name, "copy")
    run_all(page, panel)
    before = pictures(saved(page, copy))
    panel.locator(".jp-CodeCell").first.locator(".cm-line", has_text="province").click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.type('province = "Son La"')
    run_all(page, panel)
    after = pictures(saved(page, copy))
    assert before[0] != after[0]
    assert (lab.root / "figures" / "14" / "3-path.csv").exists()
    expect(panel.get_by_role("heading", name=re.compile("Sơn La"))).to_be_visible()


def test_a_reader_without_a_run_sees_what_is_stored(lab: Lab, page: Page) -> None:
    copy = lab.root / "notebooks" / "stored.ipynb"
    shutil.copy(PROJECT / "notebooks" / "explore.ipynb", copy)
    panel = opened(page, lab, copy.name, "stored")
    panel.locator(".jp-RenderedImage img").first.wait_for(timeout=PATIENCE)
    text = panel.inner_text()
    assert "Error displaying widget" not in text
    assert "14,040" in text


def test_the_controls_change_figure_sentences_and_list(lab: Lab, page: Page) -> None:
    copy = lab.root / "notebooks" / "controls.ipynb"
    shutil.copy(PROJECT / "notebooks" / "explore.ipynb", copy)
    panel = opened(page, lab, copy.name, "controls")
    run_all(page, panel)
    saved(page, copy)
    first = _picture(panel)
    place = panel.get_by_label("Place")
    place.fill("son la")
    place.press("Enter")
    second = _changed(page, panel, first)
    assert "Sơn La" in panel.locator(".jp-RenderedHTMLCommon table").first.inner_text()
    panel.get_by_label("poor households", exact=True).uncheck()
    _changed(page, panel, second)
    place.fill("Quang Chi")
    place.press("Enter")
    expect(panel.get_by_text("Nearest: Quảng Trị")).to_be_visible(timeout=SOON)


def _picture(panel: Locator) -> str:
    return str(panel.locator(".jp-RenderedImage img").first.get_attribute("src"))


def _changed(page: Page, panel: Locator, before: str) -> str:
    """The panel's first picture once it is another one than before."""
    for _ in range(SOON // 500):
        if (now := _picture(panel)) != before:
            return now
        page.wait_for_timeout(500)
    pytest.fail("the figure did not change")
