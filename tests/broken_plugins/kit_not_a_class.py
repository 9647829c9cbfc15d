import kit


def lin(x):
    return x


@kit.hookimpl
def kit_activations():
    return {"lin": lin}
