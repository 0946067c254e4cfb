"""
What the notifier does; one file for each command and query.

Commands
    file_reports        file accepted and withdrawn reports; meet or reopen their duties
    raise_watermark     store how far intake has published
    scan                once a second: reconcile, open, call overdue, in this order
    reconcile_duties    bring existing duties in line with changed reference data
    open_duties         open the duties whose opening has come
    call_overdue        call overdue what is due and not reported, up to the horizon
    deliver             claim, send and settle notices
    watch_failed        say how many notices failed, and end those that nobody needs any more
    retry_notices       let failed notices be attempted now, for an operator

Queries
    duties              who owes what, until when, in which state
    notices             who was notified of what, with the log of attempts

Shared steps
    horizon             the instant up to which all reports have been read
    plan_notices        which recipients are notified of the overdue duties
    prepare_mail        write the mail of a claimed notice, or cancel the notice
"""
