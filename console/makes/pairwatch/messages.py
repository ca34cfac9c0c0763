"""The messages of a Pairwatch server's log, from the catalogue that the server writes it by."""

from dhcpserver.contract.meanings import MEANINGS as BY_NUMBER

MEANINGS = {f"{number:05}": meaning for number, meaning in BY_NUMBER.items()}
"""The meaning of each message, by its number as it is written in the log."""
