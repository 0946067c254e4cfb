"""The faults that the chaos runs must catch; ``tests/architecture/test_plants.py`` plants each."""

from tests.chaos.planting import KillPoint, Passage, Plant

_INBOX = "shared/infra/kafka/inbox.py"
_FLOW = "shared/infra/kafka/topic_flow.py"
_DELIVER = "services/notifier/usecases/deliver.py"

_EFFECT = """            if fresh:
                await self._change(connection, fresh)
            unreadable = [it for span in spans.values() for it in span.unreadable]
            await dead_letters.keep(connection, self.service, unreadable)
"""
_MOVE = "            await self._move(connection, spans)\n"
_COMMITTED = "        # planted: the effect follows\n"
_BEGIN = "        async with self.database.transaction() as connection:\n"

COMMIT_BEFORE_DATABASE = Plant(
    [Passage(_INBOX, _EFFECT + _MOVE, _MOVE + _COMMITTED + _BEGIN + _EFFECT)],
    KillPoint(_INBOX, _COMMITTED, "self.name == 'aggregator' and fresh"),
)
"""The position moves first, the effect follows in a transaction of its own."""

EQUAL_REVISION = Plant(
    [
        Passage(
            "services/aggregator/domain/fold.py",
            "if number > counted.revision:",
            "if number >= counted.revision:",
        )
    ],
    KillPoint(
        _FLOW,
        "            answers = await while_pinging(connection, self._send(waiting))\n",
        "any(it.topic == 'qcdc.reports.v1' for it in waiting)",
    ),
)
"""
``>=`` for ``>`` in the revision guard.

Reports are on the topic and still in the outbox when the process dies: the next relay sends them
again.
"""

_SEND = "            outcome = await notice.channel.send(notice.mail)\n"
_MARK = '            await self._settle(notice, SendOutcome(DeliveryStatus.TAKEN, "planted"))\n'

MARKED_BEFORE_SENT = Plant([Passage(_DELIVER, _SEND, _MARK + _SEND)], KillPoint(_DELIVER, _MARK))
"""The row says sent, then the process dies, and the committee never hears of it."""

REFUSED_AND_FORGOTTEN = Plant(
    [
        Passage(
            _FLOW,
            "            if sent:\n",
            "            await self.pending.forget(connection, waiting)\n            if sent:\n",
        )
    ]
)
"""What a topic refused leaves the outbox as if it had been acknowledged."""

PLANTS = {
    "commit before the database": COMMIT_BEFORE_DATABASE,
    "equal revision": EQUAL_REVISION,
    "marked before sent": MARKED_BEFORE_SENT,
    "refused and forgotten": REFUSED_AND_FORGOTTEN,
}
