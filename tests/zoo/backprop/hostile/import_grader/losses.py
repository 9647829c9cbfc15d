{{TOOLS}}
import sys


def new(name):
    return sys.modules[name] if name in sys.modules else import_it(name)


attempt(
    lambda: new("pytest"),
    lambda: new("_pytest.python"),
    lambda: new("kit.testing.parts"),
    lambda: new("kit.testing.accuracy"),
    lambda: new("kit.grading.suite"),
    lambda: new("kit.grading.client"),
    lambda: new("kit.grading.verdicts"),
    lambda: new("click"),
)
