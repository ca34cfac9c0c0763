"""Passwords are stored as scrypt, tokens as SHA-256, and nothing else matches."""

import hashlib
import subprocess
import sys

from dhcpserver.api.passwords import hash_password, matches, token_matches


def test_a_password_matches_only_its_own_hash() -> None:
    stored = hash_password("correct horse")
    assert stored != hash_password("correct horse")
    assert matches("correct horse", stored)
    assert not matches("correct hors", stored)


def test_an_invalid_stored_hash_matches_nothing() -> None:
    for stored in ("", "correct horse", "scrypt$x$8$1$00$00", "md5$1$8$1$00$00", "scrypt$3$8$1$00$00"):
        assert not matches("correct horse", stored)


def test_a_token_matches_its_digest() -> None:
    stored = "sha256$" + hashlib.sha256(b"t0ken").hexdigest()
    assert token_matches("t0ken", stored)
    assert not token_matches("token", stored)


def test_the_server_prints_the_hash_for_its_configuration() -> None:
    command = [sys.executable, "-m", "dhcpserver.main", "--hash-password"]
    done = subprocess.run(command, input="correct horse\n", capture_output=True, text=True, check=True)
    assert matches("correct horse", done.stdout.strip())
