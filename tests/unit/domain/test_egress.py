from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from AntiSSRF import IPAddressRanges  # type: ignore[import-untyped]  # it has no stubs
from hypothesis import given
from hypothesis import strategies as st
from ssrfguard import DEFAULT_DENIED
from ssrfguard._registry import TABLE, Block
from yarl import URL

from laborvoice import data
from laborvoice.domain import egress
from laborvoice.errors import BadSetting, BlockedAddress

TABLE_OF_OURS = egress.networks(line.block for line in data.special_purpose())
RULES = egress.Rules(table=TABLE_OF_OURS, own_hosts=frozenset({"voice.example"}))
LENIENT = egress.Rules(table=TABLE_OF_OURS, allowed=egress.networks(["127.0.0.0/8", "::1/128"]))

HOSTILE = {
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local": ["169.254.1.1", "fe80::1"],
    "shared": ["100.64.0.1", "100.127.255.255"],
    "metadata": [
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
    ],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["0.0.0.1", "0.1.2.3", "240.0.0.1", "255.255.255.255", "192.0.0.9", "192.88.99.1"],
    "benchmark": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "local 6": ["::", "::2", "fc00::1", "fd12:3456::1", "fec0::1", "100::1", "100:0:0:1::1"],
    "embedding": [
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2001:0:7f00:1::1",
        "2a00:1450:4001::5efe:7f00:1",
        "2a00:1450:4001:0:200:5efe:a00:1",
    ],
    "other": ["2001:10::1", "2001:20::1", "2001:30::1", "5f00::1", "3ffe::1", "4000::1", "8000::1"],
}
ORDINARY = ["1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "168.63.129.17", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", [a for group in HOSTILE.values() for a in group])
def test_hostile_addresses_are_refused(address: str) -> None:
    with pytest.raises(BlockedAddress):
        egress.check_address(RULES, address, 443)


@pytest.mark.parametrize("address", ORDINARY)
def test_ordinary_addresses_pass(address: str) -> None:
    egress.check_address(RULES, address, 443)


@pytest.mark.parametrize(
    "address", ["2606:4700::1111%eth0", "fe80::1%1", "localhost", "0x7f.1", "127.1", "2130706433", ""]
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(BlockedAddress, match="plain"):
        egress.check_address(RULES, address, 443)


def test_a_scope_is_refused() -> None:
    with pytest.raises(BlockedAddress, match="plain"):
        egress.check_address(RULES, "2606:4700::1111", 443, 2)


def test_port_own_and_denied() -> None:
    own = egress.Rules(
        table=TABLE_OF_OURS,
        own=frozenset({IPv4Address("1.1.1.1"), IPv6Address("2606:4700::1")}),
        denied=egress.networks(["8.8.8.0/24"]),
    )
    for address, port, why in (
        ("1.1.1.1", 443, "ours"),
        ("2606:4700::1", 443, "ours"),
        ("8.8.8.8", 443, "operator"),
        ("9.9.9.9", 25, "port"),
    ):
        with pytest.raises(BlockedAddress, match=why):
            egress.check_address(own, address, port)
    egress.check_address(own, "9.9.9.9", 8443)


def test_allow_lifts_table_port_and_own_but_not_deny() -> None:
    rules = egress.Rules(
        table=TABLE_OF_OURS,
        own=frozenset({ip_address("127.0.0.1")}),
        allowed=egress.networks(["127.0.0.0/8"]),
        denied=egress.networks(["127.0.0.9"]),
    )
    egress.check_address(rules, "127.0.0.1", 8080)
    for address, port in (("127.0.0.9", 8080), ("10.0.0.1", 443), ("9.9.9.9", 8080)):
        with pytest.raises(BlockedAddress):
            egress.check_address(rules, address, port)


def test_a_block_with_host_bits_is_no_block() -> None:
    for text in ("10.0.0.1/8", "ten", "10.0.0.0/33"):
        with pytest.raises(BadSetting):
            egress.networks([text])


@pytest.mark.parametrize("block", IPAddressRanges.recommended_latest)
def test_what_antissrf_recommends_is_refused(block: str) -> None:
    network = ip_network(block)
    for address in (network[0], network[-1], network[network.num_addresses // 2]):
        assert not egress.is_ordinary(address, TABLE_OF_OURS)


@pytest.mark.parametrize("row", TABLE, ids=[str(row.network) for row in TABLE])
def test_every_line_of_ssrfguard_is_refused(row: Block) -> None:
    # It permits public anycast services and translations to public addresses; a webhook needs neither.
    for address in (row.network[0], row.network[-1]):
        assert not egress.is_ordinary(address, TABLE_OF_OURS)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.ip_addresses(v=6, network="2000::/3")))
def test_what_ssrfguard_blocks_we_block(address: egress.Address) -> None:
    if DEFAULT_DENIED.classify(address).blocked:
        assert not egress.is_ordinary(address, TABLE_OF_OURS)


@given(st.ip_addresses(v=4))
def test_in_ipv4_nothing_else_is_refused(address: IPv4Address) -> None:
    known = [ip_network(block) for block in IPAddressRanges.recommended_latest] + [row.network for row in TABLE]
    if not any(address in network for network in known):
        assert egress.is_ordinary(address, TABLE_OF_OURS)


def test_every_line_has_source_and_date() -> None:
    lines = data.special_purpose()
    assert len({line.block for line in lines}) == len(lines)
    assert all(line.name and line.source and line.checked >= "2026" for line in lines)


def test_questions_are_json() -> None:
    assert data.questions().startswith(b"{")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("https://hooks.brand.example/in", "https://hooks.brand.example/in"),
        ("HTTPS://Hooks.Brand.Example:443/in?a=%20b", "https://hooks.brand.example/in?a=%20b"),
        ("https://brand.example:8443", "https://brand.example:8443"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://xn--fa-hia.example/", "https://xn--fa-hia.example/"),
        ("https://工人.example/", "https://xn--gmqq38a.example/"),
    ],
)
def test_good_urls(text: str, stored: str) -> None:
    target = egress.read_url(RULES, text)
    assert target.url == stored
    assert egress.read_url(RULES, stored) == target


LONG = "a" * 60 + "."
BAD_URLS = [
    "http://brand.example/",
    "ftp://brand.example/",
    "file:///etc/passwd",
    "gopher://brand.example/",
    "javascript:alert(1)",
    "//brand.example/",
    "brand.example",
    "",
    "https://",
    "https:///x",
    "https:/brand.example/",
    "https://brand.example:80/",
    "https://brand.example:0/",
    "https://brand.example:65536/",
    "https://brand.example:/",
    "https://brand.example:4٤3/",
    "https://user@brand.example/",
    "https://user:pass@brand.example/",
    "https://brand.example@127.0.0.1/",
    "https://brand.example\\@127.0.0.1/",
    "https://127.0.0.1\\.brand.example/",
    "https://brand.example/#x",
    "https://brand.example#@127.0.0.1/",
    "https://brand.example/ x",
    " https://brand.example/",
    "https://brand.example/\n",
    "https://brand.example/\r\nHost: x",
    "https://brand.example/%zz",
    "https://brand.example/ü",
    "https://brand%2eexample/",
    "https://brand.example%00.evil.example/",
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.0x1/",
    "https://0177.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
    "https://127。0。0。1/",
    "https://brand。example/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://[::1/",
    "https://1.1.1.1/",
    "https://[2606:4700::1111]/",
    "https://brand.example./",
    "https://brand..example/",
    "https://.brand.example/",
    "https://-brand.example/",
    "https://brand-.example/",
    "https://br_and.example/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://api.localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://db/",
    "https://faß.example/",
    "https://\uff22\uff32\uff21\uff2e\uff24.example/",
    "https://a\u200db.example/",
    "https://ü..example/",
    "https://" + "ü" * 70 + ".example/",
    "https://" + "ü." * 200 + "example/",
    f"https://{LONG * 4}{'a' * 10}.example/",
    f"https://{'a' * 64}.example/",
    "https://brand.example/" + "x" * 2_048,
    "https://voice.example/",
    "https://VOICE.example/",
]


@pytest.mark.parametrize("text", BAD_URLS)
def test_bad_urls(text: str) -> None:
    with pytest.raises(BlockedAddress):
        egress.read_url(RULES, text)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8080/x",
        "http://[::1]:9/",
        "https://localhost:1/",
        "http://receiver/",
        "https://brand.example/",
    ],
)
def test_development_allows_more(text: str) -> None:
    assert egress.read_url(LENIENT, text).url == text


@pytest.mark.parametrize(
    "text", ["ftp://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://a:0/", "http://a:70000/", "http://u@a/"]
)
def test_development_does_not_allow_everything(text: str) -> None:
    with pytest.raises(BlockedAddress):
        egress.read_url(LENIENT, text)


@given(st.text(alphabet="htps:/.@[]?#%\\ab1xX0-_ü。\t", min_size=1, max_size=40))
def test_the_client_reads_a_url_as_we_do(tail: str) -> None:
    for rules, text in ((RULES, f"https://{tail}"), (LENIENT, f"http://{tail}")):
        try:
            target = egress.read_url(rules, text)
        except BlockedAddress:
            continue
        url = URL(target.url)
        assert (url.scheme, url.host, url.port) == (target.scheme, URL(f"//{target.host}").host, target.port)
        assert target.host.strip("[]") == url.raw_host
        assert url.user is None
        assert url.fragment == ""
