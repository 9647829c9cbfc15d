"""What a student types: train a network of their own parts, and see which parts there are."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from kit.cli.mistakes import mistakes_told
from kit.cli.parts import open_registry, plugin_files, plugins, show, strictly, tell_problems
from kit.cli.printed import few_prints
from kit.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kit.network import Network
    from kit.plugins import Registry
    from kit.protocols import Array
    from kit.trainer import History, Trainer

HELD_OUT = 1000
NEAR = 0.1  # an accuracy that is less above chance has hardly been learned


@dataclass(frozen=True)
class Settings:
    """What `kit train` does unless told otherwise: enough for moons, circles and xor."""

    data: str = "moons"
    activation: str = "relu"
    hidden: str = "16"
    epochs: int = 40
    learning_rate: float = 0.3
    momentum: float = 0.9
    batch_size: int | None = 64
    points: int = 256
    seed: int = 0
    dtype: str = "float64"

    @property
    def widths(self) -> list[int]:
        """The neurons of each hidden layer."""
        words = self.hidden.split(",")
        if not all(word.strip().isdecimal() and int(word) > 0 for word in words):
            raise UsageError(f"--hidden takes widths such as 16 or 16,8, not {self.hidden!r}")
        return [int(word) for word in words]


# The experiment of the program that this kit grew out of: see `kit.data.original`.
ORIGINAL = Settings("original", "relu", "5", 11, 0.01, 0.0, None, 5)


@dataclass(frozen=True)
class Run:
    """A network that is ready to be trained, and the points for it."""

    settings: Settings
    trainer: Trainer
    points: tuple[Array, Array]
    held_out: tuple[Array, Array] | None


def _setting(name: str, kind: Any, text: str) -> Callable[[Any], Any]:
    default = getattr(Settings, name.replace("-", "_"))
    return click.option(f"--{name}", type=kind, help=f"{text}  [default: {default}]")


@click.command()
@_setting("data", str, "The data set, by name; `original` repeats an old experiment.")
@_setting("activation", str, "The activation of the hidden layers, by name.")
@_setting("hidden", str, "The neurons of the hidden layers, as in 16 or 16,8.")
@_setting("epochs", int, "How often to go through all points.")
@_setting("learning-rate", float, "How far to step against the gradient.")
@_setting("momentum", float, "How much of its last direction a step keeps.")
@_setting("batch-size", int, "How many points to look at for one step.")
@_setting("points", click.IntRange(min=1), "How many points to train on.")
@_setting("seed", click.IntRange(min=0), "Where random numbers start.")
@_setting("dtype", click.Choice(["float64", "float32"]), "The precision of all numbers.")
@click.option("--picture", default="training.png", show_default=True, help="The picture to draw.")
@click.option("--no-picture", is_flag=True, help="Draw no picture.")
@click.option("-s", "all_shown", is_flag=True, help="Show all that your code prints.")
@plugin_files
@strictly
def train(
    picture: str,
    no_picture: bool,
    all_shown: bool,
    files: tuple[str, ...],
    strict: bool,
    **options: Any,
) -> None:
    """Train a network of your own parts on a synthetic data set."""
    from kit.harness.refused import Refusing

    settings = _settings(options)
    target = None if no_picture else _picture_path(picture)
    with mistakes_told(), few_prints(all_shown=all_shown):
        registry = open_registry(files, strict=strict)
        run = _prepare(registry, settings)
        tell_problems([problem for problem in registry.problems if problem.source.is_file])
        with Refusing():
            history = _fit(run, is_drawn=target is not None)
        _report(run, history)
        if target:
            _draw(target, run, history)


COMMANDS: tuple[click.Command, ...] = (train, plugins, show)


def _settings(options: dict[str, Any]) -> Settings:
    said = {name: value for name, value in options.items() if value is not None}
    return replace(ORIGINAL if said.get("data") == ORIGINAL.data else Settings(), **said)


def _picture_path(picture: str) -> Path:
    from kit.pictures import checked_path

    return checked_path(picture)


def _prepare(registry: Registry, settings: Settings) -> Run:
    """Make everything that a training needs."""
    import numpy as np

    from kit.calls import make
    from kit.optimizers import SGD
    from kit.trainer import Trainer

    # A stream for each purpose: other hidden layers do not change the points, for instance.
    points_rng, held_out_rng, start_rng, order_rng = np.random.default_rng(settings.seed).spawn(4)
    points, held_out = _points(registry, settings, points_rng, held_out_rng)
    trainer = Trainer(
        _network(registry, settings, points[0].shape[1], start_rng),
        make("the loss", _get(registry, "loss", "bce"), ""),
        SGD(settings.learning_rate, settings.momentum),
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        rng=order_rng,
        dtype=settings.dtype,
    )
    return Run(settings, trainer, points, held_out)


def _points(registry: Registry, settings: Settings, rng: Any, held_out_rng: Any) -> Any:
    """Return points to train on, and others, if they are to prove something."""
    from kit.held_out import drawn, split
    from kit.trainer import checked

    dataset = registry.get("dataset", settings.data)
    asked = settings.data, dataset
    points = checked(*drawn(*asked, settings.points, rng), settings.dtype)
    if settings.data == ORIGINAL.data:
        return points, None
    others = checked(*drawn(*asked, HELD_OUT, held_out_rng), settings.dtype)
    found = split(points, others, settings.points, held_out_rng)
    if found.is_split:
        click.echo(f"{settings.data} repeats its points: they are split, none is in both parts")
    return found.points, found.held_out


def _network(registry: Registry, settings: Settings, features: int, rng: Any) -> Network:
    from kit.network import Network

    return Network.build(
        features,
        settings.widths,
        layer=_get(registry, "layer", "neural_layer"),
        hidden_activation=_get(registry, "activation", settings.activation),
        output_activation=_get(registry, "activation", "sigmoid"),
        rng=rng,
    )


def _get(registry: Registry, kind: str, name: str) -> Any:
    """Look a part up; whoever has no plugin file at all is told how to name one."""
    try:
        return registry.get(kind, name)
    except UnknownNameError as error:
        if any(source.is_file for source in registry.sources):
            raise
        advice = "go to an assignment's folder, or say --plugins FOLDER"
        raise UnknownNameError(f"{error}; {advice}") from error


def on_terminal() -> bool:
    """Whether somebody may be watching."""
    return sys.stderr.isatty()


def _fit(run: Run, *, is_drawn: bool) -> History:
    """Train, with a bar on a terminal and without a word in a pipe.

    Points held out are looked at after each epoch only where a picture shows it.
    """
    trainer = run.trainer
    bar: Any = nullcontext()
    if on_terminal():
        bar = click.progressbar(length=trainer.epochs, label="training", file=sys.stderr)
        trainer.callbacks = (lambda _epoch, _history: bar.update(1),)
    with bar:
        return trainer.fit(*run.points, run.held_out if is_drawn else None)


def _report(run: Run, history: History) -> None:
    trainer, settings = run.trainer, run.settings
    click.echo(f"{trainer.network}, {len(trainer.parameters.values)} parameters")
    click.echo(f"{settings.data}: {len(run.points[0])} points, {settings.epochs} epochs")
    click.echo(f"loss {history.loss[0]:.4f} -> {history.loss[-1]:.4f}")
    if run.held_out is None:
        _report_points(run)
    accuracy = trainer.accuracy(*run.points)
    click.echo(f"accuracy {accuracy:.1%} on the points it was trained on")
    if run.held_out is None:
        click.echo("which proves nothing: ask it about points it has never seen (--data moons)")
        return
    held_out = trainer.accuracy(*run.held_out)
    click.echo(f"accuracy {held_out:.1%} on {len(run.held_out[0])} held-out points")
    if accuracy < _chance(run.points[1]) + NEAR:
        click.echo(
            "this is near chance: pytest shows which part is wrong; if all are right, "
            "more epochs or another learning rate may help"
        )


def _chance(y: Array) -> float:
    """Return the accuracy of always answering the more frequent label."""
    share = float(y.mean())
    return max(share, 1.0 - share)


def _report_points(run: Run) -> None:
    x, y = run.points
    click.echo("predicted  true")
    for predicted, true in zip(run.trainer.predict(x)[:, 0], y[:, 0], strict=True):
        click.echo(f"{predicted:9.0f}  {true:4.0f}")


def _draw(target: Path, run: Run, history: History) -> None:
    from kit.pictures import training_picture

    try:
        predict = run.trainer.network.forward
        training_picture(target, history, predict, *run.points, held_out=run.held_out)
    except UsageError as error:  # the training is worth more than its picture
        click.echo(f"kit: no picture: {error}", err=True)
    else:
        click.echo(f"picture {target}")
