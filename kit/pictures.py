"""Pictures of a training: how the loss fell, and where the network draws the line.

matplotlib is imported only when a picture is drawn, without pyplot, which would keep global state
and might want a screen.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kit.protocols import Array
    from kit.trainer import History

FORMATS = (".png", ".svg", ".pdf")
COLOURS = ("tab:blue", "tab:orange")
GRID = 200  # points a side at which the network is asked for its probability


def training_picture(
    path: str | Path,
    history: History,
    network_predict: Callable[[Array], Array],
    x: Array,
    y: Array,
    *,
    held_out: tuple[Array, Array] | None = None,
) -> None:
    """Draw the loss of each epoch; for two features also the decision boundary beside it.

    `network_predict` returns the probability of label 1, (batch, 1), for points (batch, 2).
    """
    path = checked_path(path)
    in_the_plane = x.shape[1] == 2
    figure = _figure(columns=2 if in_the_plane else 1)
    _draw_loss(figure.axes[0], history)
    if in_the_plane:
        _draw_boundary(figure, figure.axes[1], network_predict, x)
        _draw_points(figure.axes[1], x, y, held_out)
    _save(figure, path)


def checked_path(path: str | Path) -> Path:
    """Return where a picture can be written, or say why not; worth knowing before a training."""
    path = Path(path)
    if path.suffix not in FORMATS:
        raise UsageError(f"a picture's name ends in {', '.join(FORMATS)}, not as in {str(path)!r}")
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"no picture can be written to {str(path)!r}: is its folder there?")
    return path


def _figure(columns: int) -> Figure:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError("drawing needs matplotlib: pip install 'backprop-kit[plots]'") from error
    figure = Figure(figsize=(5.0 * columns, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    figure.subplots(1, columns)
    return figure


def _draw_loss(axes: Axes, history: History) -> None:
    epochs = range(1, len(history) + 1)
    axes.plot(epochs, history.loss, color=COLOURS[0], label="training")
    if history.held_out_loss:
        axes.plot(epochs, history.held_out_loss, color=COLOURS[1], label="held out")
    axes.set(title="Loss", xlabel="epoch", ylabel="loss")
    axes.set_ylim(bottom=0.0)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()


def _draw_boundary(
    figure: Figure, axes: Axes, network_predict: Callable[[Array], Array], x: Array
) -> None:
    low, high = x.min(axis=0) - 0.3, x.max(axis=0) + 0.3
    across, up = (np.linspace(low[i], high[i], GRID) for i in (0, 1))
    points = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    probability = network_predict(points).reshape(GRID, GRID)
    shades: Any = {"cmap": "coolwarm", "vmin": 0.0, "vmax": 1.0, "alpha": 0.6}
    image = axes.pcolormesh(across, up, probability, shading="auto", rasterized=True, **shades)
    figure.colorbar(image, ax=axes, label="probability of label 1")
    if probability.min() < 0.5 < probability.max():  # contour warns where there is no line
        axes.contour(across, up, probability, levels=[0.5], colors="black")
    axes.set(title="Decision boundary", xlabel="first feature", ylabel="second feature")


def _draw_points(axes: Axes, x: Array, y: Array, held_out: tuple[Array, Array] | None) -> None:
    # Two shapes besides two colours, for whoever cannot tell the colours apart.
    for label, marker, colour in ((0.0, "o", "navy"), (1.0, "^", "darkred")):
        if held_out is not None:
            faint = held_out[0][held_out[1][:, 0] == label]
            axes.scatter(faint[:, 0], faint[:, 1], s=4, marker=marker, color=colour, alpha=0.15)
        own = x[y[:, 0] == label]
        axes.scatter(
            own[:, 0], own[:, 1], s=18, marker=marker, color=colour, label=f"label {label:.0f}"
        )
    axes.legend(loc="best")


def _save(figure: Figure, path: Path) -> None:
    """Write beside the target and then rename, so that nobody ever sees half a picture."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        figure.savefig(draft, format=path.suffix[1:], dpi=120)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
