{{TOOLS}}
import sys

{{SOLUTION}}


class Loud(BinaryCrossEntropy):
    def forward(self, y_true, y_pred):
        os = module("os")
        print("x" * 10**7)
        for stream in (sys.stderr, sys.stdout, sys.__stdout__, sys.__stderr__):
            try:
                stream.write("y" * 10**6 + "\n")
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        for number in (1, 2, 4, 5):
            for _ in range(20):
                try:
                    os.write(number, b"z" * 10**6) if number < 3 or not is_socket(number) else None
                except OSError:
                    pass
        return super().forward(y_true, y_pred)


BinaryCrossEntropy = Loud
kit_losses = lambda: {"bce": Loud}
