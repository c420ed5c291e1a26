"""The mail that says nothing."""

from laborvoice.domain.ids import UserId
from laborvoice.domain.notice import SUBJECT, notice_purpose, text


def test_it_names_the_place_and_nothing_else() -> None:
    assert SUBJECT == "something new in laborvoice"
    assert text("https://voice.example") == "There is something new for you in laborvoice.\n\nhttps://voice.example/\n"


def test_an_address_is_bound_to_its_user() -> None:
    user = UserId.draw(bytes(16))
    assert notice_purpose(user) == f"notice-address {user}"
