"""Shapes: the JSON Schema of our structs, each field with its words."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from laborvoice.api.problems import Bare, Full
from laborvoice.api.words import FIELDS
from laborvoice.domain import ids

_REF: Final = "#/components/schemas/{name}"

Schema = dict[str, Any]


class Shapes:
    """All structs of a document, once, under their names; ``problem`` is what a refusal is said with."""

    def __init__(self, problem: type[Full | Bare], shapes: Iterable[Any]) -> None:
        self.problem = problem
        self._known: list[Any] = [problem]
        for shape in shapes:
            if shape not in self._known:
                self._known.append(shape)
        schemas, components = msgspec.json.schema_components(self._known, schema_hook=ids.schema, ref_template=_REF)
        self._schemas = schemas
        self.components = {name: described(name, schema) for name, schema in sorted(components.items())}

    def of(self, shape: Any) -> Schema:  # noqa: ANN401 - a type
        return self._schemas[self._known.index(shape)]

    def patch(self, shape: Any) -> Schema:  # noqa: ANN401 - a type
        """Of a merge patch of it: no member has to be there."""
        whole = self.components[shape.__name__]
        return {key: value for key, value in whole.items() if key not in {"required", "title"}}


def described(name: str, schema: Schema) -> Schema:
    """Each field with its description and bounds from the words of the API."""
    for field, shape in schema.get("properties", {}).items():
        words = FIELDS.get(f"{name}.{field}", FIELDS.get(field, {}))
        shape.update({key: value for key, value in words.items() if key not in shape})
    return schema
