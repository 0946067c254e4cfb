"""Ready says whether a service can answer; its complaints say what is wrong."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from services.intake.app import TOPICS
from shared.contracts.topics import REPORTS
from shared.infra.kafka.topics import create_missing_topics
from shared.infra.process import EXIT_MISCONFIGURED
from tests.builders.intake_service import NOWHERE, document
from tests.builders.service_process import answers, environment_of, process_of, run_to_its_end
from tests.eventually import eventually
from tools.deployment.deployment import REPOSITORY, Deployment, Plan
from tools.stack.ports import free_ports
from tools.stack.stack import Stack
from tools.stack.waiting import wait_until

START_SECONDS = 60
NO_DATABASE = "postgresql://secretuser:secretpassword@127.0.0.1:9/secretname"


@pytest.fixture(scope="module")
def deployment(stack: Stack, ninh_binh_whole: Path) -> Iterator[Deployment]:
    """Provide tables that hold a directory."""
    with Deployment.prepare(stack, Plan(directory_files=[ninh_binh_whole])) as made:
        intake = made.services["intake"]
        intake.start()
        intake.wait_ready()
        intake.stop()
        yield made


async def test_intake_without_kafka_is_ready_and_takes_reports(
    deployment: Deployment, tmp_path: Path
) -> None:
    """Behind a balancer that asks, HTTP must go on answering while Kafka is away."""
    headers = {"X-API-Key": deployment.keys["demo"]}
    with process_of(deployment, "intake", tmp_path / "log", QCDC_KAFKA=NOWHERE) as intake:
        async with httpx.AsyncClient(base_url=intake.url, headers=headers) as http:
            await eventually(lambda: answers(http, "/health/ready", 200), seconds=START_SECONDS)

            posted = await http.post("/v1/submissions", json=document(1, 5))
            complaints = (await http.get("/health")).json()

    assert posted.status_code == 201
    assert complaints["ready"] is True
    start = complaints["complaints"]["start"]
    assert start["condition"] == "kafka_unavailable"
    assert start["remedy"].startswith("nothing: ")
    assert start["since"].endswith("Z")


async def test_started_beside_a_missing_topic_it_waits_for_the_topic(
    deployment: Deployment, tmp_path: Path
) -> None:
    """Who restarts while a topic is lost needs the topic back, and nobody to start it again."""
    headers = {"X-API-Key": deployment.keys["demo"]}
    async with admin_of(deployment) as kafka:
        await kafka.delete_topics([REPORTS])
        await eventually(lambda: is_gone(kafka, REPORTS), seconds=START_SECONDS)

    with process_of(deployment, "intake", tmp_path / "log") as intake:
        async with httpx.AsyncClient(base_url=intake.url, headers=headers) as http:
            await eventually(
                lambda: complains(http, "start", "topic_unfit", "qcdc topics apply"),
                seconds=START_SECONDS,
            )
            await eventually(lambda: answers(http, "/health/ready", 200), seconds=START_SECONDS)
            posted = await http.post("/v1/submissions", json=document(1, 6))
            await create_missing_topics(deployment.kafka, TOPICS)
            await eventually(lambda: well(http), seconds=START_SECONDS)

    assert posted.status_code == 201


async def test_without_a_database_nobody_should_ask(deployment: Deployment, tmp_path: Path) -> None:
    """And strangers learn neither its name nor its users; the log names the address."""
    log = tmp_path / "log"
    with process_of(deployment, "intake", log, QCDC_DATABASE=NO_DATABASE) as intake:
        async with httpx.AsyncClient(base_url=intake.url) as http:

            async def says_why() -> bool:
                ready = await answers(http, "/health/ready", 503)
                reasons = ready.json()["reasons"] if ready else {}
                return "database_unavailable" in {it["condition"] for it in reasons.values()}

            await eventually(says_why, seconds=START_SECONDS)
            told = (await http.get("/health")).text + (await http.get("/health/ready")).text
            live = await http.get("/health/live")

    assert live.status_code == 200
    assert not [it for it in ("secret", "127.0.0.1", "Error", "'") if it in told]
    assert "ConnectionRefusedError" in log.read_text(encoding="utf-8")


async def test_a_service_that_ends_says_so_before_its_socket_closes(
    deployment: Deployment, tmp_path: Path
) -> None:
    """A balancer needs a moment to send requests elsewhere; until then they are answered."""
    with process_of(
        deployment, "intake", tmp_path / "log", QCDC_KAFKA=NOWHERE, QCDC_DRAIN_SECONDS="5"
    ) as intake:
        async with httpx.AsyncClient(base_url=intake.url) as http:
            await eventually(lambda: answers(http, "/health/ready", 200), seconds=START_SECONDS)

            ending = asyncio.create_task(asyncio.to_thread(intake.stop))
            refused = await eventually(lambda: answers(http, "/health/ready", 503), seconds=4)
            async with httpx.AsyncClient(base_url=intake.url) as another:
                answered = await another.get("/health/live")
            await ending

    assert refused is not None
    assert refused.json()["reasons"] == {"process": {"condition": "stopping"}}
    assert answered.status_code == 200


def test_a_setting_that_is_missing_ends_the_start_with_one_line() -> None:
    """It names the variable, and never what another one holds."""
    environment = environment_of("nowhere", NO_DATABASE, 0)
    del environment["QCDC_KAFKA"]

    ended = run_to_its_end("intake", environment | {"QCDC_HTTP_PORT": "secretport"})

    assert ended.returncode == 78
    assert ended.stdout.count("\n") == 1, ended.stdout
    assert ended.stdout.startswith("cannot start: QCDC_KAFKA: Field required; QCDC_HTTP_PORT: ")
    assert "secret" not in ended.stdout


def test_what_would_be_started_again_stays_and_says_it_once(
    postgres_url: str, kafka: str, tmp_path: Path
) -> None:
    """In a container that is started again whenever it ends, the line would come for ever."""
    log = tmp_path / "log"
    command = [sys.executable, "-P", "-m", "services.intake", "serve", "--stay"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment_of(kafka, postgres_url, 0),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as staying,
    ):

        def said() -> None:
            if "cannot start: " not in log.read_text(encoding="utf-8"):
                raise OSError("it has said nothing yet")

        wait_until(said, what="the line has not come", seconds_max=START_SECONDS)
        with pytest.raises(subprocess.TimeoutExpired):
            staying.wait(2)  # it would end within milliseconds
        staying.terminate()
        code = staying.wait(START_SECONDS)

    assert code == 78
    assert log.read_text(encoding="utf-8").count("\n") == 1


def test_a_database_without_tables_ends_the_start_with_one_line(
    postgres_url: str, kafka: str
) -> None:
    """What an operator must mend stands alone, not behind a traceback of the HTTP server."""
    ended = run_to_its_end("intake", environment_of(kafka, postgres_url, 0))

    assert ended.returncode == 78
    assert ended.stdout.count("\n") == 1, ended.stdout
    line = ended.stdout.strip()
    assert line.startswith("cannot start: the database ")
    assert line.endswith("python -m services.intake migrate")


async def complains(http: httpx.AsyncClient, part: str, condition: str, remedy: str) -> bool:
    """Tell whether *part* complains of that, and names the verb."""
    answer = await answers(http, "/health", 200)
    complaint = answer.json()["complaints"].get(part, {}) if answer else {}
    return (complaint.get("condition"), complaint.get("remedy")) == (condition, remedy)


async def well(http: httpx.AsyncClient) -> bool:
    """Tell whether the process complains of nothing."""
    answer = await answers(http, "/health", 200)
    return answer is not None and answer.json()["complaints"] == {}


@asynccontextmanager
async def admin_of(deployment: Deployment) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect an admin client to the deployment's broker."""
    admin = AIOKafkaAdminClient(bootstrap_servers=deployment.kafka)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def is_gone(admin: AIOKafkaAdminClient, topic: str) -> bool:
    """Tell whether the broker has forgotten the topic."""
    return topic not in await admin.list_topics()


async def test_a_second_process_with_the_same_id_is_refused(
    deployment: Deployment, tmp_path: Path
) -> None:
    """It says so in one line, and the first one goes on."""
    with process_of(deployment, "intake", tmp_path / "log", QCDC_INSTANCE="same") as first:
        first.wait_ready()
        (port,) = free_ports(1)
        environment = environment_of(
            deployment.kafka, deployment.databases["intake"], port, QCDC_INSTANCE="same"
        )

        second = await asyncio.to_thread(run_to_its_end, "intake", environment)

        assert second.returncode == EXIT_MISCONFIGURED
        assert second.stdout.count("another intake with QCDC_INSTANCE=same") == 1
        assert "Traceback" not in second.stdout
        first.wait_ready()
