"""A time that can be misread is no date; the rule is one, wherever a submission is graded."""

from datetime import datetime

import pytest

from kit.course.dates import date_in, parse_date

HALF_PAST_SEVEN = datetime(2026, 11, 30, 19, 30, 48)  # noqa: DTZ001 - as nbgrader keeps it


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30 19:30:48 UTC",
        "2026-11-30 19:30:48.000000 UTC",
        "2026-11-30 19:30:48",
        "2026-11-30T19:30:48Z",
        "2026-11-30t19:30:48z",
        "2026-11-30T19:30:48,0+00:00",
        "2026-11-30 20:30:48 +0100",
        "2026-11-30T14:00:48-05:30",
        "20261130T193048Z",
        "2026-W49-1T19:30:48",
        "  2026-11-30 19:30:48 GMT\r\n",
    ],
)
def test_iso_8601_and_the_form_of_nbgrader_are_read(text):
    assert parse_date(text) == HALF_PAST_SEVEN


def test_microseconds_are_kept_and_a_day_alone_is_its_beginning():
    assert parse_date("2026-11-30 19:30:48.123456 UTC") == HALF_PAST_SEVEN.replace(
        microsecond=123456
    )
    assert parse_date("2026-11-30") == datetime(2026, 11, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-30 19:30:48 EDT", "2026-11-30 19:30:48 IST", "2026-11-30 19:30:48 CET"),
        *("2026-11-30 07:30:48 PM", "2026-11-30 7:30pm", "2026-11-30 07:30:48 AM UTC"),
        *("30.11.2026 19:30", "30/11/2026", "30-11-2026 19:30:48", "11/30/2026", "30112026"),
        *("19:30:48", "19:30", "2026", "2026-11", "30", "1764530000", "20261130193048"),
        *("Mon Nov 30 19:30:48 2026", "30 Nov 2026", "yesterday", "next week", "garbage", ""),
        *("2026-13-01", "2026-02-30", "2026-11-30 25:00", "0001-01-01T00:00+05:00"),
        *("2026-11-30 19:30:48 UTC 2026-12-01", "2026-11-30\n2026-12-01", "\u0662026-11-30"),
    ],
)
def test_a_time_that_can_be_misread_is_no_date(text):
    assert parse_date(text) is None


def test_a_byte_order_mark_is_no_part_of_a_date(tmp_path):
    (tmp_path / "timestamp.txt").write_text("2026-11-30 19:30:48 UTC", encoding="utf-8-sig")

    assert date_in(tmp_path) == HALF_PAST_SEVEN


def test_a_folder_without_a_date_or_no_folder_has_no_date(tmp_path):
    (tmp_path / "folder" / "timestamp.txt").mkdir(parents=True)
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin" / "timestamp.txt").write_bytes(b"2026-11-30 \xe9")

    assert [date_in(tmp_path / name) for name in ("", "folder", "latin", "nowhere")] == [None] * 4
