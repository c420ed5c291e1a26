"""Examples of the contract around exports: made up, and of the very structs that answer."""

from datetime import date
from typing import Final

from laborvoice.domain.export import File, Narrow
from laborvoice.domain.ids import ExportId
from laborvoice.views.exported import ExportView

EXPORT_ID: Final = ExportId.draw(b"an export's id 1")
WANTED: Final = {"kind": "E2", "format": "csv", "filter": {"country": "BD"}}
ASKED: Final = ExportView(
    id=EXPORT_ID,
    kind="E2",
    format="csv",
    filter=Narrow(country="BD"),
    state="asked",
    made_on=date(2026, 11, 12),
    expires_on=date(2026, 11, 19),
    files=(),
)
READY: Final = ExportView(
    id=EXPORT_ID,
    kind="E2",
    format="csv",
    filter=Narrow(country="BD"),
    state="ready",
    made_on=date(2026, 11, 12),
    expires_on=date(2026, 11, 19),
    files=(
        File(name="E2-portfolio.csv", bytes=5_120, sha256="0f" * 32, rows=38),
        File(name="manifest.json", bytes=2_048, sha256="1e" * 32, rows=0),
    ),
    manifest=f"/v1/exports/{EXPORT_ID}/files/manifest.json",
)
FILES: Final = {
    "text/csv": "supplier,os_id,name\r\n",
    "application/json": '[{"supplier": "sup_4jfhky32628wfaybwzv7f5tadw"}]',
    "text/html": "<!doctype html>",
}
KEY: Final = "a2V5IG9mIHRoZSBleHBvcnRzIG9mIG9uZSBwb3J0YWw="
