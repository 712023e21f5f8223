"""
The thirty steps of `openapi/client/scenario.ts`, through a Python client that was generated from the same document,
against a server that `jalon demo --json` started:

    JALON_DEMO=$(cat demo.json) python scenario.py

One line a step. The first one that fails ends it with exit code 1 and says the code of the problem.
"""

import sys

from chapters.access import access
from chapters.attendance import attendance
from chapters.contract import contract
from chapters.feed import feed
from chapters.orientation import orientation
from chapters.person import person
from chapters.reading import reading
from jalon import read_demo
from steps import Failure, Steps, same


def main() -> None:
    demo = read_demo()
    step = Steps()
    cast = access(step, demo)
    referred = person(step, cast)
    referral_id = orientation(step, cast, referred.id)
    feed(step, cast, referred.person_reference, referral_id)
    attendance(step, cast, referred.id)
    accompanied = contract(step, cast)
    reading(step, cast, referred.id, accompanied)
    same(step.taken, 30, "steps taken")
    print(f"{step.taken} steps")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(str(failure))
