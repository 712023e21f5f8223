//! Texts that say something to us alone, and that nobody else can write: an HMAC over a context and a content, then the content, in
//! base64url. What a content is, and what it is bound to, is said by whoever signs.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const TAG: usize = 16;

/// The signing and reading of such texts.
#[derive(Debug)]
pub(crate) struct Signer {
    key: hmac::Key,
    longest: usize,
}

impl Signer {
    /// With a key of its own for each kind of text. Longer ones are none of ours.
    pub(crate) fn new(key: &[u8; 32], longest: usize) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), longest }
    }

    fn tag(&self, within: &[u8], content: &[u8]) -> [u8; TAG] {
        let mut signing = hmac::Context::with_key(&self.key);
        signing.update(within);
        signing.update(b"\0");
        signing.update(content);
        signing.sign().as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// The text of this content, good in this context alone. Under one key, no content holds a zero byte or all contexts are equally
    /// long: otherwise two of them could be the same bytes.
    pub(crate) fn sign(&self, within: &[u8], content: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([self.tag(within, content).as_slice(), content].concat())
    }

    /// The content of a text that we signed in this context; none of any other.
    pub(crate) fn read(&self, within: &[u8], text: &str) -> Option<Vec<u8>> {
        let signed = (text.len() <= self.longest).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()?;
        let (tag, content) = signed.split_at_checked(TAG)?;
        constant_time::verify_slices_are_equal(tag, &self.tag(within, content)).ok()?;
        Some(content.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_good_in_its_context_under_its_key_and_as_it_was_written() {
        let signer = Signer::new(&[7; 32], 60);
        let text = signer.sign(b"here", b"content");
        assert_eq!(signer.read(b"here", &text), Some(b"content".to_vec()));
        assert_eq!(signer.read(b"there", &text), None);
        assert_eq!(Signer::new(&[8; 32], 60).read(b"here", &text), None);
        assert_eq!(Signer::new(&[7; 32], text.len() - 1).read(b"here", &text), None, "longer than ours");
        let mut bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(signer.read(b"here", &URL_SAFE_NO_PAD.encode(&bytes)), None, "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        for cut in 0..text.len() {
            assert_eq!(signer.read(b"here", &text[..cut]), None, "cut at {cut}");
        }
        let empty = signer.sign(b"", b"");
        assert_eq!((empty.len(), signer.read(b"", &empty)), (22, Some(Vec::new())));
    }
}
