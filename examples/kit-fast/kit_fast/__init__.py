"""Fast parts for backprop-kit: the same formulas, without an array made in a step.

Each part keeps the contract as it is, and declares what the kit can use: `out=`,
`need_input_grad=`, `fuse` and `bind` (see docs/speed.md of backprop-kit).
"""

import kit
from kit_fast.activations import ReLU, Sigmoid, Softmax, Tanh
from kit_fast.dense import Dense
from kit_fast.losses import BinaryCrossEntropy, CategoricalCrossEntropy


@kit.hookimpl
def kit_activations():
    """Name the activations."""
    return {"relu": ReLU, "sigmoid": Sigmoid, "softmax": Softmax, "tanh": Tanh}


@kit.hookimpl
def kit_losses():
    """Name the losses: "bce" for labels 0 and 1, the other for one label of many."""
    return {"bce": BinaryCrossEntropy, "categorical_cross_entropy": CategoricalCrossEntropy}


@kit.hookimpl
def kit_layers():
    """Name the layer, also as `kit train` asks for it."""
    return {"dense": Dense, "neural_layer": Dense}
