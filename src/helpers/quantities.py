"""Quantities: a printed number read as a value and the closed interval it stands for.

The interval `[low, high]` holds every number that would have been printed so:

- a whole count, of things, kilograms or đồng in full, is exact: low == value == high
- else half a unit of the last printed place on each side: `7,71%` is [7.705, 7.715],
  `18,1 nghìn hộ` is [18050, 18150], `82 tỷ 055 triệu đồng` is good to half a million
- `more_than` and `nearly` reach one unit of the last *significant* place to one side, `about` to
  both; zeros that end a whole count are not significant, those of a rate are: `hơn 23.500 hộ` is
  [23500, 23600], `gần 3.700 hộ` [3600, 3700], `hơn 36%` [36, 37], `khoảng 33%` [32, 34]
- `less_than` and `at_most` start at 0, `at_least` ends at infinity
- a range is its two ends, whatever the qualifier, and `value` is its middle
- `hàng chục nghìn` (tens of thousands) is 20,000 to 99,999: two tens to just below the next word;
  scale words multiply, so that `hàng nghìn tỷ đồng` is 2 to 10 thousand billion
- a per cent is never below 0, nor above 100 unless it is printed so or is of a plan

Dots and commas: a per cent has no thousands and a count no decimals, which settles nearly all;
the style of the source settles the rest (`1.234 tỷ`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import pandas as pd

from helpers.numerals import LONGEST_NUMBER, STYLES, Kind, check_end, digits_and_decimals
from helpers.numerals import UnreadableNumber as UnreadableNumber

QUALIFIERS = ("exact", "more_than", "less_than", "at_least", "at_most", "nearly", "about")
MISSING = ("..", "...", "…")
LONGEST_TEXT = 300
_UNSEEN = re.compile(
    "[" + "".join(c for c in map(chr, range(0x20000)) if unicodedata.category(c) == "Cf") + "]"
)


@dataclass(frozen=True)
class Quantity:
    """A printed number, read.

    value     : what is printed, or the middle of a printed range; nan for a missing cell (`..`)
    low, high : ends of the closed interval; high may be inf
    of        : the whole of a fraction `12/13`, else nan
    unit      : '%', 'pp', 'đồng' or the noun as printed; a scale word is in the value already
    qualifier : one of QUALIFIERS; '' for a missing cell
    """

    value: float
    low: float
    high: float
    of: float
    unit: str
    qualifier: str


class _Amount(NamedTuple):
    """A number as digits: mantissa * factor / 10**decimals."""

    mantissa: int
    factor: int
    decimals: int

    @property
    def value(self) -> float:
        return self.shifted(0)

    def shifted(self, halves: int) -> float:
        """The value, moved by so many halves of its last place, in one exact division."""
        denominator: int = 2 * 10**self.decimals
        return (2 * self.mantissa + halves) * self.factor / denominator


class _Token(NamedTuple):
    """Where a numeral stands in the text, and the scale word after it."""

    digits: str
    start: int
    end: int
    factor: int


_PLAIN = r"[0-9]+(?:[.,][0-9]+)*"
_BLANK_GROUPS = r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"
_LOOSE_GROUPS = r"[0-9]{1,3}(?:@ [0-9]{3})+(?![0-9])"  # `34, 578`: @ is the mark of thousands
_NUMERAL = {
    style: re.compile("|".join([_LOOSE_GROUPS.replace("@", mark), _BLANK_GROUPS, _PLAIN]))
    for style, mark in {"vi": "[.]", "fr": "[.]", "en": "[,]", "mixed": "[.,]"}.items()
}
_SCALES = {
    "trăm nghìn": 10**5, "trăm triệu": 10**8, "trăm tỷ": 10**11, "nghìn tỷ": 10**12,
    "nghìn tỉ": 10**12, "ngàn tỷ": 10**12, "thousand billion": 10**12,
    "trillion": 10**12, "tỷ": 10**9, "tỉ": 10**9, "billion": 10**9, "milliard": 10**9,
    "milliards": 10**9, "triệu": 10**6, "million": 10**6, "millions": 10**6, "vạn": 10**4,
    "nghìn": 10**3, "ngàn": 10**3, "thousand": 10**3, "mille": 10**3, "tr.": 10**6,
}  # fmt: skip
_SCALE = re.compile(
    rf"\s*({'|'.join(map(re.escape, _SCALES))})(?<=[\w.])(?!\w(?<!tr\.đ))(?!\s+lệ)", re.IGNORECASE
)
_VAGUE_WORDS = {"chục": 10, "trăm": 100} | {
    word: _SCALES[word] for word in ("nghìn", "ngàn", "vạn", "triệu", "tỷ", "tỉ")
}
_VAGUE = re.compile(
    rf"\bhàng(?P<words>(?: (?:{'|'.join(_VAGUE_WORDS)})\b(?! lệ\b)){{1,3}})(?P<unit>.*)",
    re.IGNORECASE,
)

_BEFORE: dict[str, str] = {
    "exact": "thấp hơn|cao hơn",  # a difference: lower by, higher by
    "at_least": "không thấp hơn|không dưới|không ít hơn|ít nhất|tối thiểu|at least|no less than"
    "|not less than|a minimum of|au moins|≥|>=",
    "at_most": "không vượt quá|không quá|tối đa|nhiều nhất|at most|up to|no more than"
    "|not more than|a maximum of|au plus|jusqu'à|≤|<=",
    "less_than": "dưới|chưa đến|chưa tới|không đến|nhỏ hơn|ít hơn|less than|lower than|under"
    "|below|fewer than|moins de|inférieure? à|<",
    "nearly": "gần|ngót|nearly|almost|close to|just under|near|près de|presque",
    "about": "khoảng|chừng|xấp xỉ|ước(?: đạt| tính| còn| có)?|about|around|roughly"
    "|approximately|some|estimated|environ|quelque|~|≈",
    "more_than": "hơn|trên|more than|just over|over|above|exceeding|plus de|supérieure? à|>",
}
_QUALIFIER = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _BEFORE.items()) + r")"
    r"(?:\s+(?:mức|là|từ|khoảng))?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:(?P<at_least>trở lên|or more|or above|and over|et plus)"
    r"|(?P<at_most>trở xuống|or less|or below|et moins))\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"^\s*%?\s*(?:[-–—~]|đến|tới|to|à)\s*$", re.IGNORECASE)
_AND = re.compile(r"^\s*%?\s*(?:and|và|et)\s*$", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|giữa|entre)\s*$", re.IGNORECASE)
_FRACTION = re.compile(
    r"^(?P<noun>[^0-9/]{0,40})(?:/|\bout of\b|\btrên tổng số\b|\btrong tổng số\b)\s*$",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"(?<!mỗi )(?<!một )(?<!hằng )(?<!hàng )\b(?:(?P<surely>năm)|in|en|by)\s*$", re.IGNORECASE
)
_AGE_AFTER = re.compile(r"^\s*(?:tuổi|years? old|ans)\b", re.IGNORECASE)
_UNIT_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (unit, re.compile(rf"^[\s,.]*(?:{words})", re.IGNORECASE))
    for unit, words in (
        ("pp", r"điểm\s*(?:phần trăm|%)|percentage[- ]points?\b|points?\b|pp\b"),
        ("%", r"%|phần trăm\b|per ?cent\b|pour ?cent\b"),
        ("đồng", r"(?:đồng|đ|vnđ|vnd|dong|₫)(?!\w)"),
    )
)
_A_YEAR = re.compile(
    r"^\s*(?:/|mỗi |một |per |a |par |hằng |hàng )?\s*(?:năm|year|annually|an)\b", re.IGNORECASE
)
_OF_A_PLAN = re.compile(r"kế hoạch|chỉ tiêu|\bplan\b|target", re.IGNORECASE)
_NOUN = re.compile(r"[^\W\d_][^,;:.()0-9]*")
_DIGIT = re.compile(r"[0-9]")
_FLOATS = dict.fromkeys(("value", "low", "high", "of"), "float64")
_COLUMNS = _FLOATS | dict.fromkeys(("unit", "qualifier", "problem"), "str")
_MEASURE = re.compile(
    r"^(?:(?:kg|tấn|tạ|tons?|tonnes?|ha|km|m2|m²|m3|lít|usd|euros?|nghìn|ngàn|triệu|tỷ|tỉ|thousand"
    r"|million|billion)\b|(?:lần|times|fois|tháng|năm|giờ|ngày|months?|years?)$)",
    re.IGNORECASE,
)


def parse(printed: str, style: str = "vi", unit: str = "", unsaid: str = "exact") -> Quantity:
    """Read one printed number.

    printed : the number as a source prints it, with unit and qualifier, as in `hơn 1,97 triệu hộ`
    style   : how the source writes numbers: 'vi' 1.234,5; 'en' 1,234.5; 'fr' 1 234,5 or 1.234,5;
              'mixed' decides by evidence only
    unit    : the unit, where it is known from elsewhere and not printed; it never scales the value
    unsaid  : qualifier of a number that is printed without one, where it is known from elsewhere
    Raises UnreadableNumber saying why, with the candidate readings where there are some.
    """
    if style not in STYLES:
        raise UnreadableNumber(f"the style {style!r} is none of {', '.join(STYLES)}")
    if plain := _plain(printed, style, unit, unsaid):
        return plain
    text = " ".join(unicodedata.normalize("NFC", _seen(printed)).split())
    if text in MISSING:
        return Quantity(math.nan, math.nan, math.nan, math.nan, unit, "")
    if not text:
        raise UnreadableNumber("nothing is printed; give the number, or .. where it is not known")
    if len(text) > LONGEST_TEXT:
        raise UnreadableNumber(
            f"{len(text)} characters are no number; keep the number with its unit and qualifier"
        )
    tokens = _tokens(text, style)
    return _read(text, tokens, style, unit, unsaid) if tokens else _vague(text)


def parse_column(
    printed: pd.Series,
    style: pd.Series | str = "vi",
    unit: pd.Series | str = "",
    unsaid: pd.Series | str = "exact",
) -> pd.DataFrame:
    """Read a column of printed numbers, each different one once.

    printed     : texts
    style, unit, unsaid : as in `parse`, one for all or a Series of the same length
    Returns a frame on the index of `printed`: value, low, high, of (float), unit, qualifier,
    problem (why it cannot be read, '' where it is; the numbers are then nan).
    """
    texts = printed.fillna("").astype(str)
    said = (
        [given] * len(texts) if isinstance(given, str) else list(given)
        for given in (style, unit, unsaid)
    )
    numbers: dict[tuple[str, str, str, str], int] = {}
    at = [numbers.setdefault(key, len(numbers)) for key in zip(texts, *said, strict=True)]
    read = pd.DataFrame([_attempt(*key) for key in numbers], columns=list(_COLUMNS))
    return read.astype(_COLUMNS).take(at).set_axis(printed.index)


def render(
    value: float, decimals: int = 0, unit: str = "", style: Literal["vi", "en", "fr"] = "vi"
) -> str:
    """Print a number as a source of this style would: `14.040 hộ`, `7,71%`; `7,71 %` in French.

    decimals : digits after the decimal mark; per cent and pp are not grouped by thousands
    """
    thousands, point = {"vi": (".", ","), "en": (",", "."), "fr": ("\u00a0", ",")}[style]
    rate = unit.startswith(("%", "pp"))
    plain = f"{value:.{decimals}f}" if rate else f"{value:,.{decimals}f}"
    number = plain.translate({ord(","): thousands, ord("."): point})
    if unit.startswith("%") and style != "fr":
        return number + unit
    return f"{number} {unit}".rstrip()


def _seen(printed: str) -> str:
    """A text without the characters that are not seen: zero-width blanks, joiners, marks."""
    return printed if printed.isascii() else _UNSEEN.sub("", printed)


def _attempt(printed: str, style: str, unit: str, unsaid: str) -> tuple[object, ...]:
    try:
        return (*vars(parse(printed, style, unit, unsaid)).values(), "")
    except UnreadableNumber as error:
        return (math.nan, math.nan, math.nan, math.nan, unit, "", str(error))


def _plain(printed: str, style: str, unit: str, unsaid: str) -> Quantity | None:
    """A numeral that stands alone, as in most cells of a table; None where there is more to it."""
    head, mark, tail = printed.partition("." if style in ("en", "mixed") else ",")
    digits, kind = head + tail, _kind_of(unit)
    if not (head and digits.isdecimal() and digits.isascii() and len(digits) <= LONGEST_NUMBER):
        return None
    if mark and (not tail or kind == "count" or (style == "mixed" and kind != "percent")):
        return None
    amount = _Amount(int(digits), 1, len(tail))
    low, high = _interval(amount, kind, unsaid, kind == "percent")
    return Quantity(amount.value, low, high, math.nan, unit, unsaid)


def _tokens(text: str, style: str) -> list[_Token]:
    """The numerals of a text, without those inside names (COVID-19), years and ages.

    An age or what may be a year (`by 2016 households`) stands where there is nothing else.
    """
    found = []
    for match in _NUMERAL[style].finditer(text):
        before = text[: match.start()]
        if before[-1:].isalpha() or (before[-1:] == "-" and before[-2:-1].isalpha()):
            continue
        scale = _SCALE.match(text, match.end())
        factor = _SCALES[scale[1].lower()] if scale else 1
        end = scale.end() if scale else match.end()
        found.append(_Token(match[0].replace(" ", ""), match.start(), end, factor))
    found = [token for token in found if not _is_year(text, token, surely=True)]
    kept = [token for token in found if not _is_aside(text, token)] or found
    for token in kept:
        check_end(token.digits, text[token.end :])
    return kept


def _is_aside(text: str, token: _Token) -> bool:
    """Whether a number is the year or the age that goes with another number."""
    return _is_year(text, token) or bool(_AGE_AFTER.match(text[token.end :]))


def _is_year(text: str, token: _Token, surely: bool = False) -> bool:
    """Whether a number is a year; surely so after `năm`, and after `by` where no unit follows."""
    if token.start < len("in "):
        return False
    before = _YEAR_BEFORE.search(text[: token.start])
    if not before or token.factor > 1 or not re.fullmatch(r"(?:19|20)[0-9]{2}", token.digits):
        return False
    return not surely or bool(before["surely"]) or not _unit(text[token.end :], "")[0]


def _read(text: str, tokens: list[_Token], style: str, unit: str, unsaid: str) -> Quantity:
    first, last = tokens[0], tokens[-1]
    noun, kind = _unit(text[last.end :], unit)
    before = text[: first.start]
    qualifier = _qualifier(before, text[last.end :]) or unsaid
    if len(tokens) == 2:
        between = text[first.end : last.start]
        if _RANGE.match(between) or (_AND.match(between) and _BETWEEN.search(before)):
            return _range(first, last, style, kind, noun, qualifier)
        fraction = _FRACTION.match(between)
        if fraction:
            printed = _unit(fraction["noun"], "")[0] or _unit(text[last.end :], "")[0]
            return _fraction(first, last, style, printed, unit, qualifier)
    if len(tokens) == 1:
        amount = _amount(first, style, kind)
    elif _is_compound(text, tokens):
        amount = _compound(tokens, style)
    else:
        listed = ", ".join(token.digits for token in tokens)
        raise UnreadableNumber(
            f"several numbers are printed ({listed}); keep the one that is meant, with its unit"
        )
    capped = kind == "percent" and not _OF_A_PLAN.search(text)
    if before[-1:] in "-−" and before and not before[:-1].strip():
        amount, qualifier = amount._replace(mantissa=-amount.mantissa), "exact"
    low, high = _interval(amount, kind, qualifier, capped)
    return Quantity(amount.value, low, high, math.nan, noun, qualifier)


def _unit(after: str, known: str) -> tuple[str, Kind]:
    """Unit as printed after a number, else as known; and whether it may have decimals."""
    for sign, pattern in _UNIT_SIGNS:
        match = pattern.match(after)
        if match:
            yearly = "/năm" if _A_YEAR.match(after[match.end() :]) else ""
            return sign + yearly, "count" if sign == "đồng" else "percent"
    match = _NOUN.match(after.lstrip())
    noun = _AFTER.sub("", match[0]).strip() if match else ""
    return noun or known, _kind_of(noun or known)


@lru_cache(maxsize=1024)  # a table has few units
def _kind_of(unit: str) -> Kind:
    """Whether what is counted in a unit may have decimals."""
    if not unit:
        return "bare"
    if unit.startswith(("%", "pp")):
        return "percent"
    return "measure" if _MEASURE.match(unit) else "count"


def _qualifier(before: str, after: str) -> str:
    match = _AFTER.search(after) or _QUALIFIER.search(before[-40:])
    return str(match.lastgroup) if match else ""


def _interval(amount: _Amount, kind: Kind, qualifier: str, capped: bool) -> tuple[float, float]:
    value = amount.value
    whole = amount.decimals == 0 and amount.factor == 1 and kind != "percent"
    if qualifier == "exact":
        low, high = (value, value) if whole else (amount.shifted(-1), amount.shifted(1))
    else:
        step = 2 * _significant_step(amount, kind)
        low, high = {
            "more_than": (value, amount.shifted(step)),
            "nearly": (amount.shifted(-step), value),
            "about": (amount.shifted(-step), amount.shifted(step)),
            "less_than": (0.0, value),
            "at_most": (0.0, value),
            "at_least": (value, math.inf),
        }[qualifier]
    if value >= 0:
        low = max(low, 0.0)
    if capped and value <= 100:
        high = min(high, 100.0)
    return low, high


def _significant_step(amount: _Amount, kind: Kind) -> int:
    """Units of the last place in one unit of the last significant place."""
    step = 1
    if amount.decimals or kind == "percent" or amount.mantissa == 0:
        return step
    while amount.mantissa % (10 * step) == 0:
        step *= 10
    return step


def _range(
    first: _Token, last: _Token, style: str, kind: Kind, noun: str, qualifier: str
) -> Quantity:
    if first.factor == 1:
        first = first._replace(factor=last.factor)
    ends = _amount(first, style, kind).value, _amount(last, style, kind).value
    if ends[0] > ends[1]:
        raise UnreadableNumber(
            f"the range starts at {first.digits}, above its end {last.digits}; "
            "keep the one number that is meant, or give the lower end first"
        )
    low = 0.0 if qualifier in ("at_most", "less_than") else ends[0]
    high = math.inf if qualifier == "at_least" else ends[1]
    return Quantity((ends[0] + ends[1]) / 2, low, high, math.nan, noun, qualifier)


def _fraction(
    first: _Token, last: _Token, style: str, printed: str, known: str, qualifier: str
) -> Quantity:
    part, whole = _amount(first, style, "count"), _amount(last, style, "count")
    if not printed and part.value < whole.value <= 10:
        share = part.value / whole.value  # `giảm 1/2`: a half, not one of two
        return Quantity(share, share, share, math.nan, known, qualifier)
    low, high = _interval(part, "count", qualifier, capped=False)
    return Quantity(part.value, low, high, whole.value, printed or known, qualifier)


def _is_compound(text: str, tokens: list[_Token]) -> bool:
    """Whether the numbers go on at ever smaller scales: 82 tỷ 055 triệu."""
    return all(
        a.factor > b.factor > 1 and not text[a.end : b.start].strip() and b.digits.isdigit()
        for a, b in pairwise(tokens)
    )


def _compound(tokens: list[_Token], style: str) -> _Amount:
    finest = tokens[-1].factor
    parts = [_amount(token, style, "count") for token in tokens]
    if any(part.decimals for part in parts):
        listed = " ".join(token.digits for token in tokens)
        raise UnreadableNumber(f"{listed}: only whole numbers may go on at a smaller scale")
    return _Amount(sum(p.mantissa * (p.factor // finest) for p in parts), finest, 0)


def _amount(token: _Token, style: str, kind: Kind) -> _Amount:
    """A numeral with its scale; `1,5 triệu hộ` may have decimals though a count may not."""
    digits, decimals = digits_and_decimals(
        token.digits, style, kind if token.factor == 1 else "measure"
    )
    return _Amount(int(digits), token.factor, decimals)


def _vague(text: str) -> Quantity:
    """`hàng chục nghìn suất`: tens of thousands; raises UnreadableNumber for other words."""
    match = _VAGUE.search(text)
    if not match:
        digits = "only the digits of a year or a name" if _DIGIT.search(text) else "no digits"
        raise UnreadableNumber(f"{digits} are printed; give the number as the source prints it")
    base = math.prod(_VAGUE_WORDS[word] for word in match["words"].lower().split())
    low, high = 2.0 * base, 10.0 * base - 1
    noun = _unit(match["unit"], "")[0]
    return Quantity((low + high) / 2, low, high, math.nan, noun, "about")
