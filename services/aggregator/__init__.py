"""
The aggregator: accepted reports in; totals, coverage and lateness out.

Reads ``qcdc.reports.v1`` (ReportAccepted, ReportWithdrawn) and ``qcdc.directory.v1``; changes
``report``, ``total``, ``dirty_total``, ``announced_total``, ``snapshot`` and ``restatement``;
publishes ProvincialTotalsChanged and ProvincialTotalsRestated on ``qcdc.totals.v1``, and
RecordDeadLettered on ``qcdc.dead-letters.v1``. Serves totals, coverage, lateness, units,
revisions and signed figures.
"""
