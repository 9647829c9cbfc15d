"""The folder in which a run prepares what it will put in place: its own while it runs."""

import pytest

from kit.course.staging import staging


@pytest.fixture
def left(tmp_path):
    """What a killed run has left: its lock is held by nobody."""
    folder = tmp_path / ".kit-left"
    (folder / "0.new").mkdir(parents=True)
    (folder / "0.new/activations.py").write_text("pass\n", encoding="utf-8")
    (folder / "lock").touch()
    return folder


def stage(folder):
    return staging(folder, 0o644, shared=False)


def test_what_a_killed_run_has_left_is_deleted_by_the_next(tmp_path, left):
    with stage(tmp_path):
        assert not left.exists()


def test_what_a_killed_run_had_taken_away_is_left_for_somebody_to_look_at(tmp_path, left):
    (left / "1.old").mkdir()

    with stage(tmp_path):
        assert (left / "1.old").is_dir()


def test_a_run_leaves_what_another_one_is_at(tmp_path):
    with stage(tmp_path) as first:
        first.add(tmp_path / "ada", {"activations.py": b"pass\n"})

        with stage(tmp_path), first.in_place():
            pass

    assert [path.name for path in tmp_path.rglob("*")] == ["ada", "activations.py"]


def test_a_run_that_is_interrupted_leaves_nothing_of_its_own(tmp_path):
    def interrupted():
        with stage(tmp_path) as own:
            own.add(tmp_path / "ada", {"activations.py": b"pass\n"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert not list(tmp_path.iterdir())
