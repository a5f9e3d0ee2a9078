"""The site: seconds to build, bytes on the disk, and how soon a page can be used in a browser.

Run: python tests/bench/site_build.py [--pages-only]

Builds into a folder of its own, from the executed notebooks that there are: everything (all
notebooks of all places in both languages, unless --pages-only), the pages alone, one province
changed, and nothing changed. Each is the wall time of the whole command. Pages are then opened
from the disk in Chromium, five times each, and the middle time until all has loaded is printed.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from browsers import chromium
from playwright.sync_api import Page

from helpers import project

PAGES = (
    "index.html", "vi/index.html", "places/14.html", "places/CH.html", "comparison.html",
    "notebooks/VN/5-compare-provinces.html", "notebooks/14/3-province-profile.html",
)  # fmt: skip
LOOKS = 5


def seconds(out: Path, *options: str) -> float:
    """Wall time of the whole command. Raises CalledProcessError where it fails."""
    began = time.monotonic()
    command = [sys.executable, "-m", "helpers", "site", "-o", str(out), *options]
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


def opened(page: Page, url: str) -> tuple[float, float]:
    """Seconds until a page has loaded, and kB of all that it loads, itself included."""
    files: set[str] = set()
    page.on("request", lambda request: files.add(request.url))
    times = []
    for _ in range(LOOKS):
        page.goto(url, wait_until="load")
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].duration"))
    paths = (Path(file.removeprefix("file://").partition("?")[0].partition("#")[0])
             for file in files if file.startswith("file:"))  # fmt: skip
    return statistics.median(times) / 1000, sum(path.stat().st_size for path in paths) / 1000


def main() -> None:
    """Print one line a build, one line a page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pages-only", action="store_true", help="take the notebooks as they are")
    only = parser.parse_args().pages_only
    built = project.root() / "build"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "site"
        if not only:
            for kind in ("notebooks", "records", "runs"):
                shutil.rmtree(built / kind, ignore_errors=True)
            print(f"all notebooks, all pages      {seconds(out):7.1f} s", flush=True)
        for stale in (out, built / "site"):
            shutil.rmtree(stale, ignore_errors=True)
        print(f"all pages, no notebook        {seconds(out, '--as-is'):7.1f} s", flush=True)
        executed = built / "notebooks" / "45" / "3-province-profile.ipynb"
        executed.unlink()
        print(f"one notebook to run again     {seconds(out):7.1f} s", flush=True)
        print(f"nothing changed               {seconds(out):7.1f} s", flush=True)
        files = [file for file in out.rglob("*") if file.is_file()]
        pages = sum(file.suffix == ".html" for file in files)
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{pages} pages, {len(files)} files, {size:.1f} MB")
        with chromium() as browser:
            for name in PAGES:
                page = browser.new_page()
                took, kilobytes = opened(page, (out / name).as_uri())
                page.close()
                print(f"{name:44} {took:5.2f} s  {kilobytes:6.0f} kB with all it loads", flush=True)


if __name__ == "__main__":
    main()
