"""Subjects: what each foreign figure counts; poverty in the ledger's words, all else in its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.scanner import MONEY
from helpers.bulletins.indicators import Subject, label_of
from helpers.bulletins.scanner import Printed

_STOCKS = {
    "escaping": "households_escaping_poverty", "falling": "households_falling_back",
    "newly": "households_newly_poor", "total": "total_households",
}  # fmt: skip
NAMES = {"poor": "poor", "near_poor": "near_poor", "multidim": "multidim_poor"}
_INSIDE = re.compile(r" (?:in|among|for|of|dans|chez|parmi|en)\b")
_CLAUSE = re.compile(r"[,;(]")
_PHRASE = re.compile(r"[^,;.:()\d]{0,60}")
_WORDS = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r" (?:and|et|or|ou) ")
_THE_OTHER = re.compile(r" (?:and|et|while|but|tandis|mais) (?:that|those|the|celui|celle|que)\b")
_OF_THE_LAST = re.compile(
    r"^\)?,? (?:are|were|live in|in|among|sont|étaient|vivent en)\b[^,;()]*? (?:and|while|et"
    r"|tandis)\b"
)
_BRACKET = re.compile(r"^ ?\([^()]{0,40}\)|^\)")
_AND = re.compile(r",? (?:and|et)\b")
_FAR = 160
_RATE_NEXT = re.compile(r" ?(?:\($|, or $|,? (?:soit|accounting for|making up) $)")
Before = tuple[Printed, Subject]


@dataclass(frozen=True)
class Around:
    """What stands around a printed quantity, in lower case.

    between  : text from the end of the figure before it in the sentence, else from its start
    spoken   : the sentence before the figure
    after    : text behind it up to the next figure; rest : up to the end of the sentence
    previous : the figure before it in the same sentence, and what it counts
    topic    : kind of household last spoken of, which `the rate` resumes
    placed   : whether a place is named between: `the Mekong Delta with 277,936 (5.73%)`
    led      : whether the line above a list gives the topic
    """

    between: str
    spoken: str
    after: str
    rest: str
    previous: Before | None
    topic: str
    placed: bool
    led: bool


def subject(printed: Printed, around: Around, words: Meanings) -> Subject:
    """What a printed quantity counts."""
    between, after, previous = around.between, around.after, around.previous
    told = words.are_poor_later.match(around.rest) if printed.unit in ("hộ", "") else None
    kind = _term(told.group(), words) if told else _kind(printed, around, words)
    group = _group(printed, around, words)
    carried = previous is not None and (len(between) <= 30 or words.carrying.match(between))
    if not group and previous and carried and kind != "other":
        group = previous[1].group
    if kind == "share":
        return Subject("other", "share_of_poor_households", "", group, "%")
    direction = _direction(printed, between, after, words)
    by = _AND.match(between) or printed.unit == "pp"
    again = words.also.match(between) or (by and words.by_before.search(between))
    if not direction and previous and previous[1].direction and again:
        direction = previous[1].direction
    if not direction and kind in NAMES and _is_yearly(printed):
        direction = _last_change(around.spoken, words)[1]
    if kind == "other":
        label = _label(printed, between, after)
        return Subject(kind, label, direction, group, printed.unit)
    return _poverty(printed, kind, direction, group, between[-70:] + "~" + after[:40], words)


def of_kind(said: Subject, kind: str) -> Subject:
    """The same level of another kind of household: `poor_rate` as `near_poor_rate`."""
    measure = said.indicator.removeprefix(NAMES[said.kind])
    return replace(said, kind=kind, indicator=NAMES[kind] + measure)


def _kind(printed: Printed, around: Around, words: Meanings) -> str:
    if printed.unit in ("%", "pp"):
        return _kind_of_rate(printed, around, words)
    plain = printed.unit in ("hộ", "")
    named = _term(_plain(printed.noun, words), words) in NAMES
    if printed.unit in (*MONEY, "người") or not (plain or named):
        return "other"
    return _kind_of_count(printed, around, words)


def _kind_of_rate(printed: Printed, around: Around, words: Meanings) -> str:
    if words.plan_after.match(around.after):
        return "other"
    if words.share_after.match(around.after):
        return "share"
    if words.of_others.match(around.after):
        return "other"
    after = words.base.sub("", around.after)
    between = words.base.sub("", around.between)
    phrase = _PHRASE.match(after)
    right = _term(_plain(phrase[0] if phrase else "", words), words)
    left = last_term(between, words)
    carries = _carries(around.previous, between, words)
    if left == "other" and not carries:
        return right if right in NAMES else "other"
    if left and left not in ("other", "total"):
        return left
    if right in NAMES and not carries:
        return right
    return _inherited(printed, between, after, around, words)


def _kind_of_count(printed: Printed, around: Around, words: Meanings) -> str:
    between, after = words.base.sub("", around.between), around.after
    noun = _term(printed.noun, words)
    phrase = _PHRASE.match(after)
    behind = _term(_plain(phrase[0] if phrase else "", words), words)
    if behind in ("escaping", "falling", "newly"):
        return behind
    left = last_term(between, words)
    named = noun if noun != "other" else ""
    if left in ("escaping", "falling", "newly") and named in ("", "poor", "near_poor"):
        return left
    if named == "poor" and behind == "near_poor" and _JOINED.match(after):
        named = "multidim"
    if _given(between, after, around.previous, words):
        return "other"
    if named:
        return named
    if printed.unit == "hộ" and (
        words.total_after.match(after) or words.total_before.search(between)
    ):
        return left if left in NAMES and not words.total_before.search(between) else "total"
    are = words.are_poor.match(after) or words.of_households.match(after)
    if behind in NAMES and (printed.unit == "hộ" or are) and "," not in after[:4]:
        return behind
    if left:
        return left
    kind = _inherited(printed, between, after, around, words)
    if kind == "other" and printed.unit == "hộ" and words.having.search(between):
        return "total"
    return kind


def _inherited(printed: Printed, between: str, after: str, around: Around, words: Meanings) -> str:
    """The kind that a figure without words of its own takes over from the figures before it."""
    previous = around.previous
    if previous and _carries(previous, between, words):
        return previous[1].kind
    if len(between) > _FAR or words.competing.search(between) or not words.goes_on.match(after):
        return "other"
    if previous and previous[1].kind in NAMES:
        return previous[1].kind
    if previous and previous[1].kind != "other":
        return "other"
    resumed = words.resumed.search(between) or words.pronoun.search(between)
    with_rate = _RATE_NEXT.match(after) is not None and printed.unit == "hộ"
    bare = around.placed and printed.unit != "hộ" and not (previous and printed.unit == "%")
    bare = bare or (around.led and len(printed.noun.split()) <= 1)
    return around.topic if around.topic in NAMES and (resumed or with_rate or bare) else "other"


def _carries(previous: Before | None, between: str, words: Meanings) -> bool:
    """Whether a figure goes on about the one before it: `, or 7.71 percent`."""
    return bool(previous and previous[1].kind != "other" and words.carrying.match(between))


def _given(between: str, after: str, previous: Before | None, words: Meanings) -> bool:
    """Whether households get something and are not the count: `gifts to 5,127 poor households`."""
    if words.given_before.search(between) or words.given_after.match(after):
        return True
    said = words.to_before.search(between)
    if not said:
        return False
    if previous and previous[1].unit in MONEY:
        return True
    changes = words.falls.search(between) or words.rises.search(between) or " from " in between
    return not changes and bool(between[: said.start()].strip())


def _plain(text: str, words: Meanings) -> str:
    return words.no_subject.sub(lambda match: "~" * len(match[0]), text)


def _term(text: str, words: Meanings) -> str:
    match = words.terms.search(text)
    return str(match.lastgroup) if match else ""


def last_term(between: str, words: Meanings) -> str:
    """The kind of household named last, words such as `poverty reduction` left out."""
    named = [str(m.lastgroup) for m in words.terms.finditer(_plain(between[-260:], words))]
    if len(named) > 1 and named[-1] == "total" and named[-2] in NAMES:
        return named[-2]
    return named[-1] if named else ""


def _direction(printed: Printed, between: str, after: str, words: Meanings) -> str:
    """`fall` or `rise` where the figure is a change, '' where it is a level."""
    if words.fall_after.match(after):
        return "fall"
    if words.rise_after.match(after):
        return "rise"
    near = between[-120:]
    if printed.unit != "pp" and (words.to_level.search(near) or words.from_before.search(near)):
        return ""
    end, direction = _last_change(near, words)
    if not direction:
        return ""
    behind = near[end:]
    below = printed.quantity is not None and printed.quantity.qualifier == "less_than"
    if below and not behind.strip():
        return ""  # `fall below 9%`
    by = words.by_before.search(behind)
    if by or printed.unit == "pp":
        return direction if not re.search("[;:]", behind) else ""
    return "" if "," in behind or words.not_between.search(behind) else direction


def _last_change(text: str, words: Meanings) -> tuple[int, str]:
    """Where the last word of a change ends, and its direction, '' without one."""
    found = [(m.end(), "fall") for m in words.falls.finditer(text)]
    found += [(m.end(), "rise") for m in words.rises.finditer(text)]
    return max(found, default=(0, ""))


def _is_yearly(printed: Printed) -> bool:
    return printed.quantity is not None and printed.quantity.unit.endswith("%/năm")


def _poverty(
    printed: Printed, kind: str, direction: str, group: str, around: str, words: Meanings
) -> Subject:
    percent = printed.unit in ("%", "pp")
    if kind in _STOCKS:
        stock = _STOCKS[kind] if not percent else f"{_STOCKS[kind]}_share"
        return Subject(kind, stock, direction, group, printed.unit or "hộ")
    name = f"{NAMES[kind]}_{'rate' if percent else 'households'}"
    unit = printed.unit if percent else "hộ"
    if not direction and printed.unit != "pp":
        return Subject(kind, name, "", group, unit)
    told = printed.quantity is not None and printed.quantity.unit.endswith("/năm")
    name += "_change_per_year" if told or words.yearly.search(around) else "_change"
    return Subject(kind, name, direction, group, "pp" if percent else unit)


def _group(printed: Printed, around: Around, words: Meanings) -> str:
    """The group named in the figure's own phrase, or in the words around it."""
    between, previous = around.between, around.previous
    if previous and _OF_THE_LAST.match(between):  # `2,576 (1.33%) are urban and 10,454 rural`
        between = _OF_THE_LAST.sub("", between)
    near = _CLAUSE.split(between[-140:])[-1]
    skipped = _BRACKET.match(around.rest)
    phrase = _PHRASE.match(around.rest[skipped.end() :] if skipped else around.after)
    if previous is not None and previous[1].kind == "other" and len(between) <= 40:
        near = f"{previous[0].noun} {near}"
    opening = between.partition(",")[0] if len(between) < 200 and "," in between else ""
    behind = _THE_OTHER.split(phrase[0])[0] if phrase else ""
    own = behind if _INSIDE.match(behind) else ""
    texts = (printed.noun, own, near, behind, opening)
    if not words.any_group.search("\n".join(texts)):
        return ""
    for text in texts:
        for group, pattern in words.groups:
            match = pattern.search(text)
            if match:
                return f"{group} {match[1].title()}" if pattern.groups else group
    return ""


def _label(printed: Printed, between: str, after: str) -> str:
    """A short label in the source's own words: `other_workers`, `other_share_of_students`."""
    if printed.unit in MONEY:
        return label_of("amount of money")
    if printed.unit in ("%", "pp"):
        phrase = _WORDS.findall(after[:60])[:4] or _WORDS.findall(between[-40:])[-4:]
        return label_of(" ".join(["share", *phrase]))
    return label_of(printed.noun or printed.unit or "number")
