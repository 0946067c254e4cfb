"""What the demo tells whoever started it: where to look, and what to try."""

from datetime import datetime

from shared.reference.periods import VIETNAM, label_vi
from tools.demo import current
from tools.demo.scenario import Scenario
from tools.demo.settings import Ports, url


def current_month(scenario: Scenario, due_at: datetime) -> str:
    """Say who has reported the current month."""
    month, until = label_vi(scenario.period), due_at.astimezone(VIETNAM)
    return (
        f"load: {len(scenario.in_time)} communes of Ninh Bình have reported {month} in time,"
        f" {len(scenario.late)} have not; due at {until:%H:%M:%S} in Vietnam"
    )


def lines(ports: Ports, key: str, scenario: Scenario) -> list[str]:
    """Return everything that follows once the demo is ready."""
    period = scenario.period.code
    totals, late = (f"{url(ports.aggregator)}/v1/{it}" for it in ("totals", "late"))
    return [
        f"ready: {url(ports.aggregator)}",
        f"  intake       {url(ports.intake)}  (API: /openapi.json)",
        f"  notifier     {url(ports.notifier)}/v1/notices",
        f"  caught mail  {url(ports.mail)}",
        f"  API key      {key}",
        "figures to look at:",
        f"  Hà Nội 2022-2023      {totals}?unit=01.1&from=cal.2022&to=cal.2023",
        f"  Ninh Bình 2023        {totals}?unit=37.1&period=cal.2023",
        f"  Long An 2021-2023     {totals}?unit=80.1&from=cal.2021&to=cal.2023",
        f"  TP Hà Tĩnh 2017-2022  {totals}?unit=D436.1&from=cal.2017&to=cal.2022",
        f"  who is late           {late}?unit={current.AREA}&form={current.FORM}&period={period}",
        f"send the {len(scenario.late)} missing reports, from another terminal:",
        f"  {ports.command('tools.demo.send_missing')} --key {key}",
        "units with keys FX-... and all shares of units are samples; Ctrl-C ends everything",
    ]
