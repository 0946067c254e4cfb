"""The steering committees of the articles, as our rows hold them."""

from datetime import date

from shared.reference.committees import Committee, build_committees
from shared.reference.directory import Unit
from tests.golden.book import Page

DAY = date(2024, 1, 1)
_HEAD = "truong_ban"


def committees(scenario: Page, place: Unit) -> None:
    """Build a scenario's committees: one for both programmes or one for each, with dated roles."""
    if "committees" in scenario:
        _one_for_each(scenario, place)
    if "committee" in scenario:
        _single(scenario["committee"], place)


def _one_for_each(scenario: Page, place: Unit) -> None:
    said = [(it["programme"].text(), it["name"].text()) for it in scenario["committees"]]
    roles = [_role(it, scenario) for it in scenario["committee_roles"]]
    rows = [
        _row(place, number, name, [programme], roles=roles)
        for number, (programme, name) in enumerate(said)
    ]
    built = build_committees(rows)

    assert [(*it.programmes, it.name_vi) for it in built] == said
    for it in built:
        assert [(role.role, role.name) for role in it.roles_on(DAY)] == [
            (role["role"], role["name"]) for role in roles
        ]
    assert sorted(scenario["programmes"].texts()) == sorted(name for name, _ in said)


def _role(page: Page, scenario: Page) -> dict[str, str]:
    """Return a role as a row; members are named by the levels that they come from."""
    position = page.get("holder_position")
    levels = page["levels"].texts() if "levels" in page else []
    assert position is not None or scenario["place"]["level"].text() in levels
    return {
        "role": page["role"].text(),
        "name": position.text() if position else ", ".join(levels),
    }


def _single(page: Page, place: Unit) -> None:
    combined = "combined" in page and page["combined"].flag()
    programmes = ["dan_chu_co_so", "dan_van_kheo"] if combined else ["dan_chu_co_so"]
    agency, head = page.get("standing_agency"), page.get("head_position")
    built = _build(
        _row(
            place,
            0,
            page["name"].text(),
            programmes,
            roles=[{"role": _HEAD, "name": head.text()}] if head else [],
            standing_agencies=[{"name": agency.text()}] if agency else [],
        )
    )

    assert built.name_vi == page["name"].text()
    assert len(built.programmes) == (2 if combined else 1)
    assert combined is ("dân chủ" in built.name_vi and "Dân vận khéo" in built.name_vi)
    assert [it.name for it in built.roles_on(DAY)] == ([head.text()] if head else [])
    validated = built.standing_agency(DAY)
    assert (validated.name if validated else None) == (agency.text() if agency else None)


def _build(row: dict[str, object]) -> Committee:
    (built,) = build_committees([row])
    return built


def _row(
    place: Unit, number: int, name: str, programmes: list[str], **more: object
) -> dict[str, object]:
    return {
        "key": f"{place.key}-{number}",
        "name_vi": name,
        "area": place.key,
        "programmes": programmes,
        "letter_style": "party",
        **more,
    }
