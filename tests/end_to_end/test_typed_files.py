"""Files as operators type them, through ``qcdc directory diff`` and ``apply``: nothing is lost."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from shared.contracts import topics
from shared.infra.kafka.topics import create_missing_topics
from shared.reference.directory import Directory
from tests.builders.reference import shipped_contents
from tools.deployment.clearing import clear_topics
from tools.qcdc.directory import publish_instead
from tools.qcdc.main import main
from tools.stack.stack import Stack
from tools.stack.waiting import blocking

FILES = Path(__file__).parent / "typed_files"
PROVINCES = {"35.1", "37.2", "01.2"}
"""Those that the files speak of; the whole country takes long to read."""
AT = datetime(2026, 12, 1, tzinfo=UTC)


class Done(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Qcdc = Callable[..., Done]


@pytest.fixture(scope="module")
def kafka(stack: Stack) -> Iterator[str]:
    """Publish a part of what ships, on the topic that the command line uses."""
    bootstrap = stack.kafka.bootstrap
    blocking(clear_topics(stack.kafka))
    blocking(create_missing_topics(bootstrap, topics.specs([]), replication=1))
    contents = shipped_contents()
    directory = Directory(contents.units)
    units = [it for it in contents.units if directory.province(it.key) in PROVINCES]
    blocking(publish_instead(bootstrap, replace(contents, units=units, links=()), "first", AT))
    yield bootstrap
    blocking(clear_topics(stack.kafka))


@pytest.fixture
def qcdc(kafka: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Qcdc:
    """Return what runs ``qcdc directory`` with these arguments."""
    monkeypatch.setenv("QCDC_KAFKA", kafka)

    def run(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["qcdc", "directory", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("file", "lines"),
    [
        (
            "05-addresses-that-cannot-be-written.yaml",
            [
                "12: committee ninh_binh, contacts 1: email: 'ban.chi.dao.@mau.example.vn'",
                "13: committee ninh_binh, contacts 2: email: 'van-thu@mau.example.vn.'",
                "14: committee ninh_binh, contacts 3: email: 'van-thu@mau..vn'",
                "15: committee ninh_binh, contacts 4: email: 'a@mau.example.vn,b@mau.example.vn'",
                "16: committee ninh_binh, contacts 5: email: 'van-thu@[mau'",
            ],
        ),
        (
            "07-misspelt-field-of-a-letter.yaml",
            [
                "13: committee ninh_binh, demands 1: dealine: is unknown; known are deadline, do",
            ],
        ),
        (
            "11-extension-for-unknown-units.yaml",
            [
                "15: committee ninh_binh, extensions 1: units: 00004.2 does not lie in 37.2",
                "15: committee ninh_binh, extensions 1: units: 13285.1 does not exist on 2026-11",
                "15: committee ninh_binh, extensions 1: units: 99999.2 is not in the directory",
            ],
        ),
        (
            "13-decomposed-and-invisible-names.csv",
            ["3: name: holds a character that cannot be seen: U+200B"],
        ),
        ("14-unit-key-with-blank.csv", ["2: key: has a blank too many: '13285.2 '"]),
    ],
)
def test_what_cannot_be_meant_is_refused_a_line_for_each_problem(
    qcdc: Qcdc, file: str, lines: list[str]
) -> None:
    """The line is all that an operator has, and the other problems must not come one by one."""
    done = qcdc("apply", FILES / file)

    assert (done.code, done.out) == (78, "")
    said = done.err.removeprefix("qcdc: ").splitlines()
    for it, line in zip(said, lines, strict=True):
        assert it.startswith(f"{file}:{line}")


def test_a_calendar_of_one_year_loses_no_other(qcdc: Qcdc) -> None:
    """Duties and reports of the years before are open while the notice of the next one comes."""
    done = qcdc("diff", FILES / "02-calendar-of-one-year.yaml", "--json")

    (change,) = json.loads(done.out)["changes"]
    years = [(change[side]["first"], change[side]["last"]) for side in ("before", "after")]
    assert years == [("2016-01-01", "2031-12-31")] * 2
    assert {"2026-01-02", "2027-02-11"} <= set(change["after"]["days_off"])


def test_blanks_around_an_address_are_not_published(qcdc: Qcdc) -> None:
    """One service would refuse what the others follow."""
    done = qcdc("diff", FILES / "04-address-with-blank.yaml", "--json")

    (change,) = json.loads(done.out)["changes"]
    assert change["after"]["contacts"][0]["email"] == "dau-moi@mau.example.vn"


def test_semicolons_of_a_spreadsheet_change_nothing(qcdc: Qcdc) -> None:
    done = qcdc("diff", FILES / "16-semicolons.csv")

    assert (done.code, done.out) == (0, "nothing differs from what is in force\n")


def test_names_that_look_alike_are_no_change(qcdc: Qcdc, tmp_path: Path) -> None:
    """The rows of case 13 without the one that hides a character: NFD, and a line feed."""
    rows = (FILES / "13-decomposed-and-invisible-names.csv").read_text(encoding="utf-8")
    file = tmp_path / "units.csv"
    file.write_text(rows.replace("\u200b", ""), encoding="utf-8")

    assert qcdc("diff", file).out == "nothing differs from what is in force\n"


COMMITTEE = """\
committees:
  - key: ninh_binh
    name_vi: "Ban Chỉ đạo"
    area: "37.2"
    programmes: [dan_chu_co_so]
    letter_style: party
"""
LETTER = "form: F05, period: nd09.2026-M11, document: Số 1"
UNITS = "key,official_code,level,type,name,parent,valid_from,valid_to\n"
ROW = "13285.2,13285,commune,phuong,Phường Phủ Lý,37.2,2025-07-01,\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (UNITS + ROW + ROW, "csv:3: unit 13285.2: is there twice"),
        (UNITS + ROW + ROW.replace("13285.2", "1.2"), "csv:3: unit 1.2: has the code 13285"),
        (UNITS + ROW.replace("37.2", "36.9"), "csv:2: unit 13285.2: parent '36.9' is unknown"),
        (UNITS + ROW.replace("13285.2", "x"), "csv:2: key: must match"),
        (UNITS + ROW.replace("13285.2", "13285/2"), "csv:2: key: must match"),
        (UNITS.replace("type", "key") + ROW, "csv:1: key: is a column twice"),
        (UNITS.replace("type,", "") + ROW.replace("phuong,", ""), "csv:1: lacks type"),
        (UNITS.replace("name", "nmae") + ROW, "csv:1: nmae: is unknown; .* did you mean name"),
        (UNITS + ROW.replace("Phường", '"Phường'), "csv:2: is not CSV"),
        (UNITS.replace(",", "\t"), "csv:1: has neither .* by commas or by semicolons"),
        (COMMITTEE + "    key: ninh_binh\n", "yaml:7: is not YAML: the key 'key' is there twice"),
        (
            COMMITTEE + f"    demands: [{{{LETTER}}},\n      {{{LETTER}}}]\n",
            "yaml:8: the same is listed twice",
        ),
        ("comittees: []\n", "yaml:1: comittees: is unknown; .* did you mean committees"),
        (COMMITTEE + "swaps: []\n", "yaml:1: first: a date is missing"),
        ("version: 2\n" + COMMITTEE, "yaml:1: version: must be 1"),
        (COMMITTEE.replace("Ban", "Ban\u202e"), "yaml:3: holds a character .* U\\+202E"),
        (
            COMMITTEE + f"    extensions: [{{{LETTER.replace('F05', 'F07')}, units: [13285.2],"
            " deadline: trước 25/12/2026}]\n",
            "yaml:7: .*units: must be a list of texts",
        ),
        (
            COMMITTEE + f"    extensions: [{{{LETTER.replace('F05', 'F07')}, units: ['13285.2'],"
            " deadline: trước 25/12/2026}]\n",
            "yaml:7: .*units: 13285.2 is a commune, and F07 is a report of a province",
        ),
        (
            COMMITTEE + f"    demands: [{{{LETTER.replace('F05', 'F03')}}}]\n",
            "yaml:7: .*form: no unit of 37.2 owes F03",
        ),
        (
            COMMITTEE + f"    valid_to: 2026-10-31\n    demands: [{{{LETTER}}}]\n",
            "yaml:8: .*period: it ends on 2026-11-14, after the committee",
        ),
        (COMMITTEE + "    contacts: [{name: A, role: x, email: null}]\n", "yaml:7: .*email: must"),
    ],
)
def test_a_slip_is_named_by_file_and_line(
    qcdc: Qcdc, tmp_path: Path, text: str, problem: str
) -> None:
    """Whatever cannot be meant as it stands is said where it stands."""
    file = tmp_path / f"mine.{problem.partition(':')[0]}"
    file.write_text(text, encoding="utf-8")

    done = qcdc("diff", file)

    assert (done.code, done.out) == (78, "")
    assert len(done.err.splitlines()) == 1
    assert re.match(rf"qcdc: mine\.{problem}", done.err)


def test_an_extension_that_moves_nothing_is_warned_of(qcdc: Qcdc, tmp_path: Path) -> None:
    """It may stand for the record, but a mistyped day would look the same."""
    file = tmp_path / "committees.yaml"
    letter = f"    extensions: [{{{LETTER}, deadline: trước 20/10/2026}}]\n"
    file.write_text(COMMITTEE + letter, encoding="utf-8")

    done = qcdc("diff", file)

    assert done.code == 0
    assert "committees.yaml:7: committee ninh_binh, extensions 1: grants nobody" in done.err


def test_the_calendars_end_is_warned_of(
    qcdc: Qcdc, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two years before, while there is time to state more years."""
    monkeypatch.setattr(
        "tools.qcdc.directory_verbs.system_clock", lambda: datetime(2030, 1, 5, tzinfo=UTC)
    )
    file = tmp_path / "committees.yaml"
    file.write_text(COMMITTEE, encoding="utf-8")

    done = qcdc("diff", file, "--json")

    assert "the calendar ends on 2031-12-31" in json.loads(done.out)["warnings"][0]
    assert done.err.startswith("qcdc: warning: the calendar ends on 2031-12-31")
