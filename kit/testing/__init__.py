"""What proves a part right: used by public tests, hidden suites and third parties alike."""

from kit.testing.closeness import CheckFailed, assert_close, assert_number, assert_unchanged
from kit.testing.counterexample import assert_backward_fits_forward, assert_elementwise
from kit.testing.gradients import away_from_kinks, numerical_gradient
from kit.testing.known_mistakes import MistakeFound, assert_no_known_mistake
from kit.testing.layer_gradients import layer_gradients
from kit.testing.notebook import check

__all__ = [
    "CheckFailed",
    "MistakeFound",
    "assert_backward_fits_forward",
    "assert_close",
    "assert_elementwise",
    "assert_no_known_mistake",
    "assert_number",
    "assert_unchanged",
    "away_from_kinks",
    "check",
    "layer_gradients",
    "numerical_gradient",
]
