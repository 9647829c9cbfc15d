"""Run evaluations on an existing Dask cluster.

Dask's ports take pickles from whoever reaches them, which is one more reason why a submission
must not reach the network (docs: distributed.dask.org, "Security").
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

CONNECT_SECONDS = 10
RETRIES = 3  # of a task whose machine failed


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Yield the executor of the cluster at an address; raise UsageError where there is none."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--cluster needs Dask: pip install 'backprop-kit[cluster]'") from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise UsageError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        # Two students may hand in the same bytes: a pure task would be run for one of them only.
        yield client.get_executor(pure=False, retries=RETRIES)
