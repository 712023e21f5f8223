//! Operations compared by path and method: who may call them, what they take, what they answer. What a schema allows is not here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::walk::{Direction, Gate, Place, items, member, members, resolved, texts};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Scopes by scheme: all of them are asked for.
type Way<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

type Parameters<'a> = BTreeMap<(&'a str, &'a str), &'a Value>;

impl<'a> Gate<'a> {
    /// Every operation that was released.
    pub(super) fn operations(&mut self) {
        let (released, committed) = (self.released, self.committed);
        for (path, item) in members(member(released, "paths")) {
            let there = member(committed, "paths").get(path);
            for (method, operation) in members(item).filter(|(name, _)| METHODS.contains(name)) {
                let id = member(operation, "operationId").as_str().unwrap_or(method);
                let at = Place::new(id, "#").then("paths").then(path).then(method);
                match (there, there.and_then(|item| item.get(method))) {
                    (None, _) => self.say("path-removed", &at, "a client calls it"),
                    (_, None) => self.say("method-removed", &at, "a client calls it"),
                    (Some(other), Some(now)) => {
                        let at = Place::new(id, "");
                        self.callers(&at, operation, now);
                        let parameters = (parameters(released, item, operation), parameters(committed, other, now));
                        self.parameters(&at.then("parameters"), &parameters.0, &parameters.1);
                        self.body(&at.then("requestBody"), member(operation, "requestBody"), member(now, "requestBody"));
                        self.responses(&at.then("responses"), member(operation, "responses"), member(now, "responses"));
                    }
                }
            }
        }
    }

    /// The name that generated clients call it by, and who may.
    fn callers(&mut self, at: &Place, released: &Value, committed: &Value) {
        if member(released, "operationId") != member(committed, "operationId") {
            self.say("operation-id-changed", &at.then("operationId"), "generated clients call it by this name");
        }
        let ways = ways_in(self.committed, committed);
        for way in ways_in(self.released, released) {
            if !ways.iter().any(|other| asks_no_more(&way, other)) {
                let schemes: Vec<&str> = way.keys().copied().collect();
                let name = if schemes.is_empty() { "public".to_owned() } else { schemes.join("+") };
                self.say("security-narrowed", &at.then("security").then(&name), "a caller who got in this way is refused, or needs a scope more");
            }
        }
        for role in texts(member(released, "x-roles")).difference(&texts(member(committed, "x-roles"))) {
            if committed.get("x-roles").is_some() {
                self.say("role-removed", &at.then("x-roles").then(role), "who has it is refused");
            }
        }
        if committed.get("x-permission").is_some_and(|now| now != member(released, "x-permission")) {
            self.say("permission-changed", &at.then("x-permission"), "another function is asked for, which may be over other things");
        }
    }

    fn parameters(&mut self, at: &Place, released: &Parameters<'a>, committed: &Parameters<'a>) {
        let required = |one: &Value| member(one, "required") == true;
        for (key, one) in committed.iter().filter(|(key, _)| !released.contains_key(key)) {
            if required(resolved(self.committed, one)) {
                self.say("parameter-required", &at.then(key.0).then(key.1), "a client does not send it");
            }
        }
        for (key, one) in released {
            let at = at.then(key.0).then(key.1);
            let Some(other) = committed.get(key) else {
                self.say("parameter-removed", &at, "a client sends it");
                continue;
            };
            let Some((at, one, other)) = self.behind(&at, one, other) else { continue };
            if required(other) && !required(one) {
                self.say("parameter-required", &at, "a client may leave it out");
            }
            self.described(Direction::Request, &at, one, other);
        }
    }

    fn body(&mut self, at: &Place, released: &'a Value, committed: &'a Value) {
        let Some((at, released, committed)) = self.behind(at, released, committed) else { return };
        if member(committed, "required") == true && member(released, "required") != true {
            self.say("request-body-required", &at, "a client may send none");
        }
        self.contents(Direction::Request, &at, released, committed);
    }

    /// No answer goes away, whether a client waits for it or is ready for it, and no other success takes the place of one. Another refusal
    /// may come: its code is what is stable.
    fn responses(&mut self, at: &Place, released: &'a Value, committed: &'a Value) {
        for (status, response) in members(released) {
            let at = at.then(status);
            if let Some(now) = committed.get(status) {
                let Some((at, response, now)) = self.behind(&at, response, now) else { continue };
                self.contents(Direction::Response, &at, response, now);
                self.headers(&at.then("headers"), member(response, "headers"), member(now, "headers"));
            } else {
                self.say("status-removed", &at, "a client waits for it, or is ready for it");
            }
        }
        for (status, _) in members(committed).filter(|(status, _)| status.starts_with('2') && released.get(status).is_none()) {
            self.say("success-status-added", &at.then(status), "a client takes it for a failure");
        }
    }

    fn headers(&mut self, at: &Place, released: &'a Value, committed: &'a Value) {
        for (name, header) in members(released) {
            let at = at.then(name);
            let Some(now) = committed.get(name) else {
                self.say("response-header-removed", &at, "a client reads it");
                continue;
            };
            let Some((at, header, now)) = self.behind(&at, header, now) else { continue };
            self.described(Direction::Response, &at, header, now);
        }
    }

    fn contents(&mut self, direction: Direction, at: &Place, released: &'a Value, committed: &'a Value) {
        for (media_type, content) in members(member(released, "content")) {
            let at = at.then("content").then(media_type);
            match member(committed, "content").get(media_type) {
                None if direction == Direction::Request => self.say("request-media-type-removed", &at, "a client sends it"),
                None => self.say("response-media-type-removed", &at, "a client reads it"),
                Some(now) => self.described(direction, &at, content, now),
            }
        }
    }

    /// What has a schema.
    fn described(&mut self, direction: Direction, at: &Place, released: &'a Value, committed: &'a Value) {
        self.schemas(direction, &at.then("schema"), released.get("schema"), committed.get("schema"));
    }
}

/// The parameters of an operation and those of all under its path, by place and name.
fn parameters<'a>(document: &'a Value, path: &'a Value, operation: &'a Value) -> Parameters<'a> {
    let all = [path, operation].into_iter().flat_map(|of| items(member(of, "parameters")));
    let named = all.map(|one| {
        let text = |name| member(resolved(document, one), name).as_str().unwrap_or_default();
        ((text("in"), text("name")), one)
    });
    named.collect()
}

/// What is enough to call an operation, each way by itself. One that asks for no scheme is for everybody.
fn ways_in<'a>(document: &'a Value, operation: &'a Value) -> Vec<Way<'a>> {
    let said = items(operation.get("security").unwrap_or_else(|| member(document, "security")));
    let ways: Vec<Way<'a>> = said.map(|way| members(way).map(|(scheme, scopes)| (scheme, texts(scopes))).collect()).collect();
    if ways.is_empty() { vec![Way::new()] } else { ways }
}

fn asks_no_more(than: &Way<'_>, way: &Way<'_>) -> bool {
    way.iter().all(|(scheme, scopes)| than.get(scheme).is_some_and(|had| scopes.is_subset(had)))
}
