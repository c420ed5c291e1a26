"""Words of the fields of exports. Their bounds are in their types."""

from typing import Final

WORDS: Final[dict[str, str]] = {
    "ExportWanted.kind": "Which export.",
    "ExportView.kind": "Which export.",
    "ExportWanted.format": "Of its files.",
    "ExportView.format": "Of its files.",
    "ExportWanted.period": "Its releases; left out: the newest of each supplier.",
    "ExportWanted.filter": "Of the suppliers you may see, only these; E1 needs `supplier`.",
    "ExportView.filter": "Of the suppliers you may see, only these.",
    "ExportView.id": "Id of the export.",
    "ExportView.state": "`asked` until it is made.",
    "made_on": "The day it was asked for.",
    "expires_on": "The day from which it is gone.",
    "ExportView.files": "Its files, the manifest last; empty until it is ready.",
    "manifest": "Where the signed manifest is, once it is ready.",
    "File.name": "Its name.",
    "File.bytes": "Its size.",
    "sha256": "SHA-256 of its bytes, in hexadecimal.",
    "rows": "How many rows are in it, headings left out.",
    "algorithm": "Of the signature.",
    "ExportKey.key": "The public half, base64.",
}
