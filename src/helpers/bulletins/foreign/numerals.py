"""Numerals that are no figure: dates, laws, ages, spans of time, names, each with its kind."""

from __future__ import annotations

import re

from helpers.bulletins.foreign.lexicon import YEAR, Lexicon, listed
from helpers.bulletins.foreign.page import Page
from helpers.bulletins.numerals import Span

_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,2000}|(?<![\w.@+-])[\w.+-]{1,60}@[\w.-]{1,60}")
# Sixteen numbers and more in a row without a word are a page counter, a calendar or a scan.
_DENSE = re.compile(r"(?<![0-9.,])(?:[0-9][0-9.,]*+[^\w]{1,3}+){16,}+(?:[0-9]+)?")
_COUNTER = re.compile(r"^[ \t«<‹]*((?:[0-9]{1,3}[ ]++){2,40}[0-9]{0,3})[ .…»>›|]*$", re.M)
_LIST = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}(?:\.?\)|[.)/](?= |\t|[^\W\d_])|(?= - ))")
_HEADING = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}(?:\.[0-9]{1,2})?(?= [A-ZÀ-ỸĐ])")
_BRACKETED = re.compile(r"[0-9]{1,2}\)(?= |$)")
_START_OF_LINE = re.compile(r"(?:^|[\r\n])[ \t]*[-•*+(]{0,2} ?$")
_RUN = re.compile(r"[0-9]+(?:[.,/:-][0-9]+)*")
_LAST_WORDS = re.compile(r"[^\s(,;:+]+")
_TEXT_NUMBER = re.compile(rf"[0-9]{{1,5}}(?:[/-]{YEAR})?(?:[/-][a-zđ]+[\w/-]{{0,20}}|[a-z]\b)?")
_SMALL_RANGE = re.compile(r"[0-9]{1,3}(?: ?(?:-|–|to|and|à|et) ?[0-9]{1,3}\b)?")
_PHONE = re.compile(r"[0-9](?:[0-9 .()/-]{0,18}[0-9])?")
_COUNT = re.compile(r"[0-9][0-9.,]{0,12}(?: ?(?:/|of|sur) ?[0-9]{1,4})?")
_NAME = re.compile(r"[0-9]{1,4}(?:\.0|[a-z])?(?![0-9])(?![.,][0-9])")
_SERIAL = re.compile(r"[0-9]{1,3}[.,][0-9]{3}(?![0-9]|[.,])")
_SERIAL_SIGNS = frozenset({"no", "nos", "n°", "nº"})
_YEAR = re.compile(rf"{YEAR}(?![0-9]|[.,][0-9])")
_AFTER_MONTH = re.compile(
    rf"[0-9]{{1,2}}(?:st|nd|rd|th)?\b(?:(?: ?[-–] ?| to | and )[0-9]{{1,2}}(?:st|nd|rd|th)?\b)?"
    rf"(?:,? {YEAR}\b)?(?![.,][0-9])|{YEAR}\b"
)
_NOUN_NEXT = re.compile(r" [a-zà-ỹđ]+")
_DAY_MONTH = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])/(?:0?[1-9]|1[0-2])(?![0-9/])")
_ON = frozenset({"on", "le", "date", "dated", "ngày", "du", "au"})
_BOUND_YEAR = frozenset(
    listed(
        "in by since of from until till to year years during before after through and"
        " end late early "
        "mid en de depuis fin année années d'ici début à et avant après jusqu'en an"
    )
)
_PATTERNS = {
    "law": _TEXT_NUMBER, "article": _NAME, "age": _SMALL_RANGE, "phone": _PHONE,
    "counter": _COUNT, "name": _NAME,
}  # fmt: skip


def find(page: Page, lexicon: Lexicon) -> list[Span]:
    """Numerals of a text that are no figure, by position; what is not known here may be one."""
    whole = _of_many(page)
    spans: list[Span] = []
    for wall in [*whole, Span(len(page.low), len(page.low), "")]:
        position = spans[-1].end if spans else 0
        while run := _RUN.search(page.low, position, wall.start):
            span = _at(page, lexicon, run.start(), wall.start)
            if span:
                spans.append(span)
            position = span.end if span else _next(page, lexicon, run.start(), wall.start)
        if wall.kind:
            spans.append(wall)
    return spans


def _of_many(page: Page) -> list[Span]:
    """Addresses, and long rows of numbers, which no word between them explains."""
    low = page.low
    found: list[Span] = []
    if "http" in low or "www." in low or "@" in low:
        found += [Span(*match.span(), "code") for match in _ADDRESS.finditer(low)]
    found += [Span(*match.span(), "counter") for match in _DENSE.finditer(low)]
    found += [
        Span(match.start(1), match.start(1) + len(match[1].rstrip()), "counter")
        for match in _COUNTER.finditer(low)
    ]
    kept: list[Span] = []
    for span in sorted(found):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _next(page: Page, lexicon: Lexicon, start: int, wall: int) -> int:
    """End of the numeral at `start`, which may be a figure."""
    number = lexicon.numeral.match(page.low, start, wall)
    return number.end() if number else start + 1


def _at(page: Page, lexicon: Lexicon, start: int, wall: int) -> Span | None:
    """The span of a numeral that opens at a digit and is no figure."""
    low = page.low
    before = low[max(0, start - 48) : start]
    last = before[-1:]
    if _START_OF_LINE.search(before[-12:]) and (start < 48 or len(before) == 48):
        for pattern in (_LIST, _HEADING):
            match = pattern.match(page.nfc, start, wall)
            if match and match.end() > start:
                return Span(start, _digits_end(low, match.end()), "list")
    if last == "(" or before[-2:] in ("; ", ", ", ": "):
        match = _BRACKETED.match(low, start, wall)
        if match:
            return Span(start, match.end() - 1, "list")
    words = _LAST_WORDS.findall(before)[-3:]
    word = words[-1].strip(".:°\"'“") if words and last in " .:°-#'’“(+" else ""
    match = lexicon.no_figure.match(low, start, wall)
    if match and not last.isalpha():
        kind = str(match.lastgroup).rstrip("2")
        return Span(start, match.end(), "period" if kind == "mark" else kind)
    if word in lexicon.months and (
        page.nfc[start - 1 - len(words[-1])].isupper() or lexicon.style == "fr"
    ):
        match = _AFTER_MONTH.match(low, start, wall)
        if match:
            return Span(start, match.end(), "date")
    if (
        word in _BOUND_YEAR
        and (match := _YEAR.match(low, start, wall))
        and not _scaled(lexicon, low, match.end())
    ):
        return Span(start, match.end(), "year")
    if word in _ON and (match := _DAY_MONTH.match(low, start, wall)):
        return Span(start, match.end(), "date")
    return _named(page, lexicon, start, wall, words, word) or _glued(
        low, start, wall, last, lexicon
    )


def _scaled(lexicon: Lexicon, low: str, end: int) -> bool:
    return bool(lexicon.signs.match(low, end) or lexicon.scale.match(low, end))


def _named(
    page: Page, lexicon: Lexicon, start: int, wall: int, words: list[str], word: str
) -> Span | None:
    """`Decree No. 07`, `Article 5`, `Programme 135`, `aged 16-35`, `Tel: 0233 …`, `page 3/12`."""
    low = page.low
    kind = lexicon.left_words.get(word, "")
    if not kind and word == "of" and words[-2:-1] == ["age"]:
        kind = "age"
    if not kind:
        return None
    if low[start - 1] in "(+" and kind != "phone":
        return None
    numbered = word in lexicon.number_signs
    if numbered:
        kind = "law" if lexicon.text_words & {w.strip(".:") for w in words} else "name"
    pattern = _SERIAL if word in _SERIAL_SIGNS and kind == "name" else _PATTERNS[kind]
    match = pattern.match(low, start, wall) or _PATTERNS[kind].match(low, start, wall)
    if not match:
        return None
    opening = page.nfc[start - 1 - len(words[-1])] if start > len(words[-1]) else ""
    noun = _NOUN_NEXT.match(low, match.end(), wall)
    counted = noun and noun.group()[1:] not in lexicon.stops
    if _scaled(lexicon, low, match.end()) and kind in ("law", "article", "name"):
        return None
    sure = numbered or kind in ("phone", "age") or ":" in page.nfc[start - 2 : start]
    if not sure and (counted or kind in ("law", "article")) and not opening.isupper():
        return None
    if kind == "counter" and word not in ("page",) and ":" not in page.nfc[start - 2 : start]:
        return None
    return Span(start, match.end(), kind)


def _glued(low: str, start: int, wall: int, last: str, lexicon: Lexicon) -> Span | None:
    """`Covid-19`, `G20`, `A1`: digits of a name or a code; money such as `VND75` is none."""
    head = low[max(0, start - 4) : start]
    if lexicon.money_before.search(head):
        return None
    run = _RUN.match(low, start, wall)
    if not run or not (last.isalpha() or last in "_@#" or (last == "-" and head[-2:-1].isalpha())):
        return None
    return Span(start, _digits_end(low, run.end()), "name" if last == "-" else "code")


def _digits_end(low: str, end: int) -> int:
    """The end without the marks behind the last digit."""
    while not low[end - 1].isalnum():
        end -= 1
    return end
