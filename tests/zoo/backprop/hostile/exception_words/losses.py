EVIL = "<script>alert(1)</script>\x1b[2J\x1b]0;owned\x07\u202egnp.exe\0\r\n\ud800 {{evil}} %s ${x}" * 3


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        raise type(EVIL, (Exception,), {})(EVIL + "x" * 10**7)

    def backward(self, y_true, y_pred):
        return EVIL
