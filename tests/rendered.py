"""Markdown as GitHub renders it, by markdown-it: HTML as it is, tables and struck text."""

import html
import re

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def render(text: str) -> str:
    """Render Markdown to HTML."""
    return _MARKDOWN.render(text)


def rendered_tables(text: str) -> list[list[list[str]]]:
    """The cells of each table's rows, without the heading, as a reader sees them."""
    tables = re.findall(r"<tbody>(.*?)</tbody>", render(text), re.DOTALL)
    rows = [re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL) for table in tables]
    return [[[seen(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)] for row in table] for table in rows]


def seen(fragment: str) -> str:
    """What a reader sees of a line of HTML."""
    return html.unescape(re.sub(r"</?(code|p|li|ul)>", "", fragment)).strip("\n")
