import kit


@kit.hookimpl
def kit_activation():
    return {}
