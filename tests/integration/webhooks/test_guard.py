import socket
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from laborvoice import data
from laborvoice.domain import egress
from laborvoice.errors import BadSetting, BlockedAddress
from laborvoice.webhooks import guard
from laborvoice.webhooks.guard import Guard, Refused

FIB_TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
           |-- 203.0.113.7
              /32 host LOCAL
"""
IF_INET6 = "20010db8000000000000000000000007 04 40 20 80     eth0\n00000000000000000000000000000001 01 80 10 80 lo\n"


def info(address: str, port: int = 443, scope: int = 0) -> Any:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sockaddr = (address, port, 0, scope) if ":" in address else (address, port)
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", sockaddr)


def made_none(*_: int) -> socket.socket:
    raise AssertionError("a socket was made")


def test_a_refused_address_gets_no_socket() -> None:
    judge = Guard(egress.Rules(table=guard.table()), made_none)
    with guard.trail() as refused:
        for line in data.special_purpose():
            network = ip_network(line.block)
            for address in (network[0], network[-1]):
                with pytest.raises(Refused):
                    judge.socket(info(str(address)))
    assert len(refused) == 2 * len(data.special_purpose())


@pytest.mark.parametrize("at", [info("1.1.1.1", 25), info("2606:4700::1111", scope=2), info("2606:4700::1111%1")])
def test_ports_and_scopes(at: Any) -> None:
    with pytest.raises(Refused):
        Guard(egress.Rules(table=guard.table()), made_none).socket(at)


def test_an_ordinary_address_gets_a_socket_of_its_family() -> None:
    judge = Guard(egress.Rules(table=guard.table()))
    for address, family in (("1.1.1.1", socket.AF_INET), ("2606:4700::1111", socket.AF_INET6)):
        with guard.trail() as refused, judge.socket(info(address)) as made:
            assert made.family == family
        assert refused == []


def test_a_refusal_is_an_oserror_and_a_word_of_ours() -> None:
    assert issubclass(Refused, OSError)
    assert issubclass(Refused, BlockedAddress)


def test_urls_are_read_by_the_same_rules() -> None:
    judge = Guard(egress.Rules(table=guard.table()))
    assert judge.read("https://brand.example/x").host == "brand.example"
    with pytest.raises(BlockedAddress):
        judge.read("http://brand.example/x")


def test_the_operator_denies_allows_and_names_ports() -> None:
    rules = guard.rules_of(["9.9.9.0/24", "127.0.0.9"], ["127.0.0.0/8"], [443])
    for address, port in (("127.0.0.1", 8080), ("8.8.8.8", 443)):
        Guard(rules).socket(info(address, port)).close()
    for address, port in (("127.0.0.9", 443), ("9.9.9.9", 443), ("10.0.0.1", 443), ("8.8.8.8", 8443)):
        with pytest.raises(Refused):
            Guard(rules).socket(info(address, port))
    with pytest.raises(Refused, match="ours"):
        Guard(guard.rules_of([], [], [443])).socket(info("127.0.0.1"))
    with pytest.raises(BadSetting):
        guard.rules_of(["everything"], [], [443])


def test_own_addresses_from_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(FIB_TRIE)
    expected = {ip_address("127.0.0.1"), ip_address("203.0.113.7")}
    assert guard.own_addresses(tmp_path) == expected
    (tmp_path / "if_inet6").write_text(IF_INET6)
    assert guard.own_addresses(tmp_path) == expected | {ip_address("2001:db8::7"), ip_address("::1")}


def test_own_addresses_of_this_machine() -> None:
    assert ip_address("127.0.0.1") in guard.own_addresses()


def test_own_addresses_without_tables_ask_for_our_name(tmp_path: Path) -> None:
    def known(*_: Any) -> list[Any]:
        return [info("192.0.2.9"), info("fe80::9%1")]

    def unknown(*_: Any) -> list[Any]:
        raise socket.gaierror

    assert guard.own_addresses(tmp_path, known) == {ip_address("192.0.2.9"), ip_address("fe80::9")}
    assert guard.own_addresses(tmp_path, unknown) == frozenset()
