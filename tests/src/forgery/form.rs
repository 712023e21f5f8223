//! Forgeries of the signature and of the form. Not here: what the two other parts say.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Forger, Forgery, generate, join, message, pair, sign, swap_case, with, without};

/// All of them.
pub(super) fn all(forger: &Forger) -> Vec<Forgery> {
    [signatures(forger), keys(forger), forms(forger)].concat()
}

/// Signatures that are not the one.
fn signatures(forger: &Forger) -> Vec<Forgery> {
    let (message, good) = (forger.signed_part(), forger.signature_part());
    let bytes = URL_SAFE_NO_PAD.decode(good).unwrap_or_default();
    let mut list = Vec::new();
    let mut text = |name, signature: String| list.push((name, format!("{message}.{signature}")));
    for cut in 1..=4 {
        text("a trimmed signature", good.chars().take(good.len() - cut).collect());
        text("a signature without its beginning", good.chars().skip(cut).collect());
    }
    for tail in ["A", "AA", "AAAA", "=", "==", "====", "%3D%3D", ".", "-", "_"] {
        text("an extended signature", format!("{good}{tail}"));
    }
    text("a signature in hexadecimal", bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")));
    text("a signature in other letters", swap_case(good));
    text("a signature twice", good.repeat(2));
    text("no signature", String::new());
    text("a signature of white space", " ".repeat(good.len()));
    // 64 bytes leave four bits of the last character to spare.
    let end = good.chars().last().unwrap_or('A');
    let spare = match end {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        _ => 'x',
    };
    text("a signature with bits to spare", format!("{}{spare}", good.strip_suffix(end).unwrap_or("")));
    let mut raw = |name, signature: &[u8]| list.push((name, join(message, signature)));
    for bit in (0..512).step_by(61) {
        let flipped: Vec<u8> = bytes.iter().enumerate().map(|(place, byte)| if place == bit / 8 { byte ^ (1 << (bit % 8)) } else { *byte }).collect();
        raw("a bit-flipped signature", &flipped);
    }
    let (r, s) = bytes.split_at_checked(32).unwrap_or_default();
    // The order of P-256, which both halves must stay under.
    let order = STANDARD.decode("/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVE=").unwrap_or_default();
    raw("an all-zero signature", &[0; 64]);
    raw("an all-one signature", &[255; 64]);
    raw("a signature of two ones", &[&[0; 31][..], &[1], &[0; 31], &[1]].concat());
    raw("a signature with r zero", &[&[0; 32], s].concat());
    raw("a signature with s zero", &[r, &[0; 32]].concat());
    raw("a signature of the order", &[&order[..], &order].concat());
    raw("a signature with r the order", &[&order[..], s].concat());
    raw("a signature with its halves exchanged", &[s, r].concat());
    raw("half a signature", r);
    raw("a signature of one byte", &[0]);
    raw("a signature with a zero byte more", &[&bytes[..], &[0]].concat());
    raw("a signature in 96 bytes", &[&[0; 16], r, &[0; 16], s].concat());
    raw("a DER-encoded signature", &sign(&ECDSA_P256_SHA256_ASN1_SIGNING, &forger.pkcs8, message));
    raw("a DER-encoded signature of two zeros", &[0x30, 6, 2, 1, 0, 2, 1, 0]);
    raw("a DER-encoded empty signature", &[0x30, 0]);
    let payload = message.split_once('.').map_or("", |(_, payload)| payload);
    raw("the signature of the payload alone", &forger.signature(payload));
    raw("the signature of both parts without their dot", &forger.signature(&message.replace('.', "")));
    raw("the signature of the message and its dot", &forger.signature(&format!("{message}.")));
    raw("the signature of nothing", &forger.signature(""));
    list.push(("a signature in the other alphabet", other_alphabet(forger)));
    list
}

/// Tokens whose parts do not belong together, and other people's keys.
fn keys(forger: &Forger) -> Vec<Forgery> {
    let mut list = Vec::new();
    let signature = forger.signature_part();
    let other = "0199aa10-7b2c-7d3e-8f40-0123456789ff";
    let swapped = with(&with(&forger.claims, "sub", other), "client_id", other);
    list.push(("another payload under the good signature", format!("{}.{signature}", message(forger.header.to_string(), swapped.to_string()))));
    let spaced = format!("{} ", forger.claims);
    list.push(("the same payload with a space under the good signature", format!("{}.{signature}", message(forger.header.to_string(), spaced))));
    let spaced = format!("{} ", forger.header);
    list.push(("the same header with a space under the good signature", format!("{}.{signature}", message(spaced, forger.claims.to_string()))));
    let elsewhere = forger.claim("sub", other);
    let theirs = elsewhere.rsplit_once('.').map_or("", |(_, signature)| signature);
    list.push(("the good payload under another token's signature", format!("{}.{theirs}", forger.signed_part())));

    let theirs = generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
    list.push(("another key under the same kid", join(forger.signed_part(), sign(&ECDSA_P256_SHA256_FIXED_SIGNING, &theirs, forger.signed_part()))));
    let pair = pair(&ECDSA_P256_SHA256_FIXED_SIGNING, &theirs);
    let (x, y) = pair.public_key().as_ref().get(1..).and_then(|point| point.split_at_checked(32)).unwrap_or_default();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y), "alg": "ES256" });
    for header in [
        with(&forger.header, "jwk", &jwk),
        without(&with(&forger.header, "jwk", &jwk), "kid"),
        with(&forger.header, "kid", &jwk),
        with(&forger.header, "kid", "attacker"),
        with(&forger.header, "jku", "https://evil.example/jwks.json"),
        with(&forger.header, "x5c", ["MIIB"]),
    ] {
        let message = message(header.to_string(), forger.claims.to_string());
        let signature = sign(&ECDSA_P256_SHA256_FIXED_SIGNING, &theirs, &message);
        list.push(("another key, brought along", join(&message, signature)));
    }
    let wider = generate(&ECDSA_P384_SHA384_FIXED_SIGNING);
    for alg in ["ES256", "ES384"] {
        let message = message(with(&forger.header, "alg", alg).to_string(), forger.claims.to_string());
        list.push(("a key of another curve under the same kid", join(&message, sign(&ECDSA_P384_SHA384_FIXED_SIGNING, &wider, &message))));
    }
    list
}

/// What does not have the form of a token.
fn forms(forger: &Forger) -> Vec<Forgery> {
    let good = forger.good.as_str();
    let (signed, signature) = (forger.signed_part(), forger.signature_part());
    let (header, payload) = signed.split_once('.').unwrap_or_default();
    let mut list: Vec<Forgery> = Vec::new();
    for parts in ["", ".", "..", "...", "....", "a", "a.b", "a.b.c", "null", "undefined", "[object Object]", "true"] {
        list.push(("no token at all", parts.to_owned()));
    }
    for parts in [
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.."),
        format!("{good}.{signature}"),
        format!("{good}.{payload}.{signature}"),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{signed}."),
        format!("{header}..{payload}.{signature}"),
        format!("{header}.{payload}"),
        header.to_owned(),
        format!("{payload}.{header}.{signature}"),
        format!("{good},{good}"),
        format!("Bearer {good}"),
        format!("\"{good}\""),
        format!("{good};"),
        good.replace('.', "%2E"),
        good.replace('.', "．"),
        good.replace('.', ","),
        json!({ "protected": header, "payload": payload, "signature": signature }).to_string(),
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] }).to_string(),
    ] {
        list.push(("the parts of a token otherwise", parts));
    }
    for inside in [" ", "\t", "\n", "\r\n", "\0", "\u{200b}", "é"] {
        list.push(("white space, NUL or other letters inside", format!("{header}{inside}.{payload}.{signature}")));
        list.push(("white space, NUL or other letters inside", format!("{header}.{inside}{payload}.{signature}")));
        list.push(("white space, NUL or other letters inside", format!("{header}.{payload}{inside}.{signature}")));
        let (begin, end) = signature.split_at_checked(40).unwrap_or_default();
        list.push(("white space, NUL or other letters inside", format!("{signed}.{begin}{inside}{end}")));
    }
    // Padding, bits to spare and line breaks, under a signature of exactly these characters.
    let padded = |json: &Value| URL_SAFE.encode(format!("{json}{}", " ".repeat((4 - json.to_string().len() % 3) % 3)));
    list.push(("a padded header, well signed", forger.message(&format!("{}.{payload}", padded(&forger.header)))));
    list.push(("a padded payload, well signed", forger.message(&format!("{header}.{}", padded(&forger.claims)))));
    list.push((
        "a payload with bits to spare, well signed",
        forger.message(&format!("{header}.{}", padded(&forger.claims).replace("Q==", "R").replace("A==", "B"))),
    ));
    list.push(("a payload that is not encoded, well signed", forger.message(&format!("{header}.{}", forger.claims))));
    list.push(("no payload, well signed", forger.message(&format!("{header}."))));
    list.push(("four parts, well signed", forger.message(&format!("{signed}.{payload}"))));
    let jwe = json!({ "alg": "dir", "enc": "A128GCM", "typ": "at+jwt", "kid": forger.header.get("kid") }).to_string();
    let jwe = URL_SAFE_NO_PAD.encode(jwe);
    list.push(("a JWE", format!("{jwe}..AAAAAAAAAAAAAAAA.{payload}.AAAAAAAAAAAAAAAAAAAAAA")));
    list.push(("a JWE in three parts", format!("{jwe}.{payload}.{signature}")));
    list.push(("a good token inside a token, well signed", forger.message(&format!("{header}.{}", URL_SAFE_NO_PAD.encode(good)))));
    list.push(("4,097 letters", "a".repeat(4097)));
    list.push(("20,000 letters", "a".repeat(20_000)));
    list.push(("2,000 dots", ".".repeat(2000)));
    list
}

/// A token whose signature needs the letters that both alphabets of base64 write otherwise, in the wrong alphabet.
fn other_alphabet(forger: &Forger) -> String {
    loop {
        let token = forger.message(forger.signed_part());
        let signature = token.rsplit_once('.').map_or("", |(_, signature)| signature);
        if signature.contains(['-', '_']) {
            return format!("{}.{}", forger.signed_part(), signature.replace('-', "+").replace('_', "/"));
        }
    }
}
