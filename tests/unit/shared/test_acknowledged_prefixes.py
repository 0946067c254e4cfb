"""What may be forgotten of a pass that failed in part: order per key outlives every refusal."""

from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata, TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from shared.infra.kafka.outbox import OutboxMessage
from shared.infra.kafka.topic_flow import acknowledged_prefixes
from shared.infra.kafka.topic_producer import Answer


def message(number: int, partition: int | None, key: bytes) -> OutboxMessage:
    return OutboxMessage(number, "t", partition, key, [], b"")


def answer(number: int, *, taken: bool) -> Answer:
    place = TopicPartition("t", 0)
    return RecordMetadata("t", 0, place, number, 0, 0, 0) if taken else KafkaError(str(number))


def forgotten(messages: list[OutboxMessage], taken: list[bool]) -> list[object]:
    answers = [answer(number, taken=it) for number, it in enumerate(taken)]
    return [it.token for it, _ in acknowledged_prefixes(messages, answers)]


def test_what_follows_a_failure_in_its_partition_is_kept() -> None:
    """It is sent again behind what failed, so that the newest of a key lies last."""
    messages = [message(it, it % 2, b"key") for it in range(6)]

    assert forgotten(messages, [True, True, False, True, True, True]) == [0, 1, 3, 5]


def test_without_an_explicit_partition_the_key_decides() -> None:
    """Kafka's hash sends one key to one partition; other keys need not wait."""
    messages = [message(it, None, b"ab"[it % 2 : it % 2 + 1]) for it in range(4)]

    assert forgotten(messages, [False, True, True, True]) == [1, 3]


@given(
    st.lists(st.tuples(st.sampled_from([None, 0, 1]), st.sampled_from([b"a", b"b"]), st.booleans()))
)
def test_nothing_is_forgotten_that_was_not_taken_or_lies_behind_a_failure(
    rows: list[tuple[int | None, bytes, bool]],
) -> None:
    """What is forgotten of each partition, or key, is a beginning that was taken whole."""
    messages = [message(number, it[0], it[1]) for number, it in enumerate(rows)]
    kept = set(range(len(rows))) - set(forgotten(messages, [it[2] for it in rows]))

    for number, (partition, key, taken) in enumerate(rows):
        before = [
            it
            for it in range(number)
            if (rows[it][0], rows[it][1] if partition is None else b"")
            == (partition, key if partition is None else b"")
        ]
        assert (number in kept) == (not taken or any(it in kept for it in before))
