"""Scanner: finds each printed quantity in running text, with its qualifier, scale and unit."""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from helpers import quantities
from helpers.bulletins import words
from helpers.bulletins.numerals import Span
from helpers.bulletins.text import Text
from helpers.bulletins.vocabulary import (
    AT_ENDS,
    MONEY,
    PER,
    QUALIFIERS,
    SCALE,
    STOPPING,
    UNIT,
    WORD,
)

LONGEST_NUMBER = 30
# It opens with one character, not with a choice: such a pattern is found thrice as fast.
_NUMBER = re.compile(
    r"[0-9](?:[0-9]{0,2}(?: [0-9]{3}){1,4}(?![0-9]|[.,][0-9])|[0-9]*(?:[.,][0-9]+)*)"
)
_VIETNAMESE = re.compile(r"[0-9](?:,[0-9]{1,2} ?%|\.[0-9]{3} (?:hộ|người))")
_ENGLISH = re.compile(r"[0-9](?:\.[0-9]{1,2} ?%|,[0-9]{3} (?:hộ|người))")
_A_MONTH = re.compile(r"/ ?(?:người|khẩu) ?/ ?tháng")
_STANDARD = re.compile(r"\b(?:chuẩn|ngưỡng|mức chuẩn|tiêu chí thu nhập|hộ (?:cận )?nghèo ở)\b")
# A number without a unit in a list after one that has it: `(cao đẳng 312, trung cấp 645)`.
_LISTED_NUMBER = re.compile(r"[(:,] ?(?:[^\W_]+ ){1,9}$")
_LISTED_END = re.compile(r" ?[,;)]|\. |\.?$|\.\n")
_CLEARLY = 4
_DIGITS = re.compile(r"[0-9]+")
_TO = re.compile(r" ?[-–—~] ?(?=[0-9])| (?:đến|tới) (?=[0-9])")
_OF = re.compile(r" ?/ ?(?=[0-9])| trên tổng số (?=[0-9])")
_PERCENT = re.compile(r" ?%")
_PART = re.compile(
    r" ?(?P<noun>hộ(?: cận nghèo| nghèo)?)(?: ?/ ?(?=[0-9])| trên tổng số (?=[0-9]))"
)
_MONEY_SCALE = re.compile(r"(?:triệu|tỷ|tỉ)$", re.I)
_ENDS_AMOUNT = re.compile(r" ?(?:[,;.)\r\n]|$| (?:cho|để|và|từ|vốn|của|tiền)\b)")
_DAY_AND_MONTH = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01]) ?/ ?(?:0?[1-9]|1[0-2])")
_SAYS_NUMBER = re.compile(r"(?:\blà|\bcòn|\bđạt|\bcó|[:=|]|nghèo|tỷ lệ|\bsố) ?$", re.I)
_TABLE_MARK = re.compile(r" ?(?:[|;,.)\r\n]|$)")


@dataclass(frozen=True)
class Printed:
    """A printed quantity at [start, end) of the composed text.

    number  : position of its first digit or number word
    noun    : the noun phrase from the unit on, as far as it goes
    quantity: what it reads as; None where it cannot be read, `problem` then says why
    per     : whether it is for each one of something: `46.000 đồng/hộ/tháng`
    """

    start: int
    number: int
    end: int
    unit: str
    noun: str
    quantity: quantities.Quantity | None
    problem: str
    per: bool = False


def scan(text: Text, others: Sequence[Span], style: str) -> tuple[list[Printed], list[Span]]:
    """Printed quantities of a text, by position, and the numerals left over that are none.

    others : numerals already known to be no figures
    style  : how the source writes numbers, as in `quantities.parse`
    Every sequence of the digits 0-9 lies in one of the quantities, `others`, or those left over.
    """
    nfc = text.nfc
    found: list[Printed] = []
    left: list[Span] = []
    walls = [*others, Span(len(nfc), len(nfc), "")]
    last = 0
    for wall in walls:
        position = last
        while number := _NUMBER.search(nfc, position, wall.start):
            printed = _read(nfc, number, last, wall.start, style)
            if printed is None:
                left.append(_left_over(nfc, number))
                position = number.end()
            elif _is_threshold(text.low, printed):
                left.append(Span(printed.number, printed.end, "other"))
                position = last = printed.end
            else:
                found.append(printed)
                position = last = printed.end
        last = max(last, wall.end)
    taken = [*((p.start, p.end) for p in found), *((s.start, s.end) for s in [*others, *left])]
    return sorted([*found, *_in_words(text, taken)], key=lambda p: p.number), left


def style_of(nfc: str) -> str:
    """How a text writes numbers, by evidence: 'vi', 'en', or 'mixed' when it does both."""
    english = len(_ENGLISH.findall(nfc))
    if not english:
        return "vi"
    vietnamese = len(_VIETNAMESE.findall(nfc))
    if vietnamese >= _CLEARLY * english:
        return "vi"  # a slip or two among many
    return "mixed" if _CLEARLY * vietnamese > english else "en"


def _is_threshold(low: str, printed: Printed) -> bool:
    """Whether an amount a person a month is the line of a standard, which no office reports."""
    if not printed.per or printed.unit.lower() not in MONEY:
        return False
    if not _A_MONTH.search(low, printed.number, printed.end):
        return False
    return bool(_STANDARD.search(low, max(0, printed.start - 170), printed.start))


def _left_over(nfc: str, number: re.Match[str]) -> Span:
    """A numeral that is no quantity: a bare day and month, digits of a code, or just a number."""
    before = nfc[max(0, number.start() - 1) : number.start()]
    if len(number.group()) > LONGEST_NUMBER or before.isalpha() or before in {"_", "@", "#"}:
        return Span(number.start(), number.end(), "code")
    around = nfc[max(0, number.start() - 3) : number.end() + 3]
    kind = "date" if _DAY_AND_MONTH.search(around) else "other"
    return Span(number.start(), number.end(), kind)


def _read(nfc: str, number: re.Match[str], floor: int, wall: int, style: str) -> Printed | None:
    """The quantity that a numeral opens, or None where it is no quantity."""
    start = number.start()
    glued = _glued_word(nfc, start)
    if number.end() - start > LONGEST_NUMBER or (glued and (len(glued) < 2 or not glued.islower())):
        return None
    end, unit, per = _extent(nfc, number.end(), wall)
    part = _PART.match(nfc, number.end(), end)
    noun = part.group("noun") if part else _noun_phrase(nfc, end - len(unit), wall)
    scaled = end > number.end() and _MONEY_SCALE.search(nfc, number.end(), end)
    if not unit and scaled and _ENDS_AMOUNT.match(nfc, end):
        unit = "đồng"
    if not unit:
        after = WORD.match(nfc, end + 1) if nfc[end : end + 1] == " " else None
        fraction = "/" in nfc[start:end]
        if after and after.group().islower() and after.group() not in STOPPING:
            unit, end = after.group(), after.end()
        elif fraction or not _is_bare_figure(nfc, start, end, number.group()):
            return None
    closing = AT_ENDS.match(nfc, end, wall)
    if closing:
        noun, end = noun or closing.group().strip(), closing.end()
    before = nfc[max(floor, start - 40) : start]
    qualifier = QUALIFIERS.search(before)
    opening = start - len(before) + qualifier.start() if qualifier else start
    return _measured(nfc, opening, start, end, unit, noun, style, per)


def _glued_word(nfc: str, start: int) -> str:
    """Letters right before a numeral: `còn14.040` is a slip, `H5` a code."""
    begin = start
    while begin > max(0, start - 12) and nfc[begin - 1].isalpha():
        begin -= 1
    return nfc[begin:start]


def _extent(nfc: str, end: int, wall: int) -> tuple[int, str, bool]:
    """End of the quantity whose first numeral ends at `end`, its unit as printed ('' if none).

    And whether it is an amount for each one of something.

    Goes on over scales (`82 tỷ 055 triệu`), the second end of a range, and the whole of a fraction.
    """
    end = _scaled(nfc, end, wall)
    second = _range_end(nfc, end, wall) or _fraction_end(nfc, end, wall)
    if second:
        end = second
    unit = UNIT.match(nfc, end, wall)
    if not unit:
        return end, "", False
    end = unit.end()
    per = PER.match(nfc, end, wall)
    named = nfc[unit.start() : unit.end()].strip()
    return (per.end() if per else end), named, per is not None


def _scaled(nfc: str, end: int, wall: int) -> int:
    """End of an amount: its scale word, and smaller scales that go on after it."""
    for _ in range(4):
        scale = SCALE.match(nfc, end, wall)
        if not scale:
            return end
        end = scale.end()
        further = _NUMBER.match(nfc, end + 1, wall) if nfc[end : end + 1] == " " else None
        if not further or not SCALE.match(nfc, further.end(), wall):
            return end
        end = further.end()
    return end


def _range_end(nfc: str, end: int, wall: int) -> int | None:
    """End of the second number of a range `1,0 - 1,5%`, `2% đến 3%`, or None."""
    percent = _PERCENT.match(nfc, end, wall)
    to = _TO.match(nfc, percent.end() if percent else end, wall)
    number = _NUMBER.match(nfc, to.end(), wall) if to else None
    if not number or number.end() - number.start() > LONGEST_NUMBER:
        return None
    second = _scaled(nfc, number.end(), wall)
    unit = UNIT.match(nfc, second, wall)
    alike = unit is not None and (not percent or unit["sign"] == "%")
    return second if alike else None


def _fraction_end(nfc: str, end: int, wall: int) -> int | None:
    """End of the whole in `12/13 nhiệm vụ`, `793 hộ nghèo/53.904 hộ`, or None.

    `5.804 hộ/15.461 người` are two figures.
    """
    unit = None
    of = _OF.match(nfc, end, wall)
    if not of:
        unit = UNIT.match(nfc, end, wall)
        part = _PART.match(nfc, end, wall)
        of = part or (_OF.match(nfc, unit.end(), wall) if unit else None)
    number = _NUMBER.match(nfc, of.end(), wall) if of else None
    if not number or number.end() - number.start() > LONGEST_NUMBER:
        return None
    whole = UNIT.match(nfc, number.end(), wall)
    alike = unit is None or (whole is not None and whole["noun"] == unit["noun"])
    return number.end() if alike else None


def _noun_phrase(nfc: str, start: int, wall: int) -> str:
    """Words from `start` on up to a verb, preposition, digit or mark; at most eight."""
    phrase: list[str] = []
    position = start
    while len(phrase) < 8 and position < wall:
        while position < wall and nfc[position] == " ":
            position += 1
        word = WORD.match(nfc, position, wall)
        if not word or (phrase and word.group().lower() in STOPPING):
            break
        phrase.append(word.group())
        position = word.end()
    return " ".join(phrase)


def _is_bare_figure(nfc: str, start: int, end: int, number: str) -> bool:
    """Whether a number without a unit is a figure: said so before it, and nothing after it."""
    before = nfc[max(0, start - 20) : start]
    listed = _LISTED_NUMBER.search(nfc[max(0, start - 60) : start])
    if listed and _LISTED_END.match(nfc, end):
        return True
    large = len(_DIGITS.sub("", number)) > 0 or len(number) >= 3
    return bool(large and _SAYS_NUMBER.search(before) and _TABLE_MARK.match(nfc, end))


def _measured(
    nfc: str,
    opening: int,
    start: int,
    end: int,
    unit: str,
    noun: str,
    style: str,
    per: bool = False,
) -> Printed:
    quantity, problem = None, ""
    try:
        quantity = quantities.parse(nfc[opening:end], style)
    except quantities.UnreadableNumber as error:
        problem = str(error)
    return Printed(opening, start, end, unit, noun, quantity, problem, per)


def _in_words(text: Text, taken: list[tuple[int, int]]) -> list[Printed]:
    """Quantities in number words, where a unit follows and no numeral stands in the way."""
    nfc, covered = text.nfc, sorted(taken)
    found: list[Printed] = []
    for start, end, value in words.find(text.low):
        unit = UNIT.match(nfc, end)
        if not unit or _overlaps((start, unit.end()), covered):
            continue
        per = PER.match(nfc, unit.end())
        stop = per.end() if per else unit.end()
        named = nfc[unit.start() : unit.end()].strip()
        noun = _noun_phrase(nfc, unit.start(), len(nfc))
        before = nfc[max(0, start - 40) : start]
        qualifier = QUALIFIERS.search(before)
        opening = start - len(before) + qualifier.start() if qualifier else start
        if math.isnan(value):
            found.append(_measured(nfc, opening, start, stop, named, noun, "vi"))
            continue
        in_digits = words.in_digits(text.low[start:end], value, named.lower() in MONEY)
        printed = f"{nfc[opening:start]}{in_digits} {nfc[unit.start() : stop].strip()}"
        quantity = quantities.parse(printed, "vi")
        found.append(Printed(opening, start, stop, named, noun, quantity, "", per is not None))
    return found


def _overlaps(span: tuple[int, int], covered: list[tuple[int, int]]) -> bool:
    place = bisect.bisect_right(covered, (span[0], math.inf))
    near = covered[max(0, place - 1) : place + 1]
    return any(start < span[1] and span[0] < end for start, end in near)
