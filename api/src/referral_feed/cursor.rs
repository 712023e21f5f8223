//! A place in a feed as a text: the feed, the number and the event, signed. It means nothing to anybody else, and does not expire.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::feed::FeedPosition;
use domain::ids::{FeedEventId, FeedId};
use serde::{Deserialize, Deserializer, de};
use uuid::Uuid;

use crate::keys::Keys;

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

/// Feed, number, event.
const CONTENT: usize = 16 + 8 + 16;
const TAG: usize = 16;

/// The signing and reading of such texts.
#[derive(Debug)]
pub(super) struct FeedCursors(hmac::Key);

impl FeedCursors {
    pub(super) fn new(keys: &Keys) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &keys.derive("feed cursor")))
    }

    fn tag(&self, content: &[u8]) -> [u8; TAG] {
        hmac::sign(&self.0, content).as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// The text of a place.
    pub(super) fn write(&self, feed: FeedId, at: FeedPosition) -> String {
        let event = at.event.map_or(Uuid::nil(), FeedEventId::uuid);
        let content = [feed.uuid().as_bytes(), at.seq.to_be_bytes().as_slice(), event.as_bytes()].concat();
        URL_SAFE_NO_PAD.encode([self.tag(&content).as_slice(), &content].concat())
    }

    /// The place of a text that we wrote for this feed; none for any other.
    pub(super) fn read(&self, feed: FeedId, text: &str) -> Option<FeedPosition> {
        let signed = (text.len() <= LONGEST).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()?;
        let (tag, content) = signed.split_at_checked(TAG)?;
        constant_time::verify_slices_are_equal(tag, &self.tag(content)).ok()?;
        let content: &[u8; CONTENT] = content.try_into().ok()?;
        let (of, rest) = content.split_first_chunk::<16>()?;
        let (seq, event) = rest.split_first_chunk::<8>()?;
        let (seq, event) = (i64::from_be_bytes(*seq), Uuid::from_slice(event).ok()?);
        let event = (!event.is_nil()).then(|| FeedEventId::new(event));
        (Uuid::from_bytes(*of) == feed.uuid()).then_some(FeedPosition { seq, event })
    }
}
