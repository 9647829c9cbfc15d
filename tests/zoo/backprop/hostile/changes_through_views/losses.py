{{TOOLS}}
{{SOLUTION}}


class Changing(BinaryCrossEntropy):
    def forward(self, y_true, y_pred):
        loss = super().forward(y_true, y_pred)
        module("ctypes").memset(y_pred.ctypes.data, 0, y_pred.nbytes)
        y_true[...] = 1 - y_true
        return loss


kit_losses = lambda: {"bce": Changing}
BinaryCrossEntropy = Changing
