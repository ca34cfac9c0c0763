"""The name of a state: a digest of its canonical form."""

from hashlib import blake2b


def digest(subject: object) -> int:
    """Return a number that stands for a form, the same in every process.

    `hash` would not do: -1 and -2 have the same, a class has another one in each process, and the hash of a hash can
    differ from it, so that a form within another one counts differently than its hash.
    """
    return int.from_bytes(blake2b(repr(subject).encode(), digest_size=16).digest(), "big")
