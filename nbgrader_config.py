"""The course, as nbgrader sees it: where things are, and which steps are the kit's.

nbgrader answers an exception in this file by dropping ALL of it and going on with its defaults,
which release the solutions and run students' code unconfined. So this file imports nothing but
the standard library, names classes by strings (a name that does not import stops nbgrader), and
catches whatever may be raised here.
"""

import logging
from pathlib import Path

c = get_config()  # noqa: F821 - traitlets provides it


def student_files() -> dict[str, list[str]]:
    """Map every assignment of the kit to its .py files: never to be overwritten with ours."""
    files = {}
    try:
        for manifest in sorted(Path(__file__).resolve().parent.glob("solutions/*/assignment.toml")):
            folder = manifest.parent
            paths = sorted(folder.rglob("*.py"))
            files[folder.name] = [str(path.relative_to(folder)) for path in paths]
    except Exception:  # noqa: BLE001, S110 - see above: an exception would drop all settings
        pass
    return files


try:  # what no setting reaches: students without a notebook, dates, `alembic` off the PATH
    from kit.course.adaptation import adapt

    adapt()
except Exception as error:  # noqa: BLE001 - see above; the steps below then stop nbgrader
    logging.getLogger("kit").warning(
        "nbgrader_config.py needs the kit, and this Python cannot import it: %s. Install "
        "backprop-kit[grade] where nbgrader and Jupyter are started",
        error,
    )

c.CourseDirectory.course_id = "backprop-kit"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
# Holds in both directions: what is named here is not released, and not collected either.
c.CourseDirectory.ignore = [
    *(".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"),  # nbgrader's own, not inherited
    *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".DS_Store", "training.png"),
]

c.GenerateAssignment.exporter_class = "kit.course.release.ReleaseExporter"
c.GenerateAssignment.preprocessors = [
    "kit.course.release.StripSolutions",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "kit.course.release.ClearSolutions",  # nbgrader's own, but for the cells of the kit
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "kit.course.release.AssertNoLeak",
]

# The kit's steps hand ordinary assignments, those without an assignment.toml, over to nbgrader's.
c.Autograde.exporter_class = "kit.course.autograde.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["kit.course.autograde.Rebuild"]
c.Autograde.autograde_preprocessors = [
    "kit.course.autograde.Evaluate",  # saves what nbgrader's SaveAutoGrades would
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.Autograde.exclude_overwriting = student_files()

c.GenerateFeedback.exporter_class = "kit.course.pages.FeedbackExporter"
c.ExportApp.plugin_class = "kit.course.export.CsvExport"  # nbgrader's own quotes nothing
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".py"]
c.HTMLExporter.sanitize_html = True
