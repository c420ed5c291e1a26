"""QR codes as SVG, for pages that allow no style and no picture from elsewhere."""

from io import BytesIO
from typing import Final

import segno

from laborvoice.web.charts.svg import Svg

_SCALE: Final = 5
_QUIET: Final = 4


def svg(text: str, title: str) -> Svg:
    """Black on white whatever the page's colours: cameras want it so."""
    out = BytesIO()
    made = segno.make_qr(text, error="m")
    made.save(out, kind="svg", scale=_SCALE, border=_QUIET, xmldecl=False, light="#fff", title=title)
    return Svg(out.getvalue().decode())
