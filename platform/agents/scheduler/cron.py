"""The five fields of cron, in UTC: lists, ranges, steps, names of months and days, 7 for Sunday.

If both the day of the month and the day of the week are restricted (neither field begins with "*"),
one of them is enough, as in crontab(5). The rules are the same as in model/values/cron.ts, which
checks schedules before they get here; a test compares the two.
"""

import datetime
import re

FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec".split()),
    ("day of the week", 0, 7, "sun mon tue wed thu fri sat".split()),
)
MINUTE = datetime.timedelta(minutes=1)


class Schedule:
    """When a job is due. The constructor raises ValueError if the text is not a valid schedule."""

    def __init__(self, text):
        fields = text.split()
        if len(fields) != len(FIELDS):
            raise ValueError(f"the schedule {text!r} has {len(fields)} fields, not 5")
        numbers = [_field(part, *rule) for part, rule in zip(fields, FIELDS)]
        self.minutes, self.hours, self.days, self.months, weekdays = numbers
        self.weekdays = {day % 7 for day in weekdays}
        self.either_day = not (fields[2].startswith("*") or fields[4].startswith("*"))

    def is_due(self, moment):
        """Whether a job is due in the minute that contains `moment` (a datetime in UTC)."""
        of_month = moment.day in self.days
        # Python counts from Monday, cron from Sunday.
        of_week = (moment.weekday() + 1) % 7 in self.weekdays
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.month in self.months
            and (of_month or of_week if self.either_day else of_month and of_week)
        )

    def latest_due(self, now, window):
        """The last minute in which a job was due; None if there is none.

        It is not after `now`, and less than `window` (a timedelta) before it.
        """
        moment = now.replace(second=0, microsecond=0)
        while now - moment < window:
            if self.is_due(moment):
                return moment
            moment -= MINUTE
        return None


def _field(text, title, first, last, names):
    numbers = set()
    for part in text.split(","):
        span = _span(part, first, last, names)
        if span is None:
            raise ValueError(f"the schedule has {part!r}, which is not a valid {title}")
        numbers.update(span)
    return numbers


def _span(part, first, last, names):
    matched = re.fullmatch(r"([^/]+)(?:/([0-9]{1,3}))?", part)
    if matched is None:
        return None
    span, step_text = matched.groups()
    step = 1 if step_text is None else int(step_text)
    if step < 1:
        return None
    if span == "*":
        return range(first, last + 1, step)
    ends = [_number(end, first, last, names) for end in span.split("-")]
    if None in ends or len(ends) > 2:
        return None
    if len(ends) == 1:
        # A step after a single number continues to the end of the field.
        return range(ends[0], (ends[0] if step_text is None else last) + 1, step)
    return range(ends[0], ends[1] + 1, step) if ends[0] <= ends[1] else None


def _number(text, first, last, names):
    if text.lower() in names:
        return first + names.index(text.lower())
    if re.fullmatch(r"[0-9]{1,2}", text) is None:
        return None
    return int(text) if first <= int(text) <= last else None
