"""Number words: `hai mươi mốt nghìn không trăm mười một` as 21011, `hàng chục nghìn` as vague."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

_ONES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SMALL = {"mười": 10, "mươi": 10, "chục": 10, "trăm": 100}
_SCALES = {
    "nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9,
}  # fmt: skip
_NUMBER_WORDS = frozenset({*_ONES, *_SMALL, *_SCALES, "linh", "lẻ"})
_WORDS_BEHIND = re.compile(r"(?: [^\W\d_]+){0,20}")
_VAGUE = re.compile(
    r"hàng (?:(?:chục|trăm) )?(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)(?!\w)"
    r"(?: (?:triệu|tỷ|tỉ)(?!\w)(?! (?:lệ|trọng|giá)\b))?"
)
_GREAT = re.compile(r"(?:mười|mươi|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|chục)(?!\w)")


def find(low: str) -> Iterator[tuple[int, int, float]]:
    """Number words of a text in lower case: start, end, value; nan for a vague `hàng trăm`.

    A single word is none: `bốn huyện` only counts a list.
    """
    vague = [match.span() for match in _VAGUE.finditer(low) if _opens(low, match.start())]
    yield from ((start, end, math.nan) for start, end in vague)
    ends = {end for _, end in vague}
    last = 0
    for great in _GREAT.finditer(low):
        start = great.start()
        if start < last or start < 2 or low[start - 2].isdigit() or not _opens(low, start):
            continue
        start, end = _stretch(low, great.start(), great.end())
        last = end
        if end in ends or " " not in low[start:end]:
            continue
        value = read(low[start:end])
        if value is not None:
            yield start, end, float(value)


def _stretch(low: str, start: int, end: int) -> tuple[int, int]:
    """The number words around one of them, as far as they go; at most twenty."""
    for word in reversed(low[max(0, start - 80) : start].split(" ")[:-1]):
        if word not in _NUMBER_WORDS and word != "nửa":
            break
        start -= len(word) + 1
    for word in _WORDS_BEHIND.match(low, end)[0].split():  # type: ignore[index]
        if word not in _NUMBER_WORDS:
            break
        end += len(word) + 1
    return start, end


def in_digits(spelled: str, value: float, money: bool) -> str:
    """The number with as many digits as its words tell: money `mười lăm triệu` is `15 triệu`."""
    *_, last = spelled.split()
    if money and last in _SCALES and not spelled.startswith("nửa"):
        return f"{int(value) // _SCALES[last]} {last}"
    return str(int(value))


def _opens(low: str, start: int) -> bool:
    """Whether a word starts at a position; asked after the match, as it is seldom not so."""
    return start == 0 or not low[start - 1].isalnum()


def read(spelled: str) -> int | None:
    """The whole number that words spell, or None where they spell none (`hai ba`)."""
    first, *_, scale_word = spelled.lower().split()
    if first == "nửa":
        return _SCALES[scale_word] // 2
    total = hundreds = last = 0
    digit: int | None = None
    for word in spelled.lower().split():
        if word in _SCALES:
            part, scale = hundreds + (digit or 0), _SCALES[word]
            if not part and not total:
                return None
            total = (total + part) * scale if scale > last > 0 else total + part * scale
            hundreds, digit, last = 0, None, scale
        elif word in _SMALL:
            hundreds += (1 if digit is None else digit) * _SMALL[word]
            digit = None
        elif word in _ONES:
            if digit is not None:
                return None
            digit = _ONES[word]
    return total + hundreds + (digit or 0)
