"""Passwords and tokens as they stand in the configuration: never in clear.

password = "scrypt$16384$8$1$SALT$HASH"       (hexadecimal)
token    = "sha256$HASH"
"""

import hashlib
import hmac
import secrets

_COST, _BLOCK, _PARALLEL = 1 << 14, 8, 1


def hashed(password: str) -> str:
    """What to put into the configuration for a password; a new salt every time."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${digest.hex()}"


def matches(password: str, stored: str) -> bool:
    """Whether a password is the stored one; takes some 50 ms on purpose. What is no hash matches nothing."""
    try:
        scheme, cost, block, parallel, salt, digest = stored.split("$")
        if scheme != "scrypt":
            return False
        found = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(parallel))
        return hmac.compare_digest(found, bytes.fromhex(digest))
    except ValueError:
        return False


def token_matches(token: str, stored: str) -> bool:
    """Whether a bearer token is the stored one."""
    return hmac.compare_digest("sha256$" + hashlib.sha256(token.encode()).hexdigest(), stored)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=1 << 26, dklen=32)
