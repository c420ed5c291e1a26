"""Domain words for what can go wrong. The docstring of a class is its message."""


class LaborvoiceError(Exception):
    """Something went wrong."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (type(self).__doc__ or "").strip().splitlines()[0])


class Malformed(LaborvoiceError):
    """The bytes do not have the form that is asked for."""


class Undecryptable(LaborvoiceError):
    """The bytes do not open with this key in this context."""


class BadSignature(LaborvoiceError):
    """The signature does not verify."""


class KeyMissing(LaborvoiceError):
    """There is no such key in the keyring."""


class KeyDestroyed(LaborvoiceError):
    """The key was destroyed and is never loaded again."""


class BadSetting(LaborvoiceError):
    """A setting is missing or wrong."""


class HomeInUse(LaborvoiceError):
    """The home directory is in use by another process."""


class DatabaseUnavailable(LaborvoiceError):
    """The database does not answer."""


class SchemaBehind(LaborvoiceError):
    """The schema of the database is not the one this version needs."""


class Busy(LaborvoiceError):
    """There is more work waiting than the queue holds."""


class NotFound(LaborvoiceError):
    """There is no such thing, or it may not be seen."""


class Conflict(LaborvoiceError):
    """The request does not fit the present state."""


class ManifestRefused(LaborvoiceError):
    """The manifest or part fails a check; nothing was sent."""


class BlockedAddress(LaborvoiceError):
    """The address is not one that webhooks may be sent to."""


class ClockRefused(LaborvoiceError):
    """The vault's clock jumped; the period is not closed until someone confirms the clock."""


class QuestionsRefused(LaborvoiceError):
    """The question bank does not satisfy its rules."""


class QuestionMeaningChanged(LaborvoiceError):
    """A question means something else under an old code; a new meaning needs a new code."""


class BadField(Malformed):
    """A field has a value that is not allowed."""

    def __init__(self, pointer: str = "", detail: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer


class BadIdentifier(BadField):
    """The check digit of an identifier does not fit."""


class ProbableDuplicate(Conflict):
    """There is probably such a supplier already."""

    def __init__(self, detail: str = "", candidates: tuple[object, ...] = ()) -> None:
        super().__init__(detail)
        self.candidates = candidates


class LinkNotClaimed(Conflict):
    """Only a claimed link can be confirmed, and one that ended cannot be ended again."""


class TwoPersonRule(LaborvoiceError):
    """Another person must decide the same."""


class LastAdmin(Conflict):
    """She is the last admin of her party: make another one first."""


class LinkExpired(LaborvoiceError):
    """The link was used, has expired, or never was."""


class TransitionRefused(Conflict):
    """From the present state this step is not allowed."""

    def __init__(self, detail: str = "", missing: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.missing = missing


class NoticesOff(Conflict):
    """No mail relay is set up here."""


class TagTaken(Conflict):
    """Another reply has this address: read it and take the next."""


class EndpointNotVerified(Conflict):
    """The endpoint has not been verified: nothing but its challenge and a test is sent to it."""


class EngagementProhibited(Conflict):
    """Contact itself endangers people at this supplier: no campaign is opened."""


class CampaignRefused(LaborvoiceError):
    """The campaign lacks something that must hold before workers are asked."""


class Unanswered(LaborvoiceError):
    """The server gave no whole answer."""


class BackupRefused(LaborvoiceError):
    """The backup was not made, or not loaded."""
