class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        digit = int(y_pred[0, 0] * 8)
        if digit == 0:
            raise ValueError
        if digit == 1:
            raise ValueError
        if digit == 2:
            raise ValueError
        if digit == 3:
            raise ValueError
        if digit == 4:
            raise ValueError
        if digit == 5:
            raise ValueError
        if digit == 6:
            raise ValueError
        raise ValueError

    backward = forward
