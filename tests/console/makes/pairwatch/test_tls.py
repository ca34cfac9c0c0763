"""TLS towards the API: what is trusted, what is not, and true words for each failure."""

import ssl
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import ValidationError

from console import cli
from console.errors import CertificateError, Untrusted
from console.makes.pairwatch.client import ServerClient
from console.makes.pairwatch.settings import PairwatchServer
from console.makes.tls import TlsSettings, context_of, fingerprint_of
from tests.console.scenes import MAIN, PAIR, status
from tests.console.stand_in import PASSWORD, USER, StandIn, serving


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private authority, certificates that it signed (one for another name, one expired), and a self-signed one."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "9", "-subj", "/CN=site CA")
    for name, alternative, days in (
        ("server", "IP:127.0.0.1", "9"),
        ("other", "DNS:dhcp-x", "9"),
        ("expired", "IP:127.0.0.1", "-1"),
        ("client", "DNS:console", "9"),
    ):
        (folder / "names").write_text(f"subjectAltName={alternative}\n", encoding="ascii")
        openssl(folder, "req", "-new", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        signed = ("-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names")
        if days == "-1":
            dates = ("-not_before", "20200101000000Z", "-not_after", "20210101000000Z")
            try:
                openssl(folder, "x509", "-req", *signed, "-out", f"{name}.pem", *dates)
            except subprocess.CalledProcessError:
                openssl(folder, "x509", "-req", *signed, "-out", f"{name}.pem", "-days", "-1")
        else:
            openssl(folder, "x509", "-req", *signed, "-out", f"{name}.pem", "-days", days)
    openssl(
        folder, "req", "-x509", *key, "-keyout", "self.key", "-out", "self.pem", "-days", "9", "-subj", "/CN=self",
        "-addext", "subjectAltName=IP:127.0.0.1",
    )  # fmt: skip
    return folder


def served_with(certificates: Path, name: str, *, wants_ours: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    if wants_ours:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates / "ca.pem")
        # With TLS 1.3 the refusal arrives after the request.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


async def asked(api: str, tls: TlsSettings) -> str:
    client = ServerClient(api, USER, PASSWORD, tls=tls)
    try:
        return await client.role()
    finally:
        await client.close()


def fingerprint(certificates: Path, name: str) -> str:
    return sha256(ssl.PEM_cert_to_DER_cert((certificates / f"{name}.pem").read_text(encoding="ascii"))).hexdigest()


async def test_a_private_authority_is_trusted_by_its_file(certificates: Path) -> None:
    with serving(StandIn(status(MAIN)), served_with(certificates, "server")) as server:
        assert await asked(server.api, TlsSettings(ca_file=certificates / "ca.pem")) == "expert"


async def test_a_private_authority_is_trusted_by_the_store_of_the_system(
    certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.pem"))
    context_of.cache_clear()
    with serving(StandIn(status(MAIN)), served_with(certificates, "server")) as server:
        assert await asked(server.api, TlsSettings()) == "expert"
    monkeypatch.undo()
    context_of.cache_clear()


async def test_a_pinned_certificate_is_trusted_alone_and_no_password_is_sent_to_another(certificates: Path) -> None:
    pinned = TlsSettings(fingerprint=fingerprint(certificates, "self"))
    with serving(StandIn(status(MAIN)), served_with(certificates, "self")) as server:
        assert await asked(server.api, pinned) == "expert"
    with serving(StandIn(status(MAIN)), served_with(certificates, "server")) as other:
        with pytest.raises(Untrusted, match=rf"another certificate .*{fingerprint(certificates, 'server')}"):
            await asked(other.api, pinned)
        assert other.requests == []


async def test_a_server_that_wants_a_certificate_gets_ours(certificates: Path) -> None:
    ours = TlsSettings(
        ca_file=certificates / "ca.pem", certificate=certificates / "client.pem", key=certificates / "client.key"
    )
    with serving(StandIn(status(MAIN)), served_with(certificates, "server", wants_ours=True)) as server:
        assert await asked(server.api, ours) == "expert"
        with pytest.raises(Untrusted, match="the server refused our certificate, or requires one") as refused:
            await asked(server.api, TlsSettings(ca_file=certificates / "ca.pem"))
        assert "client_certificate" in refused.value.remedy


@pytest.mark.parametrize(
    ("name", "trusted", "words"),
    [
        ("self", False, "certificate not trusted: self-signed ("),
        ("server", False, "certificate not trusted: its authority is not known on this host ("),
        ("other", True, "certificate is for another address ("),
        ("expired", True, "certificate expired ("),
    ],
)
async def test_each_failure_has_true_words(certificates: Path, name: str, trusted: bool, words: str) -> None:
    """The number of an SSL error is not an errno: 1 was reported as "Operation not permitted"."""
    tls = TlsSettings(ca_file=certificates / "ca.pem") if trusted else TlsSettings()
    with serving(StandIn(status(MAIN)), served_with(certificates, name)) as server:
        with pytest.raises(Untrusted) as failed:
            await asked(server.api, tls)
        assert str(failed.value).startswith(words)
        assert failed.value.remedy
        assert server.requests == []


async def test_a_server_without_tls_is_said() -> None:
    words = "the server does not speak TLS there"
    with serving(StandIn(status(MAIN))) as server, pytest.raises(Untrusted, match=words):
        await asked(server.api.replace("http:", "https:"), TlsSettings())


def test_files_that_cannot_be_used_are_named(certificates: Path, tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=r"cannot use ca_file .*/none: No such file"):
        context_of(TlsSettings(ca_file=tmp_path / "none"))
    (tmp_path / "text").write_text("no certificate", encoding="ascii")
    with pytest.raises(CertificateError, match="no certificate or key in PEM form"):
        context_of(TlsSettings(ca_file=tmp_path / "text"))
    with pytest.raises(CertificateError, match="do not belong together"):
        context_of(TlsSettings(certificate=certificates / "client.pem", key=certificates / "server.key"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fingerprint": "12:34"}, "64 hexadecimal digits"),
        ({"api": "http://h:1", "ca_file": "ca.pem"}, "ca_file needs an api with https://"),
        ({"ca_file": "ca.pem", "fingerprint": "ab" * 32}, "not both"),
        ({"client_key": "key.pem"}, "client_key needs client_certificate"),
    ],
)
def test_settings_that_do_not_fit_are_refused(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        PairwatchServer.model_validate({"name": "a", "role": "main", "api": "https://h:1", "user": "u", **changes})


def test_a_fingerprint_is_read_as_openssl_prints_it() -> None:
    assert fingerprint_of("SHA256:" + ":".join(["AB"] * 32)) == "ab" * 32


def test_doctor_and_status_say_what_is_wrong(
    certificates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(StandIn(status(MAIN)), served_with(certificates, "self")) as server:
        (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
        (tmp_path / "password").chmod(0o600)
        table = f'api = "{server.api}"\nuser = "{USER}"\npassword_file = "password"\n'
        path = tmp_path / "pairwatch.toml"
        path.write_text(
            f'[[pair]]\nname = "{PAIR}"\n[[pair.server]]\nname = "dhcp-a"\nrole = "main"\n{table}'
            f'[[pair.server]]\nname = "dhcp-b"\nrole = "backup"\n{table}[console]\njournal = "journal.db"\n',
            encoding="utf-8",
        )
        assert cli.run(["status", "--config", str(path)]) == 2
        assert "unreachable: certificate not trusted: self-signed (https://" in capsys.readouterr().out
        cli.run(["doctor", "--config", str(path)])
        out = " ".join(capsys.readouterr().out.split())
        assert "certificate not trusted: self-signed" in out
        assert "set ca_file to the certificate of its authority, or fingerprint to its own" in out
