"""Pictures drawn without a browser, and the JavaScript that draws them in one."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...kernels import cache_folder
from ...kernels.files import write_whole
from ...kernels.text import nearest, visible
from ..errors import InputError, Parameter, Place, cause
from ..terminal.file_place import check_file_place
from .picture import Picture
from .theme import colours, theme

WIDTH = 800  # pixels of a picture in a file
_EDGE = 16  # pixels around it
SCALE = 2  # pixels of a PNG for one of the picture
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first comes with vl-convert: alike on all machines
_TITLE_LETTERS, _CAPTION_LETTERS = 80, 117  # that a line of WIDTH holds
PLOT = Parameter("plot")


def check_picture_path(path: Path, where: Place = PLOT) -> None:
    """Raise InputError where a picture could not be written to a path; said before the work, not after it.

    Parameters
    ----------
    path
        A file's name, which ends in .svg or .png.
    where
        What the message names.
    """
    if path.suffix.lower() not in _DRAWN:
        close = nearest(path.suffix.lower(), _DRAWN)
        raise InputError(f"{str(path)!r} ends in neither {' nor '.join(_DRAWN)}{close}", where=where)
    check_file_place(path, where)
    _converter()


def write_picture(picture: Picture, path: Path, dark: bool = False) -> None:
    """Draw a picture into a file, whole or not at all.

    Parameters
    ----------
    picture
        What is drawn, with its title above it and its caption.
    path
        Ends in .svg or .png; a PNG has two pixels for one of the SVG.
    dark
        Whether on dark ground.

    Raises
    ------
    InputError
        Where the path will not do, or what draws is not installed.
    """
    check_picture_path(path)
    data = _DRAWN[path.suffix.lower()](drawn_spec(picture, dark))
    try:
        write_whole(path, data)
    except (OSError, MemoryError) as error:
        raise InputError(f"{str(path)!r} could not be written ({cause(error)})", where=PLOT) from None


def drawn_spec(picture: Picture, dark: bool = False, width: int = WIDTH) -> dict[str, Any]:
    """Complete a picture's specification for a file: with title and caption, colours, and a width in pixels.

    Parameters
    ----------
    picture
        What is drawn.
    dark
        Whether on dark ground.
    width
        Of the whole picture (pixels).
    """
    shown_at = picture.shown_at()
    caption = f"{picture.caption} Shown for {shown_at}." if shown_at else picture.caption
    letters = (width * _TITLE_LETTERS // WIDTH, width * _CAPTION_LETTERS // WIDTH)
    title, subtitle = (
        textwrap.wrap(visible(text), count) for text, count in zip((picture.title, caption), letters, strict=True)
    )
    settings = {**theme(dark), "background": colours(dark).ground, "padding": _EDGE}
    return {
        **picture.spec,
        "width": width,
        "params": [{"name": "room", "value": width}, *(p for p in picture.spec.get("params", ()) if p["name"] != "room")],
        "description": caption,
        "title": {"text": title, "subtitle": subtitle},
        "config": _with_font(settings),
    }


def _with_font(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Put the fonts of files in the place of the system's."""
    return {
        name: _with_font(value) if isinstance(value, Mapping) else _FONT if name.lower().endswith("font") else value
        for name, value in settings.items()
    }


def vega_bundle() -> str:
    """Return the JavaScript of Vega, Vega-Lite and Vega-Embed as one script, which sets ``vegaEmbed`` of the page's window.

    It is kept in the cache folder, since it takes a second to make.

    Raises
    ------
    InputError
        Where vl-convert is not installed.
    """
    converter = _converter()
    name = f"vega_{converter.__version__}_apart.js"
    kept = cache_folder.read(name)
    if kept is not None:
        return kept.decode()
    script = f"(() => {{\n{converter.javascript_bundle()}\n}})();\n"  # else its short names clash with those of the page
    cache_folder.write(name, script.encode())
    return script


def _converter() -> Any:
    try:
        import vl_convert
    except ImportError:
        raise InputError("pictures need vl-convert: pip install 'flopwatt[report]'") from None
    return vl_convert


def _svg(spec: Mapping[str, Any]) -> bytes:
    text: str = _converter().vegalite_to_svg(spec, allowed_base_urls=[])
    return text.encode() + b"\n"


def _png(spec: Mapping[str, Any]) -> bytes:
    data: bytes = _converter().vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    return data


_DRAWN = {".svg": _svg, ".png": _png}
