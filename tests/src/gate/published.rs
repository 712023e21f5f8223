//! What a document says as a whole: where it is served, how callers prove who they are, the codes of problems. Operations are not here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::{Gate, Place, items, member, members, texts};

impl Gate<'_> {
    /// Everything that belongs to no operation.
    pub(super) fn whole(&mut self) {
        let at = Place::new("*", "#");
        self.servers(&at.then("servers"));
        self.security_schemes(&at.then("components").then("securitySchemes"));
        self.problem_codes(&at.then("components").then("schemas").then("KnownProblemCode"));
    }

    fn servers(&mut self, at: &Place) {
        let urls = |document| items(member(document, "servers")).filter_map(|server| member(server, "url").as_str());
        for url in urls(self.released) {
            if !urls(self.committed).any(|other| other == url) {
                self.say("server-removed", &at.then(url), "a client calls it there");
            }
        }
    }

    fn security_schemes(&mut self, at: &Place) {
        let schemes = |document| member(member(document, "components"), "securitySchemes");
        for (name, scheme) in members(schemes(self.released)) {
            if !keeps(scheme, member(schemes(self.committed), name)) {
                self.say("security-scheme-changed", &at.then(name), "a caller proves who it is in another way, or cannot ask for a scope");
            }
        }
    }

    /// Codes are stable: a client branches on them. Their list may grow.
    fn problem_codes(&mut self, at: &Place) {
        let committed = codes(self.committed);
        for code in codes(self.released).difference(&committed) {
            self.say("problem-code-removed", &at.then(code), "a client branches on it");
        }
    }
}

fn codes(document: &Value) -> BTreeSet<&str> {
    document.pointer("/components/schemas/KnownProblemCode").into_iter().flat_map(|schema| texts(member(schema, "enum"))).collect()
}

/// Whether everything that one says is said by the other too, words apart.
fn keeps(released: &Value, committed: &Value) -> bool {
    if !released.is_object() {
        return released == committed;
    }
    members(released).all(|(name, value)| match name {
        "description" => true,
        "scopes" => members(value).all(|(scope, _)| member(committed, name).get(scope).is_some()),
        _ => keeps(value, member(committed, name)),
    })
}
