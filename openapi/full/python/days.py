"""Days in the time zone in which the API counts them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Paris")).date()


def in_days(days: int) -> date:
    """The day that many days from today; before it when negative."""
    return today() + timedelta(days=days)
