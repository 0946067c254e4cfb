"""
Kafka's metadata request in the version that returns topic ids.

Kafka gives every topic a random id (KIP-516, since Kafka 2.8) and returns it from version 10 of the
request on. aiokafka 0.14 writes version 5 at most, but has every type that version 10 is made of
except the UUID. The layout follows ``MetadataRequest.json`` and ``MetadataResponse.json`` of
Apache Kafka.
"""

from collections.abc import Collection
from io import BytesIO
from uuid import UUID

from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

_KEY = 3
_VERSION = 10
_BY_NAME = UUID(int=0)
"""Stands where a request names a topic by its name."""


class _Uuid(AbstractType[UUID]):  # type: ignore[misc] # aiokafka's classes have no types for mypy
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_TAGS = ("tags", TaggedFields)
_BROKERS = CompactArray(
    ("node_id", Int32),
    ("host", CompactString()),
    ("port", Int32),
    ("rack", CompactString()),
    _TAGS,
)
_PARTITIONS = CompactArray(
    ("error_code", Int16),
    ("partition", Int32),
    ("leader", Int32),
    ("leader_epoch", Int32),
    ("replicas", CompactArray(Int32)),
    ("in_sync", CompactArray(Int32)),
    ("offline", CompactArray(Int32)),
    _TAGS,
)
_TOPICS = CompactArray(
    ("error_code", Int16),
    ("name", CompactString()),
    ("topic_id", _Uuid),
    ("is_internal", Boolean),
    ("partitions", _PARTITIONS),
    ("authorized_operations", Int32),
    _TAGS,
)


class _MetadataResponse(Response):  # type: ignore[misc] # as above
    API_KEY = _KEY
    API_VERSION = _VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", _BROKERS),
        ("cluster_id", CompactString()),
        ("controller_id", Int32),
        ("topics", _TOPICS),
        ("authorized_operations", Int32),
        _TAGS,
    )


class _MetadataRequestStruct(RequestStruct):  # type: ignore[misc] # as above
    FLEXIBLE_VERSION = True
    API_KEY = _KEY
    API_VERSION = _VERSION
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", CompactString()), _TAGS)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
        _TAGS,
    )


class TopicMetadataRequest(Request[_MetadataRequestStruct]):  # type: ignore[misc] # as above
    """Asks about topics by name; the answer lacks none of them and creates none."""

    API_KEY = _KEY

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_MetadataRequestStruct]) -> _MetadataRequestStruct:
        """Write the request; aiokafka calls this with the version that the broker knows."""
        topics: list[tuple[UUID, str, dict[int, bytes]]] = [
            (_BY_NAME, name, {}) for name in self._topics
        ]
        no = False
        return request_struct_class(topics, no, no, no, {})
