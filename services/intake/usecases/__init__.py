"""
What intake does, one line each.

==================== ================================== ==========================================
command              where                              changes
==================== ================================== ==========================================
receive submissions  receive.ReceiveSubmissions         journal, slots, handovers, questions
receive documents    receive_documents.ReceiveDocuments the same, over HTTP, in its own transaction
withdraw a report    withdraw.WithdrawReport            journal, slot
rejudge lateness     rejudge.RejudgeReports             journal, slots
republish reports    republish.RepublishReports         nothing; fills qcdc.reports.v1 again
advance watermark    advance_watermark.AdvanceWatermark nothing; publishes IntakeCaughtUp
create an API key    keys.create_key                    api_key
revoke an API key    keys.revoke_key                    api_key
==================== ================================== ==========================================

==================== ================================== ==========================================
query                where                              answers
==================== ================================== ==========================================
find a submission    find_submission.FindSubmission     verdict, state of its slot, open questions
authenticate         keys.source_of_key                 the source that an API key stands for
==================== ================================== ==========================================
"""
