"""What the compose check sends, and what it does where it cannot run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.intake.domain.judge import judge
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import build_rule_context
from tests.builders.intake import raw
from tests.builders.reference import shipped_reference
from tools.compose_check.project import PUBLISHED, Project
from tools.compose_check.reports import Reports

ROOT = Path(__file__).parents[3]


def test_a_report_that_is_sent_is_accepted() -> None:
    """If the rules refused it, the check would blame the deployment for its own mistake."""
    reference = shipped_reference()
    report = Reports(reference).next()

    arrival = raw(report)
    verdict = judge(
        parse_submission(arrival),
        build_rule_context(reference.catalogue, reference.directory, reference.due),
    )

    assert verdict.violations == ()
    assert verdict.validated


def test_a_total_tells_which_reports_are_in_it() -> None:
    """A report that was lost leaves a 0 behind, one that was counted twice a 2."""
    reports = Reports(shipped_reference())

    sent = [reports.next() for _ in range(3)]

    assert [it["figures"]["dvk_models_total"] for it in sent] == [1, 10, 100]
    assert len({it["unit"] for it in sent}) == 3
    assert reports.total == 111


def test_settings_of_the_real_deployment_do_not_reach_the_check() -> None:
    """With a developer's mail server in the environment, the check would send mail to people."""
    environ = {"PATH": "/bin", "QCDC_SMTP_HOST": "mail.example.vn", "COMPOSE_PROFILES": "demo"}

    first, second = Project.new(environ), Project.new(environ)

    assert set(first.environment) - {f"QCDC_{it.upper()}_PORT" for it in PUBLISHED} == {
        "PATH",
        "QCDC_DATABASE_PASSWORD",
    }
    assert first.name != second.name


@pytest.mark.parametrize("here", [{"DOCKER_HOST": "unix:///nobody.sock"}, {"PATH": "/nowhere"}])
def test_without_an_engine_it_says_so_and_fails(here: dict[str, str]) -> None:
    """A check that did not run must not look like one that passed."""
    ended = subprocess.run(
        [sys.executable, "-m", "tools.compose_check"],
        env={**os.environ, **here},  # noqa: TID251 - handed on
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("compose-check: no Docker engine")
    assert ended.stderr.count("\n") == 1
