"""What students use of the standard library: values, texts, numbers and dates.

Sent to a worker as text and imported nowhere: each method of `Everyday` is tried there. What it
needs and a worker cannot import belongs into `kit.harness.offered`. Written as students write.
"""

# ruff: noqa: PGH004 - all rules are off, for students know none
# ruff: noqa
# fmt: off

import collections
import copy
import dataclasses
import datetime
import decimal
import enum
import fractions
import hashlib
import heapq
import io
import json
import locale
import math
import operator
import pathlib
import pickle
import platform
import pprint
import random
import re
import statistics
import string
import struct
import sys
import textwrap
import time
import timeit
import types
import typing
import uuid
from abc import ABC, abstractmethod
import numpy as np


CODECS = (
    *("utf-8", "UTF8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "ascii", "latin-1"),
    *("latin1", "iso-8859-1", "iso-8859-15", "cp1252", "cp437", "mac-roman", "idna", "punycode"),
    *("unicode_escape", "raw_unicode_escape"),
)


class Colour(enum.Enum):
    RED = enum.auto()
    BLUE = enum.auto()


class Mode(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()


class Level(enum.StrEnum):
    LOW = enum.auto()


@dataclasses.dataclass(frozen=True, order=True)
class Point:
    x: float = 0.0
    names: list[str] = dataclasses.field(default_factory=list, compare=False)


class Pair(typing.NamedTuple):
    left: int
    right: str = "r"


class Table(typing.TypedDict, total=False):
    rows: int


class Shape(ABC):
    @abstractmethod
    def area(self) -> float: ...


class Square(Shape):
    def area(self) -> float:
        return 1.0


@typing.runtime_checkable
class Sized(typing.Protocol):
    def area(self) -> float: ...


class Everyday:
    def use(self, name):
        """Return the modules that a method has made Python import."""
        before = set(sys.modules)
        getattr(self, name)()
        return sorted(set(sys.modules) - before)

    def data_classes(self):
        point = dataclasses.replace(Point(1.0), x=2.0)
        print(point, point < Point(3.0), hash(Point), dataclasses.asdict(point), dataclasses.astuple(point))
        print(dataclasses.make_dataclass("Made", [("a", int, 3)], slots=True)(), dataclasses.fields(Point))

    def enumerations(self):
        print(list(Colour), Colour["RED"], Colour(1), Mode.READ | Mode.WRITE, repr(~Mode.READ), Level.LOW)
        print(enum.Enum("Made", "A B"), enum.unique(Colour), Colour.RED.name)

    def types_and_annotations(self):
        print(Pair(1), Pair(1)._asdict(), Table(rows=1), isinstance(Square(), Sized), Square().area())
        print(typing.get_type_hints(Square.area), typing.Optional[int], typing.cast("int", 1), list[int] | None)
        t = typing.TypeVar("t")
        generic = types.new_class("G", (typing.Generic[t],))
        print(generic[int], typing.get_args(dict[str, int]), typing.Callable[[int], str], typing.NewType("N", int))
        print(types.SimpleNamespace(a=1), types.MappingProxyType({}), typing.Literal["a"], typing.Annotated[int, 1])

    def containers(self):
        counter = collections.Counter("hello")
        print(counter, counter.most_common(1), collections.OrderedDict(a=1), collections.defaultdict(list))
        print(collections.deque([1], maxlen=2), collections.ChainMap({}, {}), collections.namedtuple("P", "a b")(1, 2))
        print(collections.UserDict(a=1), isinstance([], collections.abc.Sequence), heapq.nlargest(1, [1, 2]))
        print(sorted([(2, "b"), (1, "a")], key=operator.itemgetter(1)), operator.attrgetter("real")(1))

    def exact_numbers(self):
        with decimal.localcontext() as context:
            context.prec = 30
            print(decimal.Decimal(1) / 3, decimal.Decimal("1.10").quantize(decimal.Decimal("1.0")), f"{decimal.Decimal(3):.2f}")
        print(fractions.Fraction(1, 3) + 1, fractions.Fraction("0.3"), fractions.Fraction(0.5).limit_denominator(3))
        print(math.comb(5, 2), math.isclose(1, 1), math.gamma(2.5), math.prod([1, 2]), math.fsum([0.1] * 10), math.nan)
        print((2.5).hex(), (255).to_bytes(2, "big"), int("ff", 16), round(2.675, 2), divmod(7, 2), 10**50, float("inf"))
        print(struct.pack("<d", 1.0), 1j**2, complex("1+2j"), sys.float_info, sys.getsizeof(1), sys.maxsize)
        print(statistics.mean([1, 2]), statistics.stdev([1, 2]), statistics.median([1]), statistics.NormalDist(0, 1).cdf(0))
        print(statistics.quantiles([1, 2, 3]), statistics.linear_regression([1, 2], [1, 2]), statistics.multimode("aab"))

    def texts(self):
        print(json.loads(json.dumps({"a": [1.5, None, "é"]}, indent=2, sort_keys=True)), string.Template("$a").substitute(a=1))
        print(textwrap.dedent("  a"), textwrap.wrap("a b c", 3), textwrap.indent("a", " "), textwrap.shorten("a b c", 5))
        print(re.sub(r"(?P<a>\w+)\s", r"\g<a>", "a b"), re.findall(r"\d+", "a1"), re.compile("é", re.IGNORECASE | re.VERBOSE))
        print("ß".casefold(), "é".upper(), "a".center(9, "*"), "1".zfill(3), "a,b".split(","), "x".translate({120: "y"}), "\N{BULLET}")
        print(pprint.pformat({"a": list(range(50))}), string.ascii_letters, "%-5s|%05.2f|%x|%r" % ("a", 1.0, 255, "b"))
        pprint.pprint([{"a": np.eye(2)}] * 3, width=20, compact=True)
        print("aé".isidentifier(), "Ⅷ".isnumeric(), ascii("é"), "{0!r:>10} {a[0]} {b.real}".format("x", a=[1], b=2), repr("\x00"))

    def formats(self):
        for code in ("d", "b", "o", "x", "X", "c", "n", "e", "f", "g", "%", "_d", ",d", "+d", "#x", "08b", ">9", "^9", "<9", "*^9"):
            print(f"{65:{code}}")
        for code in ("e", "E", "f", "F", "g", "G", "n", "%", ".3f", "+.2e", ",.2f", "_.1f", ">9.3f", "z.1f", "010.3f"):
            print(f"{-0.25:{code}}", f"{np.float64(0.25):{code}}", format(0.25, code))
        value = {"key": "v"}
        print(f"{value['key']!r:>10}", f"{value=}", f"{'nested':{'>'}{10}}", f"{1 + 1j:.2f}", f"{datetime.date(2024, 1, 2):%d.%m.%Y}")

    def codecs(self):
        for codec in CODECS:
            print("ready".encode(codec).decode(codec))
        for errors in ("ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace"):
            print("é\u20ac".encode("ascii", errors))
        print(b"\xff".decode("utf-8", "replace"), bytes.fromhex("ff").hex(), io.TextIOWrapper(io.BytesIO(b"a"), "utf-8").read())
        try:
            b"\xff".decode("utf-8")
        except UnicodeDecodeError as error:
            print(error)

    def times_and_dates(self):
        print(datetime.datetime.strptime("2024-02-29 10:11", "%Y-%m-%d %H:%M"), datetime.datetime.now(datetime.UTC))
        print(datetime.datetime.now().isoformat(), datetime.date.today().strftime("%A %d %B %Y"), datetime.timedelta(1))
        print(datetime.datetime.fromisoformat("2024-01-01T00:00:00+01:00").astimezone(), time.strftime("%c %Z"), time.ctime())
        print(time.strptime("12:30", "%H:%M"), time.time(), time.perf_counter(), time.process_time(), time.monotonic_ns())
        print(time.localtime(), time.gmtime(), time.mktime(time.localtime()), time.tzname, time.asctime())
        time.sleep(0.001)
        print(timeit.timeit("1 + 1", number=10), timeit.repeat(lambda: 1, number=3, repeat=2), time.thread_time())

    def copies(self):
        value = {"a": [Point(1.0), Colour.RED, np.eye(2), Pair(1), {1, 2}, decimal.Decimal(1), 1j, b"x"]}
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            pickle.dumps(value["a"][2:], protocol)
        print(copy.deepcopy(value), copy.copy(value), pickle.loads(pickle.dumps([1.5, "é", datetime.date(2024, 1, 1)])))

    def hashes_and_chance(self):
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
            print(hashlib.new(name, b"x").hexdigest(), getattr(hashlib, name)(b"x").digest()[:2])
        random.seed(3)
        print(random.random(), random.gauss(0, 1), random.choice("ab"), random.sample(range(9), 2), random.shuffle([1, 2]))
        print(random.Random(3).randint(0, 9), random.choices("ab", weights=[1, 2], k=2), random.uniform(0, 1), uuid.uuid4())
        print(hash("x"), random.SystemRandom().random(), random.betavariate(1, 2), random.normalvariate())

    def the_machine(self):
        print(platform.python_version(), sys.version_info, sys.argv, sys.platform, platform.system(), platform.machine())
        print(pathlib.Path("a/b.txt").with_suffix(".csv").name, pathlib.PurePosixPath("a") / "b", locale.getlocale())
        sys.setrecursionlimit(2000)
        sys.stdout.write("written\n")
        sys.stderr.write("written\n")
        sys.stdout.flush()
        print("end", end="", file=sys.stderr, flush=True)
        print(*[1, 2], sep="\t")
