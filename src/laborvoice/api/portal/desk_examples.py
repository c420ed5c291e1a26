"""Examples of the desk's doors: made up."""

from datetime import UTC, date, datetime
from typing import Final

from msgspec import structs

from laborvoice.api.portal.examples import SUPPLIER
from laborvoice.crypto.framing import b64
from laborvoice.domain.condition import Condition
from laborvoice.domain.dossier import Action, Finding
from laborvoice.domain.ids import ActionId, ApprovalId, CaseId, FindingId, MessageId, PartyId
from laborvoice.views.cases import ApprovalView, AudienceView, CaseView, DueView
from laborvoice.views.messages import MessageView

MESSAGE_ID: Final = MessageId.parse("msg_5t2q8m6x1v9z3k7r4whcbnjyd0")
_STORY_ID: Final = MessageId.parse("msg_1k7r4whcbnjyd05t2q8m6x9v3z")
_ITEM: Final = bytes(range(256)) * 4
_EMPTY: Final = {"next_cursor": None, "has_more": False}

MESSAGE: Final = MessageView(
    id=MESSAGE_ID,
    kind="urgent",
    voiced=True,
    week="2026-W48",
    kid="AAECAwQFBgc",
    suite=1,
    slots=2,
    place=0,
    state="new",
    due=datetime(2026, 11, 24, 15, tzinfo=UTC),
)
_STORY: Final = MessageView(
    id=_STORY_ID, kind="story", voiced=False, week="2026-W48", kid="AAECAwQFBgc", suite=1, slots=2, place=1, state="new"
)
MESSAGES: Final = {"data": (MESSAGE, _STORY), **_EMPTY}
READ: Final = {"messages": (MESSAGE_ID, _STORY_ID)}
CLOSE: Final = {"reason": "answered"}
CLOSE_ALL: Final = {"messages": (_STORY_ID,), "reason": "known_already"}
CLOSED: Final = {"closed": 1}
ITEM: Final = {"item": b64(_ITEM)}

CASE_ID: Final = CaseId.parse("cas_5t2q8m6x1v9z3k7r4whcbnjyd0")
APPROVAL_ID: Final = ApprovalId.parse("apr_1k7r4whcbnjyd05t2q8m6x9v3z")
ACTION_ID: Final = ActionId.parse("act_3z1k7r4whcbnjyd05t2q8m6x9v")
_FINDING_ID: Final = FindingId.parse("fnd_3z1k7r4whcbnjyd05t2q8m6x9v")
_BRAND: Final = PartyId.parse("par_1k7r4whcbnjyd05t2q8m6x9v3z")
_FINDING: Final = Finding(
    id=_FINDING_ID,
    condition=Condition.BUILDING_FIRE,
    text="All exits of the site are locked while people work.",
    since_month="2026-09",
    ilo=("C155", "C187"),
)
_ACTION: Final = Action(
    id=ACTION_ID,
    finding=_FINDING_ID,
    root_cause="Fear of theft.",
    action="Alarmed doors instead of locks.",
    owner="Plant manager",
    due=date(2026, 12, 15),
    evidence=("Visit of the union",),
    state="open",
    brand_contribution="Pays half of the doors.",
)
_SHOWN: Final = CaseView(
    id=CASE_ID,
    number="7K2QX9MB",
    supplier=SUPPLIER.id,
    cls="U1",
    state="substantiated",
    received="2026-11",
    due=(
        DueView(step="brand_acknowledge", met=True),
        DueView(step="plan", at=datetime(2026, 12, 1, 10, tzinfo=UTC), overdue=False),
    ),
    findings=(_FINDING,),
    actions=(_ACTION,),
    loop_messages=(),
    condition=Condition.BUILDING_FIRE,
    severity=Condition.BUILDING_FIRE.severity,
)
CASE: Final = structs.replace(
    _SHOWN,
    title="Exits",
    notes="The union visits on Monday.",
    audience=(AudienceView(party=_BRAND, name="Example Brand", kind="brand"),),
    next=("plan_agreed", "on_hold_safety"),
    evidence_source="union",
    version=7,
    created_on=date(2026, 11, 24),
)
CASES: Final = {"data": (CASE,), **_EMPTY}
CASE_WANTED: Final = {"supplier": SUPPLIER.id, "class": "U1", "condition": "building_fire", "title": "Exits"}
CASE_CHANGE: Final = {"notes": "The union visits on Monday."}
TRANSITION: Final = {"to": "substantiated", "evidence_source": "union"}
SHARE: Final = {
    "parties": (_BRAND,),
    "disclosure_check": {
        "ten_or_more_could_know": "yes",
        "no_words_photo_time_or_channel": "yes",
        "teller_allows_the_brand": "yes",
        "form_names_no_source": "yes",
        "child_and_consent_first": "not_applicable",
        "undocumented_advised": "not_applicable",
        "no_retaliation_agreed": "yes",
        "own_part_asked": "yes",
    },
}
FINDING: Final = {
    "condition": "building_fire",
    "text": "All exits of the site are locked while people work.",
    "since_month": "2026-09",
    "ilo": ("C155", "C187"),
}
ACTION: Final = {
    "finding": _FINDING_ID,
    "root_cause": "Fear of theft.",
    "action": "Alarmed doors instead of locks.",
    "owner": "Plant manager",
    "due": date(2026, 12, 15),
}
LOOP: Final = {
    "period": "2026-Q4",
    "you_said": "Exits are locked.",
    "we_did": "On 15 December they were opened.",
    "not_yet": "The stairs.",
    "object_how": "Write to us with your receipt.",
    "languages": ("bn", "en"),
}
APPROVAL: Final = ApprovalView(
    id=APPROVAL_ID,
    case=CASE_ID,
    kind="share",
    state="pending",
    created_on=date(2026, 11, 24),
    shown=_SHOWN,
    parties=(_BRAND,),
)
APPROVALS: Final = {"data": (APPROVAL,), **_EMPTY}
DECISION: Final = {"decision": "approve"}
