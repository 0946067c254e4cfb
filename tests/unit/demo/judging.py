"""Intake's own judgement of what the demo sends, without a broker or a database."""

from datetime import datetime

from services.intake.domain.judge import judge
from services.intake.domain.parsing import read
from services.intake.domain.rule_context import Knowledge, know
from services.intake.domain.submissions import Arrived, Kind
from shared.contracts.strict_json import parse
from shared.reference.reference_data import ReferenceData


def knowledge_of(reference: ReferenceData) -> Knowledge:
    """Prepare a judge."""
    return know(reference.catalogue, reference.directory, reference.due)


def codes(body: bytes, knowledge: Knowledge, now: datetime) -> set[str]:
    """Return the codes of everything that intake has to say about a body, warnings too."""
    document = parse(body)
    arrived = Arrived("demo", Kind.SUBMISSION, document["event_id"], document, body, now)
    return {it.code for it in judge(read(arrived), knowledge).remarks}
