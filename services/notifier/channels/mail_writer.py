"""
Renders a digest as a mail: Vietnamese as committees write it, from ``templates/vi``.

Values are escaped in HTML and nowhere else; a name that a template does not know is an error, not a
blank.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notifier.domain.digest import Digest, DigestLine, DigestSection
from shared.reference import vietnamese
from shared.reference.dates import DAY
from shared.reference.figures import rate_percent
from shared.reference.periods import VIETNAM
from shared.reference.place_names import in_sentence

_TEMPLATES = Path(__file__).parent / "templates" / "vi"


@dataclass(frozen=True, slots=True)
class MailText:
    """The rendered texts of a mail; ``sender`` is the display name."""

    sender: str
    subject: str
    text: str
    html: str


class MailWriter:
    """Renders digests."""

    def __init__(self) -> None:
        self._plain = _environment(html=False)
        self._html = _environment(html=True)

    def write(self, digest: Digest) -> MailText:
        """Return sender, subject, text and HTML of a digest."""
        sender, subject = self.heading(digest)
        text = _render(self._plain, "digest.text.j2", digest)
        return MailText(sender, subject, text, _render(self._html, "digest.html.j2", digest))

    def heading(self, digest: Digest) -> tuple[str, str]:
        """Return sender and subject, each on one line."""
        sender, subject = (
            _render(self._plain, f"digest.{part}.j2", digest) for part in ("sender", "subject")
        )
        return " ".join(sender.split()), " ".join(subject.split())


def _environment(*, html: bool) -> Environment:
    """
    Return the templates for one kind of text, which alone decides about escaping.

    Not the name of a file: a macro is escaped as the template that defines it, and the same macros
    serve both kinds.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=html,  # noqa: S701 - plain text shows what is written
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": vietnamese.count,
        "count_in_letter": vietnamese.count_in_letter,
        "date_short": vietnamese.date_short,
        "day_after": day_after,
        "days_late": days_late,
        "deadline": deadline,
        "in_sentence": in_sentence,
        "instant": instant,
        "lower_first": lower_first,
        "share": share,
    }
    return environment


def _render(environment: Environment, template: str, digest: Digest) -> str:
    values = {"digest": digest, "missing_reports": missing_reports(digest)}
    return environment.get_template(template).render(values)


def missing_reports(digest: Digest) -> list[str]:
    """Return each missing report and period once: "báo cáo … tháng 11 năm 2026"."""
    return list(dict.fromkeys(f"{lower_first(it.title)} {it.label}" for it in digest.sections))


def lower_first(text: str) -> str:
    """Return a title in the form it has within a sentence."""
    return text[:1].lower() + text[1:]


def instant(at: datetime) -> str:
    """Return an instant in words: "17 giờ 00, ngày 17 tháng 11 năm 2026"."""
    local = at.astimezone(VIETNAM)
    return f"{_hour(local)}, {vietnamese.date_long(local.date())}"


def _hour(local: datetime) -> str:
    return f"{local.hour:02} giờ {local.minute:02}"


def deadline(section: DigestSection) -> str:
    """
    Return a due instant, behind the letter's own words where a letter sets it.

    "trước ngày 20/6/2025 (chậm nhất hết ngày 19/6/2025)": people argue about the words, so what
    they come to stands beside them, unless they say it themselves.
    """
    local = section.due_at.astimezone(VIETNAM)
    last = local - timedelta.resolution
    whole_day = local.time() == time()
    if not section.wording:
        return f"hết {vietnamese.date_long(last.date())}" if whole_day else instant(local)
    meaning = f"hết ngày {vietnamese.date_short(last.date())}"
    if not whole_day:
        meaning = f"{_hour(local)} ngày {vietnamese.date_short(local.date())}"
    if meaning in section.wording:
        return section.wording
    until = "đến" if "nhất" in section.wording else "chậm nhất"
    return f"{section.wording} ({until} {meaning})"


def day_after(day: date) -> date:
    """Return the day after."""
    return day + DAY


def days_late(line: DigestLine) -> str:
    """Return the working days passed; "…" means unknown, as in official tables."""
    days = line.working_days_late
    if days is None:
        return "…"
    return vietnamese.count_in_letter(days) if days else "chưa đến 01"


def share(section: DigestSection) -> str:
    """Return how many units have reported: "126/129 đơn vị, đạt 97,7%"."""
    counts = f"{vietnamese.count(section.reported)}/{vietnamese.count(section.expected)} đơn vị"
    percent = rate_percent(section.reported, section.expected)
    return counts if percent is None else f"{counts}, đạt {vietnamese.rate(percent)}"
