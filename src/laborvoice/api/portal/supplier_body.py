"""What is sent of a supplier: its fields with their bounds, and the description they make."""

from typing import Annotated, Final

from msgspec import Meta

from laborvoice.api.portal.common import Country
from laborvoice.domain import Inbound
from laborvoice.domain.ids import SupplierId
from laborvoice.domain.supplier import Engagement, Profile, Scheme, SupplierKind, checks, normal
from laborvoice.errors import BadField, BadIdentifier
from laborvoice.views import countries

Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
Number = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z -]*$")]
Isic = Annotated[str, Meta(pattern=r"^[0-9]{2,4}$")]
Hs = Annotated[str, Meta(pattern=r"^[0-9]{6}$")]
Workers = Annotated[int, Meta(ge=0, le=10_000_000)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Lng = Annotated[float, Meta(ge=-180, le=180)]
MinAge = Annotated[int, Meta(ge=12, le=18)]
Classes = Annotated[tuple[Isic, ...], Meta(max_length=50)]
Products = Annotated[tuple[Hs, ...], Meta(max_length=200)]

UNFIT: Final = "The check digit does not fit: one of the characters is wrong."


class IdentifierWanted(Inbound, frozen=True):
    scheme: Scheme
    value: Number


class SupplierChange(Inbound, frozen=True):
    """The whole entry, as a merge patch changes it."""

    name: Text
    address: Text
    country: Country
    kind: SupplierKind = "factory"
    native_name: Text | None = None
    os_id: Number | None = None
    lat: Lat | None = None
    lng: Lng | None = None
    isic: Classes = ()
    products: Products = ()
    workers_min: Workers | None = None
    workers_max: Workers | None = None
    parent: Text | None = None
    min_age: MinAge | None = None
    engagement: Engagement = "ok"
    closed: bool = False
    identifiers: Annotated[tuple[IdentifierWanted, ...], Meta(max_length=4)] = ()


class SupplierWanted(SupplierChange, frozen=True):
    """``force``: it was seen that there is one like it, and this is another."""

    force: bool = False


class SupplierNamed(Inbound, frozen=True):
    into: SupplierId


def profile(body: SupplierChange, before: Profile | None = None) -> Profile:
    """Raises BadField, BadIdentifier, naming the field. Numbers that were there ``before`` are not judged again."""
    said: list[tuple[str, Scheme, str]] = [
        (f"/identifiers/{at}/value", one.scheme, one.value) for at, one in enumerate(body.identifiers)
    ]
    if body.os_id is not None:
        said = [("/os_id", "os_id", body.os_id), *(one for one in said if one[1] != "os_id")]
    known = dict[Scheme, str]() if before is None else before.identifiers
    numbers: dict[Scheme, str] = {}
    for pointer, scheme, value in said:
        if scheme in numbers:
            raise BadField(pointer, "There is another of the same kind.")
        if known.get(scheme) != normal(value) and not checks(scheme, normal(value)):
            raise BadIdentifier(pointer, UNFIT)
        numbers[scheme] = value
    if countries.by_name().get(body.country.casefold()) != body.country:
        raise BadField("/country", "There is no such country.")
    if body.workers_min is not None and body.workers_max is not None and body.workers_max < body.workers_min:
        raise BadField("/workers_max", "It is less than the least.")
    if (body.lat is None) != (body.lng is None):
        raise BadField("/lng" if body.lng is None else "/lat", "A place has both.")
    return Profile(
        name=body.name,
        address=body.address,
        country=body.country,
        kind=body.kind,
        native_name=body.native_name,
        lat=body.lat,
        lng=body.lng,
        isic=body.isic,
        products=body.products,
        workers_min=body.workers_min,
        workers_max=body.workers_max,
        parent=body.parent,
        min_age=body.min_age,
        engagement=body.engagement,
        closed=body.closed,
        synthetic=before is not None and before.synthetic,
        identifiers=numbers,
    )


def present(said: Profile) -> SupplierChange:
    """What a merge patch is put upon."""
    return SupplierChange(
        name=said.name,
        address=said.address,
        country=said.country,
        kind=said.kind,
        native_name=said.native_name,
        os_id=said.identifiers.get("os_id"),
        lat=said.lat,
        lng=said.lng,
        isic=said.isic,
        products=said.products,
        workers_min=said.workers_min,
        workers_max=said.workers_max,
        parent=said.parent,
        min_age=said.min_age,
        engagement=said.engagement,
        closed=said.closed,
        identifiers=tuple(
            IdentifierWanted(scheme=scheme, value=value)
            for scheme, value in said.identifiers.items()
            if scheme != "os_id"
        ),
    )
