"""
The notifier: which unit owes which report until when, and who is notified when one is overdue.

Reads ``qcdc.reports.v1`` (ReportAccepted, ReportWithdrawn), ``qcdc.watermarks.v1``
(IntakeCaughtUp) and ``qcdc.directory.v1`` (UnitRecorded, CommitteeRecorded, RegimePublished,
CalendarRevised, DirectoryRevised); changes filing, duty, due_change, stage, notice, notice_item,
delivery_attempt, watermark and held_unit; publishes DutyOpened, DutyPostponed, DutyBecameOverdue,
DutyMet, DutyExcused and NoticeSent on ``qcdc.duties.v1``, RecordDeadLettered on
``qcdc.dead-letters.v1``; sends e-mail.
"""
