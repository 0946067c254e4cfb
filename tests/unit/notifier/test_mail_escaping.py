"""What the directory says is text: escaped in HTML, as it is in plain text, in both whole."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from services.notifier.channels.mail_writer import MailWriter
from services.notifier.domain.addressee import Addressee, Capacity
from services.notifier.domain.digest import Digest, DigestLine, DigestSection
from services.notifier.domain.unit_names import UnitName
from shared.reference.committee_people import Enquiries
from shared.reference.periods import label_vi, parse_period
from tests.builders.notifier import DUE_AT

HOSTILE = "<script>alert('{}')</script><b a=\"x\">&amp;{{{{7*7}}}}{{% raw %}}"
NOT_TEXT = {"letter_style", "capacity", "role", "unit", "form"}
"""Choices between words, and keys that no mail shows."""


class Shown(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, _: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def digest() -> Digest:
    """Return a digest in which every value that a template can show is there."""
    period = parse_period("nd09.2026-M11")
    assert period is not None
    ended = UnitName("Xã cũ", DUE_AT.date(), ("Xã mới", "Xã khác"))
    section = DigestSection(
        form="F05",
        title="Báo cáo",
        period=period,
        label=label_vi(period),
        due_at=DUE_AT,
        wording="trước ngày 17",
        document="Công văn 1",
        extension="Công văn 2",
        reported=1,
        expected=3,
        lines=(DigestLine("1.2", ended, 3), DigestLine("1.3", UnitName("Xã nay"), None)),
    )
    area = UnitName("Tỉnh cũ", DUE_AT.date(), ("Tỉnh mới",), whole=True)
    as_of = DUE_AT + timedelta(days=1)
    reader = Addressee("Trần Văn Mẫu", "Chuyên viên", "can_bo_dau_moi", Capacity.OFFICER)
    asked = Enquiries("Trần Văn Mẫu", "0229", "a@example.vn")
    return Digest(
        "Ban Chỉ đạo", area, "party", reader, as_of, (section,), asked, "Gửi qua thư điện tử"
    )


def spoiled(value: Any, path: str, written: dict[str, str]) -> Any:
    """Replace every text in a value by one that is dangerous in HTML; note it by its path."""
    name = path.rpartition(".")[2]
    if is_dataclass(value) and not isinstance(value, type) and name != "period":
        named = {it.name: getattr(value, it.name) for it in fields(value)}
        return replace(value, **{k: spoiled(v, f"{path}.{k}", written) for k, v in named.items()})
    if isinstance(value, tuple):
        return tuple(spoiled(it, f"{path}.{n}", written) for n, it in enumerate(value))
    if isinstance(value, str) and name not in NOT_TEXT:
        written[path] = HOSTILE.format(path)
        return written[path]
    return value


def test_html_holds_no_tag_that_a_value_brought() -> None:
    """A unit's name and a letter's wording are typed by people, and shown by mail programs."""
    hostile: Digest = spoiled(digest(), "", {})

    tags = [Shown(MailWriter().write(it).html).tags for it in (digest(), hostile)]

    assert tags[0] == tags[1]


@pytest.mark.parametrize(
    ("part", "not_shown"), [("html", (".area",)), ("plain", (".area.successors",))]
)
def test_values_are_shown_whole_and_as_they_are(part: str, not_shown: tuple[str, ...]) -> None:
    """Neither escaped twice, nor escaped where nothing unescapes, nor read as a template."""
    written: dict[str, str] = {}
    mail = MailWriter().write(spoiled(digest(), "", written))

    shown = Shown(mail.html).text if part == "html" else mail.sender + mail.subject + mail.text

    missing = {path for path, text in written.items() if text not in shown}
    assert missing == {it for it in written if it.startswith(not_shown)}
    assert len(written) - len(missing) >= 10
