"""
Intake: validates each submission, assigns it a revision number, publishes the outcome.

Reads ``qcdc.submissions.{source}.v1`` and HTTP (ReportSubmitted, ReportWithdrawalRequested,
HandoverSubmitted) and ``qcdc.directory.v1``; changes ``journal``, ``slot``, ``report_series``,
``handover``, ``question``, ``parked``, ``api_key`` and ``known_journal``; publishes ReportAccepted
and ReportWithdrawn on ``qcdc.reports.v1``, SubmissionAccepted, SubmissionRejected, SubmissionParked
and ReportQuestioned on ``qcdc.receipts.{source}.v1``, IntakeCaughtUp on ``qcdc.watermarks.v1``,
and RecordDeadLettered on ``qcdc.dead-letters.v1``.
"""
