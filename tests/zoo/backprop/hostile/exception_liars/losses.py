import kit.errors


class Meta(type):
    @property
    def __name__(cls):
        return ["a", "list"]


class Liar(Exception, metaclass=Meta):
    __traceback__ = property(lambda self: 1)

    def __str__(self):
        return {}


class Place(SyntaxError):
    filename = property(lambda self: "losses.py")
    lineno = property(lambda self: 10**6000)
    msg = property(lambda self: ["x"])


class Loud(Exception):
    def __getattribute__(self, name):
        raise Loud


NEXT = iter([
    lambda: Liar(), lambda: Place("x"), lambda: Loud(), lambda: kit.errors.PartError(b"x", 1, [], {}),
    lambda: kit.errors.PartError("x" * 10**7, "y" * 10**7, "losses.py", True), lambda: kit.errors.PartError("x", "", "losses.py", -1),
    lambda: kit.errors.PartError("x", "", "losses.py", 10**6000),
] * 100)


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        raise next(NEXT)()

    backward = forward
