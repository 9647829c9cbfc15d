class ReLU:
    forward = backward = lambda self, *a: None


Sigmoid = ReLU
