"""What a reviewer asks of forecasts and data, in one figure of four panels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels
from helpers.charts import captions, rows, style
from helpers.trends.diagnostics import (
    ALL_YEARS,
    DIGIT_UNITS,
    DIGITS,
    SMOOTH_PP,
    UNLIKELY,
)
from helpers.trends.mixed import CLOSED_FORM, DEFAULT, TOLERANCE

COLUMNS = ["panel", "standard", "x", "n", "count", "value", "low", "high", "expected", "p"]
PANELS = ("year", "level", "digit", "smooth")
TOGETHER = 2 / 3  # share of provinces on one side of their forecasts from which they err together
EVEN_PCT = 10.0  # share of each last digit where none is preferred
FINE_DECIMALS = 2  # prints that may have been padded
AXIS = {
    "year": ("axis.diagnostics.year", "axis.diagnostics.residual"),
    "level": ("axis.diagnostics.level", "axis.diagnostics.residual"),
    "digit": ("axis.diagnostics.digit", "axis.diagnostics.digit_share"),
    "smooth": ("", "axis.diagnostics.smooth"),
}


@style.styled
def diagnostics(
    by_year: pd.DataFrame,
    by_level: pd.DataFrame,
    digits: pd.DataFrame,
    smooth: pd.DataFrame,
    language: str,
) -> tuple[Figure, pd.DataFrame]:
    """Errors by year and by level, last digits, and years too smooth to count (6-diagnostics).

    by_year, by_level : as from `trends.diagnostics.residuals_by_year` and `residuals_by_level`,
                        of one model
    digits, smooth    : as from `heaping` and `smooth_years`
    Returns the figure and COLUMNS: by year and level the mean residual in pp (value) with the
    middle 80 % of provinces (low, high) and how many lay above (count); by last digit their share
    in per cent, in years where equal shares are refuted that of zeros ('0 2016'); by year the share
    of smooth provinces in per cent. n is of provinces or rates, expected in the unit of value.
    """
    data = drawn(by_year, by_level, digits, smooth)
    model = labels.NO_NUMBER
    if len(by_year):
        model = labels.name("model", str(by_year["model"].iloc[0]), language)
    caption = captions.caption(
        "chart.diagnostics.caption", data["standard"], language, model=model,
        units=str(DIGIT_UNITS), limit=labels.number(UNLIKELY, 2, language),
        pp=labels.number(SMOOTH_PP, 2, language),
    )  # fmt: skip
    title = _title(data, language)
    if data.empty:
        return style.sentence(title, labels.text("chart.none", language), caption), data
    fig = style.page(title, caption, height=6.0)
    standards = list(dict.fromkeys(data["standard"]))
    style.legend(fig, [
        *(style.handle(rows.yardstick(s, language), marker=style.look(s)[1],
                       color=style.look(s)[0]) for s in standards),
        style.handle(labels.text("mark.diagnostics.expected", language), color=style.INK,
                     linestyle="-", linewidth=1.2),
    ], 4)  # fmt: skip
    half, middle = (fig.high - fig.low) / 2, style.WIDTH / 2
    for number, panel in enumerate(PANELS):
        right, below = number % 2, number // 2
        ax = style.axes(
            fig, left=0.5 + middle * right, right=0.12 + middle * (1 - right),
            bottom=0.4 + half * (1 - below), top=0.26 + half * below,
        )  # fmt: skip
        _panel(ax, panel, data[data["panel"] == panel], standards, language)
    return fig, data


def drawn(
    by_year: pd.DataFrame, by_level: pd.DataFrame, digits: pd.DataFrame, smooth: pd.DataFrame
) -> pd.DataFrame:
    """The rows of the figure, COLUMNS; arguments as for `diagnostics`."""
    ahead = by_year[by_year["year"] == by_year["origin"] + 1]
    parts = [
        ahead.assign(panel="year", x=ahead["year"].astype(str), count=ahead["above"],
                     value=ahead["mean"], low=ahead["low80"], high=ahead["high80"], expected=0.0),
        by_level.assign(panel="level", x=_classes(by_level), value=by_level["mean"], expected=0.0),
        _digit_shares(digits),
        smooth.assign(panel="smooth", x=smooth["year"].astype(str), count=smooth["smooth"],
                      value=100 * smooth["smooth"] / smooth["n"],
                      expected=100 * smooth["expected"] / smooth["n"]),
    ]  # fmt: skip
    filled = [part.reindex(columns=COLUMNS) for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS)


def say_diagnostics(data: pd.DataFrame, language: str) -> str:
    """The year of the largest common error, the digits that are heaped, the year too smooth.

    data : as drawn by `diagnostics`
    """
    years = data[data["panel"] == "year"].dropna(subset=["value"])
    if years.empty:
        return labels.text("say.diagnostics.none", language)
    worst = max(rows.records(years), key=lambda row: abs(float(row["value"])))
    above = float(worst["value"]) > 0
    count = int(worst["count"]) if above else int(worst["n"] - worst["count"])
    said = [labels.text(
        f"say.diagnostics.year.{'above' if above else 'below'}", language, year=worst["x"],
        count=count, all=int(worst["n"]), pp=rows.points(float(worst["value"]), language, 2),
    )]  # fmt: skip
    heaped = _heaped(data)
    if len(heaped):
        named = "; ".join(
            f"{row['x'].partition(' ')[2]}: {rows.percent(row['value'], language, 0)}"
            for row in rows.records(heaped)
        )
        said.append(labels.text("say.diagnostics.digits", language, years=named))
    for row in rows.records(_too_smooth(data)):
        said.append(_say_smooth(row, language))
    return " ".join(said)


def _say_smooth(row: rows.Row, language: str) -> str:
    expected = float(row["expected"]) * float(row["n"]) / 100
    return labels.text(
        "say.diagnostics.smooth", language, count=int(row["count"]), all=int(row["n"]),
        year=row["x"], expected=labels.number(expected, 0, language),
    )  # fmt: skip


def _title(data: pd.DataFrame, language: str) -> str:
    if data.empty:
        return labels.text("chart.diagnostics.title.none", language)
    years = data[data["panel"] == "year"]
    side = np.maximum(years["count"], years["n"] - years["count"])
    smooth = _too_smooth(data)["x"]
    return labels.text(
        "chart.diagnostics.title" + ("" if len(smooth) else ".rough"), language,
        count=int((side >= TOGETHER * years["n"]).sum()), all=len(years), years=", ".join(smooth),
    )  # fmt: skip


def _too_smooth(data: pd.DataFrame) -> pd.DataFrame:
    return data[(data["panel"] == "smooth") & (data["p"] < UNLIKELY)]


def _heaped(data: pd.DataFrame) -> pd.DataFrame:
    """Single years whose last digits are refuted as even, and which have too many zeros."""
    return data[(data["panel"] == "digit") & data["p"].notna() & (data["value"] > EVEN_PCT)]


def _classes(by_level: pd.DataFrame) -> list[str]:
    """Classes of rates in words: `0–1`, the last open: `>20`."""
    ends = zip(by_level["above_pct"], by_level["to_pct"], strict=True)
    return [f"{low:g}–{high:g}" if high < 100 else f">{low:g}" for low, high in ends]


def _digit_shares(digits: pd.DataFrame) -> pd.DataFrame:
    """Shares of the last digits of all years, and of zeros in years that are heaped."""
    whole = digits[digits["period"] == ALL_YEARS]
    shares = [
        whole.assign(panel="digit", x=name.removeprefix("digit_"), count=whole[name],
                     value=100 * whole[name] / whole["n"], expected=EVEN_PCT, p=np.nan)
        for name in DIGITS
    ]  # fmt: skip
    single = digits[(digits["period"] != ALL_YEARS) & (digits["p"] < UNLIKELY)]
    single = single[single["decimals"] == FINE_DECIMALS]
    heaped = single.assign(panel="digit", x="0 " + single["period"], count=single["digit_0"],
                           value=single["zero_pct"], expected=EVEN_PCT)  # fmt: skip
    return pd.concat([*shares, heaped], ignore_index=True)


def _panel(
    ax: Axes, panel: str, part: pd.DataFrame, standards: Sequence[str], language: str
) -> None:
    """One of the four panels, with a heading of its own and its axes named."""
    heading = labels.text(f"mark.diagnostics.{panel}", language)
    ax.set_title(heading, fontsize=8, loc="left", pad=4, fontweight="bold")
    if part.empty:
        ax.set_axis_off()
        ax.text(0.5, 0.5, labels.text("mark.diagnostics.nothing", language), ha="center",
                transform=ax.transAxes, fontsize=8, style="italic")  # fmt: skip
        return
    below, beside = AXIS[panel]
    ax.set_xlabel(labels.text(below, language) if below else "", fontsize=7.5)
    ax.set_ylabel(labels.text(beside, language), fontsize=7.5)
    main = part[~part["x"].str.contains(" ")]
    ticks = list(dict.fromkeys(main["x"])) if panel != "level" else _in_order(main["x"])
    lift = 0.18 if panel == "level" else 0.0
    for number, standard in enumerate(standards):
        mine = main[main["standard"] == standard]
        x = np.array([ticks.index(name) for name in mine["x"]], dtype=float)
        x += lift * (number - (len(standards) - 1) / 2)
        _marks(ax, panel, x, mine, style.look(standard))
    for row in rows.records(part[part["x"].str.contains(" ")]):
        _ring(ax, row)
    if panel == "digit":
        ax.set_ylim(bottom=0)
    ax.set_xticks(range(len(ticks)), ticks)
    ax.grid(axis="x", visible=False)
    style.decimals(ax, language)


def _in_order(classes: pd.Series) -> list[str]:
    """Classes of rates from the lowest."""
    return sorted(set(classes), key=lambda name: float(name.strip(">").partition("–")[0]))


def _marks(
    ax: Axes, panel: str, x: np.ndarray, mine: pd.DataFrame, look: tuple[str, str, str]
) -> None:
    """The values of one standard, and what was to be expected."""
    colour, marker, line = look
    value, expected = (mine[name].to_numpy(float) for name in ("value", "expected"))
    if panel == "smooth":
        ax.bar(x, value, 0.62, color=colour, alpha=0.8)
        ax.hlines(expected, x - 0.4, x + 0.4, color=style.INK, linewidth=1.2)
        return
    ax.axhline(float(expected[0]) if len(expected) else 0.0, color=style.INK, linewidth=1.2)
    if panel == "year":
        ax.vlines(x, mine["low"], mine["high"], color=colour, linewidth=1.6, alpha=0.6)
    joined = line if panel == "digit" else "none"
    ax.plot(x, value, marker=marker, color=colour, linestyle=joined, linewidth=1)


def _ring(ax: Axes, row: rows.Row) -> None:
    """The share of zeros in one year, as a ring with its year."""
    year = str(row["x"]).partition(" ")[2]
    ax.plot([0], [row["value"]], "o", markerfacecolor="none", markersize=7,
            color=style.look(str(row["standard"]))[0])  # fmt: skip
    ax.annotate(year, (0, float(row["value"])), (7, 0), textcoords="offset points", fontsize=7,
                va="center")  # fmt: skip


def say_evidence(table: pd.DataFrame, language: str) -> str:
    """Which years of each panel are no observation of their own, a line a standard.

    table : as from `trends.diagnostics.evidence`, of one or several standards
    """
    lines = []
    for standard, part in table.groupby("standard", sort=False):
        smooth, late = part["verdict"] == "smooth", part["status"] == "preliminary"
        years = [", ".join(map(str, part.loc[chosen, "year"])) or labels.NO_NUMBER
                 for chosen in (smooth, late)]  # fmt: skip
        lines.append("- " + labels.text(
            "say.evidence" + ("" if smooth.any() else ".none"), language, all=len(part),
            standard=rows.standard_name(str(standard), language), years=years[0],
            ends=int((part["verdict"] == "end").sum()), count=int(smooth.sum()),
            preliminary=years[1],
        ))  # fmt: skip
    return "\n".join(lines)


def say_optimisers(gaps: pd.DataFrame, language: str) -> str:
    """How far statsmodels' default stops from the optimum, and which optimiser comes closest.

    gaps : as from `trends.mixed.optimiser_gaps`, of one or several origins
    """
    plain = gaps[gaps["optimiser"] == DEFAULT]
    if plain.empty:
        return labels.text("say.optimisers.none", language)
    missed = plain[~(plain["gap"] <= TOLERANCE)]
    others = gaps[~gaps["optimiser"].isin([DEFAULT, CLOSED_FORM])]
    worst = others.groupby("optimiser")["gap"].agg(lambda gap: gap.fillna(np.inf).max())
    return labels.text(
        "say.optimisers", language, missed=len(missed), all=len(plain), best=worst.idxmin(),
        tolerance=labels.number(TOLERANCE, 3, language), converged=int(missed["converged"].sum()),
        gap=labels.number(float(plain["gap"].max()), 1, language),
        least=labels.number(float(worst.min()), 4, language),
        infinite=int(np.isinf(gaps["claimed"]).sum()),
    )  # fmt: skip
