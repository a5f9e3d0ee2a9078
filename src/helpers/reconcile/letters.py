"""Query letters: short letters in Vietnamese that ask an issuing office which figure is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import labels
from helpers.reconcile import words
from helpers.reconcile.sentences import when, where
from helpers.reconcile.tables import EXPLAINED, Reconciled
from helpers.reconcile.words import Row, Told

COLUMNS = ("source_id", "conflict_id", "letter")
MOST_LISTED = 12
MOST_ASKED = 4
VI = "vi"


@dataclass(frozen=True)
class Addressees:
    """Who published which source: rows of sources.csv by source_id."""

    rows: Mapping[str, Row]

    def publisher(self, source: str) -> str:
        """The office that published a source; '' where it is not known."""
        return str(self.rows.get(source, {}).get("publisher", "")).strip()

    def name(self, source: str) -> str:
        """Publisher and id: `Báo Ấp Bắc, d123`."""
        return ", ".join(filter(None, (self.publisher(source), source)))

    def document(self, source: str) -> str:
        """What was published where and when, for a letter."""
        row = self.rows.get(source, {})
        url, title = (str(row.get(name, "")).strip() for name in ("url", "title"))
        named = labels.text("letter.at", VI, url=url) if url else ""
        if not named:
            named = labels.text("letter.document", VI, title=title or source)
        date = _dated(str(row.get("published", "")).strip())
        return f"{named} ({date})" if date else named


def addressees(sources: pd.DataFrame | None) -> Addressees:
    """Addressees from a table with the columns of sources.csv; None for no table."""
    if sources is None:
        return Addressees({})
    return Addressees({str(row["source_id"]): row for row in words.records(sources)})


def letters(result: Reconciled, sources: pd.DataFrame | None = None) -> pd.DataFrame:
    """A letter for each conflict that is to be settled, to each source that it is about.

    sources : columns of sources.csv; a source that it lacks is addressed by its id
    Returns COLUMNS in the order of the conflicts. What is explained gets no letter.
    """
    told, known = words.told(result), addressees(sources)
    rows = [
        (source, str(conflict["conflict_id"]), letter_of(source, [conflict], told, known))
        for source, conflict in _pairs(result)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def letters_by_source(result: Reconciled, sources: pd.DataFrame | None = None) -> pd.DataFrame:
    """One letter a source with all its conflicts as numbered points.

    Returns COLUMNS; conflict_id holds all ids, separated by blanks; sorted by source_id.
    """
    told, known = words.told(result), addressees(sources)
    found: dict[str, list[Row]] = {}
    for source, conflict in _pairs(result):
        found.setdefault(source, []).append(conflict)
    rows = [
        (
            source,
            " ".join(str(conflict["conflict_id"]) for conflict in conflicts),
            letter_of(source, conflicts, told, known),
        )
        for source, conflicts in sorted(found.items())
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def text(result: Reconciled, sources: pd.DataFrame | None = None) -> str:
    """All letters as one text: one letter to each source, its conflicts numbered."""
    parts = [
        (str(whole["source_id"]), whole["letter"])
        for whole in words.records(letters_by_source(result, sources))
    ]
    if not parts:
        return f"{labels.text('letter.none', VI)}\n"
    return "\n".join(f"===== {name} =====\n\n{letter}" for name, letter in parts)


def letter_of(source: str, conflicts: Sequence[Row], told: Told, known: Addressees) -> str:
    """A letter to one source about some conflicts, numbered if there are several; '' for none."""
    asked = [conflict for conflict in conflicts if conflict["cause"] not in EXPLAINED]
    if not asked:
        return ""
    office = known.publisher(source) or labels.text("letter.office", VI, source=source)
    head = [labels.text("letter.to", VI, office=office), "", _subject(asked), ""]
    document = known.document(source)
    if len(asked) == 1:
        about = _place_and_time(asked[0])
        opening = [labels.text("letter.opening.one", VI, document=document, about=about), ""]
        body = [*_point(asked[0], source, told, known), ""]
        request = labels.text("letter.request.one", VI)
    else:
        count = labels.number(len(asked), 0, VI)
        opening = [labels.text("letter.opening.many", VI, document=document, n=count), ""]
        body = []
        for number, conflict in enumerate(asked, 1):
            body += [f"{number}. {_capital(_place_and_time(conflict))}"]
            body += [*_point(conflict, source, told, known), ""]
        request = labels.text("letter.request.many", VI)
    return "\n".join([*head, *opening, *body, request, "", labels.text("letter.thanks", VI), ""])


def _pairs(result: Reconciled) -> Iterator[tuple[str, Row]]:
    """Each conflict to be settled with each of its sources."""
    for conflict in words.records(result.conflicts[words.is_open(result.conflicts)]):
        for source in str(conflict["source_id"]).split():
            yield source, conflict


def _subject(conflicts: Sequence[Row]) -> str:
    heads = list(dict.fromkeys(_place_and_time(conflict) for conflict in conflicts))
    if len(heads) > 1:
        return labels.text("letter.subject.many", VI)
    return labels.text("letter.subject.one", VI, about=heads[0])


def _place_and_time(conflict: Row) -> str:
    place = _where(str(conflict["place"]))
    return f"{place}, {_when(str(conflict['period']))}" if conflict["period"] else place


def _point(conflict: Row, source: str, told: Told, known: Addressees) -> list[str]:
    """Lines about one conflict: the figures as printed, why they cannot all hold, a question."""
    figures = _in_order(conflict, told)
    listed = [_line(figure, conflict, source, told, known) for figure in figures[:MOST_LISTED]]
    if (rest := len(figures) - MOST_LISTED) > 0:
        listed.append(labels.text("letter.rest", VI, n=labels.number(rest, 0, VI)))
    lines = [f"- {line};" for line in listed[:-1]] + [f"- {listed[-1]}."]
    lines.append(labels.text("letter.why", VI, why=_why(conflict, told)))
    if words.may_be_incomplete(conflict, told):
        lines.append(labels.text("letter.incomplete", VI))
    if question := _question(conflict, told):
        lines.append(question)
    return lines


def _in_order(conflict: Row, told: Told) -> list[str]:
    """The figures of a conflict in the order in which its sentence names them."""
    sides = told.sides.get(str(conflict["conflict_id"]), [])
    named = [figure for side in sides for figure in str(side["figures"]).split()]
    return list(dict.fromkeys(named + str(conflict["figures"]).split()))


def _line(figure: str, conflict: Row, source: str, told: Told, known: Addressees) -> str:
    """One figure as printed: what it is, and place and period where the head does not say them."""
    row = told.figures[figure]
    parts = [_capital(_counted(row))]
    if row["place"] != conflict["place"]:
        parts.append(_where(str(row["place"])))
    if row["group"]:
        parts.append(labels.name("group", str(row["group"]), VI))
    if row["period"] != conflict["period"]:
        parts.append(_when(str(row["period"])))
    other = str(row["source_id"])
    by = f" ({known.publisher(other) or other})" if other != source else ""
    return f"{', '.join(parts)}: “{row['printed']}”{by}"


def _counted(figure: Row) -> str:
    """What a figure counts: `số hộ nghèo`; `số liệu` where there is no Vietnamese name for it."""
    said = words.what(figure, VI)
    if said == str(figure["indicator"]).replace("_", " "):
        return labels.text("letter.figure", VI)
    return labels.text("letter.count", VI, what=said) if said.startswith("hộ ") else said


def _why(conflict: Row, told: Told) -> str:
    """The explanation without the place and period that the letter has named already."""
    said = words.explanation(conflict, told, VI)
    for figure in map(told.figures.__getitem__, str(conflict["figures"]).split()):
        head = f"{words.place_of(figure, VI)}, {when(str(figure['period']), VI)}"
        for mark in (": ", ", "):
            if said.startswith(head + mark):
                return said.removeprefix(head + mark)
    return said


def _question(conflict: Row, told: Told) -> str:
    """Our suggestions as a question; '' where there is none, or too many to ask."""
    figures = str(conflict["figures"]).split()
    offered = {f: [f"“{p}”" for p in prints] for f, prints in words.offers([conflict]).items()}
    for figure in figures:
        if figure in told.changes and figure not in offered:
            new = float(told.changes[figure]["new_value"])
            offered[figure] = [words.value(new, str(told.figures[figure]["unit"]), VI)]
    if not offered or sum(map(len, offered.values())) > MOST_ASKED:
        return ""
    asked = [
        labels.text(
            "letter.may_be",
            VI,
            printed=told.figures[figure]["printed"],
            prints=words.joined(prints, VI),
        )
        for figure, prints in offered.items()
    ]
    return labels.text("letter.question", VI, asked=f" {labels.text('letter.or', VI)} ".join(asked))


def _where(place: str) -> str:
    """A place as letters write it: `Gò Công Tây (Tiền Giang)`, `cả nước`."""
    above, _, below = place.partition("/")
    named = labels.text("letter.country", VI) if above == "VN" else where(above, "", VI)
    return f"{below} ({named})" if below else named


def _when(period: str) -> str:
    """A period as letters write it: `năm 2022`, `tháng 12/2022`, `6 tháng đầu năm 2021`."""
    if not period:
        return labels.text("letter.undated", VI)
    for shape, key in _PERIODS:
        if match := re.fullmatch(shape, period):
            return labels.text(f"letter.period.{key}", VI, **match.groupdict())
    return when(period, VI)


_PERIODS = (
    (r"(?P<year>\d{4})", "year"),
    (r"(?P<year>\d{4})-0?(?P<month>\d{1,2})", "month"),
    (r"(?P<year>\d{4})-H1", "first_half"),
    (r"(?P<year>\d{4})-H2", "second_half"),
    (r"(?P<year>\d{4})-M0?(?P<months>\d{1,2})", "months"),
    (r"(?P<first>\d{4})-(?P<last>\d{4})", "span"),
)


def _dated(published: str) -> str:
    """A date of sources.csv: `ngày 20/8/2025`, `tháng 2/2023`, `năm 2012`; '' for none."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", published):
        year, month, day = match.groups()
        return labels.text("letter.period.day", VI, day=int(day), month=int(month), year=year)
    return _when(published) if published else ""


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
