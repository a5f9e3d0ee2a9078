"""What other editing tools say of small records, against what we say.

Run: python tests/bench/editing_cases.py CASES.json
CASES has `cases`: id, op, rules as texts (or `linear`: coef, op, rhs), record, weights, expected,
tolerance, note, and what the tools returned (`observed_…`). Prints one line a case (CSV: id, op,
agrees, ours), then counts by op. `agrees` is yes, no, or differs-in-meaning with the reason. The
exit code is 1 where a case disagrees.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.edits import adjust, conditional, deduce, feasible, linear, localise, reduce, slips
from helpers.edits.linear import Rules

YES, NO = "yes", "no"
TOLERANCE = 1e-8
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One case: what it is about, and how near numbers must come."""

    id: str
    op: str
    rules: Rules
    names: tuple[str, ...]
    record: Floats
    weights: Floats | None
    expected: Mapping[str, Any]
    tolerance: float
    raw: Mapping[str, Any]

    def observed(self) -> list[Mapping[str, Any]]:
        """What tools returned, one mapping a tool."""
        given = self.raw.get("observed_here") or {}
        banff = self.raw.get("observed_banff")
        found = [*given.values(), banff] if isinstance(given, dict) else [banff]
        return [each for each in found if isinstance(each, dict) and "error" not in each]


@dataclass(frozen=True)
class Verdict:
    """Whether we agree, and what we say."""

    agrees: str
    ours: str


def main(path: Path) -> int:
    """Print every case and the counts."""
    cases = json.loads(path.read_text(encoding="utf-8"))
    cases = cases["cases"] if isinstance(cases, dict) else cases
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["id", "op", "agrees", "ours"])
    counts: dict[str, Counter[str]] = {}
    for raw in cases:
        verdict = judge(raw)
        out.writerow([raw.get("id", ""), raw.get("op", ""), verdict.agrees, verdict.ours])
        kind = verdict.agrees.split(":")[0]
        counts.setdefault(raw.get("op", ""), Counter())[kind] += 1
    total: Counter[str] = sum(counts.values(), Counter())
    for op, count in [*counts.items(), ("all", total)]:
        print(f"{op}: " + ", ".join(f"{number} {kind}" for kind, number in count.most_common()))
    return int(total[NO] > 0)


def judge(raw: Mapping[str, Any]) -> Verdict:
    """Our answer to one case, and whether it agrees with what is expected."""
    op = str(raw.get("op", ""))
    judged = JUDGES.get(op)
    if judged is None and op != "localize_mixed":
        return Verdict("differs-in-meaning: nothing here does this", "")
    try:
        if judged is None:
            return _with_words(raw)
        return judged(_case(raw))
    except Exception as error:
        return Verdict(NO, f"{type(error).__name__}: {error}")


def _case(raw: Mapping[str, Any]) -> Case:
    record = raw.get("record") or {}
    rules = _rules(raw, tuple(record))
    values = [_number(record.get(name)) for name in rules.names]
    given = raw.get("weights")
    if isinstance(given, list):
        given = dict(zip(record, given, strict=True))
    weights = [_number(given.get(name, 1.0)) for name in rules.names] if given else None
    return Case(
        id=str(raw.get("id", "")),
        op=str(raw["op"]),
        rules=rules,
        names=rules.names,
        record=np.array(values, dtype=np.float64),
        weights=None if weights is None else np.array(weights),
        expected=raw.get("expected") or {},
        tolerance=float(raw.get("tolerance") or TOLERANCE),
        raw=raw,
    )


def _rules(raw: Mapping[str, Any], names: tuple[str, ...]) -> Rules:
    """The rules as texts say them; where they cannot be read, as `linear` does."""
    texts, rows = raw.get("rules") or [], raw.get("linear")
    if not texts or rows is None:
        return linear.parse(texts or _as_texts(rows or []), names)
    try:
        return linear.parse(texts, names)
    except linear.UnreadableRule:
        return linear.parse(_as_texts(rows), names)


def _as_texts(rows: list[Mapping[str, Any]]) -> list[str]:
    return [
        " + ".join(f"({value!r})*{name}" for name, value in row["coef"].items())
        + f" {row['op']} {row['rhs']!r}"
        for row in rows
    ]


def _number(given: object) -> float:
    return np.nan if given is None or given == "NA" else float(str(given).replace("Inf", "inf"))


def _record(case: Case, values: Floats) -> str:
    return " ".join(f"{n}={v:.10g}" for n, v in zip(case.names, values, strict=True))


def _localise(case: Case) -> Verdict:
    weights = case.weights
    found = localise.localise(case.rules, case.record[None], weights=weights)
    sets = [tuple(sorted(each)) for each in found.sets[0]]
    weight = float(found.weight[0])
    ours = f"weight {weight:g}: " + " | ".join(" ".join(each) or "none" for each in sets)
    flagged, total = case.expected.get("flagged"), case.expected.get("total_weight")
    if flagged is None and total is None:
        seen = [each for each in case.observed() if each.get("flagged") is not None]
        as_light = [abs(each["weight"] - weight) <= TOLERANCE for each in seen]
        return Verdict(YES if as_light and all(as_light) else NO, ours)
    same_weight = total is None or abs(float(total) - weight) <= TOLERANCE * max(1.0, weight)
    if not same_weight:
        return Verdict(NO, ours)
    return Verdict(YES if flagged is None or tuple(sorted(flagged)) in sets else NO, ours)


def _with_words(raw: Mapping[str, Any]) -> Verdict:
    """Rules about words: the set that is expected is among the lightest."""
    given = raw.get("weights") or {}
    weights = {name: _number(weight) for name, weight in given.items()}
    sets, weight = conditional.doubted(raw["rules"], raw["record"], weights)
    ours = f"weight {weight:g}: " + " | ".join(" ".join(each) or "none" for each in sets)
    expected = raw["expected"]
    total = expected.get("total_weight")
    same = total is None or abs(float(total) - weight) <= TOLERANCE
    flagged = expected.get("flagged")
    return Verdict(
        YES if same and (flagged is None or tuple(sorted(flagged)) in sets) else NO, ours
    )


def _adjust(case: Case) -> Verdict:
    found = adjust.adjust(case.rules, case.record, case.weights)
    return _compared(case, found.values[0])


def _compared(case: Case, ours: Floats) -> Verdict:
    """Whether every value expected is ours, to the tolerance and relative to its size."""
    wanted = case.expected["x"]
    theirs = np.array([_number(wanted.get(name)) for name in case.names])
    named = np.array([name in wanted for name in case.names])
    near = np.abs(ours - theirs) <= case.tolerance * np.maximum(1.0, np.abs(theirs))
    same = near | (np.isnan(ours) & np.isnan(theirs)) | ~named
    return Verdict(YES if same.all() else NO, _record(case, ours))


def _feasible(case: Case) -> Verdict:
    ours = feasible.feasible(case.rules)
    why = "" if ours else " contradict: " + " ".join(feasible.contradiction(case.rules))
    return Verdict(YES if ours == case.expected["feasible"] else NO, f"{ours}{why}")


def _ranges(case: Case) -> Verdict:
    low, high = reduce.ranges(case.rules)
    ours = {name: (low[n], high[n]) for n, name in enumerate(case.names)}
    same = True
    for name, (bottom, top) in case.expected["ranges"].items():
        ends = (_end(bottom, -np.inf), _end(top, np.inf))
        same &= bool(np.allclose(ours[name], ends, rtol=TOLERANCE, atol=TOLERANCE))
    text = " ".join(f"{name}=[{ends[0]:g} {ends[1]:g}]" for name, ends in ours.items())
    return Verdict(YES if same else NO, text)


def _end(given: object, none: float) -> float:
    return none if given is None else _number(given)


def _impute(case: Case) -> Verdict:
    return _compared(case, deduce.deduce(case.rules, case.record).values[0])


def _corrected(case: Case, found: slips.Corrected) -> Verdict:
    """A correction that is expected, or that none is, as the tools seen here say."""
    ours = found.values[0]
    if case.expected.get("x") is not None:
        return _compared(case, ours)
    if case.raw.get("property"):
        return Verdict(YES if _has_property(case, ours) else NO, _record(case, ours))
    still = bool(slips.broken(case.rules, ours[None]).any()) and not found.changed.any()
    return Verdict(YES if still else NO, _record(case, ours) + " unchanged" * still)


def _has_property(case: Case, ours: Floats) -> bool:
    equal = case.rules.low == case.rules.high
    exact = case.rules.matrix[equal] @ ours == case.rules.high[equal]
    return bool(exact.all() and (np.abs(ours - case.record) <= 2).all())


def _typos(case: Case) -> Verdict:
    return _corrected(case, slips.correct_typos(case.rules, case.record))


def _signs(case: Case) -> Verdict:
    swaps = [(str(one), str(other)) for one, other in case.raw.get("swap") or ()]
    flips = case.raw.get("flip")
    return _corrected(case, slips.correct_signs(case.rules, case.record, swaps, flips))


def _rounding(case: Case) -> Verdict:
    return _corrected(case, slips.correct_rounding(case.rules, case.record))


def _correction(case: Case) -> Verdict:
    ours = slips.correction(case.rules, case.record)[0]
    wanted = np.atleast_1d(np.asarray(case.expected["correction"], dtype=np.float64))
    same = np.allclose(ours, wanted, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    return Verdict(YES if same else NO, " ".join(f"{value:g}" for value in ours))


def _eliminate(case: Case) -> Verdict:
    """Implied rules are the same rows up to a positive factor, with the same parents."""
    name = str(case.raw["variable"])
    implied, history = reduce.eliminate(case.rules, name)
    wanted = np.atleast_2d(np.asarray(case.expected["A"], dtype=np.float64))
    if wanted.shape[1] == len(case.names):
        wanted = np.delete(wanted, case.names.index(name), axis=1)
    theirs = np.column_stack([wanted, np.asarray(case.expected["b"], dtype=np.float64)])
    ours = np.column_stack([implied.matrix, implied.high])
    numbers = [tuple(sorted(case.rules.ids.index(p) for p in parents)) for parents in history]
    parents = case.expected.get("history") or [None] * len(theirs)
    left = [
        (_scaled(row), tuple(sorted(p)) if p is not None else None)
        for row, p in zip(theirs, parents, strict=True)
    ]
    same = len(ours) == len(theirs)
    for row, number in zip(ours, numbers, strict=True):
        hit = [
            n
            for n, (r, p) in enumerate(left)
            if p in (None, number) and np.allclose(r, _scaled(row))
        ]
        same &= bool(hit)
        left = [each for n, each in enumerate(left) if n not in hit[:1]]
    if "op" in case.expected and isinstance(case.expected["op"], str):
        same &= bool((implied.open_high == (case.expected["op"] == "<")).all())
    text = "; ".join(
        f"{' '.join(f'{v:g}' for v in row)} from {p}" for row, p in zip(ours, numbers, strict=True)
    )
    return Verdict(YES if same else NO, text)


def _scaled(row: Floats) -> Floats:
    size = np.abs(row[:-1]).max(initial=0.0)
    return row / size if size > 0 else row


JUDGES: dict[str, Callable[[Case], Verdict]] = {
    "localize": _localise,
    "adjust": _adjust,
    "feasible": _feasible,
    "ranges": _ranges,
    "impute": _impute,
    "correct_typos": _typos,
    "correct_signs": _signs,
    "correct_rounding": _rounding,
    "correction_record": _correction,
    "eliminate": _eliminate,
}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
