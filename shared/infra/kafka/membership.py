"""
Leave a consumer group at once, which aiokafka never does for a static member.

A static member that stops keeps its partitions until its session times out, so that a restart is
no rebalance. Beside other members that is the wrong way round: they could read on at once. So a
member that stops is taken out by its instance id (KIP-345, as an administrator would), unless it
is alone.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import DescribeGroupsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Int16, Int32, Schema, String

LEAVE_SECONDS_MAX = 3.0
"""Then the session times out instead."""

_UNKNOWN_MEMBER = ""
_TEXT = String("utf-8")

log = structlog.get_logger()


async def leave(bootstrap: str, group: str, instance_id: str) -> None:
    """Take the member *instance_id*, which reads no more, out of *group*, unless it is alone."""
    try:
        async with asyncio.timeout(LEAVE_SECONDS_MAX), _client(bootstrap) as client:
            node = await client.coordinator_lookup(CoordinationType.GROUP, group)
            described = await client.send(node, DescribeGroupsRequest([group]))
            (found,) = described.to_object()["groups"]
            if len(found["members"]) > 1:
                answer = await client.send(node, LeaveGroupRequest(group, instance_id))
                if answer.error_code:
                    raise for_code(answer.error_code)(group)
    except (KafkaError, TimeoutError) as problem:
        log.warning("the group was not left", group=group, problem=repr(problem))


@asynccontextmanager
async def _client(bootstrap: str) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        yield client
    finally:
        await client.close()


class LeaveGroupResponse_v3(Response):  # type: ignore[misc] # noqa: N801 - as aiokafka names them
    """What the broker says of each member."""

    API_KEY = 13
    API_VERSION = 3
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        (
            "members",
            Array(("member_id", _TEXT), ("group_instance_id", _TEXT), ("error_code", Int16)),
        ),
    )


class LeaveGroupRequest_v3(RequestStruct):  # type: ignore[misc] # noqa: N801
    """Version 3 of Kafka's protocol; aiokafka 0.14 knows the first two only."""

    API_KEY = 13
    API_VERSION = 3
    RESPONSE_TYPE = LeaveGroupResponse_v3
    SCHEMA = Schema(
        ("group", _TEXT),
        ("members", Array(("member_id", _TEXT), ("group_instance_id", _TEXT))),
    )


class LeaveGroupRequest(Request[LeaveGroupRequest_v3]):  # type: ignore[misc]
    """Takes one static member out of a group."""

    API_KEY = 13

    def __init__(self, group: str, instance_id: str) -> None:
        self._group = group
        self._instance_id = instance_id

    def build(self, struct: type[LeaveGroupRequest_v3]) -> LeaveGroupRequest_v3:
        """Return the request in the version that the broker speaks."""
        return struct(self._group, [(_UNKNOWN_MEMBER, self._instance_id)])
