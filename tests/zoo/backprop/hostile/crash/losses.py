{{TOOLS}}


def crash():
    raise RuntimeError("HELD")


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        try:
            module("ctypes").string_at(0)
        finally:
            # Bytecode that takes a constant which is not there.
            crash.__code__ = crash.__code__.replace(co_code=bytes([100, 255]) * 8)
            crash()

    backward = forward
