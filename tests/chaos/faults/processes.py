"""Faults of processes: services and servers are killed, stopped in good order, and paused."""

import asyncio

from tests.chaos.faults.scene import Scene
from tools.deployment.service import Service
from tools.stack.servers import Server


def _one_of(scene: Scene) -> Service:
    return scene.random.choice(list(scene.deployment.services.values()))


async def kill_service(scene: Scene) -> None:
    """SIGKILL one process; its supervisor starts it again within two seconds."""
    victim = _one_of(scene)
    await asyncio.to_thread(victim.kill)
    await scene.pause(0, 2)
    await asyncio.to_thread(victim.start)


async def kill_both(scene: Scene) -> None:
    """SIGKILL every process of one service at once."""
    name = scene.random.choice(["intake", "aggregator", "notifier"])
    victims = [it for it in scene.deployment.services.values() if it.name == name]
    for victim in victims:
        await asyncio.to_thread(victim.kill)
    await scene.pause(0, 2)
    for victim in victims:
        await asyncio.to_thread(victim.start)


async def stop_service(scene: Scene) -> None:
    """SIGTERM one process, as an upgrade does, and start it again."""
    victim = _one_of(scene)
    await asyncio.to_thread(victim.stop)
    await scene.pause(0, 1)
    await asyncio.to_thread(victim.start)


async def pause_service(scene: Scene) -> None:
    """SIGSTOP one process, at times for longer than its session with the broker."""
    victim = _one_of(scene)
    victim.pause()
    try:
        await scene.pause(2, 16)
    finally:
        victim.resume()


async def kill_kafka(scene: Scene) -> None:
    """SIGKILL the broker."""
    await _kill(scene, scene.stack.kafka)


async def kill_postgres(scene: Scene) -> None:
    """SIGKILL the database server."""
    await _kill(scene, scene.stack.postgres)


async def _kill(scene: Scene, server: Server) -> None:
    await asyncio.to_thread(server.kill)
    await scene.pause(0, 2)
    await asyncio.to_thread(server.start)
