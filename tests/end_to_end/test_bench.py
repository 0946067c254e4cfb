"""
``make bench`` in a small size: it ends well, and prints what it is run for.

Once it could not end well, and no test ran it. The bar is that of a full run: even in this size
the rebuild beats the peer several times over the bar, so a busy machine, which slows both, does
not fail it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tools.deployment.clearing import clear_topics
from tools.deployment.deployment import REPOSITORY
from tools.stack.stack import Stack
from tools.stack.waiting import blocking

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(400)]
SMALL = {
    "QCDC_BENCH_REPORTS": "10000",
    "QCDC_BENCH_ONE_BY_ONE": "200",
    "QCDC_BENCH_ROUNDS": "1",
}
ROW = re.compile(r"^(\S.*?) {2,}([\d,]+) +([\d,.]+) +([\d.]+)%$", re.MULTILINE)


@pytest.fixture
def empty_stack(stack: Stack) -> Iterator[Stack]:
    """Lend the broker of the run, without the topics of other tests, and clear ours away."""
    blocking(clear_topics(stack.kafka))
    yield stack
    blocking(clear_topics(stack.kafka))


def test_a_small_run_ends_well_and_prints_its_ratios(empty_stack: Stack) -> None:
    """Every record is replayed, the rebuilt ledger agrees, and the bar is met."""
    servers = {
        "QCDC_KAFKA": empty_stack.kafka.bootstrap,
        "QCDC_PG_URL": empty_stack.postgres.url,
    }

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=REPOSITORY,
        env=os.environ | SMALL | servers,  # noqa: TID251 - it runs where the test runs
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "log: 11,200 records" in run.stdout
    ratios = {
        name: (float(times), float(share)) for name, _, times, share in ROW.findall(run.stdout)
    }
    assert len(ratios) == 3, run.stdout
    bare, one_by_one, ours = ratios.values()
    assert one_by_one[0] == 1
    assert bare[1] == 100
    assert 10 <= ours[0] < bare[0]
    assert "bar: at least 10 × per message: met" in run.stdout
