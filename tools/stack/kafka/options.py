"""The broker's configuration, the same on the JVM and in a container."""

from collections.abc import Mapping


def broker_options(*, address: str, listen: str, controller: str, data: str) -> Mapping[str, str]:
    """
    Return the configuration of a single KRaft node, broker and controller in one.

    Topics are created on purpose only, and record time stamps and message sizes stay at Kafka's
    defaults, as in the deployment.  The rest makes one node suffice, and a test not wait.
    """
    return {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.quorum.voters": f"1@{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{listen},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{address}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        # One node cannot hold three copies.
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # The default of 50 partitions each is for clusters; they are loaded again at every restart.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        # A group starts without waiting for more members, and notices a killed one soon.
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # After a kill the broker is let in again once its former self is given up: 9 s by default.
        "broker.session.timeout.ms": "4000",
        "broker.heartbeat.interval.ms": "1000",
    }
