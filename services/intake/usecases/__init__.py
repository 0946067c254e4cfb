"""
What intake does; one file for each command and query.

Commands
    receive             judge submissions; changes journal, slots, handovers and questions
    receive_documents   the same over HTTP, in a transaction of its own
    judge_parked        judge again what reference data could not judge; changes the same as receive
    withdraw            withdraw a report; changes journal and slot
    rejudge             judge the lateness of reports again; changes journal and slots
    republish           publish every report again on ``qcdc.reports.v1``; changes nothing
    republish_receipts  publish every receipt again to its source; changes nothing
    learn_revisions     learn what was published and is forgotten here; changes slots
    advance_watermark   publish IntakeCaughtUp; changes nothing
    keys                create and revoke API keys; the source that a key stands for

Queries
    find_submission     the verdict of a submission, the state of its slot, open questions

Shared steps
    survey_unread       what of the submissions topics is unread, and whom that concerns
"""
