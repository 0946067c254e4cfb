"""
The notifier: what is owed, by whom, and who must hear of it.

Reads ``qcdc.reports.v1`` (ReportAccepted, ReportWithdrawn) and ``qcdc.watermarks.v1``
(IntakeCaughtUp); changes duty, filing, stage, notice, delivery; publishes DutyOpened,
DutyBecameOverdue, DutyMet and NoticeSent on ``qcdc.duties.v1``; sends e-mail.
"""
