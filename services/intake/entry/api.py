"""Intake's routes: authenticate, decode, call one use case, answer."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from services.intake.domain.numbering import SubmissionOutcome
from services.intake.domain.state import EventKey
from services.intake.domain.submissions import SentDocument, SubmissionKind
from services.intake.domain.violations import Messages
from services.intake.entry.answers import (
    ReceiptView,
    ResultsView,
    SubmissionView,
    answer,
    submission_view,
)
from services.intake.entry.bodies import BodyRefused, open_body, read_body
from services.intake.entry.cloudevents import check_body, check_headers
from services.intake.entry.documentation import (
    FINDING,
    HANDOVER_BODY,
    SENDING,
    SUBMISSION_BODY,
    WITHDRAWING,
)
from services.intake.usecases.find_submission import FindSubmission, FoundSubmission
from services.intake.usecases.receive_documents import ReceiveDocuments
from services.intake.usecases.withdraw import WithdrawReport
from shared.infra.threads import compute
from shared.infra.web.problems import PROBLEM_JSON, Problem, problem_body

_BEARER = HTTPBearer(auto_error=False, description="`Authorization: Bearer qcdc_…`")
_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False)
SubmissionId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
SourceOf = Callable[..., Awaitable[str]]
"""Finds out who asks, by the key that comes with the request."""

Reason = Annotated[str, Query(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class HttpUseCases:
    """What the routes call."""

    receive: ReceiveDocuments
    withdraw: WithdrawReport
    find: FindSubmission
    source_of_key: Callable[[str], Awaitable[str | None]]


def add_routes(app: FastAPI, use_cases: HttpUseCases, messages: Messages) -> None:
    """Add intake's routes to its application."""

    async def source_of(
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
        api_key: Annotated[str | None, Depends(_API_KEY)],
    ) -> str:
        return await _source(use_cases, messages, bearer.credentials if bearer else api_key)

    _add_sending(app, use_cases, messages, source_of)
    _add_one_submission(app, use_cases, messages, source_of)


def _add_sending(
    app: FastAPI, use_cases: HttpUseCases, messages: Messages, source_of: SourceOf
) -> None:
    Source = Annotated[str, Depends(source_of)]  # noqa: N806 - a type

    @app.post(
        "/v1/submissions",
        response_model=ReceiptView | ResultsView,
        responses={201: {"model": ReceiptView}, 202: {"model": ReceiptView}, **SENDING},
        openapi_extra=SUBMISSION_BODY,
    )
    async def submit(request: Request, source: Source) -> Response:
        """
        Submit one report, or an array of up to 1,000.

        Answers with the verdict once it is durable: 201 a new revision, 200 nothing new (a resend,
        or figures that the slot holds already), 422 rejected with all findings, 409 the event id
        was used for something else; 202 it is kept and judged by itself later, since reference
        data are missing. An array is answered with 200 and a result for each item.
        """
        return await _submit(use_cases, messages, request, source, SubmissionKind.SUBMISSION)

    @app.post(
        "/v1/handovers",
        response_model=ReceiptView | ResultsView,
        responses={201: {"model": ReceiptView}, 202: {"model": ReceiptView}, **SENDING},
        openapi_extra=HANDOVER_BODY,
    )
    async def hand_over(request: Request, source: Source) -> Response:
        """
        Record what a unit starts with after a merger or a division; one record, or an array.

        Answered like submissions. What all new units of a reform open with must be what the old
        ones closed with; sending another record for the same unit, form and day replaces it.
        """
        return await _submit(use_cases, messages, request, source, SubmissionKind.HANDOVER)


def _add_one_submission(
    app: FastAPI, use_cases: HttpUseCases, messages: Messages, source_of: SourceOf
) -> None:
    Source = Annotated[str, Depends(source_of)]  # noqa: N806 - a type

    @app.get("/v1/submissions/{event_id}", response_model=SubmissionView, responses=FINDING)
    async def submission(event_id: SubmissionId, source: Source) -> JSONResponse:
        """Return what became of a submission of this source, and what it is asked about."""
        found = await _found(use_cases, messages, (source, event_id))
        return JSONResponse(submission_view(found.entry, found.slot, found.questions))

    @app.delete("/v1/submissions/{event_id}", response_model=ReceiptView, responses=WITHDRAWING)
    async def withdraw(event_id: SubmissionId, reason: Reason, source: Source) -> JSONResponse:
        """
        Withdraw the report that this submission made; its slot then counts nothing.

        409 when the submission was not accepted, or a newer one has replaced it.
        """
        entry = (await _found(use_cases, messages, (source, event_id))).entry
        if entry.verdict != "accepted" or entry.kind is not SubmissionKind.SUBMISSION:
            raise Problem(409, "nothing_to_withdraw", messages["nothing_to_withdraw"])
        return _response(await use_cases.withdraw(entry, reason), messages, created=200)


async def _source(use_cases: HttpUseCases, messages: Messages, key: str | None) -> str:
    source = await use_cases.source_of_key(key) if key else None
    if source is None:
        raise Problem(401, "unauthorized", messages["unauthorized"])
    return source


async def _submit(
    use_cases: HttpUseCases, messages: Messages, request: Request, source: str, kind: SubmissionKind
) -> Response:
    check_headers(request.headers, kind, messages)
    try:
        opened = await open_body(await read_body(request))
    except BodyRefused as refusal:
        raise _problem(refusal, messages) from None
    check_body(request.headers, source, opened, messages)
    documents = [it for it in opened.documents if isinstance(it, SentDocument)]
    decided = iter(await use_cases.receive(source, kind, documents))
    outcomes = [it if isinstance(it, BodyRefused) else next(decided) for it in opened.documents]
    if opened.several:
        return await compute(lambda: _results(outcomes, messages), items=len(outcomes))
    if isinstance(outcomes[0], BodyRefused):
        raise _problem(outcomes[0], messages)
    return _response(outcomes[0], messages)


async def _found(use_cases: HttpUseCases, messages: Messages, key: EventKey) -> FoundSubmission:
    found = await use_cases.find(key)
    if found is None:
        raise Problem(404, "unknown_submission", messages["unknown_submission"])
    return found


def _response(outcome: SubmissionOutcome, messages: Messages, created: int = 201) -> JSONResponse:
    status, body = answer(outcome, messages)
    if status >= 400:  # noqa: PLR2004 - HTTP
        return JSONResponse(body, status, media_type=PROBLEM_JSON)
    return JSONResponse(body, created if status == 201 else status)  # noqa: PLR2004 - HTTP


def _results(outcomes: Sequence[SubmissionOutcome | BodyRefused], messages: Messages) -> Response:
    """Write item by item: the encoder lets nobody in before it has written what it was given."""
    items = (
        json.dumps(_result(it, messages), ensure_ascii=False, separators=(",", ":"))
        for it in outcomes
    )
    return Response(f'{{"results":[{",".join(items)}]}}', media_type="application/json")


def _result(outcome: SubmissionOutcome | BodyRefused, messages: Messages) -> dict[str, object]:
    if isinstance(outcome, BodyRefused):
        return problem_body(outcome.status, outcome.code, messages[outcome.code])
    status, body = answer(outcome, messages)
    return {"status": status, **body}


def _problem(refusal: BodyRefused, messages: Messages) -> Problem:
    return Problem(refusal.status, refusal.code, messages[refusal.code])
