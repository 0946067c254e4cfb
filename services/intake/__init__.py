"""
Intake: judges what units send, numbers the revisions of each slot, tells everybody the outcome.

Reads qcdc.submissions.<source>.v1 and HTTP; changes journal, slot, outbox (and api_key);
publishes ReportAccepted and ReportWithdrawn, a receipt for every submission, IntakeCaughtUp.
"""
