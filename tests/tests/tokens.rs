//! Tokens and where they come from: what is believed, for how long, and what the token endpoint says. Which functions a token opens is
//! in `access`.

use std::time::{Duration, Instant};

use api_tests::client::{encoded, form, fresh_key};
use api_tests::database::keys_dir;
use api_tests::forgery::forgeries;
use api_tests::{Answer, Client, TestServer, on_both};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Whether this can stand in a header at all.
fn fits_in_a_header(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 127))
}

async fn assert_no_forgery_is_believed(server: &TestServer, caller: &Client) {
    let good = caller.token().await.unwrap();
    let with =
        async |token: &str| server.anonymous().ask("GET", "/v1/me").header_bytes("Authorization", format!("Bearer {token}").as_bytes()).send().await;
    with(&good).await.expect(200);
    let mut tried = 0;
    for (name, token) in forgeries(&good, keys_dir()).iter().filter(|(_, token)| fits_in_a_header(token)) {
        let answer = with(token).await;
        assert_eq!(answer.status, 401, "{name} is believed: {token}");
        let code = if name.starts_with("expired") { "TOKEN_EXPIRED" } else { "TOKEN_INVALID" };
        assert_eq!(answer.code(), code, "{name}");
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer error=\"invalid_token\""), "{name}: {challenge}");
        tried += 1;
    }
    assert!(tried >= 40, "only {tried} forgeries were tried");
    with(&good).await.expect(200);
}

#[test]
fn no_forgery_of_a_machines_token_is_believed() {
    on_both(async |server| {
        let organisation = server.given().organisation().await;
        let client = server.client(&organisation, &["sessions:read"]).await;
        assert_no_forgery_is_believed(server, &client).await;
    });
}

#[test]
fn no_forgery_of_a_professionals_token_is_believed() {
    on_both(async |server| assert_no_forgery_is_believed(server, &server.administrator()).await);
}

#[test]
fn a_token_is_shown_in_one_way() {
    on_both(async |server| {
        let good = server.administrator().token().await.unwrap();
        let with = async |value: &str| server.anonymous().ask("GET", "/v1/me").header("Authorization", value).send().await;
        for value in [format!("Bearer {good}"), format!("bearer {good}"), format!("BEARER {good}")] {
            with(&value).await.expect(200);
        }
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Basic YTpi",
            &good,
            &format!("Token {good}"),
            &format!("Bearer  {good}"),
            &format!("Bearer {good} {good}"),
            &format!("Bearer\t{good}"),
        ] {
            let refused = with(value).await.expect(401);
            assert!(refused.header("www-authenticate").unwrap_or_default().starts_with("Bearer"), "{value}");
        }
        let twice = server
            .anonymous()
            .ask("GET", "/v1/me")
            .header("Authorization", &format!("Bearer {good}"))
            .header("Authorization", &format!("Bearer {good}"));
        twice.send().await.expect(401);
        let in_the_query = server.anonymous().get(&format!("/v1/me?access_token={good}")).await;
        in_the_query.expect_problem(401, "UNAUTHENTICATED");
    });
}

#[test]
fn a_machines_token_lives_fifteen_minutes_and_a_professionals_as_long_as_it_says() {
    on_both(async |server| {
        let organisation = server.given().organisation().await;
        let client = server.client(&organisation, &["sessions:read"]).await;
        let machine = server.bearer("machine", &client.token().await.unwrap());
        let person = server.bearer("administrator", &server.administrator().token().await.unwrap());
        server.advance(TimeDelta::minutes(15));
        machine.get("/v1/me").await.expect(200);
        server.advance(TimeDelta::seconds(6));
        machine.get("/v1/me").await.expect_problem(401, "TOKEN_EXPIRED");
        person.get("/v1/me").await.expect(200);
        server.advance(TimeDelta::hours(12));
        person.get("/v1/me").await.expect_problem(401, "TOKEN_EXPIRED");
        client.get("/v1/me").await.expect(200);
    });
}

/// Whoever just asked is refused within five seconds, by every worker, and stays so.
pub(crate) async fn assert_refused_within_five_seconds(server: &TestServer, token: &str) {
    let begun = Instant::now();
    let (mut last_let_through, mut refused) = (Duration::ZERO, 0);
    while refused < 24 {
        // Each on a connection of its own, so that each worker gets its share.
        let ask = server.anonymous().ask("GET", "/v1/me").header("Authorization", &format!("Bearer {token}")).header("Connection", "close").send();
        if ask.await.status == 401 {
            refused += 1;
        } else {
            (last_let_through, refused) = (begun.elapsed(), 0);
        }
        assert!(last_let_through < Duration::from_secs(5), "let through {last_let_through:?} after it was disabled");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn who_is_disabled_is_refused_within_five_seconds() {
    on_both(async |server| {
        let administrator = server.administrator();
        let organisation = server.given().organisation().await;
        let (id, secret) = server.given().credentials(&organisation, &["sessions:read"]).await;
        let client = server.machine("machine", &id, &secret, None);
        let caseworker = server.caseworker(&[]).await;
        let refused = async |caller: &Client, path: String| {
            let token = caller.token().await.unwrap();
            for _ in 0..20 {
                server.bearer("known to both workers", &token).get("/v1/me").await.expect(200);
            }
            let disabled = administrator.command(&path).await.expect(200).json();
            assert!(disabled["disabled_at"].is_string());
            assert_refused_within_five_seconds(server, &token).await;
        };
        tokio::join!(
            refused(&client, format!("/v1/clients/{id}/disablement")),
            refused(&caseworker, format!("/v1/professionals/{}/disablement", caseworker.id()))
        );
        give(server, &[("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", &secret)])
            .await
            .assert_oauth_error(401, "invalid_client");
    });
}

/// Asks the token endpoint with a form.
async fn give(server: &TestServer, pairs: &[(&str, &str)]) -> Answer {
    server.anonymous().ask("POST", "/oauth/token").form(pairs).send().await
}

/// What RFC 6749 asks of an answer of the token endpoint.
trait OAuth {
    fn assert_oauth_error(&self, status: u16, error: &str);
    fn assert_token(&self) -> Value;
}

impl OAuth for Answer {
    #[track_caller]
    fn assert_oauth_error(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.header("content-type")), (status, Some("application/json")), "{}", self.text());
        let body = self.json();
        assert_eq!(body["error"], error, "{body}");
        assert!(body["error_description"].as_str().is_some_and(|text| text.is_ascii() && !text.is_empty()), "{body}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("www-authenticate").is_some(), status == 401, "a challenge with 401 alone");
    }

    #[track_caller]
    fn assert_token(&self) -> Value {
        assert_eq!((self.status, self.header("content-type")), (200, Some("application/json")), "{}", self.text());
        assert_eq!((self.header("cache-control"), self.header("pragma")), (Some("no-store"), Some("no-cache")));
        let body = self.json();
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
        body
    }
}

#[test]
fn two_secrets_are_active_at_a_time_and_a_revoked_one_is_refused() {
    on_both(async |server| {
        let administrator = server.administrator();
        let organisation = server.given().organisation().await;
        let (id, first) = server.given().credentials(&organisation, &["sessions:read"]).await;
        server.advance(TimeDelta::seconds(1));
        let secrets = format!("/v1/clients/{id}/secrets");
        let works = async |secret: &str| give(server, &[("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", secret)]).await;

        let key = fresh_key();
        let second = administrator.post_with_key(&secrets, &key, json!({"expires_in_days": 1})).await.expect(201);
        assert_eq!(second.header("location"), Some(format!("/v1/clients/{id}").as_str()));
        let second = second.field("client_secret");
        assert_ne!(first, second);
        let again = administrator.post_with_key(&secrets, &key, json!({"expires_in_days": 1})).await;
        assert!(!again.text().contains(&second), "shown once");
        again.expect_problem(409, "SECRET_ALREADY_SHOWN");
        administrator.post_with_key(&secrets, &key, json!({"expires_in_days": 2})).await.expect_problem(422, "IDEMPOTENCY_KEY_REUSED");

        works(&first).await.assert_token();
        works(&second).await.assert_token();
        administrator.command(&secrets).await.expect_problem(409, "TOO_MANY_SECRETS");

        let client = administrator.get(&format!("/v1/clients/{id}")).await.expect(200);
        assert!(!client.text().contains(&first) && !client.text().contains(&second));
        let oldest = client.json()["secrets"][0]["id"].as_str().unwrap().to_owned();
        administrator.command(&format!("{secrets}/{oldest}/revocation")).await.expect(200);
        works(&first).await.assert_oauth_error(401, "invalid_client");
        works(&second).await.assert_token();

        let third = server.given().secret(&id).await;
        works(&third).await.assert_token();
        server.advance(TimeDelta::hours(24));
        works(&second).await.assert_oauth_error(401, "invalid_client");
        works(&third).await.assert_token();
        server.given().secret(&id).await;
        administrator.command(&secrets).await.expect_problem(409, "TOO_MANY_SECRETS");
    });
}

#[test]
fn a_disabled_machine_is_given_no_secret() {
    on_both(async |server| {
        let (given, administrator) = (server.given(), server.administrator());
        let (id, _) = given.credentials(&given.organisation().await, &["sessions:read"]).await;
        let client = format!("/v1/clients/{id}");
        let disabled = administrator.command(&format!("{client}/disablement")).await.expect(200).json();
        administrator.command(&format!("{client}/secrets")).await.expect_problem(409, "CLIENT_DISABLED");
        assert_eq!(administrator.get(&client).await.expect(200).json(), disabled);
    });
}

#[test]
fn a_token_is_given_for_basic_credentials_or_a_form() {
    on_both(async |server| {
        let organisation = server.given().organisation().await;
        let (id, secret) = server.given().credentials(&organisation, &["sessions:read", "attendance:write"]).await;
        let grant = ("grant_type", "client_credentials");
        let given = give(server, &[grant, ("client_id", &id), ("client_secret", &secret)]).await.assert_token();
        assert_eq!(given["scope"], "sessions:read attendance:write");
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(given["access_token"].as_str().unwrap().split('.').nth(1).unwrap()).unwrap()).unwrap();
        assert_eq!((&claims["sub"], &claims["client_id"], &claims["scope"]), (&json!(id), &json!(id), &given["scope"]), "RFC 9068");

        let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))));
        let with_basic = async |header: &str, pairs: &[(&str, &str)]| {
            server.anonymous().ask("POST", "/oauth/token").header("Authorization", header).form(pairs).send().await
        };
        let good = basic(&id, &secret);
        with_basic(&good, &[grant]).await.assert_token();
        with_basic(&good.replace("Basic", "basic"), &[grant]).await.assert_token();
        with_basic(&good, &[grant, ("client_id", &id)]).await.assert_token();
        let narrow = with_basic(&good, &[grant, ("scope", "attendance:write")]).await.assert_token();
        assert_eq!(narrow["scope"], "attendance:write");
        let wide = with_basic(&good, &[grant, ("scope", "attendance:write referrals:receive")]).await.assert_token();
        assert_eq!(wide["scope"], "attendance:write", "what is asked for as far as it is granted");

        with_basic(&good, &[grant, ("client_id", &id), ("client_secret", &secret)]).await.assert_oauth_error(400, "invalid_request");
        with_basic(&good, &[grant, ("client_id", "somebody else")]).await.assert_oauth_error(400, "invalid_request");
        for bad in [
            basic(&id, "wrong"),
            basic("wrong", &secret),
            basic(&id, ""),
            basic("", &secret),
            basic(&id, &secret.to_lowercase()),
            basic(&id, &format!("{secret}x")),
            format!("Basic {}", STANDARD.encode(&id)),
            "Basic".to_owned(),
            "Basic !!!".to_owned(),
            format!("Bearer {}", STANDARD.encode(format!("{id}:{secret}"))),
        ] {
            with_basic(&bad, &[grant]).await.assert_oauth_error(401, "invalid_client");
        }
    });
}

#[test]
fn the_token_endpoint_refuses_in_the_shape_of_rfc_6749() {
    on_both(async |server| {
        let organisation = server.given().organisation().await;
        let (id, secret) = server.given().credentials(&organisation, &["sessions:read"]).await;
        let grant = ("grant_type", "client_credentials");
        let (by, with) = (("client_id", id.as_str()), ("client_secret", secret.as_str()));
        for (pairs, status, error) in [
            (vec![by, with], 400, "invalid_request"),
            (vec![("grant_type", ""), by, with], 400, "unsupported_grant_type"),
            (vec![("grant_type", "password"), by, with], 400, "unsupported_grant_type"),
            (vec![("grant_type", "authorization_code"), by, with], 400, "unsupported_grant_type"),
            (vec![grant, grant, by, with], 400, "invalid_request"),
            (vec![grant, by, by, with], 400, "invalid_request"),
            (vec![grant, by, with, ("scope", "sessions:read"), ("scope", "sessions:read")], 400, "invalid_request"),
            (vec![grant, by, with, ("scope", "everything")], 400, "invalid_scope"),
            (vec![grant, by, with, ("scope", "sessions:read everything")], 400, "invalid_scope"),
            (vec![grant, by, with, ("scope", "referrals:receive")], 400, "invalid_scope"),
            (vec![grant, by, with, ("scope", "")], 400, "invalid_scope"),
            (vec![grant, by, with, ("scope", "SESSIONS:READ")], 400, "invalid_scope"),
            (vec![grant], 401, "invalid_client"),
            (vec![grant, by], 401, "invalid_client"),
            (vec![grant, with], 401, "invalid_client"),
            (vec![grant, by, ("client_secret", "wrong")], 401, "invalid_client"),
            (vec![grant, by, ("client_secret", "")], 401, "invalid_client"),
            (vec![grant, ("client_id", "unknown"), with], 401, "invalid_client"),
            (vec![grant, ("client_id", "01900000-0000-7000-8000-00000000dead"), with], 401, "invalid_client"),
            (vec![grant, ("client_id", "' or 1=1 --"), with], 401, "invalid_client"),
            (vec![grant, ("client_id", "a\0b"), with], 401, "invalid_client"),
            (vec![grant, ("client_id", &server.department()), with], 401, "invalid_client"),
        ] {
            give(server, &pairs).await.assert_oauth_error(status, error);
        }
        let good = [grant, by, with];
        give(server, &[&good[..], &[("unknown", "parameter")]].concat()).await.assert_token();

        let endpoint =
            |media_type: &str, body: Vec<u8>| server.anonymous().ask("POST", "/oauth/token").header("Content-Type", media_type).bytes(body).send();
        endpoint("application/json", json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret}).to_string().into_bytes())
            .await
            .assert_oauth_error(400, "invalid_request");
        endpoint("text/plain", form(&good).into_bytes()).await.assert_oauth_error(400, "invalid_request");
        endpoint("application/x-www-form-urlencoded; charset=UTF-8", form(&good).into_bytes()).await.assert_token();
        endpoint("application/x-www-form-urlencoded", vec![b'a'; 9000]).await.assert_oauth_error(400, "invalid_request");
        endpoint("application/x-www-form-urlencoded", vec![0xff, 0xfe, b'=', b'&']).await.assert_oauth_error(400, "invalid_request");
        server.anonymous().ask("POST", "/oauth/token").send().await.assert_oauth_error(400, "invalid_request");
        let in_the_query = server.anonymous().ask("POST", &format!("/oauth/token?{}", form(&good))).form(&[]).send().await;
        in_the_query.assert_oauth_error(400, "invalid_request");
        server.anonymous().get("/oauth/token").await.expect_problem(405, "METHOD_NOT_ALLOWED");
    });
}

#[test]
fn a_professional_has_no_secret_and_a_machine_no_role() {
    on_both(async |server| {
        let administrator = server.administrator();
        let grant = ("grant_type", "client_credentials");
        give(server, &[grant, ("client_id", &administrator.id()), ("client_secret", "x")]).await.assert_oauth_error(401, "invalid_client");
        let me = administrator.get("/v1/me").await.expect(200).json();
        assert_eq!((&me["kind"], &me["scopes"], &me["role"]), (&json!("professional"), &json!([]), &json!("administrator")));
        let organisation = server.given().organisation().await;
        let client = server.client(&organisation, &["sessions:read"]).await;
        let me = client.get("/v1/me").await.expect(200).json();
        assert_eq!((&me["kind"], &me["scopes"], &me["role"]), (&json!("client"), &json!(["sessions:read"]), &Value::Null));
        assert_eq!(me["organisation"]["id"], organisation);
    });
}

#[test]
fn the_published_keys_and_metadata_belong_to_the_tokens() {
    on_both(async |server| {
        let anonymous = server.anonymous();
        let token = server.administrator().token().await.unwrap();
        let part =
            |place: usize| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(place).unwrap()).unwrap()).unwrap() };
        let (header, claims) = (part(0), part(1));
        let keys = anonymous.get("/.well-known/jwks.json").await.expect(200).json();
        assert_eq!(keys["keys"][0]["kid"], header["kid"]);
        assert!(keys["keys"][0].get("d").is_none(), "no private part");
        assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
        let metadata = anonymous.get("/.well-known/oauth-authorization-server").await.expect(200).json();
        assert_eq!(metadata["issuer"], claims["iss"]);
        assert_eq!(metadata["token_endpoint"], format!("{}/oauth/token", claims["iss"].as_str().unwrap()));
    });
}

#[test]
fn a_new_role_and_a_lost_one_hold_within_five_seconds() {
    on_both(async |server| {
        let caseworker = server.caseworker(&[]).await;
        caseworker.get("/v1/beneficiaries").await.expect(200);
        let path = format!("/v1/professionals/{}", caseworker.id());
        let administrator = server.administrator();
        let seen = administrator.get(&path).await.expect(200);
        let order = json!({"email": seen.field("email"), "last_name": "Exemple", "first_name": "Camille", "role": "auditor"});
        administrator.put_if_match(&path, &seen.etag(), order).await.expect(200);
        let begun = Instant::now();
        let mut denied = 0;
        while denied < 24 {
            let answer = caseworker.ask("GET", "/v1/beneficiaries").header("Connection", "close").send().await;
            denied = if answer.status == 403 { denied + 1 } else { 0 };
            assert!(denied > 0 || begun.elapsed() < Duration::from_secs(5), "still a caseworker after {:?}", begun.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        caseworker.get("/v1/access-log").await.expect(200);
    });
}
