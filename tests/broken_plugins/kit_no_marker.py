class ReLU:
    pass


def kit_activations():
    return {"relu": ReLU}
