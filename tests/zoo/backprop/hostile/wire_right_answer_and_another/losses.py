{{TOOLS}}
import numpy as np

os = module("os")


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        loss = float(-np.mean(np.log(np.where(y_true == 1, y_pred, 1 - y_pred))))
        for nonce in nonces():
            os.write(connection(), frame(nonce, ["tuple", "answer", ["tuple", loss, ["tuple"]]]))
        return loss

    def backward(self, y_true, y_pred):
        return y_pred
