"""Which topics are those of a source."""

import re

import pytest

from shared.contracts.topics import SUBMISSIONS_PATTERN, source_of, submissions_topic

OTHERS = [
    "qcdc.submissions.alpha.v1.retry",
    "qcdc.submissions.alpha.v10",
    "qcdc.submissions.alpha.beta.v1",
    "qcdc.submissions.Alpha.v1",
    "qcdc.submissions..v1",
    "qcdc-submissions-alpha-v1",
    "dlq.qcdc.submissions.alpha.v1",
]


def test_the_topic_of_a_source_is_read() -> None:
    assert re.match(SUBMISSIONS_PATTERN, submissions_topic("so-noi-vu"))
    assert source_of(submissions_topic("so-noi-vu")) == "so-noi-vu"


@pytest.mark.parametrize("name", OTHERS)
def test_a_topic_that_only_looks_like_one_is_not(name: str) -> None:
    assert not re.match(SUBMISSIONS_PATTERN, name)
    assert source_of(name) is None
