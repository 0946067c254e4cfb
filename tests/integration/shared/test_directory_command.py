"""What an operator does with files: see what would change, publish it, publish nothing twice."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from shared.directory.contents import contents_of, entities_of
from shared.directory.files import with_files
from shared.directory.publisher import publish, read_published, unusable
from shared.infra.errors import Misconfigured
from tests.builders.plumbing import new_topic
from tests.builders.reference import shipped_contents, shipped_entities
from tools.qcdc.directory import EntityChange, counted, propose, put_in_force

AT = datetime(2026, 10, 15, 2, tzinfo=UTC)
DECISIONS = {
    "decisions": [
        {
            "decision": "Nghị quyết mẫu",
            "effective_on": datetime(2027, 1, 1, tzinfo=UTC).date(),
            "rename": [{"unit": "13285.2", "name": "Phường Châu Sơn"}],
        }
    ]
}


@pytest.fixture
async def topic(kafka: str) -> str:
    """Publish today's Ninh Bình on a topic of this test's own."""
    name = await new_topic(kafka)
    contents = shipped_contents()
    units = [it for it in contents.units if "37.2" in (it.key, it.parent)]
    await publish(
        kafka, entities_of(replace(contents, units=units, links=())), "first", AT, topic=name
    )
    return name


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    """Write a decision that renames a commune from next year on."""
    file = tmp_path / "decisions.yaml"
    file.write_text(yaml.safe_dump(DECISIONS, allow_unicode=True), encoding="utf-8")
    return file


async def test_a_decision_is_shown_published_and_then_nothing_is_left(
    kafka: str, topic: str, decisions: Path
) -> None:
    """From a resolution of the National Assembly's committee to two records on Kafka."""
    proposal = await propose(kafka, [decisions], from_shipped=False, topic=topic)
    (change,) = proposal.changes
    before = await read_published(kafka, topic)

    revision = await put_in_force(kafka, proposal, "Nghị quyết mẫu", AT, topic=topic)
    after = await read_published(kafka, topic)
    again = await propose(kafka, [decisions], from_shipped=False, topic=topic)

    was = "name Phường Phủ Lý, official_code 13285, parent 37.2, type phuong, valid_from 2025-07-01"
    becomes = was.replace("Phủ Lý", "Châu Sơn").replace("2025-07", "2027-01")
    assert list(change.lines()) == [
        "~ unit/13285.2 Phường Châu Sơn (commune)",
        f"    states - {was}",
        f"    states + {was}, valid_to 2026-12-31",
        f"    states + {becomes}",
    ]
    assert before.revision == 1
    assert revision is not None
    assert (revision.revision, revision.base, revision.document) == (2, 1, "Nghị quyết mẫu")
    assert after.end == before.end + 2
    assert again.changes == []


async def test_looking_changes_nothing(kafka: str, topic: str, decisions: Path) -> None:
    """``diff`` and ``--dry-run`` are a proposal that nobody puts in force."""
    end = (await read_published(kafka, topic)).end

    await propose(kafka, [decisions], from_shipped=False, topic=topic)

    assert (await read_published(kafka, topic)).end == end


async def test_files_alone_are_no_first_publication(kafka: str, decisions: Path) -> None:
    """Without calendar and rules nothing could ever be due."""
    with pytest.raises(Misconfigured, match="apply --shipped"):
        await propose(kafka, [decisions], from_shipped=False, topic=await new_topic(kafka))


async def test_an_unusable_file_is_named(kafka: str, topic: str, tmp_path: Path) -> None:
    """The message is all that an operator has."""
    file = tmp_path / "decisions.yaml"
    file.write_text(
        yaml.safe_dump(DECISIONS, allow_unicode=True).replace("13285.2", "99999.2"),
        encoding="utf-8",
    )

    with pytest.raises(Misconfigured, match=r"decisions\.yaml:\d+: .*99999\.2"):
        await propose(kafka, [file], from_shipped=False, topic=topic)


@pytest.mark.parametrize("kind", ["demands", "extensions"])
@pytest.mark.parametrize(
    ("form", "period"),
    [("F9", "nd09.2026-M11"), ("F05", "nd09.2016-M11")],
)
async def test_a_letter_that_nobody_can_follow_is_refused(
    kafka: str, topic: str, tmp_path: Path, kind: str, form: str, period: str
) -> None:
    """Published, it would make the notifier refuse the revision, and the notifier alone."""
    committee = json.loads(shipped_entities()["committee/ninh_binh"])
    letter = {"form": form, "period": period, "document": "Số 1-CV", "deadline": "trước 25/12/2026"}
    file = tmp_path / "committees.yaml"
    told = {"committees": [{**committee, kind: [letter]}]}
    file.write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(Misconfigured, match=rf"ninh_binh.*{form} for {period} \(Số 1-CV\)"):
        await propose(kafka, [file], from_shipped=False, topic=topic)


def committee_file(tmp_path: Path, **fields: object) -> Path:
    """Write the shipped committee with other fields."""
    committee = json.loads(shipped_entities()["committee/ninh_binh"])
    file = tmp_path / "committees.yaml"
    rows = yaml.safe_dump({"committees": [{**committee, **fields}]}, allow_unicode=True)
    file.write_text(rows, encoding="utf-8")
    return file


async def test_what_one_service_alone_would_refuse_is_not_published(
    kafka: str, topic: str, tmp_path: Path
) -> None:
    """Else intake and the aggregator follow the revision, and the notifier stays behind."""
    # Due on a working day of 2032, which the calendar does not cover; only duties ask for it.
    demand = {"form": "F05", "period": "cal.2031", "document": "Số 1-CV"}
    file = committee_file(tmp_path, demands=[demand])
    end = (await read_published(kafka, topic)).end
    contents = with_files(
        contents_of((await read_published(kafka, topic)).replica.entities), [file]
    )

    with pytest.raises(Misconfigured, match=r"^committees\.yaml:\d+: committee ninh_binh: .*2031"):
        await propose(kafka, [file], from_shipped=False, topic=topic)

    assert unusable(entities_of(contents)) == ""
    assert (await read_published(kafka, topic)).end == end


@pytest.mark.parametrize(
    "address",
    [
        "ban.chi.dao.@mau.example.vn",
        "van-thu@mau.example.vn.",
        "van-thu@mau..vn",
        "a@mau.example.vn,b@mau.example.vn",
        "van-thu@[mau",
    ],
)
@pytest.mark.parametrize("people", ["contacts", "roles"])
async def test_an_address_that_no_message_can_carry_is_refused(
    kafka: str, topic: str, tmp_path: Path, address: str, people: str
) -> None:
    """A notice to it would fail long after the operator has gone home."""
    person = {"name": "A", "role": "thu_ky", "email": address}
    file = committee_file(tmp_path, **{people: [person]})

    with pytest.raises(Misconfigured, match=r"^committees\.yaml:\d+: .*email: .*is no address"):
        await propose(kafka, [file], from_shipped=False, topic=topic)


async def test_every_unit_to_which_a_letter_grants_nothing_is_named(
    kafka: str, topic: str, tmp_path: Path
) -> None:
    """A mistyped key means that a unit is accused although it was granted more time."""
    letter = {
        "form": "F05",
        "period": "nd09.2026-M11",
        "document": "Số 16-CV",
        "deadline": "chậm nhất ngày 31/12/2026",
        "units": ["13285.2", "99999.2", "01.2"],
    }
    file = committee_file(tmp_path, extensions=[letter])

    with pytest.raises(Misconfigured) as refused:
        await propose(kafka, [file], from_shipped=False, topic=topic)

    first, second = str(refused.value).splitlines()
    assert first.startswith("committees.yaml:")
    assert first.endswith("units: 01.2 is not in the directory")
    assert second.endswith("units: 99999.2 is not in the directory")


async def test_a_province_that_would_move_another_to_a_new_partition_is_refused(
    kafka: str, topic: str, tmp_path: Path
) -> None:
    """Reports, totals and duties of one province would have two writers, and two newest totals."""
    file = tmp_path / "units.csv"
    columns = "key,official_code,level,type,name,parent,valid_from,valid_to"
    file.write_text(f"{columns}\n28.1,28,province,tinh,Hà Tây,,,2008-07-31\n", encoding="utf-8")

    with pytest.raises(Misconfigured, match=r"unit 37\.2: would change its partition.*28\.1"):
        await propose(kafka, [file], from_shipped=False, topic=topic)


async def test_a_calendar_that_loses_days_in_force_is_refused(kafka: str) -> None:
    """An older release's calendar ends earlier; what is due after its end could not be judged."""
    topic, contents = await new_topic(kafka), shipped_contents()
    assert contents.calendar is not None
    longer = replace(contents.calendar, last=date(2032, 12, 31))
    await publish(kafka, entities_of(replace(contents, calendar=longer)), "1", AT, topic=topic)

    lost = r"^working_days\.yaml:\d+: calendar: .* would lose 2032-01-01 to 2032-12-31"
    with pytest.raises(Misconfigured, match=lost):
        await propose(kafka, [], from_shipped=True, topic=topic)


def test_a_new_unit_is_told_with_what_it_came_from() -> None:
    """Who merges communes must see before publishing that all of them go into the new one."""
    unit = {
        "unit": "13285.3",
        "level": "commune",
        "states": [{"name": "Phường Phủ Lý", "parent": "37.2", "valid_from": "2027-01-01"}],
        "predecessors": [{"unit": it, "kind": "whole"} for it in ("13285.2", "13291.2")],
    }

    assert list(EntityChange("unit/13285.3", None, unit).lines()) == [
        "+ unit/13285.3 Phường Phủ Lý (commune)",
        "    predecessors + unit 13285.2, kind whole",
        "    predecessors + unit 13291.2, kind whole",
        "    states + name Phường Phủ Lý, parent 37.2, valid_from 2027-01-01",
    ]


def test_a_new_committee_is_told_without_what_is_not_known() -> None:
    """Its area and its letters, and no line for a list that is empty."""
    committee: dict[str, object] = {"name_vi": "Ban", "area": "37.2", "contacts": []}

    assert list(EntityChange("committee/x", None, committee).lines()) == [
        "+ committee/x Ban",
        "    area: 37.2",
    ]


def test_entities_are_counted_by_kind() -> None:
    assert counted({"unit/1": "", "unit/2": "", "calendar": ""}) == {"calendar": 1, "unit": 2}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (EntityChange("committee/x", None, {"name_vi": "Ban"}), "+ committee/x Ban"),
        (EntityChange("committee/x", {"name_vi": "Ban"}, None), "- committee/x Ban"),
        (EntityChange("calendar", {"first": "a"}, {"first": "b"}), "~ calendar"),
    ],
)
def test_a_change_is_one_line_and_more(change: EntityChange, line: str) -> None:
    assert next(iter(change.lines())) == line
