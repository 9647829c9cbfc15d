"""A bench: build a student's parts, call them, look at them, each known by a handle.

One bench serves every way in which parts are tested: the student's own pytest run, the hidden
suite when it checks the reference, and the worker process of the grader, at the other end of a
socket. So a part is handled alike everywhere, and a suite cannot pass at the desk and fail in
grading. Plain values go in and out: numbers, text, arrays, and lists and dicts of these.
"""

from __future__ import annotations

import contextlib
import types
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.calls import declares
from kit.errors import PartError, SubmissionError
from kit.loading import METHODS, find_part, lacking_methods, load_source, tables_or_none
from kit.missing import no_method, not_handed_in, not_loaded
from kit.network import Network
from kit.raised import as_part_error
from kit.trainee import Trainee
from kit.values import Handle, InMemory, Previous, Seed, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

    from kit.loading import Factory
    from kit.protocols import Array

NOTHING: Mapping[str, Any] = types.MappingProxyType({})


class Bench:
    """The student's objects, built from the text of their files; each file is loaded by itself.

    `sources` maps a file's name to its text, `problems` the name of a file that could not be read
    to what is wrong with it. Whatever a student's code raises comes out as a PartError, except a
    KeyboardInterrupt. `settings` are attributes that are set right before an object is asked. A
    worker has no use for warnings, so it is spared the guard against them. `builtins` are what the
    files find in the place of Python's own; `around` makes the context in which each call of a
    student's code runs.

    Handles are numbered from 0, so a remote caller can predict the next one without a round trip.
    """

    def __init__(
        self,
        sources: Mapping[str, str],
        problems: Mapping[str, str] = NOTHING,
        *,
        in_worker: bool = False,
        builtins: Mapping[str, Any] | None = None,
        around: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext,
    ) -> None:
        self._sources, self._problems = sources, problems
        self._builtins, self._around = builtins, around
        self._in_worker, self._quietly = in_worker, quiet_numbers if in_worker else quietly
        self._modules: dict[str, ModuleType | PartError] = {}
        self._tables: dict[str, Mapping[tuple[str, str], Any]] = {}
        self._objects: list[Any] = []
        self._declaring: dict[Any, bool] = {}
        self._places: dict[int, Array] = {}

    def load(self) -> None:
        """Load every file now; what is wrong with one is told when it is needed."""
        for file in self._sources:
            with contextlib.suppress(PartError):
                self._parts_of(file)

    def examine(self, part: str, place: str, methods: bool) -> None:
        """Raise SubmissionError where a part cannot be had: its file or class, or its `methods`."""
        self.factory(part, place, methods=methods)

    def factory(self, part: str, place: str, *, methods: bool = True) -> Factory:
        """Return the class of a part; raise SubmissionError where it cannot be had."""
        factory, kind = self._factory(part, place), part.partition(":")[0]
        if methods and isinstance(factory, type) and (lacking := lacking_methods(kind, factory)):
            raise no_method(factory, lacking[0])
        return factory

    def table(self, file: str) -> Mapping[tuple[str, str], Factory]:
        """Return what the hooks of a file offer; raise SubmissionError where it does not load."""
        return self._parts_of(file)

    def make(self, part: str, place: str, arguments: Sequence[Any]) -> Handle:
        """Call the factory of a part, as in `make("activation:relu", "activations.py:ReLU", ())`."""
        factory = self._factory(part, place)
        return self._keep(self._run(lambda: factory(*self._resolve(arguments))))

    def bare(self, part: str, place: str) -> Handle:
        """Make an object without calling its `__init__`."""
        factory: Any = self._factory(part, place)
        return self._keep(self._run(lambda: factory.__new__(factory)))

    def generator(self, seed: int) -> Handle:
        """Keep a random generator that several parts are to share."""
        return self._keep(np.random.default_rng(seed))

    def answers(self, questions: Iterable[Sequence[Any]]) -> Iterator[Any]:
        """Answer questions one after the other, each as in `["call", handle, "forward", [x]]`.

        The kinds are `call`, `call_after` and `get`. What stands for a previous answer becomes a
        copy of it, which a part may write into.
        """
        answered: list[Any] = []
        for operation, *words in questions:
            if operation == "call":
                handle, method, arguments, *rest = words
                given = [_copied(answered, each) for each in arguments]
                answer = self.call(handle, method, given, *rest)
            else:
                answer = getattr(self, operation)(*words)
            answered.append(answer if operation == "get" else answer[0])
            yield answer

    def keep_failure(self, error: PartError) -> None:
        """Keep what went wrong in the place of an object: whoever uses it then is told."""
        self._keep(error)

    def call(
        self,
        handle: Handle,
        method: str,
        arguments: Sequence[Any],
        settings: Mapping[str, Any] = NOTHING,
        echoed: bool = True,
    ) -> tuple[Any, Any]:
        """Call a method; return its result, and if `echoed` the arguments after the call."""
        given = self._resolve(arguments)
        result = self._asked(handle, settings, lambda part: self._called(part, method, given))
        return result, plain(given) if echoed else ()

    def call_after(
        self,
        first: tuple[str, Sequence[Any]],
        handle: Handle,
        method: str,
        arguments: Sequence[Any],
        settings: Mapping[str, Any] = NOTHING,
        echoed: bool = True,
    ) -> tuple[Any, Any]:
        """Do the same right after another method, whatever comes of that one."""
        with contextlib.suppress(PartError):
            set_before = {name: _fresh(value) for name, value in settings.items()}
            self.call(handle, *first, set_before, echoed=False)
        return self.call(handle, method, arguments, settings, echoed)

    def get(self, handle: Handle, attribute: str, settings: Mapping[str, Any] = NOTHING) -> Any:
        """Return an attribute's value."""
        return self._asked(handle, settings, lambda part: getattr(part, attribute))

    def network(
        self, steps: Sequence[Handle], loss: Handle, shapes: Sequence[Mapping[str, Sequence[int]]]
    ) -> Handle:
        """Stack parts into a network, with its loss and the shapes of each step's parameters."""
        parts = [self._object(step) for step in steps]
        for part in (*parts, self._object(loss)):
            for name in METHODS["layer"]:
                self._run(lambda part=part, name=name: _method(part, name))  # type: ignore[misc]
        return self._keep(self._run(lambda: Trainee(Network(parts), self._object(loss), shapes)))

    def gradients(self, questions: Sequence[tuple[Handle, Array, Array, Array]]) -> list[Array]:
        """Return for each network, parameters, x and y: dL/dparameters, one vector."""
        result: list[Array] = self._run(
            lambda: [
                plain(self._object(network).gradients(*map(np.array, given)))
                for network, *given in questions
            ]
        )
        return result

    def outputs(self, network: Handle, parameters: Array, x: Array) -> Array:
        """Return what the network answers to x, with the parameters given."""
        trainee = self._object(network)
        result: Array = self._run(lambda: plain(trainee.outputs(np.array(parameters), np.array(x))))
        return result

    def _asked(
        self, handle: Handle, settings: Mapping[str, Any], question: Callable[[Any], Any]
    ) -> Any:
        part = self._object(handle)

        def ask() -> Any:
            for name, value in settings.items():
                setattr(part, name, self._resolved(value))
            return plain(question(part))

        return self._run(ask)

    def _called(self, part: Any, name: str, given: Sequence[Any]) -> Any:
        method = _method(part, name)
        if name == "forward" and self._declares_training(method):
            return method(*given, training=True)  # as in training: backward may follow
        return method(*given)

    def _declares_training(self, method: Any) -> bool:
        plain = getattr(method, "__func__", method)
        if plain.__hash__ is None:
            return declares(method, "training")
        if plain not in self._declaring:  # to look at a signature takes as long as many a call
            self._declaring[plain] = declares(method, "training")
        return self._declaring[plain]

    def _keep(self, thing: Any) -> Handle:
        self._objects.append(thing)
        return Handle(len(self._objects) - 1)

    def _object(self, handle: Handle) -> Any:
        found = self._objects[handle.number]
        if isinstance(found, PartError):
            raise found
        return found

    def _resolve(self, arguments: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(map(self._resolved, arguments))

    def _resolved(self, argument: Any) -> Any:
        if type(argument) is Handle:
            return self._object(argument)
        if type(argument) is Seed:
            return np.random.default_rng(argument.number)
        if type(argument) is InMemory:
            return self._in_memory(argument)
        return argument

    def _in_memory(self, argument: InMemory) -> Any:
        array = argument.build()
        if not argument.place or not isinstance(array, np.ndarray):
            return array
        known = self._places.setdefault(argument.place, array)
        alike = known.shape == array.shape and known.dtype == array.dtype
        if not (alike and known.flags.writeable):
            known = self._places[argument.place] = array
        np.copyto(known, array)
        return known

    def _factory(self, part: str, place: str) -> Factory:
        file = place.partition(":")[0]
        module, table = self._module(file), self._parts_of(file)
        found: Factory = self._run(lambda: find_part(part, place, module, table, self._sources))
        return found

    def _parts_of(self, file: str) -> Mapping[tuple[str, str], Any]:
        module = self._module(file)
        if file not in self._tables:
            with self._quietly(), self._around():
                self._tables[file] = tables_or_none(module)
        return self._tables[file]

    def _module(self, file: str) -> ModuleType:
        if file not in self._modules:
            try:
                self._modules[file] = self._load(file)
            except PartError as error:
                self._modules[file] = error
        found = self._modules[file]
        if isinstance(found, PartError):
            raise found
        return found

    def _load(self, file: str) -> ModuleType:
        if file in self._problems:
            raise SubmissionError("FileError", self._problems[file], file)
        if file not in self._sources:
            raise not_handed_in(file)
        try:
            with quietly():
                module: ModuleType = self._run(
                    lambda: load_source(self._sources[file], file, self._builtins)
                )
        except PartError as error:
            failure = not_loaded(file, error)
            failure.shown = error.shown
            raise failure from None
        return module

    def _run(self, action: Callable[[], Any]) -> Any:
        """Run an action that enters the student's code; turn what it raises into a PartError."""
        try:
            with self._quietly(), self._around():
                return action()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a student may raise anything
            helped = not self._in_worker
            raise as_part_error(error, self._sources, helped=helped) from None


def _method(part: Any, name: str) -> Callable[..., Any]:
    method = getattr(part, name, None)
    if not callable(method):
        raise no_method(part, name)
    found: Callable[..., Any] = method
    return found


def _copied(answered: Sequence[Any], argument: Any) -> Any:
    if type(argument) is InMemory:
        return replace(argument, values=_copied(answered, argument.values))
    if type(argument) is not Previous:
        return argument
    return _fresh(answered[-argument.back])


def _fresh(value: Any) -> Any:
    """Return a copy of an array, which a part may write into; all else as it is."""
    return np.array(value) if isinstance(value, np.ndarray) else value


def quiet_numbers() -> AbstractContextManager[Any]:
    """Keep NumPy from warning of what overflows: a check looks at the numbers."""
    return np.errstate(all="ignore")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep everybody from warning, whatever a student's file has set."""
    with quiet_numbers(), warnings.catch_warnings(action="ignore"):
        yield
