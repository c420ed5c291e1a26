"""The tables of the synthetic world: the whole one of design, domain 9, and a small one for a check within a minute."""

from typing import Final

from laborvoice.demo.world import Party, Site, World
from laborvoice.domain.condition import Condition

NOWHERE: Final = "ZZ"
"""A code that ISO leaves to its users: where the supplier is, is not known."""

AURELLINE: Final = Site(
    number=1,
    short="Aurelline Stitch",
    country="BD",
    isic="1410",
    answers=180,
    expected="low",
    levels=(-2.0, -2.0, -2.0, -2.0),
)
BRACKENFOLD: Final = Site(
    number=2,
    short="Brackenfold Knit",
    country="BD",
    isic="1410",
    answers=200,
    expected="high, then moderate or low; improving",
    levels=(0.9, 0.9, 0.7, -1.1),
    overrides={Condition.WAGES: (0.40, 0.40, 0.35, 0.05)},
)
CORVANE: Final = Site(
    number=3,
    short="Corvane Apparel",
    country="BD",
    isic="1410",
    answers=200,
    expected="at last high; worsening",
    levels=(-0.6, -0.6, -0.5, 1.0),
    overrides={Condition.WAGES: (0.05, 0.05, 0.05, 0.40)},
)
DOVEMARK: Final = Site(
    number=4,
    short="Dovemark Sewing",
    country="BD",
    isic="1410",
    answers=160,
    expected="moderate",
    levels=(-0.2, -0.2, -0.2, -0.2),
)
ELMGATE: Final = Site(
    number=5,
    short="Elmgate Garments",
    country="BD",
    isic="1410",
    answers=160,
    expected="moderate",
    levels=(0.0, 0.0, 0.0, 0.0),
)
FARROWDENE: Final = Site(
    number=6,
    short="Farrowdene Fashion",
    country="BD",
    isic="1410",
    answers=140,
    expected="high",
    levels=(0.5, 0.5, 0.5, 0.5),
    overrides={Condition.FREEDOM_OF_ASSOCIATION: (0.50, 0.50, 0.50, 0.50)},
)
GILDRY: Final = Site(
    number=7,
    short="Gildry Weave",
    country="PK",
    isic="1430",
    answers=200,
    expected="severe, then moderate; improving in building_fire, fresh start",
    levels=(-0.2, -0.2, -0.2, -0.2),
    overrides={Condition.BUILDING_FIRE: (0.45, 0.45, 0.45, 0.02)},
)
HARROWFIN: Final = Site(
    number=8,
    short="Harrowfin Seafood",
    country="TH",
    isic="1020",
    answers=140,
    expected="severe, by freedom_of_movement",
    levels=(0.3, 0.3, 0.3, 0.3),
    overrides={Condition.FREEDOM_OF_MOVEMENT: (0.45, 0.45, 0.45, 0.45)},
)
IVOREL: Final = Site(
    number=9,
    short="Ivorel Labour Supply",
    country="MY",
    isic="7830",
    kind="recruiter",
    answers=140,
    expected="high",
    levels=(0.2, 0.2, 0.2, 0.2),
    overrides={Condition.RECRUITMENT_DEBT: (0.75, 0.75, 0.75, 0.75)},
)
JUNIPER: Final = Site(
    number=10,
    short="Juniper Ten",
    country="KH",
    isic="1520",
    answers=18,
    expected="withheld, published for two quarters, withheld, ...",
    levels=(0.2, 0.2, 0.2, 0.2),
)
KESTREL: Final = Site(
    number=11,
    short="Kestrel Orchard",
    country="TR",
    isic="0121",
    kind="farm",
    answers=6,
    expected="always withheld",
    levels=(0.0, 0.0, 0.0, 0.0),
    people=60,
    printed=30,
)
LANTERNSEA: Final = Site(
    number=12,
    short="Lanternsea Fleet",
    country="ID",
    isic="0311",
    kind="vessel",
    answers=62,
    expected="high, low confidence, only the top",
    levels=(1.0, 1.0, 1.0, 1.0),
)
MARROWBY: Final = Site(
    number=13,
    short="Marrowby Textile",
    country=NOWHERE,
    isic="1311",
    answers=0,
    expected="refused",
    engagement="prohibited",
)
NETTLEWICK: Final = Site(number=14, short="Nettlewick Works", country="VN", isic="1410", answers=0, expected="none")

WHOLE: Final = World(
    sites=(
        *(AURELLINE, BRACKENFOLD, CORVANE, DOVEMARK, ELMGATE, FARROWDENE, GILDRY),
        *(HARROWFIN, IVOREL, JUNIPER, KESTREL, LANTERNSEA, MARROWBY, NETTLEWICK),
    ),
    # In BD each buys from two, and one of these from both: so of five other suppliers at least three have no link to
    # either, and what is usual there can be learnt (design, domain 4.3).
    brands=(
        Party(
            short="Alder & Quay",
            country="DE",
            links=(
                *(AURELLINE.short, CORVANE.short, GILDRY.short, HARROWFIN.short),
                *(JUNIPER.short, LANTERNSEA.short, NETTLEWICK.short),
            ),
        ),
        Party(
            short="Birchline",
            country="SE",
            links=(BRACKENFOLD.short, CORVANE.short, GILDRY.short, IVOREL.short, KESTREL.short),
            claims=(DOVEMARK.short,),
        ),
    ),
    watchdogs=(
        Party(short="Sea and Soil Watch", country="TH", scopes=("TH", "ID", "TR", "MY")),
        Party(short="Delta Garment Voices", country="BD", scopes=("BD", "PK", "KH")),
        Party(short="Open Door Network", country="NL", scopes=("all",)),
    ),
    quarters=4,
    call=HARROWFIN.short,
)

PUBLISHED: Final = 44
"""Answers a quarter that are published whatever noise is drawn: its count of noise ends at 16 and 26 are needed."""
WITHHELD: Final = 3
"""Three quarters of them together are below that, whatever noise is drawn: they are carried twice, then dropped."""

SMALL: Final = World(
    sites=(
        Site(
            number=1,
            short=AURELLINE.short,
            country="BD",
            isic="1410",
            answers=PUBLISHED,
            expected="low or moderate",
            levels=(-2.0, -2.0, -2.0),
        ),
        Site(
            number=6,
            short=FARROWDENE.short,
            country="BD",
            isic="1410",
            answers=PUBLISHED,
            expected="high",
            levels=(1.0, 1.0, 1.0),
        ),
        Site(
            number=11,
            short=KESTREL.short,
            country="TR",
            isic="0121",
            kind="farm",
            answers=WITHHELD,
            expected="always withheld",
            levels=(0.0, 0.0, 0.0),
            people=KESTREL.people,
            printed=KESTREL.printed,
        ),
        MARROWBY,
    ),
    brands=(
        Party(short="Alder & Quay", country="DE", links=(AURELLINE.short, KESTREL.short)),
        Party(short="Birchline", country="SE", links=(FARROWDENE.short,), claims=(AURELLINE.short,)),
    ),
    watchdogs=(Party(short="Open Door Network", country="NL", scopes=("all",)),),
    quarters=3,
    call=FARROWDENE.short,
)
