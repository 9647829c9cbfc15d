"""scikit-learn's MLPClassifier with plain SGD, its start values set."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from sklearn.neural_network import MLPClassifier

from benchmarks.tasks import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task


class Classifier(MLPClassifier):
    """The classifier, which has no public way to be given start values."""

    def _init_coef(self, *_: Any) -> tuple[Any, Any]:
        weights, bias = next(self.start)
        return weights.copy(), bias[0].copy()


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit."""
    warnings.filterwarnings("ignore")  # it has not converged, which nobody asked for
    x, y = task.points(dtype)
    labels = y.ravel().astype(int)

    def fit() -> list[float]:
        model = Classifier(
            task.hidden,
            solver="sgd",
            alpha=0.0,
            batch_size=task.batch_size,
            learning_rate_init=LEARNING_RATE,
            max_iter=task.epochs,
            shuffle=shuffled,
            random_state=3,
            tol=0.0,
            momentum=0.0,
            nesterovs_momentum=False,
            n_iter_no_change=task.epochs + 1,
        )
        model.start = iter(task.start(dtype))
        losses: list[float] = model.fit(x, labels).loss_curve_
        return losses

    return fit
