"""Figures of notebook 5 that set falls against levels: convergence, leaders and laggards."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import labels, places
from helpers.charts import captions, compare, rows, style
from helpers.places import Place
from helpers.trends import convergence as gaps
from helpers.trends import standing
from helpers.trends.paces import SMALLEST_RATE_PCT
from helpers.trends.panels import Panel

COLUMNS = [
    "place", "name", "region", "inside", "standard", "first_year", "last_year", "first", "last",
    "change_pp", "change_pct",
]  # fmt: skip
# Colour and marker of each region: told apart with any colour vision, and in grey.
REGIONS = {
    "RRD": (style.BLUE, "o"), "NMM": (style.RED, "^"), "NCC": (style.GREEN, "s"),
    "CH": (style.PINK, "D"), "SE": (style.BLACK, "P"), "MRD": (style.ORANGE, "v"),
}  # fmt: skip
ALONE = "outside its interval"  # of its own; all provinces taken together, chance gives some
# Colour, marker and edge of each verdict.
LOOK = {
    standing.LEADER: (style.BLUE, "D", style.BLUE), standing.LAGGARD: (style.RED, "s", style.RED),
    ALONE: ("white", "h", style.ORANGE), standing.AS_EXPECTED: (style.GREY, "o", style.GREY),
    standing.UNJUDGED: ("white", "o", style.GREY),
}  # fmt: skip


def panel_of(official: pd.DataFrame, standard: str) -> Panel:
    """The survey rates of the 63 provinces and the country under one standard, with rounding.

    official : as from trends.surveys, so that a province stands on one ground in all years
    Weights are persons of the last year.
    """
    data = rows.survey(official, ("VN", *places.members("VN")))
    data = data[data["standard"] == standard]
    data = data[data["year"].isin(data.loc[data["place"] != "VN", "year"])]
    wide = {
        name: data.pivot(index="year", columns="place", values=name)  # noqa: PD010 no averaging
        for name in ("value", "low", "high")
    }
    last = int(data["year"].max())
    weights = places.weights(last)
    weights = weights[weights.index.isin(wide["value"].columns)]
    return Panel(standard, wide["value"], weights, last, {}, wide["low"], wide["high"])


def window(official: pd.DataFrame, year: int, language: str) -> tuple[str, int, int] | None:
    """The newest standard of a year, its first year and `year`, or its last where that is first.

    None where the year has no rates, or its standard no other year.
    """
    now = compare.of_year(official, places.get("VN"), year, language)
    if now.empty:
        return None
    standard = str(now["standard"].iloc[0])
    series = rows.survey(official, places.members("VN"))
    years = sorted(series.loc[series["standard"] == standard, "year"].unique())
    last = year if year > years[0] else years[-1]
    return (standard, int(years[0]), int(last)) if last > years[0] else None


def foot(key: str, official: pd.DataFrame, data: pd.DataFrame, language: str) -> str:
    """A caption with the standard drawn, and what its rates are where they are not final figures.

    data : standard, place, and year or first_year and last_year
    """
    said = captions.caption(key, data["standard"].unique(), language)
    if data.empty:
        return said
    year = int(data["last_year" if "last_year" in data else "year"].max())
    series = rows.survey(official, places.members("VN"))
    last = series[series["standard"].isin(data["standard"]) & (series["year"] == year)]
    if (last["status"] == "preliminary").any():
        said += " " + labels.text("caption.preliminary.year", language, year=year)
    return said + compare.hanoi(data, language)


def nothing(
    official: pd.DataFrame, region: Place, year: int, language: str, caption: str
) -> style.Chart:
    """A figure that says why a year has no fall to show."""
    known = (rows.survey(official, places.members(region.code))["year"] == year).any()
    title = labels.text(f"chart.then.title.{'alone' if known else 'none'}", language,
                        region=style.place_name(region, language), year=year)  # fmt: skip
    return style.sentence(title, labels.text("chart.none", language), caption)


@style.styled
def convergence(
    official: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Yearly change against the first level, in points and in per cent (5-convergence).

    official : as from trends.surveys; survey rates in per cent
    region   : a region, or VN; only its provinces count for β, the others are drawn pale
    From the first year of the year's standard to `year`, or to its last where `year` is the first.
    Returns the figure and COLUMNS: change_pp (points a year) and change_pct (per cent a year,
    compound; NaN where a rate is next to zero).
    """
    data = _changes(official, region, year, language)
    caption = foot("chart.convergence.caption", official, data, language)
    if data.empty:
        return nothing(official, region, year, language, caption), data
    found = _whole(gaps.betas(_wide(data)))
    fig = style.page(_title(data, found, region, language), caption, height=4.6)
    shown = [code for code in REGIONS if code in set(data.loc[data["inside"] == "yes", "region"])]
    style.legend(fig, [
        style.handle(style.place_name(places.get(code), language), color=REGIONS[code][0],
                     marker=REGIONS[code][1]) for code in shown
    ], 2)  # fmt: skip
    for number, kind in enumerate(gaps.KINDS):
        ax = style.axes(fig, left=0.6 + 3.45 * number, right=3.5 - 3.4 * number, top=0.38)
        _scatter(ax, data, kind)
        _line(ax, data, found[kind], kind)
        _named(ax, found[kind], kind, int(data["first_year"].iloc[0]), language)
    return fig, data


def say_convergence(
    data: pd.DataFrame, official: pd.DataFrame, region: Place, language: str
) -> str:
    """β in points and per cent, β by a level that shares no error, and the spread of the rates."""
    if data.empty:
        return compare.say_then_and_now(data, region, language)
    rates = _between(data, official)
    first, last = int(rates.index[0]), int(rates.index[-1])
    betas = gaps.betas(rates)
    usual = _whole(betas)
    if all(np.isnan(row["beta"]) for row in usual.values()):
        return labels.text("say.convergence.few", language, count=rates.shape[1])
    said = [labels.text(
        "say.convergence.beta", language, first=first, last=last,
        **{f"{kind}_beta": _beta(usual[kind], language) for kind in gaps.KINDS},
    )]  # fmt: skip
    middle = _whole(betas, "middle")
    if middle:
        said.append(labels.text(
            "say.convergence.middle", language, year=middle["absolute"]["level_year"], first=first,
            **{kind: labels.number(middle[kind]["beta"], 3, language) for kind in gaps.KINDS},
        ))  # fmt: skip
    else:
        said.append(labels.text("say.convergence.galton", language, first=first))
    return " ".join([*said, _say_spread(rates.loc[[first, last]], language)])


def slopes(data: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """β of the region's provinces for the whole window and each step in it.

    data : as drawn by `convergence`; columns as from trends.convergence.betas
    """
    found = gaps.betas(_between(data, official))
    return found.assign(level_year=found["level_year"].astype(str))  # a year, and no number


@style.styled
def leaders(
    official: pd.DataFrame, region: Place, year: int, language: str
) -> tuple[Figure, pd.DataFrame]:
    """Each province's fall against the one expected at its level (5-leaders-laggards).

    Arguments and window as for `convergence`; the line is that of all provinces. Returns the figure
    and, of the region's provinces, the columns of trends.standing.given_level with name, standard
    and verdict; leaders first. The verdict is the standing, but ALONE where a province lies outside
    its own interval and is not beyond what chance gives among all.
    """
    data = _judged(official, region, year, language)
    caption = foot("chart.leaders.caption", official, data, language)
    if data.empty:
        return nothing(official, region, year, language, caption), data
    counts = {name: int((data["verdict"] == name).sum()) for name in LOOK}
    leading, lagging = counts[standing.LEADER], counts[standing.LAGGARD]
    title = labels.text(
        "chart.leaders.title" + ("" if leading + lagging else ".none"), language, leading=leading,
        lagging=lagging, alone=counts[ALONE], count=int(data["q"].notna().sum()),
        first=int(data["first_year"].iloc[0]), last=int(data["last_year"].iloc[0]),
        region=style.place_name(region, language),
    )  # fmt: skip
    seen = [name for name in LOOK if counts[name]]
    fig, ax, y = compare.rows_page(title, caption, data, legend=[
        style.handle(labels.text("mark.expected", language), marker="|", color=style.PALE,
                     linestyle="-", linewidth=4, markeredgecolor=style.BLACK, markersize=7),
        *(style.handle(labels.text(f"mark.{name.replace(' ', '_')}", language), color=LOOK[name][0],
                       marker=LOOK[name][1], markeredgecolor=LOOK[name][2]) for name in seen),
    ])  # fmt: skip
    size = 3.4 if len(data) > 30 else 5
    ax.hlines(y, data["low95"], data["high95"], color=style.PALE, linewidth=1.4 * size)
    ax.plot(data["expected_pp_per_year"], y, "|", color=style.BLACK, markersize=size + 2)
    for name in seen:
        mask = (data["verdict"] == name).to_numpy()
        ax.plot(data.loc[mask, "fall_pp_per_year"], y[mask], LOOK[name][1], color=LOOK[name][0],
                markeredgecolor=LOOK[name][2], markersize=size)  # fmt: skip
    ax.axvline(0, color=style.GREY, linewidth=0.6)
    ax.set_xlabel(labels.text("axis.fall", language))
    style.decimals(ax, language, axis="x")
    return fig, data


def say_leaders(data: pd.DataFrame, region: Place, language: str) -> str:
    """Who stands out beyond chance, who is outside its own interval only, and how many would be.

    data : as drawn by `leaders`
    """
    if data.empty:
        return compare.say_then_and_now(data, region, language)
    judged = data[data["q"].notna()]
    said = [
        labels.text(f"say.leaders.{name}", language,
                    places=_falls(part[part["verdict"] == name], language))
        for name, part in ((standing.LEADER, judged), (standing.LAGGARD, judged.iloc[::-1]))
        if (part["verdict"] == name).any()
    ]  # fmt: skip
    if len(judged):
        said = said or [labels.text("say.leaders.none", language)]
        said.append(_say_outside(judged, language))
    if len(judged) < len(data):
        said.append(labels.text("say.leaders.unjudged", language, count=len(data) - len(judged)))
    return " ".join(said)


def _falls(part: pd.DataFrame, language: str) -> str:
    """Provinces with the fall of each and the one expected."""
    return "; ".join(
        labels.text("say.leaders.one", language, place=row["name"],
                    fall=labels.number(row["fall_pp_per_year"], 2, language),
                    expected=labels.number(row["expected_pp_per_year"], 2, language))
        for row in rows.records(part)
    )  # fmt: skip


def _say_outside(judged: pd.DataFrame, language: str) -> str:
    """Who lies outside its own interval only, on which side, and how many would by chance."""
    alone = judged[judged["verdict"] == ALONE]
    ahead = alone["residual_pp_per_year"] > 0
    sides = [
        labels.text(f"say.leaders.alone.{side}", language, names=", ".join(part["name"]))
        for side, part in (("faster", alone[ahead]), ("slower", alone[~ahead].iloc[::-1]))
        if len(part)
    ]
    said = [labels.text("say.leaders.alone", language, places="; ".join(sides))] if sides else []
    outside = judged["verdict"].isin([standing.LEADER, standing.LAGGARD, ALONE])
    said.append(labels.text(
        "say.leaders.outside", language, outside=int(outside.sum()), count=len(judged),
        chance=labels.number(0.05 * len(judged), 1, language),
    ))  # fmt: skip
    return " ".join(said)


def accelerations(official: pd.DataFrame, region: Place, year: int, language: str) -> pd.DataFrame:
    """Pace in the later half of the window minus that in the earlier half, by province.

    Arguments and window as for `convergence`. Returns the columns of trends.standing.acceleration
    with name, largest acceleration in points first; empty where there is no window.
    """
    found = window(official, year, language)
    if found is None:
        return pd.DataFrame(columns=["name", *standing.SPEED_COLUMNS])
    standard, first, last = found
    panel = panel_of(official, standard)
    assert panel.low is not None and panel.high is not None
    inside = [code for code in panel.leaves if code in places.members(region.code)]
    ends = [table.loc[first:last, inside] for table in (panel.rates, panel.low, panel.high)]
    data = standing.acceleration(*ends)
    data.insert(0, "name", style.place_names(list(data["place"]), language))
    data = data.sort_values(["acceleration_pp", "place"], ascending=[False, True])
    return data.reset_index(drop=True)


def say_accelerations(data: pd.DataFrame, region: Place, language: str) -> str:
    """How many fell faster in the later half, beyond rounding and beyond scatter; the extremes."""
    known = data[data["acceleration_pp"].notna()]
    if data.empty:
        return compare.say_then_and_now(data, region, language)
    if known.empty:
        return labels.text("say.speed.none", language)
    top, bottom = rows.records(known.iloc[[0, -1]])
    said = labels.text(
        "say.speed", language, count=len(known), first=top["first_year"], last=top["last_year"],
        middle=top["break_year"], faster=int((known["rounding_low"] > 0).sum()),
        slower=int((known["rounding_high"] < 0).sum()), top=top["name"], bottom=bottom["name"],
        most=labels.number(top["acceleration_pp"], 2, language),
        least=labels.number(bottom["acceleration_pp"], 2, language),
    )  # fmt: skip
    judged = known[known["low95"].notna()]
    if judged.empty:
        return said + " " + labels.text("say.speed.three", language)
    return said + " " + labels.text(
        "say.speed.sure", language, count=len(judged), faster=int((judged["low95"] > 0).sum()),
        slower=int((judged["high95"] < 0).sum()),
    )  # fmt: skip


def _between(data: pd.DataFrame, official: pd.DataFrame) -> pd.DataFrame:
    """Year × place of the region's provinces, all years of the window that `data` is of."""
    if data.empty:
        return pd.DataFrame()
    panel = panel_of(official, str(data["standard"].iloc[0]))
    inside = data.loc[data["inside"] == "yes", "place"]
    return panel.rates.loc[data["first_year"].iloc[0] : data["last_year"].iloc[0], sorted(inside)]


def _changes(official: pd.DataFrame, region: Place, year: int, language: str) -> pd.DataFrame:
    """COLUMNS of all provinces with both rates, and empty where the region has none."""
    found = window(official, year, language)
    if found is None:
        return pd.DataFrame(columns=COLUMNS)
    standard, first, last = found
    panel = panel_of(official, standard)
    data = panel.rates.loc[[first, last], panel.leaves].T.set_axis(["first", "last"], axis=1)
    data = data.dropna().rename_axis("place").reset_index()
    inside = data["place"].isin(places.members(region.code))
    usable = (data[["first", "last"]] >= SMALLEST_RATE_PCT).all(axis=1)
    ratio = (data["last"] / data["first"].where(usable)) ** (1 / (last - first))
    data = data.assign(
        name=style.place_names(list(data["place"]), language),
        region=data["place"].map(places.region_of), inside=np.where(inside, "yes", "no"),
        standard=standard, first_year=first, last_year=last,
        change_pp=(data["last"] - data["first"]) / (last - first), change_pct=100 * (ratio - 1),
    )  # fmt: skip
    return data[COLUMNS] if inside.any() else data.loc[[], COLUMNS]


def _judged(official: pd.DataFrame, region: Place, year: int, language: str) -> pd.DataFrame:
    found = window(official, year, language)
    columns = [*standing.GIVEN_COLUMNS, "name", "standard", "verdict"]
    if found is None:
        return pd.DataFrame(columns=columns)
    panel = panel_of(official, found[0])
    data = standing.given_level(panel.rates[panel.leaves], *found[1:])
    data = data[data["place"].isin(places.members(region.code)) & data["fall_pp_per_year"].notna()]
    names = style.place_names(list(data["place"]), language)
    inside = data["fall_pp_per_year"].between(data["low95"], data["high95"])
    verdict = data["standing"].mask(~inside & (data["standing"] == standing.AS_EXPECTED), ALONE)
    data = data.assign(name=names, standard=found[0], verdict=verdict)
    return data[columns].reset_index(drop=True)


def _wide(data: pd.DataFrame) -> pd.DataFrame:
    """Year × place, of the first and last year of the region's provinces."""
    ends = data.loc[data["inside"] == "yes", ["place", "first", "last"]].set_index("place")
    years = [int(data[f"{end}_year"].iloc[0]) for end in ("first", "last")]
    return pd.DataFrame(ends.to_numpy(float).T, index=years, columns=ends.index)


def _whole(betas: pd.DataFrame, level: str = "first") -> dict[str, pd.Series]:
    """The rows of the longest window by one level, by kind; empty where there are none."""
    longest = (betas["first_year"] == betas["first_year"].min()) & (
        betas["last_year"] == betas["last_year"].max()
    )
    found = betas[longest & (betas["level"] == level)]
    return {str(row["kind"]): row for _, row in found.iterrows()}


def _verdict(row: pd.Series) -> str:
    """`faster`, `slower` or `open`: how the poorer provinces fell, by the interval of β."""
    return "faster" if row["high95"] < 0 else "slower" if row["low95"] > 0 else "open"


def _title(data: pd.DataFrame, found: dict[str, pd.Series], region: Place, language: str) -> str:
    said = {kind: _verdict(found[kind]) for kind in gaps.KINDS}
    key = "chart.convergence.title" + (".open" if set(said.values()) == {"open"} else "")
    return labels.text(
        key, language, region=style.place_name(region, language),
        first=int(data["first_year"].iloc[0]), last=int(data["last_year"].iloc[0]),
        **{kind: labels.text(f"convergence.{verdict}", language) for kind, verdict in said.items()},
    )  # fmt: skip


def _scatter(ax: Axes, data: pd.DataFrame, kind: str) -> None:
    y = "change_pp" if kind == "absolute" else "change_pct"
    pale = data[data["inside"] == "no"]
    ax.plot(pale["first"], pale[y], "o", color=style.PALE, markersize=3)
    for code, (colour, marker) in REGIONS.items():
        part = data[(data["inside"] == "yes") & (data["region"] == code)]
        ax.plot(part["first"], part[y], marker, color=colour, markersize=4, alpha=0.85,
                markeredgewidth=0)  # fmt: skip
    if kind == "proportional":
        ax.set_xscale("log")
    ax.axhline(0, color=style.GREY, linewidth=0.6)


def _line(ax: Axes, data: pd.DataFrame, found: pd.Series, kind: str) -> None:
    """The fitted line, and the wedge of the slopes in its 95 % interval around the mean point."""
    part = data[data["inside"] == "yes"]
    if kind == "proportional":
        part = part[part["change_pct"].notna()]
    if np.isnan(found["beta"]):
        return
    level, change = part["first"].to_numpy(float), part["change_pp"].to_numpy(float)
    if kind == "proportional":
        level, change = np.log(level), np.log1p(part["change_pct"].to_numpy(float) / 100)
    grid = np.linspace(level.min(), level.max(), 60)
    lines = [change.mean() + found[name] * (grid - level.mean())
             for name in ("beta", "low95", "high95")]  # fmt: skip
    if kind == "proportional":
        grid, lines = np.exp(grid), [100 * np.expm1(line) for line in lines]
    ends = np.sort(lines[1:], axis=0)
    ax.fill_between(grid, *ends, color=style.SKY, alpha=0.3, linewidth=0)
    ax.plot(grid, lines[0], color=style.INK, linewidth=1.3)


def _named(ax: Axes, found: pd.Series, kind: str, first: int, language: str) -> None:
    said = labels.text(f"convergence.{kind}", language)
    beta = labels.NO_NUMBER if np.isnan(found["beta"]) else _beta(found, language)
    ax.set_title(f"{said}\nβ = {beta}, n = {found['n']}", fontsize=7.5, loc="left", pad=4)
    ax.set_xlabel(labels.text(f"axis.level.{kind}", language, year=first))
    ax.set_ylabel(labels.text(f"axis.change.{kind}", language))
    if kind == "proportional":
        low, high = ax.get_xlim()
        ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if low <= tick <= high]
        digits = [0 if tick >= 1 else 1 for tick in ticks]
        ax.set_xticks(ticks, [labels.number(tick, digit, language)
                              for tick, digit in zip(ticks, digits, strict=True)])  # fmt: skip
        ax.minorticks_off()
    else:
        style.decimals(ax, language, axis="x")
    style.decimals(ax, language)


def _beta(found: pd.Series, language: str) -> str:
    """β with its interval in words: −0.165 (95%: −0.192 to −0.139)."""
    beta, low, high = (labels.number(found[name], 3, language) for name in ("beta", "low95",
                                                                           "high95"))  # fmt: skip
    return labels.text("convergence.beta", language, beta=beta, low=low, high=high)


def _say_spread(ends: pd.DataFrame, language: str) -> str:
    """The standard deviation of both years, in points and on logarithms, with its change."""
    found = gaps.sigmas(ends)
    said: dict[str, str] = {}
    for kind in gaps.KINDS:
        then, now = rows.records(found[found["kind"] == kind])
        numbers = [then["sigma"], now["sigma"], now["change_low95"], now["change_high95"]]
        names = ("then", "now", "low", "high")
        said |= {f"{kind}_{name}": labels.number(number, 2, language)
                 for name, number in zip(names, numbers, strict=True)}  # fmt: skip
    left = int(found.loc[found["kind"] == "proportional", "left_out"].iloc[0])
    text = labels.text("say.convergence.sigma", language, **said)
    if left:
        smallest = rows.percent(SMALLEST_RATE_PCT, language)
        text += " " + labels.text("say.convergence.left", language, count=left, smallest=smallest)
    return text
