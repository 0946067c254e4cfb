"""Faults of the mail server: it says no, not now, or nothing at all."""

from tests.chaos.faults.scene import Scene
from tools.mail_catcher import CUT, take


async def refuse_mail(scene: Scene) -> None:
    """Answer every message with one refusal for a while."""
    said = scene.random.choice(["550 no such user", "554 no", "451 not now", "421 closing", CUT])

    async def answer() -> str:
        return said

    scene.catcher.answer_to_message = answer
    try:
        await scene.pause(3, 10)
    finally:
        scene.catcher.answer_to_message = take
