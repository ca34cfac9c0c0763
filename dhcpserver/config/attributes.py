"""The base of all objects of the configuration."""

from pydantic import BaseModel, ConfigDict


class Attributes(BaseModel):
    """The base of all objects: names with hyphens, no unknown attributes, no change after validation.

    Octets, such as hardware addresses, are dumped in hexadecimal: they are not always text.
    """

    model_config = ConfigDict(
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        ser_json_bytes="hex",
    )


Options = dict[str, object]
"""Options by name or number, with values as the file has them. `config.options` checks and encodes them."""
