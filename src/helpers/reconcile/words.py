"""Conflicts in words for readers: who is meant, what is said twice, which doubts are shared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers import labels
from helpers.reconcile.sentences import when, where
from helpers.reconcile.tables import EXPLAINED, Reconciled

Row = Mapping[str, Any]
Sets = tuple[tuple[str, ...], ...]
SUMS = ("sum-of-parts", "places-add-up")


@dataclass(frozen=True)
class Block:
    """Conflicts that are settled together, because the same figures are in doubt.

    conflicts : rows of the table of conflicts
    doubted   : every smallest set of figure ids to doubt; empty where none is
    """

    conflicts: tuple[Row, ...]
    doubted: Sets

    @property
    def ids(self) -> list[str]:
        """Ids of its conflicts."""
        return [str(conflict["conflict_id"]) for conflict in self.conflicts]

    @property
    def figures(self) -> list[str]:
        """Ids of its figures, the doubted ones first."""
        doubted = [figure for one in self.doubted for figure in one]
        named = [f for conflict in self.conflicts for f in str(conflict["figures"]).split()]
        return list(dict.fromkeys(doubted + named))


@dataclass(frozen=True)
class Told:
    """What the tables say of conflicts, looked up by id.

    figures : the ledger's row of each figure that a conflict or a change names
    sides   : the two ranges of each conflict, rows of the table of ranges
    changes : the row of each changed figure
    """

    figures: Mapping[str, Row]
    sides: Mapping[str, list[Row]]
    changes: Mapping[str, Row]


def told(result: Reconciled) -> Told:
    """Look-ups for all that the conflicts and changes of a result name."""
    named = {figure for text in result.conflicts["figures"] for figure in text.split()}
    named |= set(re.split(r"[ |]+", " ".join(result.conflicts["doubted"])))
    named |= set(result.changes["figure_id"])
    rows = result.figures[result.figures["figure_id"].isin(named)]
    sides: dict[str, list[Row]] = {}
    for side in records(result.ranges):
        sides.setdefault(str(side["conflict_id"]), []).append(side)
    return Told(_by_id(rows), sides, _by_id(result.changes))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table by the names of its columns."""
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def blocks(conflicts: pd.DataFrame) -> list[Block]:
    """Conflicts that share their doubts, or one excuse of one place and date, as one block each.

    In the order of the first conflict of each.
    """
    found: dict[object, list[Row]] = {}
    for row in records(conflicts):
        key: tuple[object, ...] = (row["conflict_id"],)
        if row["doubted"]:
            key = row["scope"], row["source_id"], row["doubted"]
        elif row["cause"] in EXPLAINED:
            key = row["scope"], row["source_id"], row["cause"], row["place"], row["period"]
        found.setdefault(key, []).append(row)
    return [Block(tuple(rows), sets(str(rows[0]["doubted"]))) for rows in found.values()]


def sets(doubted: str) -> Sets:
    """The sets of a cell of the column `doubted`: `a b|c` is (a, b), (c)."""
    return tuple(tuple(one.split()) for one in doubted.split("|") if one.strip())


def shared(doubted: Sets) -> tuple[list[str], Sets]:
    """The figures in every set, and what is left of each set without them; () where all is."""
    core = [f for f in doubted[0] if all(f in one for one in doubted)] if doubted else []
    rest = tuple(tuple(f for f in one if f not in core) for one in doubted)
    return core, rest if any(rest) else ()


def offers(conflicts: Iterable[Row]) -> dict[str, list[str]]:
    """The prints offered for each figure, from the column `suggestion`."""
    found: dict[str, dict[str, None]] = {}
    for conflict in conflicts:
        for offer in filter(None, str(conflict["suggestion"]).split("|")):
            figure, _, printed = offer.partition("=")
            found.setdefault(figure, {})[printed] = None
    return {figure: list(prints) for figure, prints in found.items()}


def what(figure: Row, language: str) -> str:
    """What a figure counts, in words."""
    said = labels.name("indicator", str(figure["indicator"]), language)
    if figure["direction"] == "rise":  # the Vietnamese names of changes speak of falls
        said = said.replace("mức giảm", "mức tăng")
    return said


def place_of(figure: Row, language: str) -> str:
    """Where a figure is about, and for which group."""
    return where(str(figure["place"]), str(figure["group"]), language)


def about(figure: Row, language: str) -> str:
    """What a figure is about: `poor households, Quảng Trị, 2022`."""
    period = when(str(figure["period"]), language)
    return ", ".join((what(figure, language), place_of(figure, language), period))


def briefly(figure: Row, conflict: Row, language: str) -> str:
    """What a figure is about, without the place and period that its conflict has named."""
    parts = [what(figure, language)]
    if figure["place"] != conflict["place"]:
        parts.append(place_of(figure, language))
    elif figure["group"]:
        parts.append(labels.name("group", str(figure["group"]), language))
    if figure["period"] != conflict["period"]:
        parts.append(when(str(figure["period"]), language))
    return ", ".join(parts)


def explanation(conflict: Row, known: Told, language: str) -> str:
    """The sentence of a conflict, in which one print that stands on both sides is told apart.

    Prints get quotation marks. Where both sides rest on one and the same figure, the second
    mention says so; where two figures have the same print, each says what it is about.
    """
    text = str(conflict[f"explanation_{language}"])
    sides = [str(side["figures"]).split() for side in known.sides[str(conflict["conflict_id"])]]
    prints = {f: str(known.figures[f]["printed"]) for side in sides for f in side}
    both = {prints[f] for f in sides[0]} & {prints[f] for f in sides[-1]} if len(sides) > 1 else {}
    waiting = [figure for side in sides for figure in side]
    seen: set[str] = set()

    def marked(match: re.Match[str]) -> str:
        token = match[1]
        figure = next((f for f in waiting if prints[f] == token), "")
        if figure:
            waiting.remove(figure)
        if figure and token in both:
            again = figure in seen
            seen.add(figure)
            if again:
                return labels.text("report.same", language, printed=token)
            if len({f for f in prints if prints[f] == token}) > 1:
                return f"“{token}” ({about(known.figures[figure], language)})"
        return f"“{token}”"

    tokens = sorted({str(known.figures[f]["printed"]) for f in prints}, key=len, reverse=True)
    if not tokens:
        return text
    return re.sub(f"'({'|'.join(map(re.escape, tokens))})'", marked, text)


def may_be_incomplete(conflict: Row, known: Told) -> bool:
    """Whether parts add up to less than their whole, as a list with parts left out does."""
    parts, whole = known.sides[str(conflict["conflict_id"])]
    is_sum = conflict["rules"] in SUMS and parts["unit"] not in ("%", "pp")
    return is_sum and float(parts["high"]) < float(whole["low"])


def cause(conflict: Row, language: str) -> str:
    """What may have gone wrong, a sentence."""
    return labels.name("report.cause", str(conflict["cause"]) or "unknown", language)


def reason(change: Row, language: str) -> str:
    """Why a value was put beside a printed one, in sentences."""
    status, others = str(change["status_reconciled"]), int(change["alternatives"])
    said = labels.name("report.why", status, language)
    if status != "adjusted" or others < 1:
        return said
    count = labels.number(others, 0, language)
    return f"{said} {labels.text('report.why.others', language, count=count)}"


def value(number: float, unit: str, language: str) -> str:
    """A number with its unit as the language writes it: `2.9 pp`, `25,7%`, `915.393 hộ`."""
    decimals = next((d for d in range(6) if abs(round(number, d) - number) < 1e-9), 6)
    said = labels.number(number, decimals, language)
    if unit == "%":
        return f"{said}%"
    return f"{said} {labels.name('unit', unit, language)}".strip()


def counted(key: str, count: int, language: str) -> str:
    """`1 conflict`, `32 conflicts`: the texts `report.count.KEY` and, for one, `.one`."""
    one = ".one" if count == 1 else ""
    return labels.text(f"report.count.{key}{one}", language, n=labels.number(count, 0, language))


def is_open(conflicts: pd.DataFrame) -> pd.Series:
    """Which conflicts are to be settled: all but those that a cause explains without an error."""
    return ~conflicts["cause"].isin(EXPLAINED)


def _by_id(table: pd.DataFrame) -> dict[str, Row]:
    return {str(row["figure_id"]): row for row in records(table)}


def joined(parts: Sequence[str], language: str) -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {labels.text('report.or', language)} {parts[-1]}"
