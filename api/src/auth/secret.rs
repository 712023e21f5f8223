//! Clients' secrets: how one is made, what is stored of it, and how one is compared. Not here: how many a client has and how
//! long each lives (`domain/client.rs`).

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What every secret begins with, so that a scanner finds one that was published by mistake.
const PREFIX: &str = "jalon_";

/// The secret made of 256 bits of chance: shown once, never stored.
pub(crate) fn generate(random: [u8; 32]) -> String {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random))
}

/// What is stored of a secret: HMAC-SHA-256 under the server's pepper. A slow hash would protect a weak secret, and this one
/// holds 256 bits; it would only let anybody keep the server busy.
pub(crate) fn digest(pepper: &[u8; 32], secret: &str) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(hmac::sign(&key(pepper), secret.as_bytes()).as_ref());
    digest
}

/// Whether `secret` is the one that `stored` is the digest of. How long it takes says nothing of how near it was.
pub(crate) fn matches(pepper: &[u8; 32], secret: &str, stored: &[u8; 32]) -> bool {
    hmac::verify(&key(pepper), secret.as_bytes(), stored).is_ok()
}

fn key(pepper: &[u8; 32]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, pepper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_its_256_bits_in_an_alphabet_that_needs_no_quoting() {
        assert_eq!(generate([0; 32]), format!("jalon_{}", "A".repeat(43)));
        assert_eq!(generate([255; 32]), format!("jalon_{}8", "_".repeat(42)));
    }

    #[test]
    fn only_the_same_secret_under_the_same_pepper_matches() {
        let (pepper, secret) = ([7; 32], generate([1; 32]));
        let stored = digest(&pepper, &secret);
        assert!(matches(&pepper, &secret, &stored));
        let mut flipped = stored;
        flipped[31] ^= 1;
        assert!(!matches(&pepper, &secret, &flipped));
        assert!(!matches(&[8; 32], &secret, &stored));
        for wrong in ["", "jalon_", &generate([2; 32]), &format!("{secret} "), &format!("{secret}\0"), &secret[6..], &secret.to_uppercase()] {
            assert!(!matches(&pepper, wrong, &stored), "{wrong}");
        }
    }

    #[test]
    fn the_digest_is_hmac_sha_256() {
        // RFC 4231 has no key of 32 bytes; this one was computed with `openssl dgst -sha256 -mac HMAC`.
        let digest = digest(&[0x0b; 32], "Hi There");
        assert_eq!(
            digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")),
            "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"
        );
    }
}
