"""Extensions: Python functions that are called for messages, and the points at which they are called (R-096, R-097)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dhcpserver.config.attributes import Attributes
from dhcpserver.config.catalogue import About, Visibility
from dhcpserver.config.syncrows import SyncRow
from dhcpserver.config.values import Name, function_name, module_file

Point = Literal["post-packet-decode", "generate-lease", "pre-packet-encode"]
"""Where extensions are called; `service.extending` has what their answers can have."""


class Extension(Attributes):
    """A Python function in a file of the folder `extensions` beside `config.toml`.

    Only the file itself names the function: a command or a synchronisation could otherwise run any code.
    """

    name: Annotated[Name, About("its name")]
    file: Annotated[
        str,
        AfterValidator(module_file),
        About("the Python file, in the folder `extensions`", sync=SyncRow.OWN, file_only=True),
    ]
    entry: Annotated[str, AfterValidator(function_name), About("the function", sync=SyncRow.OWN, file_only=True)]
    init_entry: Annotated[
        str | None,
        AfterValidator(function_name),
        About("a function that is called first, once, with init-args", sync=SyncRow.OWN, file_only=True),
    ] = None
    init_args: Annotated[str, About("the text that init-entry gets", Visibility.ADVANCED)] = ""
    time_limit: Annotated[
        int,
        Field(ge=10, le=2000),
        About("milliseconds for an answer; after it the message is handled as configured"),
    ] = 200


class ExtensionPoint(Attributes):
    """A point at which extensions are called, in their order."""

    name: Annotated[Point, About("the point")]
    extensions: Annotated[
        tuple[Name, ...], Field(min_length=1, max_length=32), About("the extensions", refers_to="extension")
    ]
