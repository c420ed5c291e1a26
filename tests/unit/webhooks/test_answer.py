import pytest
from hypothesis import given
from hypothesis import strategies as st

from laborvoice.webhooks import answer


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("ask jane.doe+x@brand.example now", "ask [e-mail] now"),
        ("<a@b.example>", "<[e-mail]>"),
        ("call +880 1712-345678!", "call [number]!"),
        ("(030) 1234567", "([number]"),
        ("error 500 in line 4096", "error 500 in line 4096"),
        ("Thu, 08 Oct 2026 07:29:00 GMT", "Thu, 08 Oct 2026 07:29:00 GMT"),
        ("", ""),
    ],
)
def test_mask(text: str, masked: str) -> None:
    assert answer.mask(text) == masked


def test_headers_are_allow_listed_and_masked() -> None:
    kept = tuple(
        answer.kept_headers(
            [
                (b"Retry-After", b"3600000"),
                (b"Content-Length", b"12345678"),
                (b"Set-Cookie", b"secret=1"),
                (b"Server", b"x" * 300),
                (b"LOCATION", b"https://a.example/?mail=jane@b.example"),
                (b"X-Request-Id", b"\xff\x00"),
                (b"\xff", b"odd"),
            ]
        )
    )
    assert kept == (
        ("retry-after", "3600000"),
        ("content-length", "12345678"),
        ("server", "x" * 256),
        ("location", "https://a.example/?mail=[e-mail]"),
        ("x-request-id", "\ufffd\ufffd"),
    )


def test_a_body_is_cut_and_plain() -> None:
    assert answer.readable(b"ok\n\x00\x1b[31m\xff", ()) == "ok\n\ufffd\ufffd[31m\ufffd"
    assert len(answer.readable("ü".encode() * 8_192, ())) == 2_048
    assert answer.readable(b"x" + "ü".encode() * 8_191, ()) == "x" + "ü" * 2_047


def test_a_compressed_body_is_not_kept() -> None:
    assert answer.readable(b"\x1f\x8b", [("content-encoding", "gzip")]) == ""
    assert answer.readable(b"ok", [("content-encoding", "identity")]) == "ok"


@given(st.binary(max_size=200))
def test_what_is_kept_can_be_stored(raw: bytes) -> None:
    kept = answer.readable(raw, ())
    assert "\0" not in kept
    assert len(kept.encode()) <= 4_096


@pytest.mark.parametrize("body", [b"abc", b" abc\n", b'{"challenge":"abc"}', b'{"more":1,"challenge":"abc"}'])
def test_challenge_met(body: bytes) -> None:
    assert answer.is_met(body, "abc")


@pytest.mark.parametrize(
    "body", [b"", b"abcd", b'"abc"', b'{"challenge":"ab"}', b'{"challenge":1}', b"{", b"\xff", b"[" * 16_384, b"null"]
)
def test_challenge_not_met(body: bytes) -> None:
    assert not answer.is_met(body, "abc")


@given(st.binary(max_size=40))
def test_challenge_never_raises(body: bytes) -> None:
    assert not answer.is_met(body, "a challenge that is longer than this")
