"""A page from a template: everything that is not markup of the template's own is escaped, and an unknown name is an error."""

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..pictures.picture import Slider
from ..pictures.theme import theme
from . import inlined
from .page_table import PageTable, data_columns

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_ANSWERS = "data-answers "  # what a button has in the markup that saves a run's answers
_DRAWN = 'data-picture="'  # what a picture's place in the markup begins with


def render_page(template: str, **values: Any) -> str:
    """Render a page.

    Parameters
    ----------
    template
        A file's name in ``templates/``; it extends ``base.html.j2``.
    **values
        What the template names; texts among them are escaped. ``title`` is the page's; ``sections`` are the pairs of id and
        title of which the contents are made.

    Returns
    -------
    str
        One HTML document that loads nothing.

    Raises
    ------
    InputError
        Where Jinja2 is not installed.
    """
    return environment().get_template(template).render(values)


def script_json(value: Any) -> "Markup":
    """Write data as JSON for a ``<script type="application/json">``, in which no character can end the element.

    Parameters
    ----------
    value
        As `json_text` takes it.
    """
    from markupsafe import Markup

    return Markup(inlined.json_text(value))


@functools.cache
def environment() -> "Environment":
    """Return what templates are rendered by.

    Raises
    ------
    InputError
        Where Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise InputError("a report is made by Jinja2, which is not installed: pip install 'flopwatt[report]'") from None
    templates = Environment(
        loader=FileSystemLoader(inlined.FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["script_json"] = script_json
    templates.globals.update(
        page_parts=_page_parts,
        page_table=PageTable,
        data_columns=data_columns,
        slider_data=_slider_data,
    )
    return templates


def _page_parts(body: str) -> Mapping[str, Any]:
    """Choose what a page needs for its body: its styles, its scripts, and the policy that allows these and nothing else."""
    from markupsafe import Markup

    scripts = [inlined.script_text(inlined.asset("page.js"))]
    if _ANSWERS in body:
        scripts.insert(0, inlined.script_text(inlined.asset("answers.js")))
    if _DRAWN in body:
        scripts.insert(0, inlined.picture_scripts())
    sources = " ".join(map(inlined.script_hash, scripts))
    policy = (
        f"default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src {sources}; base-uri 'none'; "
        "form-action 'none'"
    )
    return {
        "style": Markup(inlined.asset("page.css")),
        "scripts": [Markup(script) for script in scripts],
        "policy": policy,
        "themes": _themes(),
    }


def _themes() -> Mapping[str, Any]:
    """Return the pictures' colours, on light ground and on dark."""
    return {"light": theme(dark=False), "dark": theme(dark=True)}


def _slider_data(sliders: Sequence[Slider]) -> Sequence[Mapping[str, Any]]:
    """Return what a picture's script needs of its sliders: the signal that each sets, and the words of its points."""
    return [{"signal": slider.signal, "points": slider.points} for slider in sliders]
