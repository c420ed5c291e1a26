"""How many invites a campaign may have."""

import pytest

from laborvoice.domain.campaign import most_invites, to_ten


@pytest.mark.parametrize(("headcount", "most"), [(0, 0), (19, 20), (100, 110), (119, 130), (1000, 1100)])
def test_at_most_one_and_a_tenth_a_head(headcount: int, most: int) -> None:
    assert most_invites(headcount) == most


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (4, 0), (5, 10), (20, 20), (24, 20), (25, 30), (238, 240)])
def test_enrolled_is_to_the_nearest_ten(count: int, shown: int) -> None:
    assert to_ten(count) == shown
