class BinaryCrossEntropy:
    forward = backward = lambda self, *a: None
