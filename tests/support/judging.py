"""The rules of the phone beside those of ``domain.urgency``; and what a phone of 2020 does not have."""

import itertools
import json

from playwright.async_api import Page

from laborvoice.domain.urgency import urgency
from laborvoice.web import i18n
from support.phone import BANK

NEWER = """
delete String.prototype.replaceAll; delete Element.prototype.replaceChildren; delete Document.prototype.replaceChildren;
delete Array.prototype.at; delete String.prototype.at; delete Object.hasOwn; delete window.structuredClone;
delete Crypto.prototype.randomUUID; delete AbortSignal.timeout; delete AbortSignal.any; delete window.CloseWatcher;
delete Array.prototype.findLast; delete Promise.any; delete Array.fromAsync; delete window.trustedTypes;
"""
TELLING = (
    "danger_now",
    "wages_full",
    "overtime_refuse",
    "building_danger",
    "debt_owed",
    "documents_held",
    "free_to_leave_site",
    "free_to_quit",
    "physical_violence",
)
"""The questions whose answers can call for help, alone or together."""


async def same_on_the_phone(page: Page) -> None:
    """Every combination of adverse answers to the telling questions."""
    known = BANK.by_id()
    given = [
        {code: known[code].adverse[0] for code in codes}
        for size in range(len(TELLING) + 1)
        for codes in itertools.combinations(TELLING, size)
    ]
    wanted = [
        [bool(found.u1), list(found.indicators), [str(one) for one in found.conditions], found.u2]
        for found in (urgency(BANK, answers) for answers in given)
    ]
    pack = json.loads(i18n.packs()["lang/en.json"])
    folder = await page.locator('script[type="module"]').get_attribute("src") or ""
    found = await page.evaluate(
        """async ([folder, pack, given]) => {
          const { urgency } = await import(folder.replace("first.mjs", "rest.mjs"));
          return given.map((answers) => {
            const { triggers, indicators, conditions, readMore } = urgency(pack, answers);
            return [triggers.length > 0, indicators, conditions, readMore];
          });
        }""",
        [folder, pack, given],
    )
    assert found == wanted
