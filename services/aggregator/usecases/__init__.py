"""
What the aggregator can do, one file per command and per query.

Commands
    count             accepted and withdrawn reports enter the ledger
    announce          what changed is published on ``qcdc.totals.v1``
    restate           what has become of signed figures is published beside it
    refresh_coverage  totals whose owing units changed with the directory are announced again
    sign              the figures of a unit, form and period are signed by a document
    rebuild           the ledger is counted again from the log, compared and swapped

Queries
    totals            every figure of a unit for a period or a range
    coverage          how many of the units that owe a form have sent it
    late              who sent a form late, or not at all
    revisions         every revision of one report, and what each changed
    snapshots         signed figures, and their restatements
    units             a unit as of a day

Shared steps
    compute           the figures that a question selects, opening stocks carried over
    figures           how a figure is written, for programs and for people
    render            figures and coverage of one total, to be published or signed
    replay            the log is applied again, partition by partition
    questions         which units, days and forms may be asked for
    answers, naming   how an answer begins, and how it names a unit
"""
