"""One reporter, one figure: of two forms that ask for it, the indicator names its home."""

from collections.abc import Mapping

import pytest
import yaml

from shared.directory.files import DATA
from shared.reference.catalogue import FactError, build_catalogue
from shared.reference.reference_data import ReferenceData

Rows = list[dict[str, object]]


def rows(name: str) -> Rows:
    """Return the rows of one of the catalogue's files."""
    return list(yaml.safe_load((DATA / f"{name}.yaml").read_text())[name])


def codes() -> Mapping[str, object]:
    """Return the code lists."""
    document = yaml.safe_load((DATA / "codes.yaml").read_text())
    return dict(document["codes"])


def row(indicators: Rows, code: str) -> dict[str, object]:
    """Return the row of an indicator."""
    return next(it for it in indicators if it["code"] == code)


def test_every_figure_asked_twice_of_a_commune_has_its_home_in_f01(
    reference: ReferenceData,
) -> None:
    """Land, money, work-days, sessions, opinions and dialogues stand on two forms of a commune."""
    homes = {it.code: it.home for it in reference.catalogue.indicators.values() if it.home}

    assert set(homes.values()) == {(("commune", "F01"),)}
    assert sorted(homes) == [
        "contributions_vnd",
        "dialogues_held",
        "land_donated_m2",
        "opinions_accepted",
        "opinions_collected",
        "propaganda_attendances",
        "propaganda_sessions",
        "work_days",
    ]


def test_the_home_form_is_looked_at_first(reference: ReferenceData) -> None:
    """A district owes F05 only; of a commune F01 counts."""
    land = reference.catalogue.indicators["land_donated_m2"]

    assert land.forms_in_order("commune") == ("F01", "F05")
    assert land.forms_in_order("district") == ("F01", "F05")


def test_a_figure_asked_twice_without_a_home_is_refused() -> None:
    """Whoever adds up both would count one fact twice, and nobody could see it."""
    indicators = rows("indicators")
    del row(indicators, "work_days")["home"]

    with pytest.raises(FactError, match="commune is asked for it on F01 and F05"):
        build_catalogue(indicators, rows("forms"), codes())


def test_a_home_must_be_a_form_of_the_indicator() -> None:
    """A misspelt home would be none."""
    indicators = rows("indicators")
    row(indicators, "work_days")["home"] = {"commune": "F04"}

    with pytest.raises(FactError, match="must name a level and one of its forms"):
        build_catalogue(indicators, rows("forms"), codes())


def test_a_stock_is_asked_on_one_form_of_a_reporter() -> None:
    """Two closings of one unit have no order in time, so no home would make them one figure."""
    indicators = rows("indicators")
    boards = row(indicators, "village_conventions_total")
    boards["forms"], boards["home"] = ["F01", "F05"], {"commune": "F01"}
    kept = set().union(*rows("forms")) - {"fingerprint", "extends"}
    forms = [{key: it[key] for key in it if key in kept} for it in rows("forms")]

    with pytest.raises(FactError, match="only what is summed"):
        build_catalogue(indicators, forms, codes())
