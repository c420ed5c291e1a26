"""Names of countries and industries: codes are for systems."""

from functools import cache
from typing import Final

from babel import Locale

DIVISION_DIGITS: Final = 2

_DIVISIONS: Final = """
01 Crops and animals
02 Forestry
03 Fishing
05 Coal
06 Oil and gas
07 Metal ores
08 Quarrying
09 Mining support
10 Food
11 Beverages
12 Tobacco
13 Textiles
14 Garments
15 Leather and footwear
16 Wood
17 Paper
18 Printing
19 Coke and refined oil
20 Chemicals
21 Pharmaceuticals
22 Rubber and plastics
23 Glass, ceramics, cement
24 Basic metals
25 Metal products
26 Electronics
27 Electrical equipment
28 Machinery
29 Motor vehicles
30 Other transport equipment
31 Furniture
32 Other manufacturing
33 Repair of machinery
35 Electricity and gas
36 Water
37 Sewerage
38 Waste
39 Remediation
41 Buildings
42 Civil engineering
43 Specialised construction
45 Motor trade
46 Wholesale
47 Retail
49 Land transport
50 Water transport
51 Air transport
52 Warehousing
53 Post and couriers
55 Accommodation
56 Food service
77 Rental
78 Recruitment and labour supply
80 Security
81 Cleaning and facilities
82 Office support
96 Personal services
97 Domestic work
"""
"""Of ISIC revision 4, in short; others are shown by their number."""


@cache
def country(code: str) -> str:
    """In English; a code that no table knows stays as it is."""
    names: dict[str, str] = dict(Locale.parse("en").territories)
    return names.get(code, code)


def industry(code: str) -> str:
    """Of a class or a division: the name of its division, with its number."""
    division = code[:DIVISION_DIGITS]
    name = _names().get(division)
    return division if name is None else f"{name} ({division})"


@cache
def _names() -> dict[str, str]:
    return {line[:DIVISION_DIGITS]: line[DIVISION_DIGITS + 1 :] for line in _DIVISIONS.strip().splitlines()}
