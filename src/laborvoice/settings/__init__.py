"""Settings: a TOML file, then the environment, then flags become one frozen struct per process (design, operations 2).

The structs' fields are the list of settings: ``intake_bind`` is LABORVOICE_INTAKE_BIND and the key ``intake_bind`` of
the file. A process that is given another's secret does not start. The environment is an argument; ``cli`` reads it.
"""

import os
from collections.abc import Mapping
from typing import Final, Literal, overload

import msgspec

from laborvoice.domain import Inbound
from laborvoice.domain.period import Kind
from laborvoice.domain.policy import PolicyName
from laborvoice.settings import sources
from laborvoice.settings.kinds import (
    Address,
    Allowance,
    Bind,
    Bits,
    Count,
    Days,
    Folder,
    Hidden,
    LogLevel,
    Networks,
    Origin,
    Port,
    Ports,
    Rate,
    Seconds,
    Secret,
    Slots,
    Switch,
    Text,
    Tick,
    Url,
)

DEFAULT_METRICS_PORT: Final = 9464
LOOPBACK: Final = "127.0.0.1"
EXIT_URL: Final = "https://www.wikipedia.org/"


class IntakeSettings(Inbound, frozen=True):
    home: Folder
    database_url: Hidden
    intake_origin: Origin
    db_pool: Slots = 10
    log_level: LogLevel = "info"
    metrics_bind: Address = Bind(host=LOOPBACK, port=DEFAULT_METRICS_PORT)
    head_seconds: Seconds = 5
    body_seconds: Seconds = 60
    intake_bind: Address = Bind(host=LOOPBACK, port=8080)
    intake_batch: Count = 256
    intake_queue: Count = 4096
    intake_tick_ms: Tick = 250
    intake_work_bits: Bits | None = None
    intake_exit_url: Url = EXIT_URL
    intake_draft_languages: Switch = "off"
    intake_audio: Folder | None = None


class VaultSettings(Inbound, frozen=True):
    home: Folder
    database_url: Hidden
    master_key: Hidden
    keyring: Folder
    intake_origin: Origin
    db_pool: Slots = 10
    log_level: LogLevel = "info"
    metrics_bind: Address = Bind(host=LOOPBACK, port=DEFAULT_METRICS_PORT + 1)
    mix_seconds: Seconds = 60
    intake_exit_url: Url = EXIT_URL
    intake_draft_languages: Switch = "off"
    intake_audio: Folder | None = None
    vault_workers: Slots = msgspec.field(default_factory=lambda: os.cpu_count() or 1)
    pow_bits: Bits = 15
    period: Kind = "quarter"
    policy: PolicyName = "standard"
    event_days: Days = 30
    attempt_days: Days = 30


class PortalSettings(Inbound, frozen=True):
    home: Folder
    database_url: Hidden
    intake_origin: Origin
    origin: Origin
    session_key: Hidden
    export_key: Hidden
    db_pool: Slots = 10
    log_level: LogLevel = "info"
    metrics_bind: Address = Bind(host=LOOPBACK, port=DEFAULT_METRICS_PORT + 2)
    head_seconds: Seconds = 5
    body_seconds: Seconds = 60
    portal_bind: Address = Bind(host=LOOPBACK, port=8081)
    rate: Allowance = Rate(count=600, seconds=60)
    processes: Slots = 1
    egress_ports: Ports = (443, 8443)
    egress_deny: Networks = ()
    egress_allow: Networks = ()


class CourierSettings(Inbound, frozen=True):
    home: Folder
    database_url: Hidden
    courier_keys: Hidden
    origin: Origin
    contact_url: Url
    db_pool: Slots = 10
    log_level: LogLevel = "info"
    metrics_bind: Address = Bind(host=LOOPBACK, port=DEFAULT_METRICS_PORT + 3)
    courier_slots: Count = 128
    courier_smtp_url: Hidden | None = None
    egress_proxy: Hidden | None = None
    egress_ports: Ports = (443, 8443)
    egress_deny: Networks = ()
    egress_allow: Networks = ()
    event_days: Days = 30
    attempt_days: Days = 30


class UpSettings(Inbound, frozen=True):
    """What ``up`` needs for itself; the rest it hands on to its children."""

    home: Folder
    database_url: Hidden | None = None
    log_level: LogLevel = "info"
    intake_bind: Address = Bind(host=LOOPBACK, port=8080)
    portal_bind: Address = Bind(host=LOOPBACK, port=8081)
    intake_origin: Origin | None = None
    origin: Origin | None = None
    contact_url: Url | None = None
    processes: Slots = 1
    pg_user: Text | None = None
    pg_port: Port | None = None
    pg_start_timeout: Seconds = 300


Settings = IntakeSettings | VaultSettings | PortalSettings | CourierSettings | UpSettings
Process = Literal["intake", "vault", "portal", "courier", "up"]

STRUCTS: Final[Mapping[Process, type[Settings]]] = {
    "intake": IntakeSettings,
    "vault": VaultSettings,
    "portal": PortalSettings,
    "courier": CourierSettings,
    "up": UpSettings,
}
_KNOWN: Final = sources.Known({process: msgspec.structs.fields(struct) for process, struct in STRUCTS.items()})


@overload
def load(process: Literal["intake"], environ: Mapping[str, str], flags: Mapping[str, str]) -> IntakeSettings: ...
@overload
def load(process: Literal["vault"], environ: Mapping[str, str], flags: Mapping[str, str]) -> VaultSettings: ...
@overload
def load(process: Literal["portal"], environ: Mapping[str, str], flags: Mapping[str, str]) -> PortalSettings: ...
@overload
def load(process: Literal["courier"], environ: Mapping[str, str], flags: Mapping[str, str]) -> CourierSettings: ...
@overload
def load(process: Literal["up"], environ: Mapping[str, str], flags: Mapping[str, str]) -> UpSettings: ...
def load(process: Process, environ: Mapping[str, str], flags: Mapping[str, str]) -> Settings:
    """``flags`` are keyed like the file: ``{"home": "/srv/laborvoice"}``. Raises BadSetting, one sentence."""
    given = sources.gather(_KNOWN, environ, flags)
    if process != "up":
        _KNOWN.refuse_secrets_of_others(process, given)
    values = sources.with_defaults(_KNOWN.of(process, given), environ)
    return STRUCTS[process](**sources.converted(_KNOWN.fields[process], values))


def for_child(process: Process, environ: Mapping[str, str], flags: Mapping[str, str]) -> dict[str, str]:
    """The part of the environment, file and flags that belongs to ``process``, as an environment. Raises BadSetting."""
    return sources.as_environ(_KNOWN.of(process, sources.gather(_KNOWN, environ, flags)))


def variables(process: Process) -> frozenset[str]:
    """The names in the environment that belong to ``process``."""
    return frozenset(sources.variable(field.name) for field in _KNOWN.fields[process])


def names() -> frozenset[str]:
    """Every setting as it is written in the environment, LABORVOICE_CONFIG included."""
    return frozenset({sources.CONFIG, *(sources.variable(name) for name in _KNOWN.every)})


def secrets() -> frozenset[str]:
    """The fields that hold secrets; each has a twin that names a file."""
    return _KNOWN.secrets


def required() -> frozenset[str]:
    """The fields that some process cannot start without; the home and the keyring have defaults that depend."""
    needed = (field.name for fields in _KNOWN.fields.values() for field in fields if field.required)
    return frozenset(needed) - {"home", "keyring"}


__all__ = [
    "STRUCTS",
    "Bind",
    "CourierSettings",
    "IntakeSettings",
    "PortalSettings",
    "Process",
    "Rate",
    "Secret",
    "Settings",
    "UpSettings",
    "VaultSettings",
    "for_child",
    "load",
    "names",
    "required",
    "secrets",
    "variables",
]
