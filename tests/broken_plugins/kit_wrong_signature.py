import kit


@kit.hookimpl
def kit_activations(registry):
    registry.register("relu", object)
