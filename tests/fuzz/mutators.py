"""Changes at random: of any bytes, and of documents (TOML, JSON) and tables (CSV) as what they are."""

import copy
import csv
import io
import json
import tomllib
from collections.abc import Callable
from random import Random
from typing import Any

HUGE = 2**70
WORDS = (
    "", " ", "all", "chip", "mfu", "cost", "run_time", "h100", "nan", "NaN", "inf", "-inf", "-1", "0", "-0", "1e400",
    "1e-400", "5 GW", "1 day", "1 / 0", "10 parsec", "3 m**m", "1 " + "(" * 90, "[", "[/bold]", "[bold]x", "é", "mfu = 1",
    "a=b", "../x", "/dev/zero", "-", "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\u202eabc", "\u2066x\u2069", "\ud7ff\U0010ffff",
    "a\nb", "a\tb", "a\r", "\x00", "\ufeff", "'", '"', "`|*<b>", "x" * 2_000, "x" * 200_000, "9" * 400, "1_000", "1,5",
    "true", "null", "10%", "1000%", "2026-02-31", "*" * 40 + "x", "{0}", "%s", "run_time <= 1 day", "a <= b <= c",
    "P50(cost)", "P0(cost)", "P50(P50(cost))", "mean(", "share() >= 1", "share(mfu <= 1 and pue > 1) >= 95%", "median(cost)",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 3, 7, 100, 4097, 10**6, 10**9, 10**12, 10**15, 2**31, 2**63, HUGE, 10**308, 10**400, 0.0, -0.0, 0.5, 1e-9,
    1e-300, 5e-324, 1e15, 1e300, 1.7e308, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
TOKENS = (
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\xff", b"\xc3", b"\x1b[31m", b"\x1b]52;c;AAAA\x07", b"\x7f",
    b"\xc2\x9b1m", "\u202e".encode(), b"\r", b"\n", b"\n\n[", b"[[", b"]]", b"{", b"}", b'"', b'"""', b"'''", b"#", b"=",
    b".", b",", b";", b"nan", b"-inf", b"1e400", b"1e-999", b"0x", b"_", b"[" * 500, b"{a=" * 200, b"a." * 500, b"9" * 5000,
    b"x" * 100_000,
)  # fmt: skip


def mutate(data: bytes, form: str, random: Random) -> bytes:
    """Change a file in one to four ways; ``form`` is toml, json, csv or anything else that is text."""
    for _ in range(random.choice((1, 1, 1, 1, 1, 1, 2, 2, 3, 4))):
        change = _STRUCTURED.get(form, _bytes) if random.random() < 0.8 else _bytes
        data = change(data, random)[:1_000_000]
    return data


# --- bytes ----------------------------------------------------------------------------------------------------------------


def _bytes(data: bytes, random: Random) -> bytes:
    return random.choice(_OF_BYTES)(data, random)


def _span(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 1, 2, 5, 20, 200)))


def _flip(data: bytes, random: Random) -> bytes:
    if not data:
        return b"\x01"
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def _cut(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _repeat(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[start:end] * random.choice((2, 3, 50)) + data[end:]


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _insert(data: bytes, random: Random) -> bytes:
    place = random.choice((0, len(data), random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
    return data[:place] + random.choice(TOKENS) + data[place:]


def _lines(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    a, b = random.randrange(len(lines)), random.randrange(len(lines))
    change = random.randrange(3)
    if change == 0:
        lines[a], lines[b] = lines[b], lines[a]
    elif change == 1:
        del lines[a]
    else:
        lines.insert(b, lines[a])
    return b"\n".join(lines)


def _recode(data: bytes, random: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(random.choice(("utf-16", "utf-32", "latin-1", "utf-8-sig")), "replace")


def _retype(data: bytes, random: Random) -> bytes:
    """Put another word or number in the place of one."""
    words = data.decode("utf-8", "replace").split(" ")
    words[random.randrange(len(words))] = str(random.choice((*NUMBERS, *WORDS)))
    return " ".join(words).encode("utf-8", "replace")


_OF_BYTES = (_flip, _flip, _cut, _repeat, _truncate, _insert, _insert, _lines, _lines, _recode, _retype, _retype)


# --- documents ------------------------------------------------------------------------------------------------------------


def _document(parse: Callable[[str], Any], write: Callable[[Any], str]) -> Callable[[bytes, Random], bytes]:
    def change(data: bytes, random: Random) -> bytes:
        try:
            document = parse(data.decode())
            return write(changed(document, random)).encode("utf-8", "replace")
        except (ValueError, RecursionError, OverflowError):
            return _bytes(data, random)  # changed too much before to be read

    return change


def changed(document: Any, random: Random) -> Any:
    """Change one place of a document: remove, rename, replace, repeat, swap or wrap it."""
    result = copy.deepcopy(document)
    holders = [holder for holder in _holders(result) if holder]
    if not holders:
        return odd(random)
    holder = random.choice(holders)
    key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    change = random.choice((0, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9))
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(holder, dict):
        name = random.choice((f"{key}x", str(key).upper(), random.choice(WORDS), random.choice(list(holder))))
        holder[name] = holder.pop(key)
    elif change == 2:
        other = random.choice(holders)
        place = random.choice(list(other) if isinstance(other, dict) else range(len(other)))
        holder[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(holder[key])
    elif change == 3 and isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[: random.choice((1, 3))]) * random.choice((1, 3, 60)))
    elif change == 4:
        for _ in range(random.choice((1, 2, 40, 200))):
            holder[key] = [holder[key]] if random.random() < 0.5 else {"x": holder[key]}
    elif change == 5 and isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
        holder[key] = _scaled(holder[key], random)
    elif change == 6 and isinstance(holder[key], str):
        holder[key] = random.choice((holder[key] + random.choice(WORDS), random.choice(WORDS) + holder[key], holder[key][:-1]))
    elif change == 7 and isinstance(holder, dict):
        holder[random.choice(WORDS)] = odd(random)
    else:
        holder[key] = odd(random)
    return result


def _holders(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [] if items is None else [value] + [holder for item in items for holder in _holders(item)]


def _scaled(number: float, random: Random) -> float:
    if random.random() < 0.5:
        return number + random.choice((1, -1, 7, 0.25))
    if random.random() < 0.5:
        return number * random.choice((-1, 0, 2, 0.3, 1000, 10**18))
    return float(number) * random.choice((1e-300, 1e300, 1e-9, 0.5, 1.0000001))


def odd(random: Random) -> Any:
    """Return a value that has no business anywhere."""
    kind = random.randrange(8)
    if kind < 3:
        return random.choice(NUMBERS)
    if kind < 6:
        return random.choice(WORDS)
    if kind == 6:
        return random.choice((True, False, [], {}, [[]], [{}], {"": ""}))
    return random.choice(([odd(random) for _ in range(3)], {random.choice(WORDS): odd(random)}))


def toml(value: Any) -> str:
    """Write a value as inline TOML; JSON's text is TOML's too, but for characters that TOML wants escaped."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(str(key))} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return (
        "true"
        if value is True
        else "false"
        if value is False
        else repr(value)
        if isinstance(value, (int, float))
        else str(value)
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_file(document: Any) -> str:
    """Write a document as TOML, a line for each key."""
    if not isinstance(document, dict):
        return f"x = {toml(document)}\n"
    return "".join(f"{_quoted(str(key))} = {toml(value)}\n" for key, value in document.items())


# --- tables ---------------------------------------------------------------------------------------------------------------


def _csv(data: bytes, random: Random) -> bytes:
    try:
        rows = list(csv.reader(io.StringIO(data.decode())))
    except (ValueError, csv.Error):
        return _bytes(data, random)
    rows = [row for row in rows if row]
    if not rows:
        return _bytes(data, random)
    row = random.randrange(len(rows))
    column = random.randrange(len(rows[row]))
    change = random.randrange(7)
    if change == 0:
        del rows[row][column]
    elif change == 1:
        rows[row].insert(column, str(odd(random)))
    elif change == 2:
        other = random.randrange(len(rows))
        rows[row], rows[other] = rows[other], rows[row]
    elif change == 3:
        rows.insert(row, list(rows[row]))
    elif change == 4:
        for cells in rows:
            del cells[column : column + 1]
    else:
        rows[row][column] = random.choice((str(odd(random)), rows[row][column] + random.choice(WORDS)))
    text = io.StringIO()
    csv.writer(text, delimiter=random.choice(",,,,,;\t")).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


_STRUCTURED: dict[str, Callable[[bytes, Random], bytes]] = {
    "toml": _document(tomllib.loads, toml_file),
    "json": _document(json.loads, json.dumps),
    "csv": _csv,
}
