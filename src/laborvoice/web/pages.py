"""Pages: a template and structs in, bytes of HTML out.

How a page is made. The door (in ``api/portal/pages``) is declared like any other, with ``Operation(page=True, ...)``,
the answer ``html.PAGE`` and the scopes it needs; it is listed in PAGES of ``api/portal/pages/listed.py``, not in
HANDLERS, so it is no part of the OpenAPI document. ``menu="Suppliers"`` puts it into the navigation of those who hold
its scopes. It calls the same view or verb as its JSON twin and answers with ``html.page(request, "things.html",
things=...)``, which adds the frame (navigation, csrf, flash) and the headers.

A form is read by ``posted.read``; a fault is answered by ``html.filled(request, "things.html", form, ...)``, the same
page with status 422; success by ``html.see("/things", "saved")``: 303, and the text that ``html.DONE`` has for that
code. ``visit.csrf`` and ``visit.viewer`` are filled in by whoever admits the session.

A template begins so::

    {% extends "base.html" %}
    {% from "forms.html" import field, choice, submit, csrf, summary %}
    {% block title %}Things{% endblock %}
    {% block main %}
    {{ summary(form) }}
    <h1 tabindex="-1">Things</h1>
    <form method="post" action="/things">{{ csrf(frame) }}
      {{ field(form, "name", "Name", hint="As on the gate.") }}
      {{ submit("Save") }}
    </form>
    {% endblock %}

``form`` is a ``forms.Form`` of this room: values as typed and a message by field; ``Form()`` is an empty one. Cards:
``<div class="cards"><section class="card">…</section></div>``; tables: ``<div class="scroll"><table>``; prose stops at
75 characters by itself. Numbers, ids and ranges stand in ``<bdi dir="ltr">``. A score is printed by the macros of
``score.html`` alone. Everything is escaped; a name that is missing is an error. No ``style=``, no script, nothing from
another host: the policy of the page refuses them.
"""

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from laborvoice.domain import Value
from laborvoice.web import drawn, files, modules, places, words
from laborvoice.web.charts.share import Named, moved, named

_ENV: Final = Environment(
    loader=PackageLoader("laborvoice.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
_GLOBALS: Any = _ENV.globals
"""Typed by jinja as if there were never others than its own."""

_GLOBALS.update(
    {
        "asset": files.url,
        "module": modules.url,
        "words": words,
        "country": places.country,
        "industry": places.industry,
        "Named": Named,
        "named": named,
        "moved": moved,
        "strip": drawn.strip,
        "gauge": drawn.gauge,
        "beside": drawn.beside,
        "sparkline": drawn.sparkline,
        "trend": drawn.trend,
    }
)


def state(one: Value) -> str:
    """``published``, ``withheld`` or ``none``: which of a union it is."""
    return str(one.__struct_config__.tag)


def sentence(text: str) -> str:
    """Begins with a capital; the rest stays as it is."""
    return text[:1].upper() + text[1:]


_ENV.filters.update(state=state, sentence=sentence)


class Item(Value, frozen=True):
    """A line of the navigation."""

    href: str
    label: str


class Frame(Value, frozen=True):
    """What is around a page: who looks (``viewer`` is empty before login), where she may go, what was just done.

    ``path`` is that of the request; ``csrf`` goes into every form that posts; ``flash`` is shown once.
    """

    path: str
    menu: tuple[Item, ...] = ()
    viewer: str = ""
    csrf: str = ""
    flash: str = ""
    lang: str = "en"
    dir: str = "ltr"

    @property
    def here(self) -> str:
        """Where the line of the navigation leads to which the page belongs; empty where it belongs to none."""
        at = (one.href for one in self.menu if self.path == one.href or self.path.startswith(f"{one.href}/"))
        return max(at, key=len, default="")


def render(name: str, **structs: object) -> bytes:
    """``name`` is a file of templates/; every page needs a ``frame``."""
    return _ENV.get_template(name).render(**structs).encode()
