"""Steps 15 to 18: Pôle emploi pulls its feed, acknowledges it, proves that it missed nothing, and answers."""

from hashlib import sha256
from uuid import UUID

from chapters.access import Cast
from jalon import new_key, ok
from jalon_client import AuthenticatedClient
from jalon_client.api.referral_feed import move_checkpoint, read_feed_digest, read_referral_feed
from jalon_client.api.referrals import accept_referral, read_referral
from jalon_client.models import (
    AcceptReferral,
    Checkpoint,
    FeedDigest,
    FeedEvent,
    FeedPage,
    KnownFeedEventType,
    MoveCheckpoint,
    Referent,
    Referral,
    ReferralState,
)
from jalon_client.types import UNSET
from steps import Steps, first, present, same

EVENTS_OF_ONE_DIGEST = 10_000


def feed(step: Steps, cast: Cast, person_reference: str, referral_id: UUID) -> None:
    pole_emploi = cast.pole_emploi

    with step("Pôle emploi pulls its feed from where it stopped, and finds the referral"):
        pages = pull_all(pole_emploi)
        events = [event for page in pages for event in page.items]
        check_dense(events, pages[0].acknowledged_seq)
        event = first([one for one in events if one.referral and one.referral.id == referral_id], "the referral")
        referral = present(event.referral, "the referral")
        same([event.type_, referral.state], [KnownFeedEventType.REFERRAL_SENT, ReferralState.SENT], "the event")
        same(referral.person.person_reference, person_reference, "the person referred")

    last_seq = events[-1].seq

    with step("It acknowledges what it applied, and nothing is left"):
        applied = MoveCheckpoint(cursor=pages[-1].next_cursor)
        checkpoint = ok(Checkpoint, move_checkpoint.sync_detailed(client=pole_emploi, body=applied))
        same(checkpoint.acknowledged_seq, last_seq, "last event acknowledged")
        following = ok(FeedPage, read_referral_feed.sync_detailed(client=pole_emploi))
        same(following.acknowledged_seq, last_seq, "place of the next pull")

    with step("The digest of the range is the one of the events it holds"):
        held = events[-EVENTS_OF_ONE_DIGEST:]
        digest = ok(
            FeedDigest,
            read_feed_digest.sync_detailed(client=pole_emploi, from_seq=held[0].seq, to_seq=last_seq),
        )
        same(digest, FeedDigest(count=len(held), sha256=digest_of(held)), "digest")

    with step("It accepts the referral and names the referent, whom the caseworker reads"):
        referent = Referent(last_name="Tuilière", first_name="Solange", email="solange.tuiliere@example.org")
        accepted = ok(
            Referral,
            accept_referral.sync_detailed(
                referral_id,
                client=pole_emploi,
                idempotency_key=new_key(),
                body=AcceptReferral(referent=referent),
            ),
        )
        same(accepted.state, ReferralState.ACCEPTED, "state")
        same(present(accepted.referent, "the referent").last_name, "Tuilière", "referent")
        read = ok(Referral, read_referral.sync_detailed(referral_id, client=cast.caseworker))
        same(read.version, accepted.version, "version that the caseworker reads")


def pull_all(api: AuthenticatedClient) -> list[FeedPage]:
    """Every page from the last event acknowledged to the end of the feed."""
    pages: list[FeedPage] = []
    while not pages or pages[-1].has_more:
        after = pages[-1].next_cursor if pages else UNSET
        pages.append(ok(FeedPage, read_referral_feed.sync_detailed(client=api, limit=200, after=after)))
    return pages


def check_dense(events: list[FeedEvent], acknowledged: int) -> None:
    """`seq` has no hole, which is how a receiver knows that it has everything."""
    for seq, event in enumerate(events, acknowledged + 1):
        same(event.seq, seq, "seq follows its former")


def digest_of(events: list[FeedEvent]) -> str:
    """SHA-256 over the ids, 16 bytes each, in the order of `seq`."""
    return sha256(b"".join(event.event_id.bytes for event in events)).hexdigest()
