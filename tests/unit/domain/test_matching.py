"""Matching: spellings of one site meet, two sites stay apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laborvoice.domain.matching import MAYBE, SURE, Face, Index, face, match

Site = tuple[str, str, str]

SAME = {
    "abbreviations": (
        ("BD", "Mohammadi Garments Ltd.", "12 Station Rd, Dhaka"),
        ("BD", "Mohammadi Gmts Limited", "12 Station Road, Dhaka"),
    ),
    "transliterations": (
        ("BD", "Mohammadi Garments", "12 Station Road, Dacca"),
        ("BD", "Muhammadi Garment", "12 Station Road, Dhaka"),
    ),
    "titles": (("PK", "Md. Aslam Textile", "4 Mall Rd"), ("PK", "Mohammed Aslam Textiles", "4 Mall Road")),
    "accents": (
        ("VN", "Công Ty TNHH May Việt Thắng", "127 Lê Văn Chí"),
        ("VN", "CONG TY TNHH MAY VIET THANG", "127 Le Van Chi"),
    ),
    "letters": (("TR", "I\u015f\u0131k Tekstil A.Ş.", "Sanayi Bölgesi"), ("TR", "Isik Tekstil AS", "Sanayi Bolgesi")),
    "initials": (("BD", "S.M. Knitwear", "1 Mill Lane"), ("BD", "SM Knitwear Co., Ltd", "1 Mill Ln")),
    "spaces": (("CN", "Uni Corn Textile", "5 Renmin Rd"), ("CN", "Unicorn Textiles Co Ltd", "No. 5 Renmin Road")),
    "a shorter address": (
        ("BD", "Padma Denim", "Plot 12, Sector 3, Savar, Dhaka-1340"),
        ("BD", "Padma Denim Ltd", "Savar, Dhaka"),
    ),
    "leading zeros": (("IN", "Rupa Unit 02", "7 MG Road"), ("IN", "Rupa Unit 2", "7 MG Rd")),
}
OTHER = {
    "another name": (("BD", "Padma Garments", "12 Station Road"), ("BD", "Omega Garments", "45 Mirpur Road")),
    "another unit": (("BD", "Padma Denim Unit 1", "Savar"), ("BD", "Padma Denim Unit 2", "Savar, Dhaka")),
    "another country": (("BD", "Padma Denim", "Savar"), ("IN", "Padma Denim", "Savar")),
    "generic words alone": (("BD", "Fashion Knitwear", "1 A Lane"), ("BD", "Apparel Knitwear", "2 B Lane")),
    "numbers": (("BD", "Sample Garments 11", "11 Invented Road"), ("BD", "Sample Garments 12", "12 Invented Road")),
}
LOOK = {
    "another plot": (("BD", "Padma Denim", "Plot 12, Savar"), ("BD", "Padma Denim", "Plot 45, Savar")),
    "another town": (("BD", "Padma Denim", "Savar, Dhaka"), ("BD", "Padma Denim Ltd", "Mirpur")),
}
OURS, THEIRS = "os_id:BD2026001DEM011", "os_id:PK2026001DEM07W"


def of(site: Site, *ids: str, native: str = "") -> Face:
    return face(site[0], (site[1], native), site[2], ids)


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_spellings_of_one_site(pair: tuple[Site, Site]) -> None:
    assert match(of(pair[0]), of(pair[1])) > SURE


@pytest.mark.parametrize("pair", OTHER.values(), ids=OTHER)
def test_two_sites(pair: tuple[Site, Site]) -> None:
    assert match(of(pair[0]), of(pair[1])) < MAYBE


@pytest.mark.parametrize("pair", LOOK.values(), ids=LOOK)
def test_somebody_must_look(pair: tuple[Site, Site]) -> None:
    assert MAYBE <= match(of(pair[0]), of(pair[1])) <= SURE


def test_numbers_decide() -> None:
    one, other = SAME["abbreviations"]
    assert match(of(one, OURS), of(("VN", "Other", "Far"), OURS)) == 1.0
    assert match(of(one, OURS), of(other, THEIRS)) == SURE
    assert match(of(one, OURS), of(LOOK["another town"][0], THEIRS)) == 0.0
    assert match(of(one, OURS), of(other)) > SURE


def test_a_native_name_is_a_name() -> None:
    one = of(("BD", "Padma Denim", "Savar"), native="পদ্মা ডেনিম")
    assert match(one, of(("BD", "পদ্মা ডেনিম", "Savar"))) > SURE


@pytest.mark.parametrize("name", ["", "Ltd", "& Co.", "!!!"])
def test_names_that_say_little(name: str) -> None:
    assert 0.0 <= match(of(("BD", name, "")), of(("BD", name, ""))) <= 1.0
    assert match(of(("BD", name, "Savar")), of(SAME["initials"][0])) < MAYBE


TEXT = st.text(max_size=30)


@settings(deadline=None)
@given(TEXT, TEXT, TEXT, TEXT)
def test_alike_is_mutual_and_between_none_and_all(name: str, address: str, other: str, place: str) -> None:
    one, two = of(("BD", name, address)), of(("BD", other, place))
    assert match(one, two) == match(two, one)
    assert 0.0 <= match(one, two) <= 1.0


def test_the_index_finds_what_comparing_with_all_would() -> None:
    index: Index[str] = Index()
    for name, (one, _) in SAME.items():
        index.add(of(one), name)
    for name, (one, other) in SAME.items():
        found = {key: score for score, key in index.best(of(other))}
        assert found[name] == match(of(one), of(other))
    assert index.best(of(("KH", "Nobody", "Nowhere"))) == ()


def test_at_most_three_the_likeliest_first() -> None:
    index: Index[int] = Index()
    for number in range(300):
        index.add(of(("BD", "Padma Denim", f"{number} Savar Road")), number)
    found = index.best(of(("BD", "Padma Denim", "7 Savar Road")))
    assert (len(found), found[0][1]) == (3, 7)
    assert found[0][0] > found[1][0]
