"""
What the aggregator does; one file for each command and query.

Commands
    count             count accepted and withdrawn reports in the ledger
    announce          publish changed totals on ``qcdc.totals.v1``
    restate           publish how signed figures changed, on the same topic
    refresh_coverage  announce totals again whose owing units changed with the directory
    sign              sign the figures of a unit, form and period by a document
    rebuild           count all reports again from the log, compare, swap the tables

Queries
    totals            every figure of a unit for a period or a range
    by_unit           one figure, unit by unit: who states it and who does not
    coverage          how many of the units that owe a form have sent it
    late              which units sent a form late, or not at all
    revisions         every revision of one report, and what each changed
    snapshots         signed figures, and their restatements
    periods           the windows that committees' own regimes have for a unit
    units             a unit as of a day
    committees        the steering committees of a unit on a day, and who is in them

Shared steps
    resolve           the unit, day and forms that a question names
    compute           the figures that a question selects, opening stocks carried over
    figures           how a figure is written, for programs and for people
    answers           how an answer begins, and how it names a unit
    render            figures and coverage of one total, to be published or signed
    replay            apply the log again, partition by partition
"""
