"""Subjects: what each foreign figure counts; poverty in the ledger's words, all else in its own."""

from __future__ import annotations

import re

from helpers import places
from helpers.bulletins.foreign.lexicon import Meanings
from helpers.bulletins.foreign.scanner import MONEY
from helpers.bulletins.indicators import Subject
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
_OF_NOUN = re.compile(r" (?:of|des|de|du)\b")
_LEVEL = re.compile(
    r"(?:\bat|\bto|\bis|\bwas|\bwith|\bhad|\bhas|:|\bà|\bétait|\bavec|\baffiche"
    r"|\benregistre)(?: (?:only|about|just))? ?$"
)
_RATE_NEXT = re.compile(r" ?(?:\($|, or $|,? (?:soit|accounting for|making up) $)")
Before = tuple[Printed, Subject]


def subject(
    printed: Printed,
    between: str,
    after: str,
    previous: Before | None,
    topic: str,
    placed: bool,
    rest: str,
    words: Meanings,
) -> Subject:
    """What a printed quantity counts.

    between  : lower-case text from the end of the figure before it in the sentence, else from its
               start; after : text behind it up to the next figure
    previous : the figure before it in the same sentence, and what it counts
    topic    : kind of household last spoken of, which `the rate` resumes
    rest     : the rest of the sentence behind the figure
    placed   : whether a place is named between: `the Mekong Delta with 277,936 (5.73%)`
    """
    told = words.are_poor_later.match(rest) if printed.unit in ("hộ", "") else None
    if told:
        kind = "near_poor" if words.near.search(told.group()) else "poor"
    else:
        kind = _kind(printed, between, after, previous, topic, placed, words)
    group = _group(printed, between, after, previous, words)
    carried = previous is not None and (len(between) <= 30 or words.carrying.match(between))
    if not group and previous and carried and kind != "other":
        group = previous[1].group
    if kind == "share":
        return Subject("other", "share_of_poor_households", "", group, "%")
    direction = _direction(printed, between, after, words)
    again = words.also.match(between) or (printed.unit == "pp" and words.by_before.search(between))
    if not direction and previous and previous[1].direction and again:
        direction = previous[1].direction
    if kind == "other":
        label = _label(printed, between, after)
        return Subject(kind, label, direction, group, printed.unit)
    return _poverty(printed, kind, direction, group, between[-70:] + "~" + after[:24], words)


def _kind(
    printed: Printed,
    between: str,
    after: str,
    previous: Before | None,
    topic: str,
    placed: bool,
    words: Meanings,
) -> str:
    unit = printed.unit
    percent = unit in ("%", "pp")
    if unit in MONEY or not (percent or unit in ("hộ", "", "người") or unit.startswith("poo")):
        poor = _term(unit, words) if unit not in MONEY else ""
        if not poor:
            return "other"
    if percent:
        return _kind_of_rate(between, after, previous, topic, placed, words)
    if unit == "người":
        return "other"
    return _kind_of_count(printed, between, after, previous, topic, placed, words)


def _kind_of_rate(
    between: str,
    after: str,
    previous: Before | None,
    topic: str,
    placed: bool,
    words: Meanings,
) -> str:
    if words.plan_after.match(after):
        return "other"
    if words.share_after.match(after):
        return "share"
    phrase = _PHRASE.match(after)
    right = _term(_plain(phrase[0] if phrase else "", words), words)
    left = last_term(between, words)
    if left == "other" and not _carries(previous, between, words):
        return right if right in NAMES else "other"
    if left and left not in ("other", "total"):
        return left
    if right in NAMES and not _carries(previous, between, words):
        return right
    if _carries(previous, between, words) and previous:
        return previous[1].kind
    if previous and previous[1].kind in NAMES and previous[1].unit in ("%", "pp"):
        return previous[1].kind if len(between) <= 120 and not right else "other"
    resumed = words.resumed.search(between) and len(between) <= 140
    bare = placed and not right and not _OF_NOUN.match(after) and _LEVEL.search(between[-40:])
    return topic if topic in NAMES and (resumed or bare) else "other"


def _kind_of_count(
    printed: Printed,
    between: str,
    after: str,
    previous: Before | None,
    topic: str,
    placed: bool,
    words: Meanings,
) -> str:
    noun = _term(printed.noun, words)
    phrase = _PHRASE.match(after)
    behind = _term(_plain(phrase[0] if phrase else "", words), words)
    if behind in ("escaping", "falling", "newly"):
        return behind
    left = last_term(between, words)
    named = noun if noun != "other" else ""
    if left in ("escaping", "falling", "newly") and named in ("", "poor", "near_poor"):
        return left
    if named == "poor" and behind == "near_poor" and _joined(after):
        named = "multidim"
    if _given(between, after, previous, words):
        return "other"
    if named:
        return named
    if printed.unit == "hộ" and (
        words.total_after.match(after) or words.total_before.search(between)
    ):
        return left if left in NAMES and not words.total_before.search(between) else "total"
    if (
        behind in NAMES
        and (printed.unit == "hộ" or words.are_poor.match(after))
        and "," not in after[:4]
    ):
        return behind
    if left:
        return left
    if _carries(previous, between, words) and previous:
        return previous[1].kind
    if printed.unit not in ("hộ", ""):
        return "other"
    if previous and previous[1].kind in NAMES and len(between) <= 90:
        return previous[1].kind
    resumed = words.resumed.search(between) and len(between) <= 160
    with_rate = _RATE_NEXT.match(after) is not None and printed.unit == "hộ"
    if topic in NAMES and (resumed or with_rate or (placed and not printed.unit)):
        return topic
    return "total" if printed.unit == "hộ" and words.having.search(between) else "other"


def _joined(after: str) -> bool:
    return bool(re.match(r" (?:and|et|or|ou) ", after))


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
    found = [(m.start(), m.end(), "fall") for m in words.falls.finditer(near)]
    found += [(m.start(), m.end(), "rise") for m in words.rises.finditer(near)]
    if not found:
        return ""
    _, end, direction = max(found)
    behind = near[end:]
    by = words.by_before.search(behind)
    if by or printed.unit == "pp":
        return direction if not re.search("[;:]", behind) else ""
    return "" if "," in behind or words.not_between.search(behind) else direction


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


def _group(
    printed: Printed, between: str, after: str, previous: Before | None, words: Meanings
) -> str:
    """The group named in the figure's own phrase, or in the words around it."""
    near = _CLAUSE.split(between[-140:])[-1]
    phrase = _PHRASE.match(after)
    if previous is not None and previous[1].kind == "other" and len(between) <= 40:
        near = f"{previous[0].noun} {near}"
    opening = between.partition(",")[0] if len(between) < 200 and "," in between else ""
    behind = phrase[0] if phrase else ""
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
    """A short label in the source's own words: `workers`, `gifts`, `share_of_students`."""
    if printed.unit in MONEY:
        return "amount_of_money"
    if printed.unit in ("%", "pp"):
        phrase = _WORDS.findall(after[:60])[:4] or _WORDS.findall(between[-40:])[-4:]
        return places.fold(" ".join(["share", *phrase])).replace("-", "_")
    label = places.fold(printed.noun or printed.unit).replace("-", "_")[:60]
    if "poor" in label or label == "total_households":
        return "households_reached"  # never a name that the ledger has for something else
    return label or "number"
