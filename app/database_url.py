"""The address of the database: what `SEATGATE_DATABASE_URL` may be, and what the driver is given.

It holds a password, so no text here repeats any part of it but the names of parameters.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"
_SHORT_POSTGRESQL = "postgres://"

_PERCENT_SIGN = re.compile(r"%(?!(?!00)[0-9A-Fa-f]{2})")
_NAME = re.compile(r"[a-z_]{1,40}")

_NEGOTIATED = ("disable", "prefer", "require")

#: What parameters may be that have a closed list of values.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "channel_binding": _NEGOTIATED,
    "gssencmode": _NEGOTIATED,
    "keepalives": ("0", "1"),
    "load_balance_hosts": ("disable", "random"),
    "prepare": ("0", "1"),
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    # Seatgate writes, so that a server which only reads is of no use.
    "target_session_attrs": ("any", "read-write", "primary"),
}

#: The least that parameters may be which are whole numbers.
_NUMBERS: Mapping[str, int] = {
    "connect_timeout": 2,
    "keepalives_count": 1,
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "tcp_user_timeout": 0,
}

_TEXTS = frozenset(
    {
        "application_name",
        "dbname",
        "host",
        "hostaddr",
        "krbsrvname",
        "options",
        "passfile",
        "password",
        "port",
        "require_auth",
        "requirepeer",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "sslcert",
        "sslcrl",
        "sslcrldir",
        "sslkey",
        "sslpassword",
        "sslrootcert",
        "user",
    }
)

#: Every parameter of a PostgreSQL address: those of the driver, and our own `prepare`.
PARAMETERS = frozenset(_CHOICES) | frozenset(_NUMBERS) | _TEXTS


@dataclass(frozen=True)
class PostgresqlAddress:
    """Where PostgreSQL is."""

    #: The address as the driver takes it.
    conninfo: str = field(repr=False)
    #: Whether statements may be prepared in the server.
    prepares: bool


def checked(url: str) -> str:
    """Return an address that can be used; `postgres://` becomes `postgresql://`.

    Raises:
        ValueError: it cannot be; the text follows the name of the setting.
    """
    if url.startswith(SQLITE):
        _check_file(url.removeprefix(SQLITE))
        return url
    if url.startswith(_SHORT_POSTGRESQL):
        url = POSTGRESQL + url.removeprefix(_SHORT_POSTGRESQL)
    if not url.startswith(POSTGRESQL):
        raise ValueError(
            f"must start with {SQLITE} or {POSTGRESQL}, for example "
            "sqlite:////var/lib/seatgate/seatgate.db."
        )
    _check_postgresql(url.removeprefix(POSTGRESQL))
    return url


def postgresql_address(url: str) -> PostgresqlAddress:
    """Return what the driver is given for an address that was `checked`.

    Of several hosts it takes the first that lets it write, unless the address says otherwise.
    """
    base, _, query = url.partition("?")
    options = query.split("&") if query else []
    others = [option for option in options if not option.startswith("prepare=")]
    several = "," in base.rpartition("@")[2] or any(
        option.startswith("host=") and "," in _unescaped_commas(option) for option in others
    )
    if several and not any(option.startswith("target_session_attrs=") for option in others):
        others.append("target_session_attrs=read-write")
    conninfo = f"{base}?{'&'.join(others)}" if others else base
    return PostgresqlAddress(conninfo, prepares="prepare=1" in options)


def _unescaped_commas(text: str) -> str:
    return re.sub("%2c", ",", text, flags=re.IGNORECASE)


def _check_file(path: str) -> None:
    if not path:
        raise ValueError(f"must name a file, for example {SQLITE}seatgate.db.")
    if "?" in path:
        raise ValueError("must end with the name of the file: SQLite takes no parameters.")


def _check_postgresql(rest: str) -> None:
    base, _, query = rest.partition("?")
    authority, _, name = base.partition("/")
    if authority.count("@") > 1 or "@" in name or "/" in name or "@" in query or "#" in rest:
        raise ValueError(
            "must have the characters @ : / ? # % of a user, password or parameter written as "
            "%40 %3A %2F %3F %23 %25."
        )
    if _PERCENT_SIGN.search(rest):
        raise ValueError("must have each percent sign followed by two hexadecimal digits, as %25.")
    given = _check_parameters(query)
    hosts = authority.rpartition("@")[2].split(",")
    for host in hosts:
        _check_host(host, alone=len(hosts) == 1)
    _check_ports(given, len(hosts))


def _check_parameters(query: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for option in query.split("&") if query else []:
        name, _, value = option.partition("=")
        if name not in PARAMETERS:
            shown = f"a parameter {name}" if _NAME.fullmatch(name) else "such a parameter"
            raise ValueError(f"must not have {shown}. It may have {_listed(sorted(PARAMETERS))}.")
        if name in given:
            raise ValueError(f"must have the parameter {name} once.")
        _check_value(name, value)
        given[name] = value
    return given


def _check_value(name: str, value: str) -> None:
    choices, least = _CHOICES.get(name), _NUMBERS.get(name)
    if choices is not None and value not in choices:
        raise ValueError(f"must have {_listed(choices, 'or')} as its {name}.")
    if least is not None and not (_is_number(value) and int(value) >= least):
        raise ValueError(f"must have a whole number, {least} or more, as its {name}.")
    if not value:
        raise ValueError(f"must have a value for its parameter {name}, or not have it.")


def _check_host(text: str, *, alone: bool) -> None:
    """Check `host:port` of an address; the host of a single one may be in the parameters."""
    if text.startswith("["):
        host, closing, after = text[1:].partition("]")
        fine = bool(closing) and _is_ipv6(host) and (not after or after.startswith(":"))
        port = after[1:]
    else:
        host, _, port = text.partition(":")
        fine = bool(host) or alone
    if not fine:
        raise ValueError(
            "must name each host as host:port, with commas between them and an address of IPv6 in "
            "brackets, for example postgresql://user:password@a:5432,b:5432/seatgate."
        )
    if port:
        _check_port(port)


def _check_ports(given: Mapping[str, str], hosts_of_address: int) -> None:
    """Check the parameter `port`: one for all hosts, or one for each."""
    if "port" not in given:
        return
    ports = _unescaped_commas(given["port"]).split(",")
    for port in ports:
        _check_port(port)
    hosts = given.get("host") or given.get("hostaddr")
    count = len(_unescaped_commas(hosts).split(",")) if hosts else hosts_of_address
    if len(ports) not in {1, count}:
        raise ValueError("must have one port for all hosts, or as many ports as hosts.")


def _check_port(port: str) -> None:
    if not (_is_number(port) and 0 < int(port) < 65_536):
        raise ValueError("must have ports from 1 to 65535.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _listed(names: Sequence[str], word: str = "and") -> str:
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
