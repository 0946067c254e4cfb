"""
The aggregator: accepted reports in, the picture of a province out.

Reads ``qcdc.reports.v1``; changes the ledger (``report``, ``total``); publishes
``ProvincialTotalsChanged``. Serves totals, coverage and the late list over HTTP.
"""
