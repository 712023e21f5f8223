//! Forgeries of the header: which algorithm, which key, which kind of token. Not here: what is said under it.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Forger, Forgery, items, join, message, pair, swap_case, with, without};

/// All of them.
pub(super) fn all(forger: &Forger) -> Vec<Forgery> {
    [unsigned(forger), hmacs(forger), algorithms(forger), key_ids(forger), types(forger), headers(forger)].concat()
}

/// `alg: none`, however it is written.
fn unsigned(forger: &Forger) -> Vec<Forgery> {
    let mut list = Vec::new();
    for spelling in 0..16_usize {
        let alg: String = "none".chars().enumerate().map(|(place, c)| if spelling >> place & 1 == 1 { c.to_ascii_uppercase() } else { c }).collect();
        let header = with(&forger.header, "alg", alg);
        let message = message(header.to_string(), forger.claims.to_string());
        list.push(("alg none without a signature", format!("{message}.")));
        list.push(("alg none with the good signature", format!("{message}.{}", forger.signature_part())));
        list.push(("alg none, well signed", forger.message(&message)));
    }
    list
}

/// The public key taken for a shared secret.
fn hmacs(forger: &Forger) -> Vec<Forgery> {
    let pair = pair(&ECDSA_P256_SHA256_FIXED_SIGNING, &forger.pkcs8);
    let point = pair.public_key().as_ref();
    let Ok(der) = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()) else { panic!("a public key") };
    let body = STANDARD.encode(der.as_ref());
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
    let (x, y) = point.get(1..).and_then(|point| point.split_at_checked(32)).unwrap_or_default();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) }).to_string();
    let kid = forger.header.get("kid").and_then(Value::as_str).unwrap_or("");
    let secrets: [(&str, &[u8]); 10] = [
        ("HS under the public key in PEM", pem.as_bytes()),
        ("HS under the public key in PEM, without its last line feed", pem.trim_end().as_bytes()),
        ("HS under the public key in one line of base64", body.as_bytes()),
        ("HS under the public key in DER", der.as_ref()),
        ("HS under the public point", point),
        ("HS under the public point without its first byte", point.get(1..).unwrap_or_default()),
        ("HS under the public key's x", x),
        ("HS under the public JWK", jwk.as_bytes()),
        ("HS under the key's id", kid.as_bytes()),
        ("HS under nothing", b""),
    ];
    let mut list = Vec::new();
    for (alg, hash) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512), ("ES256", hmac::HMAC_SHA256)] {
        let message = message(with(&forger.header, "alg", alg).to_string(), forger.claims.to_string());
        for (name, secret) in secrets {
            list.push((name, join(&message, hmac::sign(&hmac::Key::new(hash, secret), message.as_bytes()))));
        }
    }
    list
}

/// Our signature under the name of another algorithm.
fn algorithms(forger: &Forger) -> Vec<Forgery> {
    let others = json!([
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "es256", "Es256", " ES256", "ES256 ",
        "ES256\u{0}", "ЕS256", "", null, 256, true, ["ES256"], { "alg": "ES256" }
    ]);
    let mut list: Vec<_> = items(&others).map(|alg| ("another alg, well signed", forger.header("alg", alg))).collect();
    list.push(("no alg, well signed", forger.token(&without(&forger.header, "alg"), &forger.claims)));
    list
}

/// Another key's id.
fn key_ids(forger: &Forger) -> Vec<Forgery> {
    let kid = forger.header.get("kid").and_then(Value::as_str).unwrap_or("");
    let others = json!([
        "", "other", "0", null, 0, true, [kid], { "kid": kid }, format!("{kid} "), format!("{kid}\u{0}"), format!("{kid}="), swap_case(kid), "../../../../dev/null",
        "/dev/null", "file:///dev/null", "' OR '1'='1", "x' UNION SELECT 'key' -- ", "| cat /etc/passwd", "%00", "https://evil.example/key"
    ]);
    let mut list: Vec<_> = items(&others).map(|kid| ("another kid, well signed", forger.header("kid", kid))).collect();
    list.push(("no kid, well signed", forger.token(&without(&forger.header, "kid"), &forger.claims)));
    list
}

/// Another kind of token.
fn types(forger: &Forger) -> Vec<Forgery> {
    let others = json!([
        "JWT",
        "jwt",
        "",
        null,
        1,
        true,
        ["at+jwt"],
        "at+jwt ",
        "at-jwt",
        "at jwt",
        "аt+jwt",
        "at+jwt\u{0}",
        "id_token+jwt",
        "dpop+jwt",
        "logout+jwt",
        "application/jwt",
        "application/application/at+jwt",
        "text/at+jwt",
        "application/at+jwt; charset=utf-8"
    ]);
    let mut list: Vec<_> = items(&others).map(|typ| ("another typ, well signed", forger.header("typ", typ))).collect();
    list.push(("no typ, well signed", forger.token(&without(&forger.header, "typ"), &forger.claims)));
    list
}

/// Headers that send the verifier elsewhere, and headers that are none.
fn headers(forger: &Forger) -> Vec<Forgery> {
    let extra = json!([
        ["jku", "https://evil.example/jwks.json"], ["jku", null], ["jwk", { "kty": "oct", "k": "AA" }], ["jwk", null], ["x5u", "https://evil.example/cert.pem"],
        ["x5c", ["MIIB"]], ["x5c", []], ["x5t", "AA"], ["x5t#S256", "AA"], ["crit", ["exp"]], ["crit", ["b64"]], ["crit", []], ["crit", null], ["b64", false],
        ["b64", true], ["zip", "DEF"], ["enc", "A128GCM"], ["cty", "JWT"], ["url", "https://evil.example"], ["nonce", "AA"], ["Alg", "none"], ["alg ", "none"]
    ]);
    let mut list = Vec::new();
    for pair in items(&extra) {
        if let Some([Value::String(name), value]) = pair.as_array().map(Vec::as_slice) {
            list.push(("one more member in the header, well signed", forger.header(name, value)));
        }
    }
    let claims = forger.claims.to_string();
    let text = forger.header.to_string();
    let inside = text.trim_matches(['{', '}']);
    let kid = forger.header.get("kid").cloned().unwrap_or_default();
    for header in [
        format!(r#"{{"alg":"none",{inside}}}"#),
        format!(r#"{{{inside},"alg":"none"}}"#),
        format!(r#"{{{inside},"\u0061lg":"ES256"}}"#),
        format!(r#"{{{inside},"kid":{kid}}}"#),
        format!(r#"["at+jwt","ES256",{kid}]"#),
        format!("[{text}]"),
        json!(text).to_string(),
        format!("{text}{text}"),
        format!("{text}x"),
        format!("{text}\0"),
        format!("\u{feff}{text}"),
        format!("{{{inside},}}"),
        "{}".to_owned(),
        "null".to_owned(),
        String::new(),
    ] {
        list.push(("a header that is none, well signed", forger.text(header, &claims)));
    }
    list
}
