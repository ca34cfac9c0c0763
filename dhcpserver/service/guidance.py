"""What was found outside of the server for one message: by extensions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dhcpserver.leases.keys import Kind
from dhcpserver.service.profile import Profile


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a message is handled with, beside the configuration.

    Attributes:
        drop: the message gets no answer.
        addresses: keys of the addresses and prefixes that the client is to get, by kind.
        options: data of options to send, by number; they replace configured ones and are sent without a request too.
        without: numbers of options that are not sent.
        profile: how the client is treated, from a directory; None if none was asked, or it does not have the client.
    """

    drop: bool = False
    addresses: Mapping[Kind, int] = field(default_factory=dict)
    options: Mapping[int, bytes] = field(default_factory=dict)
    without: frozenset[int] = frozenset()
    profile: Profile | None = None

    def adjusted(self, options: Mapping[int, bytes]) -> Mapping[int, bytes]:
        """Return the options of a reply."""
        if not self.changes_options:
            return options
        return {code: data for code, data in options.items() if code not in self.without} | dict(self.options)

    @property
    def changes_options(self) -> bool:
        """Whether the options of the reply differ from the configured ones."""
        return bool(self.options or self.without)


NO_GUIDANCE = Guidance()


def with_profile(guidance: Guidance, profile: Profile | None) -> Guidance:
    """Return guidance with how the client is treated."""
    return guidance if profile is None else replace(guidance, profile=profile)
