"""Scanner: each printed quantity of an English or French text, with qualifier, scale and unit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from helpers import quantities
from helpers.bulletins.foreign import words
from helpers.bulletins.foreign.lexicon import Lexicon
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.numerals import Span
from helpers.bulletins.scanner import Printed
from helpers.bulletins.vocabulary import CAPITALS

LONGEST_NUMBER = 30
MONEY = frozenset({"đồng", "USD", "EUR"})
_WORD = re.compile(r" ?(?:(?:d|l|qu)')?([^\W\d_]+(?:[-'][^\W\d_]+)*)")
_MARKED = re.compile(r"[.,][0-9]")
_SLASH = re.compile(r" ?/ ?(?=[0-9])")
_MARKED_MONEY = re.compile(r"(?:vnd|us\$|\$)?")
_DECIMALS = re.compile(r"[0-9]+[.,][0-9]{1,2}")
_TABLE_MARK = re.compile(r" ?(?:[|;,.):\r\n]|$)")
_OPENING = frozenset({"quasi", "near", "presque"})  # words that open a unit of two
_SPAN = re.compile(r"(?:year|month|week|day|hour|minute|decade|an|moi|année|jour|semaine|heure)s")
_TITLE_CASE = re.compile(rf" ?[{CAPITALS}](?![{CAPITALS}])")
_LAST = re.compile(r"\S+")


class _Unit:
    """Unit behind a number: where it ends, its name in a ledger, what `quantities` calls it."""

    __slots__ = ("end", "name", "noun", "parsed")

    def __init__(self, end: int, name: str, parsed: str, noun: str) -> None:
        self.end, self.name, self.parsed, self.noun = end, name, parsed, noun


def scan(page: Page, lexicon: Lexicon, others: Sequence[Span]) -> tuple[list[Printed], list[Span]]:
    """Printed quantities of a text, and the numerals left over that are none.

    others : numerals already known to be no figures
    Every sequence of the digits 0-9 lies in one of the quantities, `others`, or those left over.
    """
    found: list[Printed] = []
    left: list[Span] = []
    last = 0
    for wall in [*others, Span(len(page.low), len(page.low), "")]:
        position = last
        while number := lexicon.numeral.search(page.low, position, wall.start):
            printed = _read(page, lexicon, number, last, wall.start)
            if printed is None:
                kind = "code" if number.end() - number.start() > LONGEST_NUMBER else "other"
                left.append(Span(number.start(), number.end(), kind))
                position = number.end()
            else:
                found.append(printed)
                position = last = printed.end
        last = max(last, wall.end)
    return sorted([*found, *_in_words(page, lexicon, found, [*others, *left])],
                  key=lambda p: p.number), left  # fmt: skip


def _read(
    page: Page, lexicon: Lexicon, number: re.Match[str], floor: int, wall: int
) -> Printed | None:
    """The quantity that a numeral opens, or None where it is no quantity."""
    low, start = page.low, number.start()
    if number.end() - start > LONGEST_NUMBER:
        return None
    currency = lexicon.money_before.search(low, max(floor, start - 5), start)
    if not currency and start > floor and low[start - 1].isalpha():
        return None
    opening = currency.start() if currency else start
    core, end = _core(low, lexicon, number, opening, floor, wall)
    unit = _unit(low, lexicon, end, wall)
    if currency and unit.name not in MONEY:
        unit = _Unit(end, _currency(lexicon, currency.group()), "đồng", "")
    qualifier, opening = _qualified(low, lexicon, floor, opening)
    norm = unit.name in MONEY and lexicon.norm_after.match(low, unit.end)
    if norm and lexicon.norm_before.search(low, max(floor, opening - 140), opening):
        return None
    if _is_of_a_name(page, lexicon, end, unit):
        return None
    if not (unit.name or qualifier or _is_bare(low, lexicon, opening, end, core)):
        return None
    end, parsed = unit.end, unit.parsed
    if unit.name and not parsed and _DECIMALS.fullmatch(core) and unit.name not in lexicon.heads:
        parsed = "ha"  # `1.5 bushels`: an unknown measure may have decimals
    closing = lexicon.after_ends.match(low, end, wall)
    yearly = lexicon.yearly.match(low, closing.end() if closing else end, wall)
    if closing:
        qualifier, end = str(closing.lastgroup), closing.end()
    quantity, problem = None, ""
    try:
        read = quantities.parse(f"{core} {parsed}", lexicon.style, unit.name, qualifier or "exact")
        quantity = replace(read, unit=unit.name)
    except quantities.UnreadableNumber as error:
        problem = str(error)
    if yearly:
        end = yearly.end()
        quantity = replace(quantity, unit=f"{unit.name}/năm") if quantity else None
    return Printed(opening, start, end, unit.name, unit.noun, quantity, problem)


def _core(
    low: str, lexicon: Lexicon, number: re.Match[str], opening: int, floor: int, wall: int
) -> tuple[str, int]:
    """Digits with scales, a range or a fraction as `quantities` reads them; and where they end."""
    first, end = _scaled(low, lexicon, number, wall)
    to = None
    if lexicon.between_before.search(low, max(floor, opening - 18), opening):
        to = lexicon.between_and.match(low, end, wall)
    to = to or lexicon.range_to.match(low, end, wall)
    if to and (
        low[end : end + 2].strip()[:1] in "-–—~"
        or not lexicon.changing_from.search(low, max(floor, opening - 90), opening)
    ):
        second = _second(low, lexicon, to.end(), wall)
        if (
            second
            and _rises(lexicon, first, second[0])
            and _alike(low, lexicon, to, second[1], wall)
        ):
            return f"{first} - {second[0]}", second[1]
    of = lexicon.fraction.match(low, end, wall)
    if not of and "/" in low[end : end + 40]:
        unit = _unit(low, lexicon, end, wall)
        of = _SLASH.match(low, unit.end, wall) if unit.name not in ("%", "pp", "") else None
    second = _second(low, lexicon, of.end(), wall) if of else None
    fits = second and " " not in second[0] and _rises(lexicon, first, second[0])
    if second and fits and not lexicon.signs.match(low, second[1], wall):
        return f"{first}/{second[0]}", second[1]
    return first, end


def _second(low: str, lexicon: Lexicon, start: int, wall: int) -> tuple[str, int] | None:
    """The second number of a range or a fraction that starts at a position, and its end."""
    marked = _MARKED_MONEY.match(low, start, wall)
    number = lexicon.numeral.match(low, marked.end() if marked else start, wall)
    if not number or number.end() - number.start() > LONGEST_NUMBER:
        return None
    return _scaled(low, lexicon, number, wall)


def _scaled(low: str, lexicon: Lexicon, number: re.Match[str], wall: int) -> tuple[str, int]:
    """A number with its scale words in English, `82 billion 55 million`, and its end."""
    pieces = [number.group().replace(" ", "")]
    end = number.end()
    for _ in range(3):
        scale = lexicon.scale.match(low, end, wall)
        if not scale:
            break
        pieces.append(lexicon.scales.get(scale["word"], scale["word"]))
        end = scale.end()
        further = lexicon.numeral.match(low, end + 1, wall) if low[end : end + 1] == " " else None
        if not further or not lexicon.scale.match(low, further.end(), wall):
            break
        pieces.append(further.group())
        end = further.end()
    return " ".join(pieces), end


def _rises(lexicon: Lexicon, first: str, second: str) -> bool:
    """Whether two numbers can be the ends of a range, or a part and its whole."""
    scale = second.partition(" ")[2]
    try:
        one = quantities.parse(first if " " in first else f"{first} {scale}", lexicon.style)
        two = quantities.parse(second, lexicon.style)
    except quantities.UnreadableNumber:
        return False
    return one.value <= two.value


def _alike(low: str, lexicon: Lexicon, to: re.Match[str], end: int, wall: int) -> bool:
    """Whether both ends have one unit: `1% to 1.5%`, but not `5% to 300 households`."""
    own = to.groupdict().get("own")
    sign = lexicon.signs.match(low, end, wall)
    return sign is not None if own else True


def _unit(low: str, lexicon: Lexicon, start: int, wall: int) -> _Unit:
    """The unit that follows at a position; its name is '' where there is none."""
    sign = lexicon.signs.match(low, start, wall)
    if sign:
        name = "pp" if sign["pp"] else "%"
        return _Unit(sign.end(), name, name, _phrase(low, lexicon, sign.end(), wall)[0])
    noun, listed = _phrase(low, lexicon, start, wall)
    for index, (word, end) in enumerate(listed[:5]):
        pair = f"{listed[index - 1][0]} {word}" if index else word
        if word in lexicon.money and index < 2:
            return _Unit(end, lexicon.money.get(pair, lexicon.money[word]), "đồng", "")
        if word in lexicon.measures:
            return _Unit(end, lexicon.measures[word], lexicon.measures[word], noun)
        if word in lexicon.heads:
            return _Unit(end, lexicon.heads[word], "", noun)
    if listed:
        whole = 1 if listed[0][0] in _OPENING and len(listed) > 1 else 0
        return _Unit(listed[whole][1], listed[whole][0], "", noun)
    return _Unit(start, "", "", "")


def _phrase(low: str, lexicon: Lexicon, start: int, wall: int) -> tuple[str, list[tuple[str, int]]]:
    """Words from a position up to a stop word or mark, and where each ends; at most eight."""
    listed: list[tuple[str, int]] = []
    position = start
    if low[start - 1 : start].isdigit() and low.startswith((" de ", " d'"), start):
        return "", listed  # French: `900 de minorités ethniques` names no unit, unlike millions
    for _ in range(8):
        word = _WORD.match(low, position, wall)
        if not word or (word.group()[0] != " " and position > start):
            break
        if word[1] in lexicon.fillers and not listed:
            position = word.end()
            continue
        if word[1] in lexicon.stops:
            joins = (
                listed and listed[-1][0].endswith(("poor", "pauvres")) and word[1] in ("and", "et")
            )
            if not joins:
                break
        listed.append((word[1], word.end()))
        position = word.end()
    return " ".join(word for word, _ in listed), listed


def _is_of_a_name(page: Page, lexicon: Lexicon, end: int, unit: _Unit) -> bool:
    """Whether a number belongs to an address: `45 Hung Vuong Street`, `79, rue …`."""
    if lexicon.street.match(page.low, end):
        return True
    known = unit.name in (*MONEY, "%", "pp") or unit.name in lexicon.heads.values()
    return bool(unit.name) and not known and _TITLE_CASE.match(page.nfc, end) is not None


def _currency(lexicon: Lexicon, mark: str) -> str:
    key = mark.strip().replace("us $", "us$").replace("a$", "$")
    return lexicon.money.get(key, "USD" if "$" in key else "đồng")


def _is_bare(low: str, lexicon: Lexicon, opening: int, end: int, core: str) -> bool:
    """Whether a number without a unit is a figure: it has thousands, or words before say so."""
    grouped = " " in low[opening:end].lstrip()
    if _MARKED.search(core) or " " in core or grouped or "/" in core or len(core) > 4:
        return True
    listed = _LAST.findall(low[max(0, opening - 20) : opening])
    word = listed[-1] if listed else ""
    before = word if word == ":" else word.rstrip(":")
    nexts = _WORD.match(low, end)
    ended = _TABLE_MARK.match(low, end) is not None or nexts is not None
    said = before in lexicon.bare_before or word.endswith(":")
    return ended and (
        said
        or lexicon.bare_after.match(low, end) is not None
        or (len(core) == 3 and before.isalpha() and before not in lexicon.left_words)
    )


def _qualified(low: str, lexicon: Lexicon, floor: int, opening: int) -> tuple[str, int]:
    """Qualifier right before a number, and where it starts: up to four words are looked at."""
    window = low[max(floor, opening - 40) : opening]
    if window[-1:] not in " ~≥≤<":
        return "", opening
    starts = [match.start() for match in _LAST.finditer(window)][-4:]
    base = opening - len(window)
    for start in starts:
        told = window[start:].lstrip("(\"“'").removeprefix("d'")
        qualifier = lexicon.qualifiers.get(told.rstrip())
        if qualifier:
            skipped = len(window[start:]) - len(told)
            return qualifier, base + start + skipped
    return "", opening


def _in_words(
    page: Page, lexicon: Lexicon, found: list[Printed], spans: list[Span]
) -> list[Printed]:
    """Quantities in number words, where a unit follows and no numeral stands in the way."""
    taken = sorted([*((p.start, p.end) for p in found), *((s.start, s.end) for s in spans)])
    written: list[Printed] = []
    for start, end, plain in words.find(page.low, lexicon):
        if page.low[start - 1 : start] == " " and page.low[max(0, start - 2) : start - 1].isdigit():
            continue  # `million` of `1.5 million`
        wall = _wall(taken, start, end)
        unit = _unit(page.low, lexicon, end, wall) if wall > end else _Unit(end, "", "", "")
        known = unit.name in lexicon.heads.values() or unit.parsed in ("%", "pp", "đồng")
        several = unit.name.endswith("s") and not _SPAN.fullmatch(unit.name)
        if known or several or (unit.name and plain.qualifier == "about"):
            floor = taken[place - 1][1] if (place := bisect_right(taken, (start, end))) else 0
            qualifier, opening = _qualified(page.low, lexicon, floor, start)
            said = plain.qualifier == "exact" and qualifier
            read = quantities.parse(f"{plain.value:.0f}", "en", "hộ", qualifier) if said else plain
            noted = replace(read, unit=unit.name)
            written.append(Printed(opening, start, unit.end, unit.name, unit.noun, noted, ""))
    return written


def _wall(taken: list[tuple[int, int]], start: int, end: int) -> int:
    """Where the next taken span starts; `start` itself where the words overlap one."""
    place = bisect_right(taken, (start, end))
    if place and taken[place - 1][1] > start:
        return start
    following = taken[place][0] if place < len(taken) else end + 200
    return following if following >= end else start
