"""`/metrics`: the server's counters in the Prometheus format, read from the core for each request."""

from collections.abc import Iterator
from dataclasses import asdict

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dhcpserver.failover.states import State
from dhcpserver.runtime.server import Server

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class ServerCollector(Collector):
    """Collects the metrics of one server, between turns."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def collect(self) -> Iterator[Metric]:
        server = self._server
        counters, counters6, outside = server.core.counters, server.core.counters6, server.core.outside
        for name, text, label, values in (
            ("dhcp4_received", "DHCPv4 messages received", "type", counters.received),
            ("dhcp4_sent", "DHCPv4 replies sent", "type", counters.sent),
            ("dhcp4_dropped", "DHCPv4 messages without an answer", "reason", counters.dropped),
            ("dhcp6_received", "DHCPv6 messages received", "type", counters6.received),
            ("dhcp6_sent", "DHCPv6 messages sent", "type", counters6.sent),
            ("dhcp6_dropped", "DHCPv6 messages without an answer", "reason", counters6.dropped),
            ("dhcp4_unsent", "Replies that could not be sent, of both families", "reason", server.unsent.counts),
            ("ldap", "Questions about clients to LDAP servers", "outcome", outside.directory.counts),
            ("traps", "Traps by what became of them", "outcome", server.trap_counters()),
        ):
            family = CounterMetricFamily(f"pairwatch_{name}", text, labels=[label])
            for key, value in values.items():
                family.add_metric([key], value)
            yield family
        yield CounterMetricFamily("pairwatch_turns", "Turns of the core", value=server.turns)
        yield CounterMetricFamily("pairwatch_leases_stored", "Lease rows committed", value=server.committed)
        yield GaugeMetricFamily(
            "pairwatch_serving", "1 while packets are answered", value=not server.not_serving_reason
        )
        yield from self._receivers()
        extensions = CounterMetricFamily("pairwatch_extensions", "Calls of extensions", labels=["name", "outcome"])
        for extension, counts in outside.extending.counts.items():
            for outcome, count in counts.items():
                extensions.add_metric([extension, outcome], count)
        yield extensions
        yield from self._pools()
        yield from self._pair()

    def _receivers(self) -> Iterator[Metric]:
        for name, text, receivers in (
            ("lease_events", "Lease events by receiver and what became of them", self._server.lease_reports),
            ("dns_updates", "DNS updates by DNS server and what became of them", self._server.dns_updates),
        ):
            family = CounterMetricFamily(f"pairwatch_{name}", text, labels=["to", "outcome"])
            for each in receivers.status():
                family.add_metric([each.to, "sent"], each.sent)
                family.add_metric([each.to, "dropped"], each.dropped)
            yield family

    def _pools(self) -> Iterator[Metric]:
        family = GaugeMetricFamily("pairwatch_pool_addresses", "Addresses of a scope by kind", labels=["scope", "kind"])
        for pool in self._server.core.book.pools.values():
            # IPv6 addresses have no shares that could be counted: how many more leases there can be counts.
            shares = (("free", pool.free.count), ("backup", pool.backup.count))
            for kind, value in (
                ("total", pool.total),
                *(shares if pool.balanced else (("undivided", pool.left),)),
                ("leased", pool.leased),
                ("offered", pool.offered),
                ("pending-available", len(pool.pending)),
                ("unavailable", pool.unavailable),
            ):
                family.add_metric([pool.name, kind], value)
        yield family

    def _pair(self) -> Iterator[Metric]:
        endpoint = self._server.core.endpoint
        if endpoint is None:
            return
        view = endpoint.view(self._server.now())
        family = GaugeMetricFamily(
            "pairwatch_failover_state", "1 for the state the pair is in", labels=["pair", "state"]
        )
        for state in State:
            family.add_metric([view.name, state.value], view.state is state)
        yield family
        updates = CounterMetricFamily("pairwatch_binding_updates", "Binding updates", labels=["pair", "what"])
        for what, value in asdict(view.updates).items():
            updates.add_metric([view.name, what], value)
        yield updates
        unacked = GaugeMetricFamily("pairwatch_unacked_updates", "Updates without acknowledgement", labels=["pair"])
        unacked.add_metric([view.name], view.unacked_updates)
        yield unacked


def text(server: Server) -> bytes:
    """Return the metrics page."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ServerCollector(server))
    return generate_latest(registry)
