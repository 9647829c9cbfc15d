class ReLU:
    def forward(self, x):
        while True:
            pass

    def backward(self, grad, x, y):
        return grad


class Sigmoid:
    def __init__(self):
        while True:
            pass
