"""A stand-in for windows_exporter: its page for the collector dhcp, in the form of its documentation. No Windows server
was available: nothing here was sent by one."""

import httpx

from console.makes.http import BoundedHttp
from console.makes.windows.source import WindowsSource

SCOPES = ("10.11.12.0/25", "192.168.0.0/24")


class Exporter:
    """The values of one page. `scopes` has by network: free here, free at the partner, in use here, in use there."""

    def __init__(self) -> None:
        self.interrupted = self.partner_down = self.recover = 0
        self.pending = 0
        self.scopes: dict[str, tuple[int, int, int, int]] = {SCOPES[0]: (50, 49, 10, 9), SCOPES[1]: (100, 100, 20, 11)}
        self.states: dict[str, str] = {}
        self.status = 200
        self.collector = True

    def page(self) -> str:
        """The page. Metrics of other collectors are among those of DHCP."""
        if not self.collector:
            return 'windows_exporter_collector_success{collector="dhcp"} 0\nwindows_os_hostname{fqdn="a"} 1\n'
        prefix = "windows_dhcp_failover_"
        lines = [
            "# HELP windows_dhcp_acks_total Total DHCP Acks sent by the DHCP server (AcksTotal)",
            "# TYPE windows_dhcp_acks_total counter",
            "windows_dhcp_acks_total 1.2345678e+07",
            f"{prefix}bndupd_pending_in_outbound_queue {self.pending}",
            f"{prefix}transitions_communicationinterrupted_state_total {self.interrupted}",
            f"{prefix}transitions_partnerdown_state_total {self.partner_down}",
            f"{prefix}transitions_recover_total {self.recover}",
            'windows_exporter_collector_success{collector="dhcp"} 1',
        ]
        for scope, counts in self.scopes.items():
            free, other, used, used_there = counts
            label = f'{{scope="{scope}"}}'
            lines += [
                f'windows_dhcp_scope_info{{name="Floor \\"2\\"",scope="{scope}",superscope_name=""}} 1',
                f"windows_dhcp_scope_addresses_free{label} {free + other}",
                f"windows_dhcp_scope_addresses_free_on_this_server{label} {free}",
                f"windows_dhcp_scope_addresses_free_on_partner_server{label} {other}",
                f"windows_dhcp_scope_addresses_in_use{label} {used + used_there}",
                f"windows_dhcp_scope_addresses_in_use_on_this_server{label} {used}",
                f"windows_dhcp_scope_addresses_in_use_on_partner_server{label} {used_there}",
                f"windows_dhcp_scope_pending_offers{label} 0",
                f"windows_dhcp_scope_reserved_address{label} 2",
            ]
            for state in ("Disabled", "DisabledSwitched", "Enabled", "EnabledSwitched", "InvalidState"):
                value = int(state == self.states.get(scope, "Enabled"))
                lines.append(f'windows_dhcp_scope_state{{scope="{scope}",state="{state}"}} {value}')
        lines += [
            'windows_dhcp_scope_addresses_free{scope="172.16.0.0/24"} 200',
            'windows_dhcp_scope_addresses_in_use{scope="172.16.0.0/24"} 54',
            "windows_os_physical_memory_free_bytes 5e+09",
        ]
        return "\n".join(lines) + "\n"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/metrics":
            return httpx.Response(404)
        return httpx.Response(self.status, text=self.page())

    def mirrored(self) -> "Exporter":
        """The partner's page for the same scopes."""
        other = Exporter()
        other.scopes = {name: (there, here, up, uh) for name, (here, there, uh, up) in self.scopes.items()}
        return other

    def source(self, name: str, clock: list[float]) -> WindowsSource:
        http = BoundedHttp("http://a", "http://a", None, transport=httpx.MockTransport(self))
        return WindowsSource(http, name, clock=lambda: clock[0])
