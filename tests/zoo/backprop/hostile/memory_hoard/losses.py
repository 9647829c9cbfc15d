{{TOOLS}}
def hoard():
    import numpy as np

    kept = []
    try:
        for _ in range(9):
            kept.append(np.empty(1 << 28, "u1"))
    except MemoryError as error:
        kept.clear()
        raise PermissionError(str(error)) from None
    return sum(each.nbytes for each in kept)


attempt(
    lambda: hoard(),
)
