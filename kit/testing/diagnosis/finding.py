"""A finding: what is wrong with one method, shown by the smallest input, named, with a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kit.testing.diagnosis.catalogue import look_up, question_about
from kit.testing.diagnosis.faults import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.errors import PartError, SubmissionError

UNKNOWN = "Cause unknown: these are not the numbers of any mistake that the kit knows."
# What else may make a check of some kind fail, the likeliest first: a wrong forward, say, makes
# the check of its state fail too.
CAUSES = {
    "value": ("shape", "state", "gradient", "stability", "purity"),
    "shape": ("value", "start"),
    "gradient": ("shape", "value", "state", "purity"),
    "stability": ("value", "shape", "gradient", "state", "purity"),
    "purity": ("value", "shape", "gradient", "state", "stability"),
    "state": ("value", "shape", "gradient", "purity"),
    "start": ("shape",),
}


EVERY_KIND = (*CAUSES, "accuracy")
_SENTENCE_LIMIT = 240
_UNREADABLE = {"SyntaxError", "IndentationError", "TabError"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one method of a part, in plain values.

    `kinds` are the kinds of the checks that fail because of it. Without a misconception the
    cause is unknown, which is an answer: a false name is worse than none. `meaning` says instead
    what an exception, the `error` that was raised, usually means.
    """

    method: str
    kinds: tuple[str, ...]
    given: str
    came: str
    expected: str
    table: str = ""
    misconceptions: tuple[str, ...] = ()
    place: str = ""
    asked: str = ""
    meaning: str = ""
    error: PartError | None = field(default=None, compare=False)
    sentence: str = ""  # says all, where no input has to do with it

    @property
    def misconception(self) -> str | None:
        """The name of the first misconception, None where the cause is unknown."""
        return self.misconceptions[0] if self.misconceptions else None

    @property
    def title(self) -> str:
        """One line: the method, and the name where there is one."""
        return " ".join([self.method, *self.misconceptions[:1]])

    @property
    def text(self) -> str:
        """The message: the smallest input first, then the table, the name and one question."""
        if self.sentence:
            return self.sentence
        lines = [
            ("Asked", " ".join(filter(None, [self.asked or self.method, self.place]))),
            ("Smallest input that shows it", self.given),
            ("Came", self.came),
            ("Expected", self.expected),
        ]
        told = "\n".join(f"{label}: {text}" for label, text in lines if text)
        table = f"\n\n{self.table}\n" if self.table else ""
        return f"{told}{table}\n{self._meaning()}"

    def _meaning(self) -> str:
        found = [look_up(name) for name in self.misconceptions]
        meant = [f"{each.name}: {each.looks_like}" for each in found] or [self.meaning]
        lines = [f"What it usually means: {text}" for text in meant if text] or [UNKNOWN]
        if found or not self.meaning:
            ask = found[0].ask if found else question_about(self.method, self.kinds)
            lines.append(f"Ask yourself: {ask}")
        if found:
            lines.append("More: " + ", ".join(f"kit explain {each.name}" for each in found))
        return "\n".join(lines)


def unusable(error: SubmissionError, kinds: Sequence[str], method: str = "") -> Finding:
    """Return the finding that a file, a class or a method is missing or cannot be used."""
    sentence = " ".join(error.text.split())[:_SENTENCE_LIMIT]
    if error.name in _UNREADABLE:
        sentence += f"\nWhat it usually means: {MEANINGS[error.name]}"
    name = method or error.file
    return Finding(name, tuple(kinds), "", "", "", error=error, sentence=sentence)


def choose(findings: Sequence[Finding], kind: str, method: str = "") -> Finding | None:
    """Return the finding that explains why a check of this kind failed, None where none does.

    `method`, as in `backward`, is the method that the check asked, where that is known.
    """
    near = [found for found in findings if method and found.method.endswith(f".{method}")]
    for group in (near, findings):
        for wanted in (kind, *CAUSES.get(kind, ())):
            for found in group:
                if wanted in found.kinds:
                    return found
    return None
