"""A browser of the machine for tests that look at pages, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120_000  # milliseconds that a page may take for one step on a machine with other work


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the Chromium or Chrome of this machine, without a window, and close it in the end.

    Nothing is downloaded. Fails the test where there is none, with what to do about it.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            "No browser found: install Chromium (Debian: apt install chromium) so that one of "
            f"{', '.join(NAMES)} is on the PATH, or leave these tests out with -m 'not slow'.",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE
        )
        try:
            yield browser
        finally:
            browser.close()
