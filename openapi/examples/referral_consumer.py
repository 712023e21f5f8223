#!/usr/bin/env python3
"""Reference consumer of Jalon's referral feed. Python 3.9 or later, nothing to install.

    JALON_CLIENT_SECRET=... python3 referral_consumer.py --url https://jalon.example --client-id ID

It mirrors your organisation's feed into a SQLite file and calls `apply` once per event. What it holds to:

- A page is applied and the local position moved in one local transaction: kill it at any instant, and each
  effect written to that file is there exactly once. The server is told (the checkpoint) only afterwards.
- It starts where its own file says, not where the server's checkpoint says; a new file starts at the beginning.
- `seq` is dense and no event comes twice: it checks both, and compares digests every few pages.
- When the server was restored from a backup (409 FEED_DIVERGED), it finds the last event that both sides have,
  calls `undo` for what it had applied after it, newest first, and reads on from there.
- Its log names seq, type and referral id, never a person. Its file holds personal data, readable by its owner
  alone; the feed does not announce a redaction of what you already read, so how long you keep it is up to you.

SIGTERM and SIGINT end it between two pages. Exit codes: 0 done, or asked to stop; 1 the server refused, or
anything unexpected; 2 the feed broke its promise (a hole, a repeat, a digest that differs): call someone.
Should the server no longer take your cursors (CURSOR_INVALID), and --url and --client-id be the right ones, then
`DELETE FROM position WHERE seq > 0`: the feed is read again and compared with what you hold, not applied twice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import random
import signal
import sqlite3
import sys
import time
from http.client import HTTPException
from typing import Any, Callable, NamedTuple, NoReturn, Optional
from urllib.parse import urlencode
from urllib.request import HTTPErrorProcessor, Request, build_opener
from uuid import UUID

log = logging.getLogger("referral_consumer")

DIGEST_WIDTH = 10_000  # events in one digest, the most the server accepts
LONGEST_BACKOFF = 60  # seconds between two attempts, unless the server asks for more
TIMEOUT = 60  # seconds of silence after which a connection is given up; the longest poll lasts 25

SCHEMA = """
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
    occurred_at TEXT NOT NULL, referral_id TEXT, referral_json TEXT, redacted INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS event_by_referral ON event (referral_id, seq);
CREATE TABLE IF NOT EXISTS undone (seq INTEGER NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL,
    referral_id TEXT, undone_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS referral (id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL,
    json TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS position (seq INTEGER PRIMARY KEY, cursor TEXT NOT NULL, verified INTEGER NOT NULL);
INSERT OR IGNORE INTO position VALUES (0, 'beginning', TRUE);
"""


class Event(NamedTuple):
    """An event as the table `event` keeps it. A redacted one has no referral left, but takes its place in `seq`."""

    seq: int
    event_id: str
    type: str
    occurred_at: str
    referral_id: Optional[str]
    referral_json: Optional[str]
    redacted: bool

    @classmethod
    def from_feed(cls, item: dict[str, Any]) -> Event:
        referral = item["referral"]
        return cls(item["seq"], str(UUID(item["event_id"])), item["type"], item["occurred_at"],
                   referral and referral["id"], referral and json.dumps(referral), item["redacted"])


# ---- Yours to replace: what an event does in your house, and how it is taken back -----------------------------
#
# Both run inside the transaction that moves the position, so what they write to `db` is written exactly once; they
# must not commit. For anything elsewhere (a call, a message) write a row here that another job carries out, under
# `event.event_id` so that a repeat is recognised. This example keeps the newest state of each referral.


def apply(db: sqlite3.Connection, event: Event) -> None:
    """Do what this event asks for. Types may be added one day: let those you do not know pass."""
    replace_if_newer(db, event.referral_json)


def undo(db: sqlite3.Connection, event: Event) -> None:
    """Take back an event that a restore wiped out. The table `event` ends just before it: those stay applied."""
    db.execute("DELETE FROM referral WHERE id = ?", (event.referral_id,))
    earlier = db.execute("SELECT referral_json FROM event WHERE referral_id = ?", (event.referral_id,)).fetchall()
    for (referral_json,) in earlier:
        replace_if_newer(db, referral_json)


def replace_if_newer(db: sqlite3.Connection, referral_json: Optional[str]) -> None:
    if referral_json is not None:
        referral = json.loads(referral_json)
        db.execute("INSERT INTO referral VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
                   " state = excluded.state, json = excluded.json WHERE excluded.version > version",
                   (referral["id"], referral["version"], referral["state"], referral_json))


# ---- The rest is best kept as it is ---------------------------------------------------------------------------


class Refusal(Exception):
    """An answer that repeating the request would not change."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Diverged(Exception):
    """The server's history is no longer the one we read."""

    def __init__(self, last_seq: int) -> None:
        super().__init__(f"the feed was rewritten and now ends at {last_seq}")
        self.last_seq = last_seq


class BrokenPromise(Exception):
    """The feed showed a hole, a repeat or a digest that differs: nothing may be built on it."""


class EveryAnswer(HTTPErrorProcessor):
    """Hands back every answer as it is: no exception for a 4xx, no redirect that would carry the token elsewhere."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response

    https_response = http_response


class Server:
    """The calls of the contract. Each insists until it is answered, however long the server or the line is away."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self.url = url.rstrip("/")
        self.credentials = {"grant_type": "client_credentials", "scope": "referrals:receive",
                            "client_id": client_id, "client_secret": client_secret}
        self.opener = build_opener(EveryAnswer)
        self.token = ""
        self.token_good_until = 0.0

    def page(self, cursor: str, limit: int, wait: int) -> dict[str, Any]:
        query = urlencode({"after": cursor, "limit": limit, "wait": wait})
        return self._call("GET", f"/v1/referral-feed?{query}")

    def digest(self, from_seq: int, to_seq: int) -> tuple[int, str]:
        answer = self._call("GET", f"/v1/referral-feed/digest?from_seq={from_seq}&to_seq={to_seq}")
        return answer["count"], answer["sha256"]

    def acknowledge(self, cursor: str) -> None:
        self._call("PUT", "/v1/referral-feed/checkpoint", json.dumps({"cursor": cursor}).encode())

    def _call(self, method: str, path: str, body: Optional[bytes] = None) -> dict[str, Any]:
        """Call with a token; one that is refused before its time is renewed, once."""

        def request() -> Request:
            headers = {"Authorization": f"Bearer {self._valid_token()}", "Content-Type": "application/json"}
            return Request(self.url + path, body, headers, method=method)

        try:
            return self._insist(request)
        except Refusal as refusal:
            if refusal.status != 401:
                raise
        self.token_good_until = 0.0
        return self._insist(request)

    def _valid_token(self) -> str:
        now = time.monotonic()
        if now >= self.token_good_until:
            form = urlencode(self.credentials).encode()
            answer = self._insist(lambda: Request(self.url + "/oauth/token", form))
            self.token = answer["access_token"]
            self.token_good_until = now + 0.9 * answer["expires_in"]
        return self.token

    def _insist(self, make_request: Callable[[], Request]) -> dict[str, Any]:
        """Send until it is answered for good. Each attempt is a new request, so that its token is a current one."""
        backoff = 1
        while True:
            request = make_request()
            try:
                with self.opener.open(request, timeout=TIMEOUT) as response:
                    status, headers, text = response.status, response.headers, response.read()
                if status < 300:
                    answer: dict[str, Any] = json.loads(text)
                    return answer
            except (OSError, HTTPException, ValueError) as failure:
                trouble, asked_pause = str(failure), ""
            else:
                if status < 500 and status not in (408, 429):
                    raise meaning(request, status, text)
                trouble, asked_pause = f"status {status}", headers.get("Retry-After", "")
            pause = max(random.uniform(0.5, 1) * backoff, int(asked_pause) if asked_pause.isdecimal() else 0)
            log.warning("%s; again in %.1f s", trouble, pause)
            time.sleep(pause)
            backoff = min(2 * backoff, LONGEST_BACKOFF)


def meaning(request: Request, status: int, text: bytes) -> Exception:
    """What a final answer says: its body is a problem document, an OAuth error, or whatever a proxy writes."""
    try:
        problem = json.loads(text)
    except ValueError:
        problem = {}
    if problem.get("code") == "FEED_DIVERGED":
        return Diverged(problem["last_seq"])
    reason = ", ".join(problem[name] for name in ("code", "detail", "error", "error_description") if name in problem)
    return Refusal(status, f"{request.get_method()} {request.full_url} was refused with {status}: {reason}")


class Consumer:
    """Applies the feed of one organisation to one state file."""

    def __init__(self, server: Server, state_file: str) -> None:
        self.server = server
        self.stopping = False
        self.db = sqlite3.connect(state_file, timeout=60, isolation_level=None)
        self.db.executescript(SCHEMA)

    def stop(self, *_signal: object) -> None:
        """Leave now, or as soon as the page being applied is committed."""
        self.stopping = True
        if not self.db.in_transaction:
            sys.exit(0)

    def run(self, once: bool, limit: int, wait: int, verify_every: int) -> None:
        """Follow the feed until asked to stop, or just to its present end."""
        while not self.stopping:
            try:
                seq, cursor = self.position()
                page = self.server.page(cursor, limit, 0 if once else wait)
                self.take(page, seq)
                seq, cursor = self.position()
                if seq > page["acknowledged_seq"]:
                    self.server.acknowledge(cursor)
                finished = once and not page["has_more"]
                if finished or self.pages_to_verify() >= verify_every:
                    self.verify()
                if finished:
                    return
                if not page["items"]:
                    time.sleep(1)  # a server that is shutting down answers at once: do not spin
            except Diverged as divergence:
                log.warning("%s", divergence)
                self.rewind(divergence.last_seq)

    def take(self, page: dict[str, Any], seq: int) -> None:
        """Apply the page that follows event `seq` and move the position, in one transaction: both, or neither."""
        applied = []
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            for event in map(Event.from_feed, page["items"]):
                if event.seq != seq + 1:
                    raise BrokenPromise(f"event {seq} is followed by event {event.seq}")
                seq = event.seq
                held = self.db.execute("SELECT event_id FROM event WHERE seq = ?", (seq,)).fetchone()
                if held is None:
                    self.store(event)
                    apply(self.db, event)
                    applied.append(event)
                elif held != (event.event_id,):  # read again after a rewind, and rewritten once more meanwhile
                    raise Diverged(page["last_seq"])
            self.db.execute("INSERT OR IGNORE INTO position VALUES (?, ?, FALSE)", (seq, page["next_cursor"]))
        for event in applied:
            log.info("applied %d %s %s", event.seq, event.type, event.referral_id or "redacted")

    def store(self, event: Event) -> None:
        try:
            self.db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", event)
        except sqlite3.IntegrityError:
            raise BrokenPromise(f"event {event.seq} repeats the id {event.event_id}") from None

    def verify(self) -> None:
        """Compare what was read since the last verification with what the server holds."""
        seq, cursor = self.position()
        for first in range(self.verified_seq() + 1, seq + 1, DIGEST_WIDTH):
            last = min(first + DIGEST_WIDTH - 1, seq)
            if not self.agrees(first, last):
                self.server.page(cursor, limit=1, wait=0)  # had it just been restored, this says so
                raise BrokenPromise(f"the digest of the events {first} to {last} differs")
        self.db.execute("UPDATE position SET verified = TRUE WHERE seq = ?", (seq,))

    def rewind(self, last_seq: int) -> None:
        """Go back to the last event that both sides have: what comes after it never happened."""
        newest: int = self.value("SELECT coalesce(max(seq), 0) FROM event")
        common, end = 0, min(newest, last_seq)
        while common < end:  # a rewritten event has a new id, so that the events up to `common` alone agree
            middle = (common + end + 1) // 2
            common, end = (middle, end) if self.agrees(middle, middle) else (common, middle - 1)
        if common == newest:
            raise BrokenPromise("the feed claims to be rewritten, yet it holds every event we read")
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            for seq in range(newest, common, -1):
                event = Event(*self.db.execute("SELECT * FROM event WHERE seq = ?", (seq,)).fetchone())
                self.db.execute("DELETE FROM event WHERE seq = ?", (seq,))
                self.db.execute("INSERT INTO undone (seq, event_id, type, referral_id) VALUES (?, ?, ?, ?)",
                                (seq, event.event_id, event.type, event.referral_id))
                undo(self.db, event)
            self.db.execute("DELETE FROM position WHERE seq > ?", (common,))
        log.warning("undid the events %d to %d", common + 1, newest)

    def agrees(self, first: int, last: int) -> bool:
        """Whether the server's digest of this range is the digest of our own event ids."""
        digest = hashlib.sha256()
        query = "SELECT event_id FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq"
        for (event_id,) in self.db.execute(query, (first, last)):
            digest.update(UUID(event_id).bytes)
        return self.server.digest(first, last) == (last - first + 1, digest.hexdigest())

    def position(self) -> tuple[int, str]:
        """The last event of the last page applied, and the cursor that follows it."""
        seq, cursor = self.db.execute("SELECT seq, cursor FROM position ORDER BY seq DESC LIMIT 1").fetchone()
        return seq, cursor

    def verified_seq(self) -> int:
        return int(self.value("SELECT seq FROM position WHERE verified ORDER BY seq DESC LIMIT 1"))

    def pages_to_verify(self) -> int:
        return int(self.value("SELECT count(*) FROM position WHERE seq > ?", self.verified_seq()))

    def value(self, query: str, *parameters: object) -> Any:
        return self.db.execute(query, parameters).fetchone()[0]


class CommandLine(argparse.ArgumentParser):
    """Leaves with 1 on a wrong option: argparse's own 2 would read as a broken promise."""

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message}\n")


def main() -> int:
    options = CommandLine(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", required=True, help="address of the server, such as https://jalon.example")
    options.add_argument("--client-id", required=True, help="its secret is read from JALON_CLIENT_SECRET")
    options.add_argument("--state", metavar="FILE", default="referrals.sqlite3", help="SQLite file (%(default)s)")
    options.add_argument("--once", action="store_true", help="stop at the present end of the feed")
    options.add_argument("--wait", type=int, default=20, help="seconds a poll waits for news, 25 at most (%(default)s)")
    options.add_argument("--limit", type=int, default=100, help="events in a page, 200 at most (%(default)s)")
    options.add_argument("--verify-every", type=int, default=50, help="pages between two digests (%(default)s)")
    given = options.parse_args()
    secret = os.environ.get("JALON_CLIENT_SECRET") or options.error("JALON_CLIENT_SECRET is not set")

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    os.umask(0o077)
    consumer = Consumer(Server(given.url, given.client_id, secret), given.state)
    signal.signal(signal.SIGTERM, consumer.stop)
    signal.signal(signal.SIGINT, consumer.stop)
    try:
        consumer.run(given.once, given.limit, given.wait, given.verify_every)
    except Refusal as refusal:
        log.error("%s", refusal)
        return 1
    except BrokenPromise as broken:
        log.critical("the feed broke its promise: %s", broken)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
