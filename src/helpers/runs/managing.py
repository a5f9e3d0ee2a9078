"""A kernel manager that does not wait where there is nothing to wait for.

jupyter_client's own asks every tenth of a second whether a kernel has ended, and listens for two
tenths to whether a new one still has something to say. That is nothing for a person, and half of
the time of a short notebook.
"""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

ASKED_AGAIN = 0.05  # seconds: until the subscription to a new kernel's messages has reached it


class Client(AsyncKernelClient):
    """Knows a kernel to be ready when it has answered and said on the other channel that it has."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers; raises RuntimeError when it dies or takes too long."""
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers():
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self) -> bool:
        asked = self.kernel_info()
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            self._handle_kernel_info_reply(reply)
            while True:
                told = await self.iopub_channel.get_msg(timeout=ASKED_AGAIN)
                idle = told["content"].get("execution_state") == "idle"
                if idle and told["parent_header"].get("msg_id") == asked:
                    return True
        except Empty:
            return False


class Manager(AsyncKernelManager):
    """Asks more often whether a kernel has ended; a fork takes hundredths of a second for it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"client_factory": Client, **kwargs})

    async def _async_finish_shutdown(
        self, waittime: float | None = None, pollinterval: float = 0.005, restart: bool = False
    ) -> None:
        """Wait for the end of the kernel, then end it; see jupyter_client."""
        await super()._async_finish_shutdown(waittime, pollinterval, restart)
