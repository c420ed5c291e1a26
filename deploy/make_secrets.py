"""Makes what `deploy/compose.yaml` keeps secret, once: `python deploy/make_secrets.py`. What is there already stays.

Certificates are yours to bring: intake_certificate, portal_certificate, and their keys.
"""

import secrets  # noqa: TID251 - it runs before there is a laborvoice
from pathlib import Path

DATABASE = "postgresql://{user}:{password}@postgres/laborvoice"
ROLES = ("intake", "vault", "portal", "courier")
KEYS = ("master_key", "session_key", "export_key", "courier_keys")
KEY_BYTES = 32


def make(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    password = _once(folder / "postgres_password")
    _once(folder / "schema_database_url", DATABASE.format(user="postgres", password=password))
    for role in ROLES:
        password = _once(folder / f"{role}_password")
        _once(folder / f"{role}_database_url", DATABASE.format(user=f"laborvoice_{role}", password=password))
    for name in KEYS:
        _once(folder / name)


def _once(path: Path, text: str = "") -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(text or secrets.token_hex(KEY_BYTES), encoding="ascii")
    return path.read_text(encoding="ascii")


if __name__ == "__main__":
    make(Path(__file__).parent / "secrets")
