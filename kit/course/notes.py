"""What a teacher should look at after a class was graded: nothing is worth 0 without a word."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from unicodedata import normalize

from kit.harness.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    from kit.course.intake import Intake, Submissions
    from kit.grading.record import Record

    Note: TypeAlias = tuple[str, dict[str, str]]


def notes(intake: Intake, outcomes: Mapping[str, Record | str]) -> Iterator[Note]:
    """Yield headings, each with what is to be said about some names."""
    records = {who: each for who, each in outcomes.items() if not isinstance(each, str)}
    nothing = {
        who: _why_nothing(who, record, intake.submissions)
        for who, record in records.items()
        if not record.score and record.max_score
    }
    found = {who: text for who, each in records.items() if (text := each.submission.get("found"))}
    yield "0 points", nothing
    yield "files found elsewhere", found
    yield "not taken for submissions", intake.skipped
    yield "names that are nearly the same", _alike(intake.students)


def _why_nothing(student: str, record: Record, submissions: Submissions) -> str:
    submission = read_submission(submissions.folders[student], submissions.manifest)
    if submission.is_misplaced:
        there = ", ".join(submission.others) or "nothing"
        problems = "; ".join(dict.fromkeys(submission.problems.values()))
        return f"is its work misplaced? {problems}; there is: {there}"
    if submission.problems:
        return "; ".join(dict.fromkeys(submission.problems.values()))
    public = (check.public for each in record.exercises for check in each.checks if check.public)
    return next(public, "").partition("\n")[0]


def _alike(students: Iterable[str]) -> dict[str, str]:
    groups: dict[str, list[str]] = defaultdict(list)
    for student in students:
        groups["".join(normalize("NFKC", student).casefold().split())].append(student)
    return {
        student: f"differs from {other!a} by case, blanks or Unicode form only"
        for student, *others in groups.values()
        for other in others
    }
