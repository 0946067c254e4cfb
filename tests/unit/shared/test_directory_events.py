"""Facts become events and events facts again: the directory of a service is the publisher's."""

import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord

from shared.contracts.directory import REVISION_KEY, DirectoryRevised
from shared.contracts.wire import encode
from shared.directory.contents import DirectoryContents, contents_of, entities_of
from shared.directory.entities import EntityUpdate, decode, event_of, recorded
from shared.directory.files import with_files
from shared.directory.loading import build_reference_data
from shared.infra.kafka.records import Poison, Record
from shared.reference.errors import FactError
from shared.reference.reference_data import ReferenceData
from shared.reference.units import Unit
from tests.builders.reference import shipped_contents

AT = datetime(2026, 10, 15, tzinfo=UTC)
DECISIONS = """
decisions:
  - decision: Nghị quyết 1
    effective_on: 2027-01-01
    rename: [{unit: "13285.2", name: "Phường Châu Sơn"}]
"""


@pytest.fixture(scope="module")
def contents() -> DirectoryContents:
    """Provide what ships with the code."""
    return shipped_contents()


@pytest.fixture(scope="module")
def entities(contents: DirectoryContents) -> dict[str, str]:
    """Provide it as the topic carries it."""
    return entities_of(contents)


def test_what_ships_comes_back_as_it_was(
    reference: ReferenceData, entities: dict[str, str]
) -> None:
    """Every unit with its states, every link, committee, rule and working day."""
    back = build_reference_data(contents_of(entities))

    assert {it.key: back.directory.states(it.key) for it in back.directory} == {
        it.key: reference.directory.states(it.key) for it in reference.directory
    }
    assert set(back.lineage) == set(reference.lineage)
    assert back.committees == reference.committees
    assert set(back.rules) == set(reference.rules)
    assert back.calendar == reference.calendar
    assert back.directory.provinces() == reference.directory.provinces()
    assert entities_of(contents_of(entities)) == entities


def test_the_whole_directory_is_loaded_in_less_than_two_seconds(entities: dict[str, str]) -> None:
    """From its tables, at every start and every change, in every service."""
    begin = time.process_time()
    reference = build_reference_data(contents_of(entities))

    assert time.process_time() - begin < 2
    assert len(reference.directory) > 14_000


def test_every_entity_survives_the_topic(entities: dict[str, str]) -> None:
    """The content that arrives is the content that was meant, byte for byte."""
    for key, content in entities.items():
        message = encode(recorded(key, content, AT), "qcdc/directory")

        assert decode(_record(key, message.body, message.headers)) == EntityUpdate(key, content)


def test_a_revision_is_read_from_its_record() -> None:
    revision = DirectoryRevised(
        event_id="r", occurred_at=AT, revision=1, base=0, entities=0, checksum="", document="d"
    )
    message = encode(revision, "qcdc/directory")

    assert decode(_record(REVISION_KEY, message.body, message.headers)) == revision


def test_a_deleted_key_is_an_entity_taken_away() -> None:
    assert decode(_record("unit/1.2", None, [])) == EntityUpdate("unit/1.2", None)
    assert decode(_record("what/1.2", None, [])) == Poison("unknown_key")


@pytest.mark.parametrize(
    ("type_name", "body", "reason"),
    [
        ("qcdc.FormPublished.v1", b"{}", "unknown_type"),
        ("qcdc.UnitRecorded.v1", b"{}", "invalid"),
        ("qcdc.UnitRecorded.v1", b"{", "not_json"),
        ("qcdc.DirectoryRevised.v1", b"{}", "invalid"),
    ],
)
def test_what_cannot_be_read_is_kept_and_told(type_name: str, body: bytes, reason: str) -> None:
    """The checksum of the next revision will not hold, so nobody works by the rest."""
    assert decode(_record("x", body, [("ce_type", type_name.encode())])) == Poison(reason)


def test_an_entity_of_a_newer_release_is_refused_by_name() -> None:
    with pytest.raises(FactError, match="programme/x"):
        event_of("programme/x", "{}")


def test_a_field_of_a_newer_release_keeps_its_place(entities: dict[str, str]) -> None:
    """Otherwise the checksum of an older release would not hold."""
    key = "unit/13285.2"
    body = {**json.loads(entities[key]), "event_id": "x", "occurred_at": AT.isoformat()}
    newer = json.dumps({**body, "new_in_2027": 1}).encode()

    read = decode(_record(key, newer, [("ce_type", b"qcdc.UnitRecorded.v1")]))

    assert isinstance(read, EntityUpdate)
    assert read.content is not None
    assert json.loads(read.content)["new_in_2027"] == 1


def test_a_decimal_of_a_newer_release_keeps_the_checksum(entities: dict[str, str]) -> None:
    """Its publisher sums up what it wrote; a reader of today must come to the same."""
    key = "unit/13285.2"
    newer = {**json.loads(entities[key]), "area_km2": 12.5, "census": {"people": 10**19, "x": 1e-7}}
    newer["states"][0]["density"] = 0.1
    content = json.dumps(newer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    body = json.dumps({**newer, "event_id": "x", "occurred_at": AT.isoformat()}).encode()

    read = decode(_record(key, body, [("ce_type", b"qcdc.UnitRecorded.v1")]))

    assert read == EntityUpdate(key, content)
    assert event_of(key, content) == event_of(key, entities[key])


@pytest.mark.parametrize(
    "key", [b"unit/1\x00.2", b"committee/\xff", b"unit/" + b"x" * 3000, b"revision", b""]
)
def test_a_key_that_no_table_could_hold_is_nothing_that_was_taken_away(key: bytes) -> None:
    """NUL, no UTF-8, longer than an index takes: no publisher wrote that."""
    record = replace(_record("x", None, []), key=key)

    assert decode(record) == Poison("unknown_key")


def test_a_file_tells_a_unit_whole_and_leaves_the_others(
    tmp_path: Path, contents: DirectoryContents, entities: dict[str, str]
) -> None:
    """A province sends a row for each unit that it knows better than we do."""
    file = tmp_path / "units.csv"
    file.write_text(
        "key,official_code,level,type,name,parent,valid_from,valid_to\n"
        "13285.2,13285,commune,phuong,Phường Phủ Lý,37.2,2025-07-01,2026-12-31\n"
        "13285.2,13285,commune,phuong,Phường Châu Sơn,37.2,2027-01-01,\n",
        encoding="utf-8",
    )

    after = entities_of(with_files(contents, [file]))

    assert [key for key in after if after[key] != entities[key]] == ["unit/13285.2"]
    assert [it["name"] for it in json.loads(after["unit/13285.2"])["states"]] == [
        "Phường Phủ Lý",
        "Phường Châu Sơn",
    ]


def test_decisions_come_after_the_units_that_they_change(
    tmp_path: Path, contents: DirectoryContents
) -> None:
    """In whatever order the files are named, and however often."""
    base = replace(contents, units=[it for it in contents.units if it.key != "13285.2"], links=())
    units, decisions = tmp_path / "units.csv", tmp_path / "decisions.yaml"
    units.write_text(
        "key,official_code,level,type,name,parent,valid_from,valid_to\n"
        "13285.2,13285,commune,phuong,Phường Phủ Lý,37.2,2025-07-01,\n",
        encoding="utf-8",
    )
    decisions.write_text(DECISIONS, encoding="utf-8")

    one = entities_of(with_files(base, [units, decisions]))
    other = entities_of(with_files(base, [decisions, units]))
    again = entities_of(with_files(contents_of(one), [decisions]))

    assert one == other == again
    assert len(json.loads(one["unit/13285.2"])["states"]) == 2


def test_a_text_that_no_contract_holds_is_refused_by_its_unit(contents: DirectoryContents) -> None:
    """Before anything is published; a reader would make it a dead letter."""
    first, *others = contents.units

    with pytest.raises(FactError, match=f"unit/{first.key}: name"):
        entities_of(replace(contents, units=[replace(first, name="Xã\x00"), *others], links=()))


def test_a_link_into_nowhere_is_refused(contents: DirectoryContents) -> None:
    """The topic tells a link with its successor."""
    with pytest.raises(FactError, match="is a successor and no unit"):
        entities_of(replace(contents, units=contents.units[:5]))


def test_a_committee_of_an_unknown_area_cannot_be_used(contents: DirectoryContents) -> None:
    """Nobody would ever be reminded, and nobody would notice."""
    row = {**contents.committees[0], "area": "80"}

    with pytest.raises(FactError, match="area '80' is not in the directory"):
        build_reference_data(replace(contents, committees=[row]))


def test_without_a_calendar_nothing_can_be_due(contents: DirectoryContents) -> None:
    with pytest.raises(FactError, match="calendar"):
        build_reference_data(replace(contents, calendar=None))


def test_a_file_of_something_else_is_refused(tmp_path: Path, contents: DirectoryContents) -> None:
    for name, text in (("a.csv", "a,b\n1,2\n"), ("a.yaml", "a: 1\n")):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")

        with pytest.raises(FactError, match=name):
            with_files(contents, [file])


def test_states_are_told_in_time() -> None:
    """Rows of a file may stand in any order; the content must not depend on it."""
    early = Unit("1.2", "1", "province", "tinh", "A", None, None, date(2026, 12, 31))
    late = replace(early, name="B", valid_from=date(2027, 1, 1), valid_to=None)

    assert entities_of(DirectoryContents(units=[early, late])) == entities_of(
        DirectoryContents(units=[late, early])
    )


def _record(key: str, body: bytes | None, headers: list[tuple[str, bytes]]) -> Record:
    return ConsumerRecord(
        topic="qcdc.directory.v1",
        partition=0,
        offset=0,
        timestamp=0,
        timestamp_type=0,
        key=key.encode(),
        value=body,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=tuple(headers),
    )
