"""Numbered steps that stop at the first one that fails, and the assertions they make."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from jalon_client.types import Unset

T = TypeVar("T")


class Failure(Exception):
    """A fact that does not hold, or an answer other than the one that was expected."""


class Steps:
    taken = 0

    @contextmanager
    def __call__(self, title: str) -> Iterator[None]:
        self.taken += 1
        try:
            yield
        except BaseException:
            print(f"{self.taken:02} FAIL {title}", flush=True)
            raise
        print(f"{self.taken:02} ok   {title}", flush=True)


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(what)


def same(actual: object, expected: object, what: str) -> None:
    check(actual == expected, f"{what}: {expected!r} expected, {actual!r} read")


def present(value: T | Unset | None, what: str) -> T:
    if value is None or isinstance(value, Unset):
        raise Failure(f"{what}: there is none")
    return value


def first(values: list[T], what: str) -> T:
    return present(next(iter(values), None), what)
