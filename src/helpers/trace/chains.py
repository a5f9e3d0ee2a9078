"""The steps from a cell back: charts to tables, tables to figures, figures to prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import ledger, periods, places, project, tables
from helpers.runs import jobs
from helpers.trace import finding
from helpers.trace.finding import Cell

MADE = {
    "cleaned": "Each printed token is read into a value and the interval that its decimals and "
               "words allow (helpers.ledger.clean).",
    "quarantine": "Rows of the ledger that cannot be used, with the reason (helpers.ledger.clean).",
    "coverage": "Figures counted by place, year and standard (helpers.ledger.coverage).",
    "reconciled": "Figures of one record are set against the rules; what cannot all be true is "
                  "doubted, and moved only where one smallest set remains (helpers.reconcile.run).",
    "conflicts": "Sets of figures that no values inside their intervals satisfy "
                 "(helpers.reconcile.explain, rules in src/helpers/rules.csv).",
    "changes": "New values of doubted figures, each inside what the others allow "
               "(helpers.reconcile.adjust).",
    "trends": "Least squares through the rates of one place under one standard, or first to last "
              "where there are two, as `method` says (helpers.trends.table).",
    "forecasts": "Draws of the model named in `model` from the last rate on, fitted to all places "
                 "of the standard up to `origin` (helpers.trends.forecast, helpers.backtest.run).",
    "scores": "Errors of forecasts of past years, over all places (helpers.backtest.scores).",
    "scores_by_level": "The same by the level of the rate (helpers.backtest.by_level).",
    "untouched": "Errors where no constant was tuned (helpers.backtest.untouched).",
    "surveys": "Official survey rates as printed; those of units of 2025 are means of their "
               "provinces, weighted by population (helpers.trends.surveys).",
    "review_figures": "Levels of reviews that the review rates are made from "
                      "(helpers.trends.review_figures.stocks).",
    "review_coverage": "Review rates that can be used, by place and standard "
                       "(helpers.trends.reviews.coverage).",
    "targets_met": "Each target beside what was reached, or the chance to reach it "
                   "(helpers.trends.review_targets.targets_met).",
}  # fmt: skip
"""How each processed table is made, and the function that makes it."""

LEVELS = ("poor_rate", "near_poor_rate", "multidim_poor_rate", "poor_households",
          "near_poor_households", "multidim_poor_households", "total_households")  # fmt: skip
MANY = 12  # prints that one step lists in full; beyond, they are one line each


@dataclass(frozen=True)
class Step:
    """One step back: what it is, what there is to say, and the steps behind it."""

    title: str
    lines: tuple[str, ...] = ()
    below: tuple[Step, ...] = ()
    url: str = ""


def chain(cell: Cell) -> Step:
    """The steps behind a cell."""
    if cell.kind == "figure":
        return figure(cell.name)
    if cell.kind == "conflict":
        return conflict(cell.rows.iloc[0])
    if cell.kind == "number":
        return _number(cell)
    if cell.kind == "chart":
        return _chart(cell)
    return _rows(cell)


def figure(figure_id: str) -> Step:
    """A printed figure: its print and source, how it is read, what conflicts, what was made."""
    row = _figure_row(figure_id)
    steps = [_print(row), Step(f"read as {_interval(row)}", (_reading(row),))]
    steps += [conflict(each) for each in _conflicts_with(figure_id)]
    reconciled = tables.get("reconciled")
    mine = reconciled[reconciled["figure_id"] == figure_id]
    result = ""
    if len(mine):
        last = mine.iloc[0]
        result = f" → {_cell(last['reconciled'])} ({last['status_reconciled']})"
        why = str(last["why"]) or "no rule contradicts it"
        lines = [f"why: {why}", *_change(figure_id)]
        title = f"reconciled: {_cell(last['reconciled'])}, {last['status_reconciled']}"
        steps.append(Step(title, tuple(lines)))
    return Step(f"figure {figure_id}: {_about(row)}{result}", (), tuple(steps))


def conflict(row: pd.Series) -> Step:
    """A conflict: its sentence, rules, doubts, and the print of every figure in it."""
    lines = [str(row["explanation_en"]), f"rules: {row['rules']}; cause: {row['cause'] or 'none'}"]
    if row["doubted"]:
        lines.append(f"smallest sets to doubt: {row['doubted']}")
    if row["suggestion"]:
        lines.append(f"may have been meant: {row['suggestion']}")
    prints = tuple(_print(_figure_row(name)) for name in str(row["figures"]).split())
    return Step(f"conflict {row['conflict_id']}", tuple(lines), prints)


def _number(cell: Cell) -> Step:
    lines = [f"{row['target']}  ({row['what']}: {row['value']})"
             for row in cell.rows.head(finding.MOST).to_dict("records")]  # fmt: skip
    left = len(cell.rows) - finding.MOST
    lines += [f"… and {left} more: give more decimals"] if left > 0 else []
    lines.append("go on with: python -m helpers trace TARGET")
    return Step(f"{cell.name}: {len(cell.rows)} cells print or hold it", tuple(lines))


def _chart(cell: Cell) -> Step:
    """A chart's rows, the notebook's cell that draws them, and the figures behind the rows."""
    place, _, name = cell.name.partition("/")
    code = places.find(place).code if place else "VN"
    shown = cell.rows.head(MANY).to_dict("records")
    lines = [f"row {int(str(index)) + 1}: {_said(row, cell.column)}"
             for index, row in zip(cell.rows.index, shown, strict=False)]  # fmt: skip
    if len(cell.rows) > MANY:
        lines.append(f"… {len(cell.rows)} rows; one of them: trace {cell.name}:ROW")
    rows = cell.rows
    if "place" not in rows.columns:
        rows = rows.assign(place=code)
    steps = [_drawing(name), *_behind(rows, name)]
    return Step(f"data of the figure {cell.name}", tuple(lines), tuple(steps))


def _drawing(name: str) -> Step:
    """The cell of the notebook that saves a figure of this name."""
    stem = name.removesuffix("-vi")
    book = jobs.notebooks().get(stem.split("-", 1)[0])
    if book is None:
        return Step("no notebook of the collection draws it", ())
    for each in json.loads(book.read_text(encoding="utf-8"))["cells"]:
        source = "".join(each["source"])
        if each["cell_type"] == "code" and f'"{stem}"' in source:
            return Step(f"drawn by notebooks/{book.name}, cell {each['id']}",
                        tuple(source.splitlines()))  # fmt: skip
    return Step(f"drawn by notebooks/{book.name}", ())


def _rows(cell: Cell) -> Step:
    """Rows of a processed table, how the table is made, and the figures behind them."""
    name = cell.name
    lines = []
    for row in cell.rows.head(MANY).to_dict("records"):
        lines.append(_said(row, cell.column))
    if len(cell.rows) > MANY:
        lines.append(f"… {len(cell.rows)} rows: name more cells of the one you mean")
    steps = [Step(MADE[name], ()), *_behind(cell.rows, name)]
    column = f", column {cell.column}" if cell.column else ""
    return Step(f"data/processed/{name}.csv{column}", tuple(lines), tuple(steps))


def _behind(rows: pd.DataFrame, name: str) -> Iterable[Step]:
    """The printed figures that rows rest on."""
    ids = _named(rows)
    if name == "conflicts":
        return [conflict(row) for _, row in rows.head(MANY).iterrows()]
    if len(ids) == 1:
        return [figure(ids[0])]
    how = "named in these rows"
    if not ids:
        ids, how = _matching(rows, name)
    if not ids:
        return [Step(how, ())]
    prints = [_print(_figure_row(each)) for each in ids]
    if len(ids) > MANY:
        lines = [f"{step.title}{'; ' + step.url if step.url else ''}" for step in prints]
        return [Step(f"{len(ids)} printed figures, {how}", tuple(lines))]
    return [Step(f"{len(ids)} printed figure{'s' * (len(ids) > 1)}, {how}", (), tuple(prints))]


def _named(rows: pd.DataFrame) -> list[str]:
    """Ids of figures that rows name, in figure_id, figures or by their conflict."""
    known = set(finding.ledger()["figure_id"])
    texts: list[str] = []
    for column in ("figure_id", "figures"):
        if column in rows.columns:
            texts += [one for cell in rows[column] for one in str(cell).split()]
    if "conflict_id" in rows.columns:
        table = tables.get("conflicts").set_index("conflict_id")["figures"]
        texts += [one for key in rows["conflict_id"] if key in table.index
                  for one in str(table[key]).split()]  # fmt: skip
    return [one for one in dict.fromkeys(texts) if one in known]


def _matching(rows: pd.DataFrame, name: str) -> tuple[list[str], str]:
    """Ids of the figures that rows are about, by place, standard, indicator and time."""
    figures = finding.ledger()
    figures = figures[figures["indicator"].isin(LEVELS) & (figures["group"] == "")]
    said = []
    for column in ("standard", "place"):
        if column in rows.columns and (values := set(rows[column].astype(str)) - {""}):
            figures = figures[figures[column].isin(values)]
            said.append(column)
    if not said:
        return [], (
            "These rows rest on all places together: `trace surveys:gso-md-2022` lists a panel, "
            "`trace review_figures:2022-2025` the reviews."
        )
    if "indicator" in rows.columns:
        figures = figures[figures["indicator"].isin(set(rows["indicator"]))]
        said.append("indicator")
    years = _years(rows, name)
    if years:
        at = periods.ends(figures["period"]) - 1
        figures = figures[at.round(6).isin(years)]
        said.append("time")
        figures = _same_value(figures, rows)
    if "source_id" in rows.columns and set(rows["source_id"]) - {""}:
        figures = figures[figures["source_id"].isin(set(rows["source_id"]))]
        said.append("source")
    found = list(dict.fromkeys(figures["figure_id"]))
    how = f"matched by {', '.join(said)}"
    if not found:
        return [], f"No printed figure is {how}: these rows hold forecasts, goals or counts only."
    return found, how


def _same_value(figures: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Of figures of one place and time those that have a value of the rows, where some have."""
    if "value" not in rows.columns:
        return figures
    values = pd.to_numeric(rows["value"], errors="coerce").round(6)
    same = figures["value"].round(6).isin(values.dropna())
    return figures[same] if same.any() else figures


def _years(rows: pd.DataFrame, name: str) -> set[float]:
    """Times of rows that stand for one print each; none where a row rests on a whole series."""
    if name in ("trends", "forecasts", "targets_met", "review_coverage", "coverage"):
        return set()
    if "part" in rows.columns and (rows["part"] == "forecast").any():
        return set()
    for column in ("x", "year", "period"):
        if column in rows.columns:
            if column == "period":
                times = periods.ends(rows["period"].astype(str)) - 1
            else:
                times = pd.to_numeric(rows[column], errors="coerce")
            return set(times.dropna().round(6))
    return set()


def _figure_row(figure_id: str) -> pd.Series:
    figures = finding.ledger()
    row: pd.Series = figures[figures["figure_id"] == figure_id].iloc[0]
    return row


def _print(row: pd.Series) -> Step:
    """A printed token with its source; of a back-cast the prints that it is the mean of."""
    if not row["printed"]:
        return _backcast(row)
    sources = ledger.load_sources().set_index("source_id")
    source = row["source_id"]
    known = source in sources.index
    about = sources.loc[source] if known else None
    said = "source unknown" if about is None else ", ".join(
        text for text in (about["title"], about["publisher"], about["published"]) if text
    )  # fmt: skip
    url = "" if about is None else str(about["url"])
    lines = (f"source {source}: {said}", url or "no address is known", _line(row["figure_id"]))
    return Step(f"{row['figure_id']}: '{row['printed']}' ({_about(row)})", lines, url=url)


def _backcast(row: pd.Series) -> Step:
    """A survey rate of a unit of 2025: the mean of its provinces, each with its weight."""
    figures = finding.ledger()
    members = places.members(row["place"])
    weights = places.weights(min(int(row["period"]), 2025))
    same = figures[["standard", "period", "indicator", "group"]].eq(
        row[["standard", "period", "indicator", "group"]]
    )
    printed = figures["printed"] != ""
    mine = figures[figures["place"].isin(members) & same.all(axis=1) & printed]
    ours = mine["source_id"].eq(row["source_id"])
    mine = mine[ours] if ours.any() else mine
    below = []
    for _, each in mine.drop_duplicates("place").iterrows():
        step = _print(each)
        weight = f"weight: {weights.get(each['place'], float('nan')):,.1f} thousand persons"
        below.append(Step(step.title, (weight, *step.lines), (), step.url))
    title = f"{row['figure_id']}: {_cell(row['value'])}, computed, not printed ({_about(row)})"
    return Step(title, (str(row["note"]),), tuple(below))


def _line(figure_id: str) -> str:
    """File and line of the ledger that a figure stands in."""
    folders = (project.raw_dir(), project.own_dir())
    for file in (file for folder in folders for file in sorted(folder.glob("*.csv"))):
        if line := _lines(file, file.stat().st_mtime_ns).get(figure_id):
            return f"{project.below_root(file)}, line {line}"
    return "in no ledger of data/raw or data/own"


@lru_cache(maxsize=64)
def _lines(file: Path, _stamp: int) -> dict[str, int]:
    """Line of each figure of a ledger; nothing for a table without the columns of one."""
    table = project.read_table(file, line_column="line")
    if not {"figure_id", "printed"} <= set(table.columns):
        return {}
    return dict(zip(table["figure_id"], table["line"], strict=True))


def _reading(row: pd.Series) -> str:
    note = f"; {row['note']}" if row["note"] else ""
    if row["qualifier"] not in ("", "exact"):
        return f"the word '{row['qualifier']}' and the printed decimals allow this interval{note}"
    return f"any number of this interval would be printed with these decimals{note}"


def _interval(row: pd.Series) -> str:
    return f"{_cell(row['value'])}, from {_cell(row['low'])} to {_cell(row['high'])}"


def _about(row: pd.Series) -> str:
    names = ("place", "group", "indicator", "period", "standard")
    return ", ".join(str(row[name]) for name in names if row[name])


def _conflicts_with(figure_id: str) -> list[pd.Series]:
    table = tables.get("conflicts")
    mine = table[[figure_id in str(cell).split() for cell in table["figures"]]]
    return [row for _, row in mine.iterrows()]


def _change(figure_id: str) -> list[str]:
    table = tables.get("changes")
    mine = table[table["figure_id"] == figure_id]
    return [
        f"changed from {row['printed']} to {_cell(row['new_value'])} "
        f"(from {_cell(row['new_low'])} to {_cell(row['new_high'])}) by {row['rules']}"
        for row in mine.to_dict("records")
    ]


def _said(row: dict[object, object] | dict[str, object], column: str) -> str:
    """A row in one line: what names it, and the cell asked for, or all that is filled."""
    cells = {str(name): _cell(value) for name, value in row.items()}
    if column:
        names = [c for c in finding.ID_COLUMNS if cells.get(c)]
        return ", ".join(f"{c} {cells[c]}" for c in names) + f": {column} = {cells[column] or '–'}"
    return ", ".join(f"{name} {text}" for name, text in cells.items() if text)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.10g}"
    return str(value)
