"""Workers whose parent dies while it forks them: all begins again, and no job is lost."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from helpers.runs import workers


class Failing(ThreadPoolExecutor):
    """A pool that fails as a dying parent makes it fail, at the second call."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__(1)
        self.error, self.calls = error, 0

    def submit(self, work: Any, /, *values: Any, **more: Any) -> Any:
        self.calls += 1
        if self.error and self.calls == 2:
            raise self.error
        return super().submit(work, *values, **more)


def begun(monkeypatch: pytest.MonkeyPatch, errors: list[Exception | None]) -> workers.Workers:
    pools = [Failing(error) for error in errors]
    monkeypatch.setattr(workers.Workers, "_start", lambda *_: pools.pop(0))
    monkeypatch.setattr(workers, "PATIENCE", (0.0, 0.0))
    return workers.Workers(2, fast=False)


@pytest.mark.parametrize("error", [EOFError(), ConnectionResetError(), BrokenProcessPool()])
def test_a_pool_that_cannot_fork_is_replaced(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = begun(monkeypatch, [error, error, None])
    futures = mine._submit(2, str, [(1,), (2,), (3,)])
    assert [future.result() for future in futures] == ["1", "2", "3"]


def test_what_fails_every_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = begun(monkeypatch, [EOFError()] * 3)
    with pytest.raises(EOFError):
        mine._submit(2, str, [(1,), (2,)])
    assert mine.pool is None
