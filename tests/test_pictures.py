"""Pictures: they are written whole or not at all, and leave nothing behind."""

import sys

import numpy as np
import pytest

import kit
from kit import data
from kit.pictures import checked_path, training_picture
from kit.trainer import History

HISTORY = History([0.7, 0.4, 0.2], [0.5, 0.8, 0.9], [0.8, 0.5, 0.3], [0.5, 0.7, 0.9])
PNG = b"\x89PNG\r\n\x1a\n"


def to_the_right(points):
    return 1.0 / (1.0 + np.exp(-4.0 * points[:, :1]))


@pytest.fixture
def moons():
    return data.moons(40, np.random.default_rng(0))


def width(path):
    """The width of a PNG, from its header."""
    return int.from_bytes(path.read_bytes()[16:20], "big")


def test_a_picture_of_points_in_the_plane_has_the_boundary_beside_the_loss(tmp_path, moons):
    flat, solid = tmp_path / "flat.png", tmp_path / "solid.png"

    training_picture(flat, HISTORY, to_the_right, *moons, held_out=moons)
    training_picture(solid, HISTORY, to_the_right, *data.linear(9, np.random.default_rng(0)))

    assert flat.read_bytes().startswith(PNG)
    assert width(flat) == 2 * width(solid)


def test_the_network_is_asked_about_every_part_of_the_plane_where_points_are(tmp_path, moons):
    asked = []

    training_picture(
        tmp_path / "t.png", HISTORY, lambda p: asked.append(p) or to_the_right(p), *moons
    )

    (points,) = asked
    assert (points.min(axis=0) < moons[0].min(axis=0)).all()
    assert (points.max(axis=0) > moons[0].max(axis=0)).all()


def test_the_network_is_not_asked_about_points_in_space(tmp_path):
    x, y = data.linear(9, np.random.default_rng(0))

    training_picture(tmp_path / "t.png", HISTORY, None, x, y)

    assert (tmp_path / "t.png").exists()


def test_a_network_that_always_says_the_same_can_be_drawn(tmp_path, moons):
    training_picture(tmp_path / "t.png", HISTORY, lambda p: np.zeros((len(p), 1)), *moons)

    assert (tmp_path / "t.png").exists()


@pytest.mark.parametrize(("name", "start"), [("t.svg", b"<?xml"), ("t.pdf", b"%PDF")])
def test_the_suffix_chooses_the_format(tmp_path, moons, name, start):
    training_picture(tmp_path / name, HISTORY, to_the_right, *moons)

    assert (tmp_path / name).read_bytes().startswith(start)


def test_only_the_picture_is_left_in_the_folder(tmp_path, moons):
    training_picture(tmp_path / "t.png", HISTORY, to_the_right, *moons)

    assert [path.name for path in tmp_path.iterdir()] == ["t.png"]


def test_the_old_picture_survives_when_drawing_the_new_one_fails(tmp_path, moons, monkeypatch):
    from matplotlib.figure import Figure

    def fail(_figure, draft, **_options):
        draft.write_bytes(b"half a pict")
        raise OSError("disk full")

    picture = tmp_path / "t.png"
    picture.write_bytes(b"old")
    monkeypatch.setattr(Figure, "savefig", fail)

    with pytest.raises(OSError, match="disk full"):
        training_picture(picture, HISTORY, to_the_right, *moons)

    assert picture.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["t.png"]


def test_pyplot_and_its_global_state_are_not_used(tmp_path, run_python):
    code = (
        "import sys, numpy as np; from kit.pictures import training_picture;"
        "from kit.trainer import History;"
        "training_picture('t.png', History([1.0], [1.0]), lambda p: p[:, :1],"
        " np.eye(2), np.eye(2)[:, :1]); print('matplotlib.pyplot' in sys.modules)"
    )

    result = run_python("-c", code, cwd=tmp_path)

    assert result.stdout == "False\n", result.stderr


def test_without_matplotlib_the_error_says_how_to_get_it(tmp_path, moons, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(kit.UsageError, match=r"pip install 'backprop-kit\[plots\]'"):
        training_picture(tmp_path / "t.png", HISTORY, to_the_right, *moons)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t.bmp", "ends in .png, .svg, .pdf"),
        ("t", "ends in .png, .svg, .pdf"),
        ("missing/t.png", "is its folder there"),
        ("file/t.png", "is its folder there"),
        ("folder.png", "no picture can be written"),
    ],
)
def test_a_place_where_no_picture_can_be_written_is_refused(tmp_path, name, message):
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()

    with pytest.raises(kit.UsageError, match=message):
        checked_path(tmp_path / name)
