//! A place in a feed as a text: the number and the event, signed for that feed. It means nothing to anybody else, and does not expire.

use domain::feed::FeedPosition;
use domain::ids::{FeedEventId, FeedId};
use serde::{Deserialize, Deserializer, de};
use uuid::Uuid;

use crate::keys::Keys;
use crate::signed::Signer;

/// No text of ours is longer.
const LONGEST: usize = 200;

/// A text with the form of a cursor, whoever wrote it.
#[derive(Debug)]
pub(super) struct CursorText(pub(super) String);

impl<'de> Deserialize<'de> for CursorText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if fits { Ok(Self(text)) } else { Err(de::Error::custom("VALUE_INVALID")) }
    }
}

/// The signing and reading of such texts.
#[derive(Debug)]
pub(super) struct FeedCursors(Signer);

impl FeedCursors {
    pub(super) fn new(keys: &Keys) -> Self {
        Self(Signer::new(&keys.derive("feed cursor"), LONGEST))
    }

    /// The text of a place.
    pub(super) fn write(&self, feed: FeedId, at: FeedPosition) -> String {
        let event = at.event.map_or(Uuid::nil(), FeedEventId::uuid);
        self.0.sign(feed.uuid().as_bytes(), &[at.seq.to_be_bytes().as_slice(), event.as_bytes()].concat())
    }

    /// The place of a text that we wrote for this feed; none for any other.
    pub(super) fn read(&self, feed: FeedId, text: &str) -> Option<FeedPosition> {
        let content = self.0.read(feed.uuid().as_bytes(), text)?;
        let (seq, event) = content.split_first_chunk::<8>()?;
        let (seq, event) = (i64::from_be_bytes(*seq), Uuid::from_slice(event).ok()?);
        let event = (!event.is_nil()).then(|| FeedEventId::new(event));
        Some(FeedPosition { seq, event })
    }
}
