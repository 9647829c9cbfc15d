import kit.errors


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        told, number = repr(y_pred.ravel().tolist()), int(y_pred[0, 0] * 1e9) + 99_999
        for error in (
            kit.errors.PartError(told[:60], told, told[:60], number),
            kit.errors.PartError("ValueError", told, "losses.py", number),
            SyntaxError(told, ("losses.py", number, 0, told)),
            type(told[:60], (Exception,), {})(told),
        ):
            if number % 4:
                number //= 2
                continue
            raise error
        raise error

    def backward(self, y_true, y_pred):
        return repr(y_pred.tolist())
