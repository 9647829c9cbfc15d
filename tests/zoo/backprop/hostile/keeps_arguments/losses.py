{{SOLUTION}}


class Keeper(BinaryCrossEntropy):
    KEPT = []

    def forward(self, y_true, y_pred):
        for array in self.KEPT:
            array[...] = 7.0
        self.KEPT[:] = [y_true, y_pred]
        return super().forward(y_true, y_pred)


BinaryCrossEntropy = Keeper


def kit_losses():
    return {"bce": Keeper}
