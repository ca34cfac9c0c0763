"""Passwords and tokens in the configuration, which are stored as hashes only.

password = "scrypt$16384$8$1$SALT$HASH"       (hexadecimal)
token    = "sha256$HASH"
"""

import hashlib
import hmac
import secrets

_COST, _BLOCK, _PARALLEL = 1 << 14, 8, 1


def hash_password(password: str) -> str:
    """Return the text for the configuration from a password, with a new salt."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def matches(password: str, stored: str) -> bool:
    """Whether a password matches the stored hash. It takes about 50 ms on purpose. Invalid hashes match nothing."""
    try:
        scheme, cost, block, parallel, salt, digest = stored.split("$")
        if scheme != "scrypt":
            return False
        found = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(parallel))
        return hmac.compare_digest(found, bytes.fromhex(digest))
    except ValueError:
        return False


def token_matches(token: str, stored: str) -> bool:
    """Whether a bearer token matches the stored hash."""
    return hmac.compare_digest("sha256$" + hashlib.sha256(token.encode()).hexdigest(), stored)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=1 << 26, dklen=32)
