//! What no well-behaved client sends: bodies, parameters, headers, paths and frames that are wrong in every way we could think of. Each
//! is refused with a problem that says where, never with 5xx, and the server lives on. The rules of the domain are not here.

use std::collections::BTreeMap;

use api_tests::client::fresh_key;
use api_tests::contract::contract;
use api_tests::{Answer, Client, TestServer, on_both, raw};
use serde_json::{Value, json};

use crate::table::{Example, World};

/// Values that are wrong for nearly every field, as they stand in a body.
const WRONG_VALUES: [&str; 36] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "-0.0",
    "1e400",
    "99999999999999999999",
    "-9223372036854775809",
    "2147483648",
    "\"\"",
    "\" \"",
    "\"x\"",
    "[]",
    "[null]",
    "[[]]",
    "{}",
    "{\"a\":1}",
    r#""\u0000""#,
    r#""a\u0000b""#,
    r#""\ud800""#,
    r#""\u0007""#,
    r#""\u001b[31m""#,
    r#""\u202e""#,
    "\"a\tb\"",
    "\"2026-02-30\"",
    "\"0000-00-00\"",
    "\"9999-12-31\"",
    "\"25:61\"",
    "\"' or 1=1; --\"",
    "\"${jndi:ldap://x}\"",
    "\"<script>\"",
    "\"\u{1f600}\"",
    "NaN",
    "'x'",
    "",
];

/// Values that are wrong by their size alone.
fn huge_values() -> [String; 4] {
    [
        format!("\"{}\"", "a".repeat(1 << 20)),
        format!("\"{}\"", "\u{301}".repeat(5000)),
        format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("[{}]", "0,".repeat(20_000) + "0"),
    ]
}

/// A place in a body: its JSON Pointer.
fn places(body: &Value, at: &str, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match body {
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), member)).collect(),
        // One of a list stands for all of them.
        Value::Array(items) => items.first().map(|item| ("0".to_owned(), item)).into_iter().collect(),
        _ => Vec::new(),
    };
    for (name, member) in members {
        let at = format!("{at}/{name}");
        places(member, &at, found);
        found.push(at);
    }
}

/// The body with something else, which need not be JSON, in one place.
fn with(body: &Value, place: &str, text: &str) -> String {
    const MARK: &str = "the place";
    let mut body = body.clone();
    *body.pointer_mut(place).unwrap() = json!(MARK);
    body.to_string().replace(&format!("\"{MARK}\""), text)
}

/// What the document says an operation takes.
fn request_schema(example: &Example) -> Value {
    example.operation().value["requestBody"]["content"]["application/json"]["schema"].clone()
}

/// Sends a body of any bytes to the operation of an example, as everything else about it is right.
async fn send(example: &Example, by: &Client, body: impl Into<Vec<u8>>) -> Answer {
    let mut ask = by.ask(&example.operation().method, &example.path()).json_text(body);
    if example.operation().method == "POST" && !example.operation().is_question() {
        ask = ask.key();
    }
    if example.operation().needs_if_match() {
        // Of a version that nothing has: what is wrong with the body comes first.
        ask = ask.header("If-Match", "\"999999.00000000\"");
    }
    ask.send().await
}

/// What everything in this file leaves behind: a server that answers and a sheet that is filled.
async fn assert_alive(server: &TestServer) {
    server.anonymous().get("/livez").await.expect(200);
    server.anonymous().get("/readyz").await.expect(200);
    let association = server.given().sheet(1).await;
    server.manager().await.put(&association.sheet_path(), association.all_present()).await.expect(200);
}

#[test]
fn a_body_that_does_not_fit_its_schema_is_refused_and_nothing_is_a_defect() {
    on_both(async |server| {
        let world = World::new(server).await;
        let huge = huge_values();
        let (mut sent, mut refused, mut wrong) = (0, 0, Vec::new());
        // What ends things comes last in the table, and would end them for the others too.
        let lasting = |example: &&Example| !example.operation.starts_with("end") && example.body.is_some();
        for example in world.examples().iter().filter(lasting) {
            let (body, schema) = (example.body.as_ref().unwrap(), request_schema(example));
            assert_eq!(contract().schema_faults(&schema, body), Vec::<String>::new(), "{}: the example fits its schema", example.operation);
            let mut all = Vec::new();
            places(body, "", &mut all);
            for (number, place) in all.iter().enumerate() {
                // One place an operation is enough for what is wrong by its size.
                let huge = if number == 0 { huge.as_slice() } else { &[] };
                for value in WRONG_VALUES.into_iter().chain(huge.iter().map(String::as_str)) {
                    let text = with(body, place, value);
                    let answer = send(example, world.caller(example.by), text.clone()).await;
                    let shown: String = value.chars().take(60).collect();
                    sent += 1;
                    let expected = match serde_json::from_str::<Value>(&text) {
                        Err(_) => answer.status == 400 && answer.code() == "MALFORMED_BODY",
                        Ok(body) if !contract().schema_faults(&schema, &body).is_empty() => answer.status == 422,
                        Ok(_) => answer.status < 500,
                    };
                    if !expected {
                        wrong.push(format!("{}: {shown} at {place}: {} {}", answer.asked, answer.status, answer.code()));
                    }
                    refused += usize::from(answer.status >= 400);
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {sent} were answered otherwise:\n{}", wrong.len(), wrong.join("\n"));
        assert!(sent >= 2000 && refused * 10 >= sent * 8, "{refused} of {sent} were refused");
        assert_alive(server).await;
    });
}

#[test]
fn an_unknown_a_missing_and_a_repeated_field_are_named() {
    on_both(async |server| {
        let world = World::new(server).await;
        for example in world.examples().iter().filter(|example| example.body.is_some()) {
            let (body, by) = (example.body.as_ref().unwrap(), world.caller(example.by));
            let mut unknown = body.clone();
            unknown["unheard_of"] = json!(1);
            let answer = send(example, by, unknown.to_string()).await.expect_problem(422, "INVALID");
            assert_eq!(answer.faults(), [("FIELD_UNKNOWN".to_owned(), "/unheard_of".to_owned())], "{}", answer.asked);

            let schema = request_schema(example);
            let named = |name: &str| !contract().schema_faults(&schema, &without(body, name)).is_empty();
            for name in body.as_object().unwrap().keys().filter(|name| named(name)) {
                let answer = send(example, by, without(body, name).to_string()).await.expect_problem(422, "INVALID");
                assert_eq!(answer.faults(), [("FIELD_MISSING".to_owned(), format!("/{name}"))], "{}", answer.asked);
            }

            let text = body.to_string();
            let first = body.as_object().unwrap().keys().next().unwrap();
            let escaped = format!("\\u{:04x}{}", first.as_bytes()[0], &first[1..]);
            for name in [first, &escaped] {
                let twice = format!("{},\"{name}\":{}}}", text.strip_suffix('}').unwrap(), body[first]);
                let answer = send(example, by, twice).await.expect_problem(400, "DUPLICATE_KEY");
                assert_eq!(answer.faults(), [("DUPLICATE_KEY".to_owned(), format!("/{first}"))], "{}", answer.asked);
            }
        }
    });
}

fn without(body: &Value, name: &str) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove(name);
    body
}

#[test]
fn a_body_that_is_no_object_of_json_is_refused() {
    on_both(async |server| {
        let world = World::new(server).await;
        let operations =
            ["registerOrganisation", "planSession", "recordAttendance", "registerBeneficiary", "moveSession", "giveSecret", "correctAttendance"];
        for example in operations.map(|operation| world.example(operation)) {
            let (text, by) = (example.body.as_ref().unwrap().to_string(), world.caller(example.by));
            let deep = format!("{{\"a\":{}{}}}", "{\"a\":".repeat(10_000) + "1", "}".repeat(10_000));
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let inside = |bytes: &[u8]| [b"{\"name\":\"".as_slice(), bytes, b"\"}"].concat();
            let malformed: Vec<(&str, Vec<u8>)> = vec![
                ("half", text.as_bytes()[..text.len() / 2].to_vec()),
                ("twice", format!("{text}{text}").into_bytes()),
                ("trailing", format!("{text}x").into_bytes()),
                ("a trailing comma", text.replacen('}', ",}", 1).into_bytes()),
                ("a comment", format!("/* */{text}").into_bytes()),
                ("single quotes", text.replace('"', "'").into_bytes()),
                ("a byte order mark", format!("\u{feff}{text}").into_bytes()),
                ("UTF-16", utf16),
                ("a NUL behind", format!("{text}\0").into_bytes()),
                ("white space alone", b" \n\t ".to_vec()),
                ("a lone surrogate", inside(br"\ud800")),
                ("two halves the wrong way round", inside(br"\udc00\ud800")),
                ("bytes that are no UTF-8", inside(&[0xff, 0xfe])),
                ("an overlong NUL", inside(&[0xc0, 0x80])),
                ("an encoded surrogate", inside(&[0xed, 0xa0, 0x80])),
                ("a raw line feed", inside(b"a\nb")),
                ("a raw NUL", inside(b"a\0b")),
                ("a bad escape", inside(br"\x41")),
                ("a depth of 10,000", deep.into_bytes()),
                ("10,000 brackets", "[".repeat(10_000).into_bytes()),
                ("10,000 braces", "{\"a\":".repeat(10_000).into_bytes()),
                ("a number without end", format!("{{\"a\":{}}}", "9".repeat(100_000)).into_bytes()),
                ("XML", b"<?xml version=\"1.0\"?><a/>".to_vec()),
                ("a form", b"a=1&b=2".to_vec()),
                ("binary", (0..=255).collect()),
            ];
            for (name, body) in malformed {
                let answer = send(&example, by, body).await;
                assert!(
                    matches!((answer.status, answer.code().as_str()), (400, "MALFORMED_BODY") | (422, "INVALID")),
                    "{name}: {} {}",
                    answer.asked,
                    answer.text()
                );
                assert!(answer.status == 400 || name == "a number without end", "{name}: {} {}", answer.asked, answer.text());
            }
            for other in ["[]", "null", "true", "0", "\"x\"", "[{}]"] {
                let answer = send(&example, by, other).await.expect_problem(422, "INVALID");
                assert_eq!(answer.faults(), [("WRONG_TYPE".to_owned(), String::new())], "{other}: {}", answer.asked);
            }
        }
        assert_alive(server).await;
    });
}

#[test]
fn a_body_of_more_than_two_mebibytes_is_413_and_one_of_less_is_read() {
    on_both(async |server| {
        let world = World::new(server).await;
        let example = world.example("registerOrganisation");
        let by = world.caller("administrator");
        let (limit, text) = (2 * 1024 * 1024, example.body.as_ref().unwrap().to_string());
        let padded = |size: usize| format!("{text}{}", " ".repeat(size - text.len()));
        send(&example, by, padded(limit)).await.expect(201);
        send(&example, by, padded(limit + 1)).await.expect_problem(413, "BODY_TOO_LARGE");
        send(&example, by, padded(limit * 8)).await.expect_problem(413, "BODY_TOO_LARGE");
        // Too large comes before who may.
        send(&example, world.caller("analyst"), padded(limit + 1)).await.expect_problem(413, "BODY_TOO_LARGE");
        send(&example, &server.anonymous(), padded(limit + 1)).await.expect_problem(401, "UNAUTHENTICATED");

        // In chunks, so that nobody says beforehand how long it will be.
        let head = format!(
            "POST /v1/organisations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nIdempotency-Key: {}\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
            by.token().await.unwrap(),
            fresh_key()
        );
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        let chunks = head + &chunk.repeat(33) + "0\r\n\r\n";
        let answer = server.raw("POST", "/v1/organisations", chunks.as_bytes()).await.unwrap();
        answer.expect_problem(413, "BODY_TOO_LARGE");
        assert_alive(server).await;
    });
}

#[test]
fn media_types_that_are_not_json_are_refused_before_anything_else_is_looked_at() {
    on_both(async |server| {
        let world = World::new(server).await;
        for operation in ["registerOrganisation", "recordAttendance", "closeSheet", "moveSession"] {
            let example = world.example(operation);
            let by = world.caller(example.by);
            let body = example.body.clone().unwrap_or_else(|| json!({})).to_string();
            let ask = || by.ask(&example.operation().method, &example.path()).bytes(body.clone());
            for media_type in [
                "text/plain",
                "text/json",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/jsonx",
                "application/json; charset=iso-8859-1",
                "application/json; charset=utf-16",
                "application/*",
                "*/*",
                "application",
                "",
                ";",
                "é",
                "application/merge-patch+json",
                "application/problem+json",
            ] {
                ask().header("Content-Type", media_type).send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
            }
            ask().send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
            for encoding in ["gzip", "br", "deflate", "identity, gzip", "x"] {
                let encoded = ask().header("Content-Type", "application/json").header("Content-Encoding", encoding).send().await;
                encoded.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
            }
        }
        let example = world.example("registerOrganisation");
        let body = example.body.as_ref().unwrap().to_string();
        for media_type in
            ["application/json", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "Application/JSON", "application/json; x=y"]
        {
            let ask = world.caller("administrator").ask("POST", "/v1/organisations").key().header("Content-Type", media_type).bytes(body.clone());
            ask.send().await.expect(201);
        }
    });
}

#[test]
fn who_accepts_no_json_gets_406() {
    on_both(async |server| {
        let world = World::new(server).await;
        let asking = async |operation: &str, accept: &str| {
            let example = world.example(operation);
            let ask = world.caller(example.by).ask(&example.operation().method, &example.path()).header("Accept", accept);
            match &example.body {
                Some(body) => ask.key().json(body).send().await,
                None => ask.send().await,
            }
        };
        for accept in ["text/html", "application/xml", "text/csv, application/pdf", "image/*", "application/json;q=0", "x", "text/*;q=1.0"] {
            for operation in ["listSessions", "readSession", "registerOrganisation", "readMe"] {
                let answer = asking(operation, accept).await;
                assert_eq!((answer.status, answer.code().as_str()), (406, "NOT_ACCEPTABLE"), "{accept:?}: {}", answer.asked);
            }
        }
        for accept in
            ["*/*", "application/*", "application/json", "text/html, application/json;q=0.5", "text/html;q=0.9,*/*;q=0.1", "", "APPLICATION/JSON"]
        {
            asking("listSessions", accept).await.expect(200);
        }
    });
}

#[test]
fn an_idempotency_key_has_a_form() {
    on_both(async |server| {
        let world = World::new(server).await;
        for operation in ["registerOrganisation", "planSession", "closeSheet"] {
            let example = world.example(operation);
            let ask = || {
                let ask = world.caller(example.by).ask("POST", &example.path());
                if let Some(body) = &example.body { ask.json(body) } else { ask }
            };
            ask().send().await.expect_problem(400, "IDEMPOTENCY_KEY_MISSING");
            let (short, long) = ("a".repeat(15), "a".repeat(129));
            for key in [
                "",
                "a",
                &short,
                &long,
                "\"\"",
                "\"aaaaaaaaaaaaaaaa",
                "aaaaaaaaaaaaaaaa\"",
                "aaaaaaaa aaaaaaaa",
                "aaaaaaaaaaaaaaaaé",
                "aaaaaaaaaaaaaaaa/",
                "aaaaaaaaaaaaaaaa%",
                "'; drop table x; --",
                "aaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbb",
                "\"\"aaaaaaaaaaaaaaaa\"\"",
                "?1234567890123456",
                &"a".repeat(50_000),
            ] {
                let answer = ask().header("Idempotency-Key", key).send().await.expect_problem(400, "IDEMPOTENCY_KEY_MALFORMED");
                assert_eq!(answer.faults()[0].1, "Idempotency-Key");
            }
            let twice = ask().header("Idempotency-Key", &fresh_key()).header("Idempotency-Key", &fresh_key()).send().await;
            twice.expect_problem(400, "IDEMPOTENCY_KEY_MALFORMED");
            // The key comes before the body.
            let both_wrong = world.caller(example.by).ask("POST", &example.path()).json_text("{").send().await;
            both_wrong.expect_problem(400, "IDEMPOTENCY_KEY_MISSING");
        }
        let by = world.caller("administrator");
        let quoted = |key: &str| by.ask("POST", "/v1/organisations").header("Idempotency-Key", key).json(&json!({"kind": "other", "name": "Une"}));
        let (bare, longest) = (fresh_key(), format!("{}{}", fresh_key(), "._:-".repeat(40)).chars().take(128).collect::<String>());
        let first = quoted(&bare).send().await.expect(201);
        let again = quoted(&format!("\"{bare}\"")).send().await.expect(201);
        assert_eq!((again.id(), again.header("idempotent-replayed")), (first.id(), Some("true")), "quoted or bare, it is the same key");
        quoted(&longest).send().await.expect(201);
    });
}

#[test]
fn a_precondition_has_a_form() {
    on_both(async |server| {
        let world = World::new(server).await;
        for operation in [
            "moveSession",
            "editOrganisation",
            "assessEnrolment",
            "editBeneficiary",
            "editGroup",
            "editAction",
            "redrawTerritory",
            "editProfessional",
        ] {
            let example = world.example(operation);
            let by = world.caller(example.by);
            let ask = || by.ask("PUT", &example.path()).json(example.body.as_ref().unwrap());
            ask().send().await.expect_problem(428, "PRECONDITION_REQUIRED");
            for stale in ["\"999.00000000\"", "\"0.00000000\"", "\"-1.0\"", "\"999\", \"1000\"", "W/\"999.0\""] {
                ask().header("If-Match", stale).send().await.expect_problem(412, "STALE_VERSION");
            }
            for bad in ["1", "", "\"", "\"\"", "\"x\"", "\"1", "1\"", "\"99999999999999\"", "\"1.0\" \"2.0\"", ",", "\"1.0\",", "é", "null", "'1.0'"]
            {
                let answer = ask().header("If-Match", bad).send().await;
                assert!(
                    matches!((answer.status, answer.code().as_str()), (400, "INVALID_HEADER")),
                    "If-Match {bad:?}: {} {}",
                    answer.asked,
                    answer.text()
                );
            }
            example.send(by).await.expect(200);
        }
        // An If-None-Match that is none is no match.
        let example = world.example("readSession");
        for none in ["", "x", "\"", "W/", "\"999.00000000\"", "é"] {
            world.caller("client").ask("GET", &example.path()).header("If-None-Match", none).send().await.expect(200);
        }
        for known in
            ["*", &example.send(world.caller("client")).await.etag(), &format!("\"x\", W/{}", example.send(world.caller("client")).await.etag())]
        {
            world.caller("client").ask("GET", &example.path()).header("If-None-Match", known).send().await.expect(304);
        }
    });
}

#[test]
fn a_query_says_what_the_document_knows_and_nothing_else() {
    on_both(async |server| {
        let world = World::new(server).await;
        let (long, mut wrong) = ("a".repeat(5000), Vec::new());
        for operation in contract().operations.iter().filter(|operation| operation.method == "GET" && !operation.public) {
            let example = world.example(&operation.id);
            let by = world.caller(example.by);
            let get = async |query: &str| by.get(&example.path_asking_also(query)).await;
            let mut bad = vec!["unheard_of=1", "Limit=1", "limit[]=1", "=", "=1"];
            if operation.is_list() {
                bad.extend([
                    "limit=0",
                    "limit=201",
                    "limit=-1",
                    "limit=",
                    "limit=x",
                    "limit=1.0",
                    "limit=1e1",
                    "limit=99999999999999999999",
                    "limit=%31%00",
                    "limit=1&limit=2",
                    "cursor=",
                    "cursor=x",
                    "cursor=%00",
                    "cursor=AAAA",
                    "cursor=%C3%A9",
                    "cursor=../../etc",
                    "cursor=eyJhIjoxfQ",
                    "limit=1;cursor=x",
                ]);
            }
            let names = operation.parameters().into_iter().filter(|one| one["in"] == "query").map(|one| one["name"].as_str().unwrap().to_owned());
            for name in names.filter(|name| !["limit", "cursor"].contains(&name.as_str())) {
                for value in ["", "x", "%00", "2026-02-30", "%F0%9F%98%80", "01900000-0000-7000-8000-00000000dea", "null", "'", long.as_str()] {
                    let answer = by.get(&example.path_asking(&format!("{name}={value}"))).await;
                    if answer.status != 400 {
                        wrong.push(format!("{:.200}: {} {}", answer.asked, answer.status, answer.code()));
                    }
                }
                by.get(&example.path_asking(&format!("{name}=1&{name}=2"))).await.expect(400);
            }
            for query in bad {
                let answer = get(query).await;
                if answer.status != 400 || !["INVALID_PARAMETER", "CURSOR_INVALID"].contains(&answer.code().as_str()) {
                    wrong.push(format!("{}: {} {}", answer.asked, answer.status, answer.code()));
                }
            }
            for query in ["%ff=1", "limit=%ff", "%"] {
                let answer = get(query).await;
                if answer.status != 400 {
                    wrong.push(format!("{}: {} {}", answer.asked, answer.status, answer.code()));
                }
            }
        }
        assert!(wrong.is_empty(), "{} were answered otherwise:\n{}", wrong.len(), wrong.join("\n"));
        for operation in ["registerOrganisation", "recordAttendance", "closeSheet"] {
            let example = world.example(operation);
            let ask = world.caller(example.by).ask(&example.operation().method, &format!("{}?x=1", example.path())).key();
            let ask = if let Some(body) = &example.body { ask.json(body) } else { ask };
            ask.send().await.expect_problem(400, "INVALID_PARAMETER");
        }
    });
}

#[test]
fn a_cursor_is_good_for_its_own_list_alone() {
    on_both(async |server| {
        let given = server.given();
        let association = given.sheet(2).await;
        given.session(&association.group, &given.day(2)).await;
        given.group(&association.action).await;
        let manager = server.manager().await;
        let of = async |path: &str| manager.get(path).await.expect(200).json()["next_cursor"].as_str().unwrap().to_owned();
        let sessions = of("/v1/sessions?limit=1").await;
        let filtered = of(&format!("/v1/sessions?limit=1&group_id={}", association.group)).await;
        let people = of("/v1/beneficiaries?limit=1").await;
        let altered: String =
            sessions.char_indices().map(|(at, letter)| if at == 3 { if letter == 'A' { 'B' } else { 'A' } } else { letter }).collect();
        manager.get(&format!("/v1/sessions?limit=1&cursor={sessions}")).await.expect(200);
        manager.get(&format!("/v1/sessions?limit=2&cursor={sessions}")).await.expect(200);
        for wrong in [
            format!("/v1/sessions?cursor={filtered}"),
            format!("/v1/sessions?cursor={people}"),
            format!("/v1/sessions?cursor={altered}"),
            format!("/v1/sessions?cursor={sessions}A"),
            format!("/v1/sessions?cursor={sessions}="),
            format!("/v1/sessions?cursor={sessions}&sheet=open"),
            format!("/v1/sessions?cursor={sessions}&updated_since=2020-01-01T00:00:00Z"),
            format!("/v1/groups?cursor={sessions}"),
            format!("/v1/groups/{}/enrolments?cursor={people}", association.group),
        ] {
            let answer = manager.get(&wrong).await;
            assert!(answer.status == 400 && answer.code() == "CURSOR_INVALID", "{wrong}: {}", answer.text());
        }
    });
}

#[test]
fn strange_paths_are_absent() {
    on_both(async |server| {
        let token = server.administrator().token().await.unwrap();
        let session = server.given().sheet(1).await.session;
        let long = format!("/v1/sessions/{}", "a".repeat(10_000));
        let many = "/v1".to_owned() + &"/a".repeat(2000);
        for path in [
            "/v1",
            "/v1/",
            "/v1/nothing",
            "/v1/Sessions",
            "/V1/sessions",
            "/v1/sessions/",
            "/v1//sessions",
            "//v1/sessions",
            "/v1/sessions/%00",
            "/v1/sessions/%ff",
            "/v1/sessions/%2e%2e",
            "/v1/sessions/..",
            "/v1/sessions/../organisations",
            "/v1/./sessions",
            "/v1/sessions/%2F",
            "/v1/sessions/a%2Fb",
            "/v1/sessions;a=b",
            "/v1/sessions/é",
            "/v1/sessions/%C3%A9",
            "/v1/sessions/%",
            "/v1/sessions/%zz",
            "/v1/sessions/%25",
            "/v1/sessions/\u{7f}",
            "/v1/sessions/<script>",
            "/v1/sessions/'",
            "/v1/sessions/{id}",
            "/v1/sessions/null",
            "/v1/sessions/0",
            "/v1/reference/nothing",
            "/v1/reference/",
            "/v1/reference/%00",
            "/v1/reference/../me",
            "/",
            "",
            "*",
            "/favicon.ico",
            "/.env",
            "/openapi.json/",
            "/openapi.yaml",
            "/livez/",
            "/docs/../../etc/passwd",
            "/docs/%2e%2e/x",
            "/docs/nothing.js",
            "/problems/nothing",
            "/problems/",
            "/problems/%00",
            "/problems/<script>",
            "/oauth",
            "/oauth/",
            "/oauth/authorize",
            &long,
            &many,
            &format!("/v1/sessions/{session}/"),
            &format!("/v1/sessions/{{{session}}}"),
            &format!("/v1/sessions/urn:uuid:{session}"),
            &format!("/v1/sessions/{}", session.replace('-', "")),
            &format!("/v1/sessions/{session}/attendance/"),
            &format!("/v1/sessions/{session}/nothing"),
            &format!("/v1/sessions/{session}%20"),
            &format!("/v1/sessions/{session}\0"),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
            let Some(answer) = raw::send(server.address(), path, request.as_bytes()).await else { continue };
            // What is no path of HTTP is refused below us, without a word.
            let below_us = answer.body.is_empty() && answer.status == 400;
            assert!(below_us || matches!(answer.status, 404 | 403), "{path}: {} {}", answer.status, answer.text());
            if !below_us {
                assert_eq!(contract().faults("GET", "/nothing", &answer), Vec::<String>::new(), "{path}");
            }
        }
        assert_alive(server).await;
    });
}

#[test]
fn another_verb_is_405_and_says_which_there_are() {
    on_both(async |server| {
        let world = World::new(server).await;
        let manager = world.caller("manager");
        let mut by_template: BTreeMap<&str, (String, Vec<&str>)> = BTreeMap::new();
        for operation in &contract().operations {
            let path = match world.examples().iter().find(|example| example.operation == operation.id) {
                Some(example) => example.path(),
                None => operation.path_with(|_| "session-not-started".to_owned()),
            };
            by_template.entry(&operation.path).or_insert((path, Vec::new())).1.push(&operation.method);
        }
        for (path, verbs) in by_template.values() {
            for verb in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"].iter().filter(|verb| !verbs.contains(verb)) {
                let answer = manager.ask(verb, path).send().await.expect_problem(405, "METHOD_NOT_ALLOWED");
                let mut allowed: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
                let mut expected = verbs.clone();
                allowed.sort_unstable();
                expected.sort_unstable();
                assert_eq!(allowed, expected, "{}", answer.asked);
            }
        }
    });
}

#[test]
fn headers_of_garbage_change_nothing() {
    on_both(async |server| {
        let world = World::new(server).await;
        let example = world.example("readSession");
        let plain = example.send(world.caller("client")).await.expect(200);
        let long = "a".repeat(20_000);
        for (name, value) in [
            ("traceparent", ""),
            ("traceparent", "garbage"),
            ("traceparent", "00-0-0-00"),
            ("traceparent", "00-00000000000000000000000000000000-0000000000000000-00"),
            ("traceparent", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("traceparent", &long),
            ("traceparent", "é"),
            ("tracestate", "\"'<>"),
            ("Accept-Language", ""),
            ("Accept-Language", ";;;,,,q=q"),
            ("Accept-Language", &long),
            ("Accept-Language", "en;q=99999999999999999999"),
            ("Accept-Language", "é"),
            ("X-Request-Id", "mine"),
            ("X-Forwarded-For", "127.0.0.1, '"),
            ("X-Forwarded-Host", "evil.example"),
            ("Forwarded", "host=evil.example"),
            ("X-HTTP-Method-Override", "DELETE"),
            ("Cookie", "a=b; c"),
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Referer", "\\\\"),
            ("Range", "bytes=0-1"),
            ("Expect", "nothing"),
            ("If-Modified-Since", "yesterday"),
            ("If-Match", "garbage"),
            ("Idempotency-Key", "short"),
            ("Content-Type", "garbage"),
            ("Content-Language", "xx"),
            ("Prefer", "return=minimal"),
            ("Upgrade", "h2c"),
            ("User-Agent", &long),
        ] {
            let answer = world.caller("client").ask("GET", &example.path()).header_bytes(name, value.as_bytes()).send().await;
            assert_eq!((answer.status, &answer.body), (200, &plain.body), "{name}: {value:.60}: {}", answer.text());
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
        let english = world.caller("client").ask("GET", "/v1/sessions/0").header("Accept-Language", "en").send().await.expect(404);
        let french = world.caller("client").ask("GET", "/v1/sessions/0").send().await.expect(404);
        assert_eq!((english.header("content-language"), french.header("content-language")), (Some("en"), Some("fr")));
        assert_ne!(english.field("title"), french.field("title"));
        assert_eq!(english.code(), french.code());
    });
}

#[test]
fn what_is_no_http_at_all_is_refused_and_forgotten() {
    on_both(async |server| {
        let token = server.administrator().token().await.unwrap();
        let head = format!("Host: x\r\nAuthorization: Bearer {token}\r\n");
        let key = fresh_key();
        let many: String = "x-one-of-many: 1\r\n".repeat(300);
        let frames: Vec<(&str, Vec<u8>)> = vec![
            ("nothing", Vec::new()),
            ("a line feed", b"\r\n\r\n\r\n\r\n".to_vec()),
            ("binary", (0..=255).cycle().take(4096).collect()),
            ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
            ("HTTP/0.9", b"GET /v1/me\r\n\r\n".to_vec()),
            ("HTTP/9.9", format!("GET /v1/me HTTP/9.9\r\n{head}\r\n").into_bytes()),
            ("no verb", format!(" /v1/me HTTP/1.1\r\n{head}\r\n").into_bytes()),
            ("a header without a colon", format!("GET /v1/me HTTP/1.1\r\n{head}garbage\r\nConnection: close\r\n\r\n").into_bytes()),
            ("a header name with a space", format!("GET /v1/me HTTP/1.1\r\n{head}a b: c\r\nConnection: close\r\n\r\n").into_bytes()),
            ("a header with a NUL", format!("GET /v1/me HTTP/1.1\r\n{head}a: b\0c\r\nConnection: close\r\n\r\n").into_bytes()),
            ("a folded header", format!("GET /v1/me HTTP/1.1\r\n{head}a: b\r\n c\r\nConnection: close\r\n\r\n").into_bytes()),
            ("300 headers", format!("GET /v1/me HTTP/1.1\r\n{head}{many}Connection: close\r\n\r\n").into_bytes()),
            ("a header of a mebibyte", format!("GET /v1/me HTTP/1.1\r\n{head}a: {}\r\nConnection: close\r\n\r\n", "a".repeat(1 << 20)).into_bytes()),
            ("a line of a mebibyte", format!("GET /{} HTTP/1.1\r\n{head}\r\n", "a".repeat(1 << 20)).into_bytes()),
            ("a negative length", format!("POST /v1/organisations HTTP/1.1\r\n{head}Content-Length: -1\r\nConnection: close\r\n\r\n").into_bytes()),
            ("a length that is no number", format!("POST /v1/organisations HTTP/1.1\r\n{head}Content-Length: x\r\nConnection: close\r\n\r\n").into_bytes()),
            ("two lengths", format!("POST /v1/organisations HTTP/1.1\r\n{head}Content-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}").into_bytes()),
            (
                "a length and chunks",
                format!("POST /v1/organisations HTTP/1.1\r\n{head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n").into_bytes(),
            ),
            ("a strange transfer", format!("POST /v1/organisations HTTP/1.1\r\n{head}Transfer-Encoding: gzip, chunked, x\r\nConnection: close\r\n\r\n").into_bytes()),
            (
                "a chunk that is none",
                format!("POST /v1/organisations HTTP/1.1\r\n{head}Idempotency-Key: {key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n").into_bytes(),
            ),
            (
                "a chunk without end",
                format!("POST /v1/organisations HTTP/1.1\r\n{head}Idempotency-Key: {key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nffffffffffffffffff\r\n{{}}").into_bytes(),
            ),
        ];
        for (name, bytes) in frames {
            // A frame that is not over yet is ended by hanging up.
            let answer = raw::send_and_hang_up(server.address(), name, &bytes).await;
            if let Some(answer) = answer {
                assert!(answer.status < 500 || answer.status == 505 || answer.status == 501, "{name}: {} {}", answer.status, answer.text());
                assert!(answer.status >= 400, "{name}: {} {}", answer.status, answer.text());
            }
        }
        assert!(server.administrator().list("/v1/organisations").await.len() == 1, "nothing was registered");
        assert_alive(server).await;
    });
}
