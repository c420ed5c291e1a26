"""Forms that are carried through signing in, addresses that stay here, and the one cookie."""

import pytest

from laborvoice.api.cookies import Cookie
from laborvoice.api.portal.pages import kept


def test_a_form_is_carried_without_what_belongs_to_its_session() -> None:
    packed = kept.packed("/links", b"csrf=x&name=a%26b&note=&password=secret&old=worn")
    found = kept.unpacked(packed)
    assert found is not None
    assert found.path == "/links"
    assert found.fields == (("name", "a&b"), ("note", ""), ("password", "secret"), ("old", "worn"))
    assert found.shown == (("name", "a&b"),)


def test_what_is_not_carried() -> None:
    assert kept.packed("/links", b"") == ""
    assert kept.packed("/links", b"a=" + b"x" * kept.MOST) == ""
    assert kept.packed("//evil.example", b"a=b") == ""
    for text in ("", "!", "e30", "eyJwYXRoIjoiLy9ldmlsIiwiZmllbGRzIjpbXX0"):
        assert kept.unpacked(text) is None


@pytest.mark.parametrize("path", ["/", "/suppliers?country=BD", "/a/b%20c", "/x?q=%25"])
def test_own_addresses(path: str) -> None:
    assert kept.is_own(path)


@pytest.mark.parametrize(
    "path",
    ["", "x", "//x", "/\\x", "/%5cx", "https://x", "/a\r\nb", "/a%0d%0ab", "/\u00e9", "/" + "x" * kept.PATH_MOST],
)
def test_addresses_that_lead_elsewhere_or_nowhere(path: str) -> None:
    assert not kept.is_own(path)
    assert kept.login_at(path) == "/login"


def test_the_cookie_is_secure_but_on_loopback() -> None:
    secure, plain = Cookie("https://voice.example"), Cookie("http://127.0.0.1:8081")
    assert secure.set("x") == {"Set-Cookie": "__Host-lv=x; Path=/; HttpOnly; SameSite=Lax; Secure"}
    assert plain.set("x") == {"Set-Cookie": "lv=x; Path=/; HttpOnly; SameSite=Lax"}
    assert plain.clear() == {"Set-Cookie": "lv=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"}


def test_a_cookie_said_twice_is_not_said() -> None:
    cookie = Cookie("https://voice.example")
    assert cookie.read("a=b; __Host-lv=x; c") == "x"
    assert cookie.read("__Host-lv=x; __Host-lv=y") == ""
    assert cookie.read("lv=x") == ""
    assert cookie.read("") == ""
