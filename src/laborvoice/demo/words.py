"""What the synthetic workers say: invented words, and they say so. In the language of the place, where we have one."""

from collections.abc import Mapping
from typing import Final

from laborvoice.domain import Value


class Words(Value, frozen=True):
    language: str
    text: str


STORIES: Final[Mapping[str, Words]] = {
    "BD": Words(language="bn", text="ডেমোর কৃত্রিম কথা: এ মাসেও মজুরি দেরিতে এসেছে।"),
    "ID": Words(language="id", text="Kata-kata buatan untuk demo: upah bulan ini terlambat lagi."),
    "PK": Words(language="ur", text="ڈیمو کے فرضی الفاظ: اس مہینے بھی اجرت دیر سے ملی"),
    "TH": Words(language="th", text="ข้อความสมมติของการสาธิต: เดือนนี้ค่าจ้างจ่ายช้าอีกแล้ว"),
    "TR": Words(language="tr", text="Demo için uydurma sözler: bu ay da ücret geç ödendi."),
}
"""By the supplier's country."""
STORY: Final = Words(language="en", text="Synthetic words of the demo: the wage came late again this month.")
CALL: Final = Words(
    language="en", text="Synthetic words of the demo: since Sunday they lock the dormitory at night. We cannot get out."
)
ANSWER: Final = (
    "Synthetic words of the demo: we have read you, and ask for open doors without naming anybody. Stay safe."
)
TITLE: Final = "Dormitory locked at night (demo)"


def story(country: str) -> Words:
    return STORIES.get(country, STORY)
