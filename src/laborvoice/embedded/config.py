"""Settings of the private server: durable, and forgetting what it need not know (design, operations 1, privacy 7)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

DURABLE: Final[Mapping[str, str]] = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}

PRIVACY: Final[Mapping[str, str]] = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "archive_mode": "off",
    "wal_recycle": "off",
    "min_wal_size": "2MB",
    "max_wal_size": "64MB",
    "track_commit_timestamp": "off",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_connections": "off",
    "shared_preload_libraries": "",
    "session_preload_libraries": "",
}

# Beyond the list of the design: texts of errors and their details quote values, and lines about checkpoints and
# vacuums tell when and how much was written.
QUIET: Final[Mapping[str, str]] = {
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_disconnections": "off",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


def arguments(run: Path, port: int, extra: Mapping[str, str], *, tcp: bool) -> tuple[str, ...]:
    """Command-line settings, which neither a file nor ALTER SYSTEM overrides. ``extra`` cannot undo ours."""
    quoted = str(run).replace('"', '""')
    place = {
        "unix_socket_directories": f'"{quoted}"',
        "unix_socket_permissions": "0700",
        "listen_addresses": "127.0.0.1" if tcp else "",
        "port": str(port),
        "password_encryption": "scram-sha-256",
    }
    settings = {**extra, **QUIET, **PRIVACY, **DURABLE, **place}
    return tuple(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
