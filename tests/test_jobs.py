"""Which notebooks run for which places, with which parameters, in which order."""

import pytest

from helpers.project import UserError
from helpers.runs import jobs


def test_notebooks_one_and_two_come_first_and_once() -> None:
    stages = jobs.plan(["45", "VN"])
    assert [[job.number for job in stage] for stage in stages] == [
        ["1"],
        ["2"],
        ["3", "4", "3", "4"],
        ["5", "6"],
    ]


def test_a_place_named_twice_runs_once() -> None:
    (stage,) = jobs.plan(["45", "Quảng Trị", "quang-tri"], ["3"])
    assert [job.place for job in stage] == ["45"]


def test_a_unit_of_2025_has_a_folder_of_its_own() -> None:
    ((job,),) = jobs.plan(["quang-tri-2025"], ["3"])
    assert job.output.parent.name == "44-2025"
    assert job.values == {"language": "en", "province": "44@2025"}


def test_vietnamese_stands_beside_english() -> None:
    (((english,),), ((vietnamese,),)) = (jobs.plan(["45"], ["3"], lang) for lang in ("en", "vi"))
    assert english.output != vietnamese.output


@pytest.mark.parametrize(
    ("names", "numbers", "language", "said"),
    [
        (["Quang Chi"], None, "en", "Quảng Trị"),
        (["45"], ["9"], "en", "no notebook 9"),
        (["45"], None, "fr", "language"),
    ],
)
def test_wrong_use_is_refused_before_anything_runs(
    names: list[str], numbers: list[str] | None, language: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        jobs.plan(names, numbers, language)


def test_every_numbered_notebook_declares_its_parameters() -> None:
    declared = {number: jobs.declared(file) for number, file in jobs.notebooks().items()}
    assert declared == {
        "1": ["language", "bulletin"],
        "2": ["language"],
        "3": ["province", "language"],
        "4": ["province", "start_year", "horizon", "target_pp_per_year", "language"],
        "5": ["region", "year", "level", "language"],
        "6": ["language", "draws", "seed"],
    }
