//! Forgeries of the payload, well signed one and all. Not here: how a token is put together.

use serde_json::{Value, json};

use super::{Forger, Forgery, items, without};

/// All of them.
pub(super) fn all(forger: &Forger) -> Vec<Forgery> {
    [missing(forger), wrong_kinds(forger), names(forger), subjects(forger), times(forger), doubles(forger), payloads(forger)].concat()
}

/// Each required claim, absent.
fn missing(forger: &Forger) -> Vec<Forgery> {
    let mut list = Vec::new();
    for (label, claim) in [
        ("no iss, well signed", "iss"),
        ("no sub, well signed", "sub"),
        ("no aud, well signed", "aud"),
        ("no exp, well signed", "exp"),
        ("no iat, well signed", "iat"),
        ("no jti, well signed", "jti"),
        ("no client_id, well signed", "client_id"),
        ("no principal_kind, well signed", "principal_kind"),
    ] {
        list.push((label, forger.token(&forger.header, &without(&forger.claims, claim))));
    }
    list
}

/// Each claim, of another JSON type.
fn wrong_kinds(forger: &Forger) -> Vec<Forgery> {
    let mut list = Vec::new();
    for claim in ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "principal_kind", "scope"] {
        let text = claim_text(forger, claim);
        for value in items(&json!([null, true, [], {}, [[text]], { "0": text }, 0.5])) {
            list.push(("a claim of another JSON type, well signed", forger.claim(claim, value)));
        }
        let value = if matches!(claim, "exp" | "iat" | "nbf") { json!(text) } else { json!(forger.number("iat")) };
        list.push(("a text for a number or a number for a text, well signed", forger.claim(claim, value)));
    }
    list
}

/// Another issuer, another audience, another kind of principal.
fn names(forger: &Forger) -> Vec<Forgery> {
    let (issuer, audience) = (forger.said("iss"), forger.said("aud"));
    let mut list = Vec::new();
    for (label, claim, good) in [("another issuer, well signed", "iss", issuer), ("another audience, well signed", "aud", audience)] {
        for other in [
            String::new(),
            "https://evil.example".to_owned(),
            "*".to_owned(),
            format!("{good}/"),
            format!("{good} "),
            format!(" {good}"),
            format!("{good}\0"),
            format!("{good}.evil.example"),
            format!("{good}@evil.example"),
            format!("{good}#"),
            good.to_uppercase(),
            good.replacen("http", "hxxp", 1),
        ] {
            list.push((label, forger.claim(claim, other)));
        }
    }
    list.push(("the audience as issuer, well signed", forger.claim("iss", audience)));
    list.push(("the issuer as audience, well signed", forger.claim("aud", issuer)));
    list.push(("a list as issuer, well signed", forger.claim("iss", [issuer])));
    list.push(("two audiences, well signed", forger.claim("aud", [audience, "https://evil.example"])));
    list.push(("twice the audience, well signed", forger.claim("aud", [audience, audience])));
    list.push(("a list of another audience, well signed", forger.claim("aud", ["https://evil.example"])));
    let other = if forger.said("principal_kind") == "client" { "professional" } else { "client" };
    for kind in [other, "", "Client", "CLIENT", "PROFESSIONAL", "client ", "system", "administrator"] {
        list.push(("another kind of principal, well signed", forger.claim("principal_kind", kind)));
    }
    list.push(("an object as kind of principal, well signed", forger.claim("principal_kind", json!({ forger.said("principal_kind"): null }))));
    if other == "client" {
        list.push(("a professional's token with scopes, well signed", forger.claim("scope", "sessions:read")));
        list.push(("a professional's token with an empty scope, well signed", forger.claim("scope", "")));
    } else {
        list.push(("a client's token without scope, well signed", forger.token(&forger.header, &without(&forger.claims, "scope"))));
    }
    list
}

/// Subjects that are not one, or not one alone.
fn subjects(forger: &Forger) -> Vec<Forgery> {
    let mut list = Vec::new();
    for id in [
        "",
        "1",
        "admin",
        "0199aa107b2c7d3e8f40123456789abc",
        "0199AA10-7B2C-7D3E-8F40-123456789ABC",
        "{0199aa10-7b2c-7d3e-8f40-123456789abc}",
        "urn:uuid:0199aa10-7b2c-7d3e-8f40-123456789abc",
        "0199aa10-7b2c-7d3e-8f40-123456789ab",
        "0199aa10-7b2c-7d3e-8f40-123456789abc ",
        "0199aa10-7b2c-7d3e-8f40-123456789abc\0",
        "0199aa10-7b2c-7d3e-8f40-123456789abg",
        "0199aa10_7b2c_7d3e_8f40_123456789abc",
        "' OR '1'='1",
    ] {
        list.push(("a subject that is no canonical UUID, well signed", forger.claims([("sub", json!(id)), ("client_id", json!(id))])));
        list.push(("a token's id that is no canonical UUID, well signed", forger.claim("jti", id)));
    }
    let other = "0199aa10-7b2c-7d3e-8f40-0123456789ff";
    list.push(("another client_id than the subject, well signed", forger.claim("client_id", other)));
    list.push(("another subject than the client_id, well signed", forger.claim("sub", other)));
    list
}

/// Times that are over, to come, too far apart, or none.
fn times(forger: &Forger) -> Vec<Forgery> {
    let (iat, exp) = (forger.number("iat"), forger.number("exp"));
    let day = 24 * 3600;
    let at = |iat: i64, exp: i64| forger.claims([("iat", json!(iat)), ("exp", json!(exp))]);
    let mut list = vec![
        ("expired an hour ago", at(iat - 7200, iat - 3600)),
        ("expired a moment ago", at(iat - 900, iat - 6)),
        ("expired since 1970", at(0, 60)),
        ("an end before the start, well signed", at(iat, iat - 1)),
        ("an end at the start, well signed", at(iat, iat)),
        ("an end at 0, well signed", forger.claim("exp", 0)),
        ("an end before 1970, well signed", forger.claim("exp", -1)),
        ("both before 1970, well signed", at(-100, -1)),
        ("a start before 1970, well signed", forger.claim("iat", -1)),
        ("the earliest start, well signed", forger.claim("iat", i64::MIN)),
        ("the earliest end, well signed", forger.claim("exp", i64::MIN)),
        ("a start in 1970, well signed", forger.claim("iat", 0)),
        ("an end too far away, well signed", forger.claim("exp", iat + day + 60)),
        ("an end in a year, well signed", forger.claim("exp", iat + 365 * day)),
        ("an end in milliseconds, well signed", forger.claim("exp", exp.saturating_mul(1000))),
        ("the last end, well signed", forger.claim("exp", i64::MAX)),
        ("an end after the last, well signed", forger.claim("exp", u64::MAX)),
        ("a start long ago, well signed", forger.claim("iat", iat - 30 * day)),
        ("signed in an hour, well signed", at(iat + 3600, exp + 3600)),
        ("signed in a year, well signed", at(iat + 365 * day, exp + 365 * day)),
        ("not before an hour from now, well signed", forger.claim("nbf", iat + 3600)),
        ("never, well signed", forger.claim("nbf", i64::MAX)),
    ];
    let claims = |name: &str, raw: &str| forger.text(forger.header.to_string(), raw_claim(forger, name, raw));
    for name in ["exp", "iat", "nbf"] {
        let whole = if name == "exp" { exp } else { iat };
        for raw in [&format!("{whole}.0"), &format!("{whole}.5"), &format!("{whole}e0"), "1e400", "-0.0", "1e10", &format!("\"{whole}\"")] {
            list.push(("a time that is no whole number, well signed", claims(name, raw)));
        }
        for raw in ["NaN", "Infinity", "0x7fffffff", "01", "+1", "", "99999999999999999999999999"] {
            list.push(("a time that is no number, well signed", claims(name, raw)));
        }
    }
    list
}

/// One claim said twice.
fn doubles(forger: &Forger) -> Vec<Forgery> {
    let text = forger.claims.to_string();
    let inside = text.trim_matches(['{', '}']);
    let mut list = Vec::new();
    for claim in ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "principal_kind"] {
        let value = forger.claims.get(claim).cloned().unwrap_or_default();
        let escaped = format!("\\u{:04x}{}", claim.bytes().next().unwrap_or(b'a'), claim.get(1..).unwrap_or(""));
        for payload in [
            format!(r#"{{"{claim}":{value},{inside}}}"#),
            format!(r#"{{{inside},"{claim}":{value}}}"#),
            format!(r#"{{{inside},"{claim}":null}}"#),
            format!(r#"{{{inside},"{escaped}":{value}}}"#),
        ] {
            list.push(("a claim said twice, well signed", forger.text(forger.header.to_string(), payload)));
        }
    }
    let scopes = raw_claim(forger, "scope", r#""sessions:read","scope":"sessions:write""#);
    list.push(("the scope said twice, well signed", forger.text(forger.header.to_string(), scopes)));
    list
}

/// Payloads that are no object of claims.
fn payloads(forger: &Forger) -> Vec<Forgery> {
    let header = forger.header.to_string();
    let text = forger.claims.to_string();
    let values: Vec<_> = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "principal_kind", "scope"]
        .iter()
        .map(|name| forger.claims.get(*name).cloned().unwrap_or(json!(0)))
        .collect();
    let said = |name: &str, raw: &str| raw_claim(forger, name, raw);
    let mut list = Vec::new();
    for payload in [
        String::new(),
        "{}".to_owned(),
        "null".to_owned(),
        "0".to_owned(),
        "x".to_owned(),
        json!(text).to_string(),
        json!(values).to_string(),
        format!("[{text}]"),
        format!("{text}{text}"),
        format!("{text}x"),
        format!("{text}\0"),
        format!("\u{feff}{text}"),
        text.trim_end_matches('}').to_owned(),
        text.replace('"', "'"),
        said("aud", &format!("{}1{}", "[".repeat(500), "]".repeat(500))),
        said("iss", r#""\ud800""#),
    ] {
        list.push(("a payload that is no object of claims, well signed", forger.text(&header, payload)));
    }
    let mut bytes = text.replacen(forger.said("iss"), "#", 1).into_bytes();
    bytes.iter_mut().filter(|byte| **byte == b'#').for_each(|byte| *byte = 0xff);
    list.push(("a payload that is not UTF-8, well signed", forger.text(&header, bytes)));
    list.push(("a token longer than any, well signed", forger.claim("padding", "a".repeat(4096))));
    list.push(("a token much longer than any, well signed", forger.claim("padding", "a".repeat(20_000))));
    list
}

/// A claim as text, whatever its type.
fn claim_text(forger: &Forger, name: &str) -> String {
    match forger.claims.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => forger.number("iat").to_string(),
    }
}

/// The good claims with one of them written anew, as JSON that need not be.
fn raw_claim(forger: &Forger, name: &str, raw: &str) -> String {
    format!(r#"{},"{name}":{raw}}}"#, without(&forger.claims, name).to_string().trim_end_matches('}'))
}
