"""Figures of notebook 6: errors and coverage, differences beyond chance, chances that came true."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers import backtest, labels
from helpers.charts import captions, rows, style

# The models that a reader follows, each with its own sign; all others are thin and grey.
LOOK: dict[str, tuple[str, str, str]] = {
    "default": (style.RED, "D", "-"),
    "pp_drift": (style.ORANGE, "s", "--"),
    "sqrt_drift": (style.BLUE, "^", "-."),
    "log_drift": (style.GREEN, "v", ":"),
    "no_shock": (style.PINK, "o", "-."),
}
COVERED = ("default", "no_shock")
ONLY_SPREAD = ("_fair", "no_shock", "no_shock_pp")  # these have the centre of another model
ERROR_COLUMNS = ["part", "standard", "model", "x", "n", "value"]
DIFFERENCE_COLUMNS = [
    "standard", "model", "measure", "n", "difference", "low80", "high80", "low95", "high95",
    "better", "origins", "places", "resampled",
]  # fmt: skip
MEASURES = {"mae": "o", "crps": "D"}
COLOURS = {"mae": style.RED, "crps": style.BLUE}
FURTHEST = 1.6  # times the widest interval of the other models, where an axis of differences ends


@style.styled
def error_by_horizon(table: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """Errors by years ahead, and how often intervals held what came (6-error-by-horizon).

    table : as from `backtest.run`
    Returns the figure and ERROR_COLUMNS: mean absolute error (pp) by horizon, and per cent covered
    by nominal level, by standard and model.
    """
    scored = backtest.scores(table)
    data = _error_data(scored, table)
    caption = captions.caption("chart.eval.caption", data["standard"], language)
    whole = backtest.whole(scored)
    own = whole[whole["model"] == "default"]
    if own.empty:
        title = labels.text("chart.eval.error.title.none", language)
        return style.sentence(title, labels.text("say.eval.none", language), caption), data
    title = labels.text(
        "chart.eval.error.title", language, low=labels.number(own["ratio"].min(), 2, language),
        high=labels.number(own["ratio"].max(), 2, language),
        least=labels.number(own["cover80"].min(), 0, language),
        most=labels.number(own["cover80"].max(), 0, language),
    )  # fmt: skip
    fig = style.page(title, caption, height=5.6)
    style.legend(fig, _legend(data, language), 3)
    standards = _standards(data)
    tall = (fig.high - fig.low) / 2
    for slot, standard in enumerate(standards):
        of = data[data["standard"] == standard]
        upper = _panel(fig, slot, len(standards), fig.low + tall, tall)
        _errors(upper, of[of["part"] == "error"], language)
        upper.set_title(
            textwrap.fill(rows.yardstick(standard, language), 30), fontsize=8, loc="left"
        )
        lower = _panel(fig, slot, len(standards), fig.low, tall)
        _coverage(lower, of[of["part"] == "coverage"], language)
        if slot == 0:
            upper.set_ylabel(labels.text("axis.eval.error", language))
            lower.set_ylabel(labels.text("axis.eval.covered", language))
    return fig, data


def say_error(table: pd.DataFrame, language: str) -> str:
    """The default's error one year ahead and furthest, and its coverage, by panel.

    table : as from `backtest.run`
    """
    scored = backtest.scores(table)
    own = scored[(scored["model"] == "default") & (scored["origin"] == "all")]
    if own.empty:
        return labels.text("say.eval.none", language)
    said = []
    for standard, part in own.groupby("standard", sort=False):
        by_year = part[part["horizon"] != "all"].assign(year=lambda x: x["horizon"].astype(int))
        ends = rows.records(by_year.sort_values("year").iloc[[0, -1]])
        whole = rows.records(part[part["horizon"] == "all"])[0]
        later = ""
        if ends[1]["year"] > 1:
            later = labels.text("say.eval.error.later", language, years=ends[1]["year"],
                                last=labels.number(ends[1]["mae"], 2, language))  # fmt: skip
        said.append(labels.text(
            "say.eval.error", language, standard=rows.yardstick(str(standard), language),
            first=labels.number(ends[0]["mae"], 2, language), later=later,
            cover=labels.number(whole["cover80"], 0, language),
            cover95=labels.number(whole["cover95"], 0, language),
        ))  # fmt: skip
    return _sentence(said)


@style.styled
def differences(chance: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """The default's score less each other model's, with resampled intervals (6-differences).

    chance : as from `backtest.differences`
    Returns the figure and DIFFERENCE_COLUMNS of what is drawn. A baseline that has the centre of
    another model is shown by the score of its distribution only.
    """
    spread = chance["model"].str.endswith(ONLY_SPREAD)
    data = chance[(chance["n"] > 0) & ~(spread & chance["measure"].eq("mae"))]
    data = data[DIFFERENCE_COLUMNS].reset_index(drop=True)
    single = data.loc[data["origins"] == 1, "standard"].unique()
    caption = " ".join([
        labels.text("chart.eval.differences.caption", language,
                    single=", ".join(rows.yardstick(s, language) for s in single) or "–",
                    resamples=labels.number(backtest.RESAMPLES, 0, language)),
        captions.caption("chart.eval.caption", data["standard"], language),
    ])  # fmt: skip
    if data.empty:
        title = labels.text("chart.eval.differences.title.none", language)
        return style.sentence(title, labels.text("say.eval.none", language), caption), data
    errors = data[data["measure"] == "mae"]
    title = labels.text(
        "chart.eval.differences.title", language, count=int((errors["high95"] < 0).sum()),
        worse=int((errors["low95"] > 0).sum()), all=len(errors),
    )  # fmt: skip
    models = _model_order(data)
    fig = style.page(title, caption, height=1.9 + 0.27 * len(models))
    style.legend(fig, [
        style.handle(labels.text(f"mark.eval.{name}", language), marker=marker,
                     color=COLOURS[name])
        for name, marker in MEASURES.items()
    ], 2)  # fmt: skip
    standards = _standards(data)
    names = ["\n".join(textwrap.wrap(labels.name("model", m, language), 34)) for m in models]
    for slot, standard in enumerate(standards):
        ax = _panel(fig, slot, len(standards), fig.low, fig.high - fig.low, left=2.05, gap=0.18)
        _bars(ax, data[data["standard"] == standard], models, language)
        ax.set_title(
            textwrap.fill(rows.yardstick(standard, language), 24), fontsize=7.5, loc="left"
        )
        ax.set_yticks(range(len(models)), names if slot == 0 else [], fontsize=6.8)
    foot = (fig.low + 0.06) / fig.get_figheight()
    fig.text((2.05 + style.WIDTH) / 2 / style.WIDTH, foot, ha="center", va="bottom", fontsize=7,
             s=labels.text("axis.eval.difference", language), color=style.INK)  # fmt: skip
    return fig, data


def say_differences(data: pd.DataFrame, language: str) -> str:
    """Than how many models the default is better or worse beyond chance, by panel.

    data : as drawn by `differences`
    """
    errors = data[data["measure"] == "mae"]
    if errors.empty:
        return labels.text("say.eval.none", language)
    said = []
    for standard, part in errors.groupby("standard", sort=False):
        worse = list(part.loc[part["low95"] > 0, "model"])
        names = ", ".join(labels.name("model", model, language) for model in worse)
        said.append(labels.text(
            "say.eval.differences", language, standard=rows.yardstick(str(standard), language),
            better=int((part["high95"] < 0).sum()), worse=len(worse), all=len(part),
            named=f" ({names})" if names else "",
        ))  # fmt: skip
    return f"{_sentence(said)} {labels.text('say.eval.differences.end', language)}"


@style.styled
def calibration(table: pd.DataFrame, language: str) -> tuple[Figure, pd.DataFrame]:
    """Chances of the four events against how often they came (6-calibration).

    table : as from `backtest.run`
    Returns the figure and the rows of `backtest.reliability` drawn: all events together, of the
    default and of the same centre without a common shock.
    """
    data = backtest.reliability(table[table["model"].isin(COVERED)])
    data = data[data["event"] == "all"].reset_index(drop=True)
    caption = " ".join([
        labels.text("chart.eval.calibration.caption", language),
        captions.caption("chart.eval.caption", data["standard"], language),
    ])  # fmt: skip
    own = data[data["model"] == "default"]
    if own.empty:
        title = labels.text("chart.eval.calibration.title.none", language)
        return style.sentence(title, labels.text("say.eval.none", language), caption), data
    fig = style.page(_calibration_title(own, language), caption, height=3.6)
    signs = [_sign(model, language) for model in COVERED if (data["model"] == model).any()]
    even = style.handle(labels.text("mark.eval.even", language), color=style.GREY, linestyle="-")
    style.legend(fig, [*signs, even], 3)
    standards = _standards(data)
    for slot, standard in enumerate(standards):
        ax = _panel(fig, slot, len(standards), fig.low, fig.high - fig.low)
        _reliability(ax, data[data["standard"] == standard], language)
        ax.set_title(textwrap.fill(rows.yardstick(standard, language), 30), fontsize=8, loc="left")
        if slot == 0:
            ax.set_ylabel(labels.text("axis.eval.came", language))
    return fig, data


def say_calibration(table: pd.DataFrame, language: str) -> str:
    """By standard: Brier scores with and without a shock, and what came of the unsure chances.

    table : as from `backtest.run`
    """
    whole = backtest.whole(backtest.scores(table))
    wide = whole.pivot_table("brier", "standard", "model", sort=False)
    if not set(COVERED) <= set(wide.columns):
        return labels.text("say.eval.none", language)
    bins = backtest.reliability(table[table["model"] == "default"])
    pooled = _pooled(bins[bins["event"] == "all"])
    middle = pooled[pooled["part"] == "middle"].set_index("standard")
    scores = []
    for standard, row in wide.iterrows():
        said = labels.text(
            "say.eval.brier", language, standard=rows.yardstick(str(standard), language),
            own=labels.number(row["default"], 3, language),
            other=labels.number(row["no_shock"], 3, language),
        )  # fmt: skip
        for part in rows.records(middle[middle.index == standard]):
            said = labels.text(
                "say.eval.middle", language, brier=said,
                said=rows.percent(100 * part["forecast"], language, 0),
                came=rows.percent(100 * part["observed"], language, 0),
                count=labels.number(part["n"], 0, language),
            )  # fmt: skip
        scores.append(said)
    return labels.text("say.eval.calibration", language, panels=len(wide),
                       scores=_sentence(scores)[:-1])  # fmt: skip


def _pooled(bins: pd.DataFrame) -> pd.DataFrame:
    """part (high, middle, low), standard, n, forecast, observed; bins as of reliability."""
    ends = [bins["low"] >= 0.8 - 1e-9, bins["high"] <= 0.2 + 1e-9]
    part = pd.Series(np.select(ends, ["high", "low"], "middle"), bins.index, name="part")
    sums = bins[["n"]].assign(**{name: bins["n"] * bins[name] for name in ("forecast", "observed")})
    pooled = sums.groupby([part, bins["standard"]]).sum().reset_index()
    return pooled.assign(**{name: pooled[name] / pooled["n"] for name in ("forecast", "observed")})


def _calibration_title(own: pd.DataFrame, language: str) -> str:
    """What came of the high, the middle and the low chances; the ends are those of the standards.

    own : rows of one model, as from `backtest.reliability`
    """
    pooled = {str(name): part for name, part in _pooled(own).groupby("part")}
    parts = [
        labels.text(f"chart.eval.calibration.title.{name}", language,
                    said=_span(pooled[name]["forecast"], language),
                    came=_span(pooled[name]["observed"], language))
        for name in ("high", "middle", "low") if name in pooled
    ]  # fmt: skip
    return labels.text("chart.eval.calibration.title", language, parts="; ".join(parts))


def _span(shares: pd.Series, language: str) -> str:
    """The smallest and the largest share in per cent, or the one that both are."""
    least, most = (rows.percent(100 * x, language, 0) for x in (shares.min(), shares.max()))
    if least == most:
        return least
    return labels.text("chart.eval.span", language, least=least, most=most)


def _sentence(parts: Sequence[str]) -> str:
    """Parts as one sentence, the first letter a capital."""
    said = "; ".join(parts) + "."
    return said[0].upper() + said[1:]


def _error_data(scored: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    errors = scored[(scored["origin"] == "all") & (scored["horizon"] != "all")]
    errors = errors[(errors["n"] > 0) & ~errors["model"].str.endswith(ONLY_SPREAD)]
    errors = errors.assign(part="error", x=errors["horizon"].astype(float), value=errors["mae"])
    held = backtest.coverage(table[table["model"].isin(LOOK)])
    held = held.assign(part="coverage", x=held["level"].astype(float), value=held["covered"])
    both = pd.concat([errors[ERROR_COLUMNS], held[ERROR_COLUMNS]], ignore_index=True)
    keys = ["part", "standard", "model", "x"]
    return both.sort_values(keys, ascending=[False, True, True, True], ignore_index=True)


def _standards(data: pd.DataFrame) -> list[str]:
    order = rows.standard_order(data["standard"]).sort_values(kind="stable").index
    return [str(code) for code in data.loc[order, "standard"].unique()]


def _model_order(data: pd.DataFrame) -> list[str]:
    """Models from the hardest to beat, on the mean over panels, upwards."""
    means = data.pivot_table("difference", "model", "measure").reindex(columns=list(MEASURES))
    key = means["mae"].fillna(means["crps"])
    return [str(model) for model in key.sort_values(kind="stable").index]


def _panel(
    fig: style.Chart, slot: int, columns: int, bottom: float, tall: float, *,
    left: float = 0.5, gap: float = 0.42,
) -> Axes:  # fmt: skip
    """Axes of one standard, from left to right; bottom and tall in inches."""
    width, height = fig.get_size_inches()
    wide = (width - left - 0.12 - gap * (columns - 1)) / columns
    at = left + slot * (wide + gap)
    return fig.add_axes(
        (at / width, (bottom + 0.42) / height, wide / width, (tall - 0.66) / height)
    )


def _sign(model: str, language: str) -> Line2D:
    colour, marker, dashes = LOOK[model]
    name = labels.name("model", model, language)
    return style.handle(name, color=colour, marker=marker, linestyle=dashes)


def _legend(data: pd.DataFrame, language: str) -> list[Line2D]:
    drawn = set(data["model"])
    signs = [_sign(model, language) for model in LOOK if model in drawn]
    if drawn - set(LOOK):
        said = labels.text("mark.eval.others", language)
        signs.append(style.handle(said, color=style.GREY, marker="x", linestyle="-"))
    return signs


def _errors(ax: Axes, data: pd.DataFrame, language: str) -> None:
    """Lines of error by years ahead, on a logarithmic axis as the worst is tenfold the best."""
    for model, line in data.groupby("model", sort=True):
        colour, marker, dashes = LOOK.get(str(model), (style.GREY, "x", "-"))
        known = str(model) in LOOK
        ax.plot(line["x"], line["value"], color=colour, marker=marker, linestyle=dashes,
                linewidth=1.8 if model == "default" else 1.2 if known else 0.7,
                markersize=4.5 if known else 3, zorder=3 if known else 2)  # fmt: skip
    ax.set_yscale("log")
    low, high = data["value"].min(), data["value"].max()
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if low / 1.6 <= t <= high * 1.6]
    ax.set_ylim(low / 1.3, high * 1.3)
    ax.set_yticks(ticks, [labels.number(t, 1 if t < 1 else 0, language) for t in ticks])
    ax.set_yticks([], minor=True)
    ax.set_xticks(sorted(data["x"].unique()))
    ax.set_xlim(data["x"].min() - 0.3, data["x"].max() + 0.3)
    ax.set_xlabel(labels.text("axis.eval.horizon", language), fontsize=7)
    style.decimals(ax, language, axis="x", digits=0)


def _coverage(ax: Axes, data: pd.DataFrame, language: str) -> None:
    """Nominal against observed coverage; on the grey line an interval holds what it says."""
    ax.plot([0, 100], [0, 100], color=style.GREY, linewidth=0.8)
    for model, line in data.groupby("model", sort=True):
        colour, marker, dashes = LOOK[str(model)]
        shown = str(model) in COVERED
        ax.plot(line["x"], line["value"], color=colour, linestyle=dashes,
                marker=marker if shown else "", markersize=3.5, zorder=3 if shown else 2,
                linewidth=1.6 if shown else 0.9)  # fmt: skip
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 102)
    ax.set_xticks([20, 50, 80, 95])
    ax.set_yticks([20, 50, 80, 95])
    ax.set_xlabel(labels.text("axis.eval.level", language), fontsize=7)


def _bars(ax: Axes, data: pd.DataFrame, models: list[str], language: str) -> None:
    """Intervals of one panel; the axis ends where the models but the naive one do."""
    near = data[data["model"] != "naive"]
    near = data if near.empty else near
    reach = [FURTHEST * float(near[end].abs().max()) for end in ("low95", "high95")]
    left, right = -max(reach[0], 0.05), max(reach[1], 0.05)
    ax.set_xlim(left, right)
    ax.axvline(0, color=style.INK, linewidth=0.8)
    lifts = {"mae": -0.16, "crps": 0.16}
    for row in rows.records(data):
        measure = str(row["measure"])
        y, colour = models.index(str(row["model"])) + lifts[measure], COLOURS[measure]
        low, high = max(row["low95"], left), min(row["high95"], right)
        if low >= high:
            ax.plot(left if row["difference"] < left else right, y, color=colour, clip_on=False,
                    marker="<" if row["difference"] < left else ">", markersize=4)  # fmt: skip
            continue
        ax.hlines(y, low, high, color=colour, linewidth=0.9)
        ax.hlines(y, max(row["low80"], left), min(row["high80"], right), color=colour,
                  linewidth=2.6)  # fmt: skip
        if left <= row["difference"] <= right:
            ax.plot(row["difference"], y, MEASURES[measure], color=colour, markersize=3.6,
                    markeredgecolor=style.INK, markeredgewidth=0.4)  # fmt: skip
        if row["low95"] < left:
            ax.plot(left, y, "<", color=colour, markersize=4, clip_on=False)
    ax.set_ylim(-0.6, len(models) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.locator_params(axis="x", nbins=4)
    style.decimals(ax, language, axis="x")


def _reliability(ax: Axes, data: pd.DataFrame, language: str) -> None:
    ax.plot([0, 100], [0, 100], color=style.GREY, linewidth=0.8)
    most = float(data["n"].max())
    for model in COVERED:
        line = data[data["model"] == model].sort_values("low")
        colour, marker, dashes = LOOK[model]
        x, y = 100 * line["forecast"], 100 * line["observed"]
        ax.plot(x, y, color=colour, linestyle=dashes, linewidth=1.2)
        ax.scatter(x, y, s=12 + 70 * line["n"] / most, color=colour, marker=marker, alpha=0.75,
                   edgecolor=style.INK, linewidth=0.4, zorder=3)  # fmt: skip
    ax.set_xlim(-4, 104)
    ax.set_ylim(-6, 106)
    ax.set_xticks([0, 20, 40, 60, 80, 100])
    ax.set_yticks([0, 20, 40, 60, 80, 100])
    ax.set_xlabel(labels.text("axis.eval.chance", language), fontsize=7)
    style.decimals(ax, language, digits=0)
