"""Turns an event in court into a deadline and the days on which somebody must be warned.

Days are counted from the day after the event. A deadline that would end on a day on which the court
is closed moves to the next day on which it is open. Between 20 December and 6 January, the recess,
the clock stands still, except for urgent matters.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

ONE_DAY = timedelta(days=1)

#: Working days before the end on which the person in charge gets a message.
WARNING_STEPS = (10, 5, 2, 1)


@dataclass(frozen=True)
class Rule:
    """How long a party has after an event, in calendar or in working days."""

    name: str
    days: int
    working_days: bool = False
    stops_in_recess: bool = True


RULES = {
    "judgment_served": Rule("appeal", 30),
    "claim_served": Rule("notice of defence", 14, working_days=True),
    "defence_served": Rule("reply to the defence", 21),
    "dismissal_received": Rule("claim against dismissal", 21, stops_in_recess=False),
    "costs_fixed": Rule("objection to costs", 10),
    "injunction_served": Rule("protest against injunction", 7, stops_in_recess=False),
}


class Calendar:
    """Knows on which days the court is open."""

    def __init__(self, holidays: dict[date, str]) -> None:
        self._holidays = holidays

    @classmethod
    def read(cls, path: Path, court: str) -> Calendar:
        """Reads the holidays that hold for a court; the rows of court ``*`` hold for all."""
        with path.open(newline="", encoding="utf-8") as rows:
            return cls(
                {
                    date.fromisoformat(row["date"]): row["name"]
                    for row in csv.DictReader(rows)
                    if row["court"] in ("*", court)
                }
            )

    def is_open(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._holidays

    def roll_forward(self, day: date) -> date:
        """The day itself if the court is open, else the next open one."""
        while not self.is_open(day):
            day += ONE_DAY
        return day

    def step_back(self, day: date, working_days: int) -> date:
        while working_days > 0:
            day -= ONE_DAY
            if self.is_open(day):
                working_days -= 1
        return day


def in_recess(day: date) -> bool:
    return (day.month == 12 and day.day >= 20) or (day.month == 1 and day.day <= 6)


@dataclass
class Deadline:
    matter: str
    what: str
    ends: date
    warnings: list[date] = field(default_factory=list)

    def days_left(self, today: date) -> int:
        return (self.ends - today).days


def compute(matter: str, event: str, happened: date, calendar: Calendar, extension: int = 0) -> Deadline:
    """The deadline that an event sets off.

    :param extension: further days that the court has granted, counted like the rule's own.
    :raises KeyError: if the event is unknown; foreign courts must be entered by hand.
    """
    rule = RULES[event]
    left = rule.days + extension
    day = happened
    while left > 0:
        day += ONE_DAY
        if rule.stops_in_recess and in_recess(day):
            continue
        if rule.working_days and not calendar.is_open(day):
            continue
        left -= 1
    ends = calendar.roll_forward(day)
    steps = sorted({calendar.step_back(ends, step) for step in WARNING_STEPS})
    return Deadline(matter, rule.name, ends, [step for step in steps if step > happened])


def escalate(deadlines: list[Deadline], today: date) -> list[Deadline]:
    """Those that end within three days: they also go to both partners' telephones, the nearest first."""
    urgent = [deadline for deadline in deadlines if 0 <= deadline.days_left(today) <= 3]
    return sorted(urgent, key=lambda deadline: (deadline.ends, deadline.matter))
