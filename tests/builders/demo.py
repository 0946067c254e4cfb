"""Intake's own judgement of what the demo sends, without a broker or a database."""

from datetime import datetime

from services.intake.domain.judge import judge
from services.intake.domain.parsing import parse_submission
from services.intake.domain.rule_context import RuleContext, build_rule_context
from services.intake.domain.submissions import RawSubmission, SubmissionKind
from shared.contracts.strict_json import parse
from shared.reference.reference_data import ReferenceData


def knowledge_of(reference: ReferenceData) -> RuleContext:
    """Prepare a judge."""
    return build_rule_context(
        reference.catalogue, reference.directory, reference.due, regimes=reference.regimes
    )


def codes(body: bytes, context: RuleContext, now: datetime) -> set[str]:
    """Return the codes of everything that intake has to say about a body, warnings too."""
    document = parse(body)
    raw = RawSubmission(
        "demo", SubmissionKind.SUBMISSION, document["event_id"], document, body, now
    )
    return {it.code for it in judge(parse_submission(raw), context).violations}
