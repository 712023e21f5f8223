//! What the gate finds between the committed document and one that was changed: each planted break, where it is and no other, and
//! nothing in what a client can bear. No server is here.

use api_tests::gate::{Finding, breaks, judge};
use serde_json::{Value, json};

/// A change, and the lines of what it breaks.
type Planted = (fn(&mut Value), &'static [&'static str]);

const BREAKS: [Planted; 37] = [
    (
        |document| _ = remove(document, "/paths", "/v1/sessions/{id}"),
        &["path-removed moveSession #/paths/~1v1~1sessions~1{id}/put", "path-removed readSession #/paths/~1v1~1sessions~1{id}/get"],
    ),
    (|document| _ = remove(document, "/paths/~1v1~1sessions~1{id}", "put"), &["method-removed moveSession #/paths/~1v1~1sessions~1{id}/put"]),
    (|document| operation(document, "resolveBarrier")["operationId"] = json!("closeBarrier"), &["operation-id-changed resolveBarrier /operationId"]),
    (
        |document| operation(document, "readSession")["security"] = json!([{ "client": ["sessions:write"] }, { "professional": [] }]),
        &["security-narrowed readSession /security/client"],
    ),
    (|document| operation(document, "isAlive")["security"] = json!([{ "professional": [] }]), &["security-narrowed isAlive /security/public"]),
    (|document| operation(document, "resolveBarrier")["x-roles"] = json!(["manager"]), &["role-removed resolveBarrier /x-roles/caseworker"]),
    (
        |document| operation(document, "resolveBarrier")["x-permission"] = json!("manage_contract"),
        &["permission-changed resolveBarrier /x-permission"],
    ),
    (
        |document| push(operation(document, "resolveBarrier"), "/parameters", json!({ "in": "header", "name": "X-Why", "required": true })),
        &["parameter-required resolveBarrier /parameters/header/X-Why"],
    ),
    (|document| parameter(document, "listSessions", "from")["required"] = json!(true), &["parameter-required listSessions /parameters/query/from"]),
    (|document| parameter(document, "listSessions", "from")["name"] = json!("since"), &["parameter-removed listSessions /parameters/query/from"]),
    (
        |document| parameter(document, "listSessions", "limit")["schema"]["maximum"] = json!(100),
        &["request-bound-narrowed listSessions /parameters/query/limit/schema/maximum"],
    ),
    (
        |document| parameter(document, "listSessions", "limit")["schema"]["default"] = json!(10),
        &["request-default-changed listSessions /parameters/query/limit/schema/default"],
    ),
    (
        |document| push(document, "/components/schemas/RegisterBeneficiary/required", json!("title")),
        &["request-property-required * #/components/schemas/RegisterBeneficiary/properties/title"],
    ),
    (
        |document| _ = remove(document, "/components/schemas/RegisterBeneficiary/properties", "street"),
        &["request-property-removed * #/components/schemas/RegisterBeneficiary/properties/street"],
    ),
    (
        |document| document["components"]["schemas"]["RegisterBeneficiary"]["properties"]["distinct_from"]["maxItems"] = json!(5),
        &["request-bound-narrowed * #/components/schemas/RegisterBeneficiary/properties/distinct_from/maxItems"],
    ),
    (
        |document| document["components"]["schemas"]["RegisterBeneficiary"]["properties"]["phone"]["pattern"] = json!("^[0-9]+$"),
        &["request-form-narrowed * #/components/schemas/RegisterBeneficiary/properties/phone/pattern"],
    ),
    (
        |document| document["components"]["schemas"]["RegisterBeneficiary"]["properties"]["phone"]["type"] = json!("string"),
        &["request-type-removed * #/components/schemas/RegisterBeneficiary/properties/phone/type/null"],
    ),
    (
        |document| {
            let title = &mut document["components"]["schemas"]["RegisterBeneficiary"]["properties"]["title"];
            *title = title["oneOf"][0].take();
        },
        &["request-type-removed * #/components/schemas/RegisterBeneficiary/properties/title/type/null"],
    ),
    (
        |document| document["components"]["schemas"]["TokenRequest"]["additionalProperties"] = json!(false),
        &["request-unknown-refused * #/components/schemas/TokenRequest/additionalProperties"],
    ),
    (
        |document| _ = remove(operation(document, "submitAttendance"), "/requestBody/content", "text/csv"),
        &["request-media-type-removed submitAttendance /requestBody/content/text~1csv"],
    ),
    // Both directions use it: the value that came is new to readers, the one that went is refused from writers.
    (
        |document| document["components"]["schemas"]["HalfDay"]["enum"] = json!(["morning", "evening"]),
        &["request-value-removed * #/components/schemas/HalfDay/enum/afternoon", "response-value-added * #/components/schemas/HalfDay/enum/evening"],
    ),
    (
        |document| push(document, "/components/schemas/ReferralState/enum", json!("forgotten")),
        &["response-value-added * #/components/schemas/ReferralState/enum/forgotten"],
    ),
    (
        |document| document["components"]["schemas"]["ReferralState"]["description"] = json!("Extensible."),
        &["response-enumeration-opened * #/components/schemas/ReferralState/enum"],
    ),
    (
        |document| _ = remove(document, "/components/schemas/Barrier/properties", "impact"),
        &["response-property-removed * #/components/schemas/Barrier/properties/impact"],
    ),
    (
        |document| document["components"]["schemas"]["Barrier"]["required"].as_array_mut().unwrap().retain(|name| name != "impact"),
        &["response-property-optional * #/components/schemas/Barrier/properties/impact"],
    ),
    (
        |document| document["components"]["schemas"]["Session"]["properties"]["place"]["type"] = json!(["string", "null"]),
        // A session that was just moved is a session and more.
        &[
            "response-type-added * #/components/schemas/PlannedSession/properties/place/type/null",
            "response-type-added * #/components/schemas/Session/properties/place/type/null",
        ],
    ),
    (
        |document| {
            let impact = document["components"]["schemas"]["Barrier"]["properties"]["impact"].take();
            document["components"]["schemas"]["Barrier"]["properties"]["impact"] = json!({ "oneOf": [impact, { "type": "null" }] });
        },
        &["response-type-added * #/components/schemas/Barrier/properties/impact/type/null"],
    ),
    (
        |document| document["components"]["schemas"]["Barrier"]["properties"]["note"]["maxLength"] = json!(9000),
        &["response-bound-widened * #/components/schemas/Barrier/properties/note/maxLength"],
    ),
    (|document| _ = remove(document, "/components/schemas/Instant", "format"), &["response-form-widened * #/components/schemas/Instant/format"]),
    (
        |document| {
            let responses = &mut operation(document, "registerBeneficiary")["responses"];
            responses["202"] = responses["201"].take();
            responses.as_object_mut().unwrap().remove("201");
        },
        &["status-removed registerBeneficiary /responses/201", "success-status-added registerBeneficiary /responses/202"],
    ),
    (|document| _ = remove(operation(document, "registerBeneficiary"), "/responses", "409"), &["status-removed registerBeneficiary /responses/409"]),
    (
        |document| {
            let content = &mut operation(document, "readSession")["responses"]["200"]["content"];
            *content = json!({ "application/hal+json": content["application/json"].take() });
        },
        &["response-media-type-removed readSession /responses/200/content/application~1json"],
    ),
    (
        |document| _ = remove(operation(document, "registerBeneficiary"), "/responses/201/headers", "Location"),
        &["response-header-removed registerBeneficiary /responses/201/headers/Location"],
    ),
    (
        |document| document["components"]["schemas"]["KnownProblemCode"]["enum"].as_array_mut().unwrap().retain(|code| code != "STALE_VERSION"),
        &["problem-code-removed * #/components/schemas/KnownProblemCode/STALE_VERSION"],
    ),
    (
        |document| document["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]["tokenUrl"] = json!("/token"),
        &["security-scheme-changed * #/components/securitySchemes/client"],
    ),
    (|document| document["servers"] = json!([{ "url": "/api" }]), &["server-removed * #/servers/~1"]),
    (
        |document| document["components"]["schemas"]["Line100"]["not"] = json!({ "const": "-" }),
        &["keyword-unknown * #/components/schemas/Line100/not"],
    ),
];

const COMPATIBLE: [fn(&mut Value); 19] = [
    |document| document["paths"]["/v1/weather"] = json!({ "get": { "operationId": "readWeather", "security": [{ "professional": [] }] } }),
    |document| {
        let put = document["paths"]["/v1/sessions/{id}"]["put"].clone();
        document["paths"]["/v1/sessions/{id}"]["patch"] = put;
    },
    |document| document["components"]["schemas"]["RegisterBeneficiary"]["properties"]["nickname"] = json!({ "type": "string" }),
    |document| document["components"]["schemas"]["RegisterBeneficiary"]["required"].as_array_mut().unwrap().clear(),
    |document| {
        document["components"]["schemas"]["Barrier"]["properties"]["colour"] = json!({ "type": "string" });
        push(document, "/components/schemas/Barrier/required", json!("colour"));
    },
    |document| {
        let read = operation(document, "readSession");
        read["summary"] = json!("Look");
        read["description"] = json!("Closely.");
        read["tags"] = json!(["Looking"]);
        push(document, "/tags", json!({ "name": "Looking" }));
        document["components"]["schemas"]["Session"]["description"] = json!("Half a day.");
        document["components"]["schemas"]["Siret"]["examples"] = json!(["55210055400013"]);
    },
    |document| push(document, "/components/schemas/KnownFeedEventType/enum", json!("referral.forgotten")),
    |document| push(document, "/components/schemas/KnownProblemCode/enum", json!("TOO_EARLY")),
    |document| push(document, "/components/schemas/ResolveBarrier/required", json!("resolved_on")),
    |document| push(operation(document, "listSessions"), "/parameters", json!({ "in": "query", "name": "place", "required": false })),
    |document| parameter(document, "listSessions", "limit")["schema"]["maximum"] = json!(500),
    |document| parameter(document, "listSessions", "limit")["schema"]["type"] = json!(["integer", "null"]),
    |document| document["components"]["schemas"]["Barrier"]["properties"]["note"]["maxLength"] = json!(10),
    |document| document["components"]["schemas"]["Barrier"]["properties"]["note"]["type"] = json!("string"),
    |document| document["components"]["schemas"]["SubmitLines"]["properties"]["lines"]["maxItems"] = json!(9000),
    |document| {
        let responses = &mut operation(document, "registerBeneficiary")["responses"];
        responses["418"] = json!({ "$ref": "#/components/responses/Problem404" });
        responses["201"]["headers"]["X-More"] = json!({ "schema": { "type": "string" } });
        responses["201"]["content"]["application/xml"] = json!({});
    },
    |document| operation(document, "resolveBarrier")["security"] = json!([{ "client": [] }, { "professional": [] }]),
    |document| push(operation(document, "resolveBarrier"), "/x-roles", json!("partner")),
    // A component by another name, another written out, a reference instead of a choice with null.
    |document| {
        let schemas = &mut document["components"]["schemas"];
        let (barrier, line) = (schemas["Barrier"].clone(), schemas["Line100"].clone());
        schemas["Obstacle"] = json!({ "allOf": [barrier] });
        schemas["MaybeLine"] = json!({ "anyOf": [{ "type": "null" }, line] });
        schemas["RegisterBeneficiary"]["properties"]["birth_name"] = json!({ "$ref": "#/components/schemas/MaybeLine" });
        schemas["RegisterBeneficiary"]["properties"]["first_name"] = line;
        let content = &mut operation(document, "resolveBarrier")["responses"]["200"]["content"]["application/json"];
        content["schema"] = json!({ "$ref": "#/components/schemas/Obstacle" });
    },
];

fn committed() -> Value {
    serde_json::from_str(include_str!("../../openapi/openapi.json")).unwrap()
}

fn operation<'a>(document: &'a mut Value, id: &str) -> &'a mut Value {
    let paths = document["paths"].as_object_mut().unwrap().values_mut();
    paths.flat_map(|path| path.as_object_mut().unwrap().values_mut()).find(|operation| operation["operationId"] == id).unwrap()
}

fn parameter<'a>(document: &'a mut Value, id: &str, name: &str) -> &'a mut Value {
    operation(document, id)["parameters"].as_array_mut().unwrap().iter_mut().find(|one| one["name"] == name).unwrap()
}

fn remove(value: &mut Value, pointer: &str, name: &str) -> Value {
    value.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name).unwrap()
}

fn push(value: &mut Value, pointer: &str, item: Value) {
    value.pointer_mut(pointer).unwrap().as_array_mut().unwrap().push(item);
}

fn lines(released: &Value, committed: &Value) -> Vec<String> {
    breaks(released, committed).iter().map(Finding::line).collect()
}

/// A document with one operation, which takes and answers a `Thing`.
fn about(schemas: &Value) -> Value {
    let content = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } });
    let operation = json!({ "operationId": "change", "requestBody": content, "responses": { "200": content } });
    json!({ "paths": { "/things": { "post": operation } }, "components": { "schemas": schemas } })
}

#[test]
fn each_planted_break_is_found_and_no_other() {
    let released = committed();
    for (change, expected) in BREAKS {
        let mut changed = released.clone();
        change(&mut changed);
        assert_eq!(lines(&released, &changed), expected);
    }
}

#[test]
fn what_a_client_can_bear_is_no_break() {
    let released = committed();
    assert_eq!(lines(&released, &released), [""; 0]);
    for (place, change) in COMPATIBLE.into_iter().enumerate() {
        let mut changed = released.clone();
        change(&mut changed);
        assert_ne!(changed, released, "change {place} changes nothing");
        assert_eq!(lines(&released, &changed), [""; 0], "change {place}");
    }
}

#[test]
fn a_component_under_another_name_is_compared_where_it_is_used() {
    let released = about(&json!({ "Thing": { "properties": { "name": { "$ref": "#/components/schemas/Name" } } }, "Name": { "maxLength": 9 } }));
    let renamed =
        |most: u8| about(&json!({ "Thing": { "properties": { "name": { "$ref": "#/components/schemas/Text" } } }, "Text": { "maxLength": most } }));
    assert_eq!(lines(&released, &renamed(9)), [""; 0]);
    assert_eq!(lines(&released, &renamed(8)), ["request-bound-narrowed * #/components/schemas/Thing/properties/name/maxLength"]);
    assert_eq!(lines(&released, &renamed(10)), ["response-bound-widened * #/components/schemas/Thing/properties/name/maxLength"]);
}

#[test]
fn a_schema_that_contains_itself_comes_to_an_end() {
    let tree = |name: &str, most: u8| {
        let child = json!({ "oneOf": [{ "$ref": format!("#/components/schemas/{name}") }, { "type": "null" }] });
        let node = json!({ "properties": { "child": child, "size": { "maximum": most } } });
        about(&json!({ "Thing": { "allOf": [{ "$ref": format!("#/components/schemas/{name}") }, { "type": "object" }] }, (name): node }))
    };
    assert_eq!(lines(&tree("Tree", 9), &tree("Plant", 9)), [""; 0]);
    let narrowed = ["", "/properties/child"].map(|at| format!("request-bound-narrowed * #/components/schemas/Thing{at}/properties/size/maximum"));
    assert_eq!(lines(&tree("Tree", 9), &tree("Plant", 8)), [narrowed[1].clone(), narrowed[0].clone()]);
}

#[test]
fn alternatives_are_compared_as_what_they_allow_together() {
    let thing = |alternatives: Value| about(&json!({ "Thing": { "oneOf": alternatives } }));
    let (text, number, either) = (json!([{ "type": "string" }]), json!([{ "type": "number" }]), json!([{ "type": "number" }, { "type": "string" }]));
    let reversed = json!([{ "type": "string" }, { "type": "number" }]);
    let narrowed = "request-alternatives-narrowed * #/components/schemas/Thing";
    let widened = "response-alternatives-widened * #/components/schemas/Thing";
    assert_eq!(lines(&thing(either.clone()), &thing(reversed)), [""; 0]);
    assert_eq!(lines(&thing(either.clone()), &thing(text.clone())), [narrowed]);
    assert_eq!(lines(&thing(number), &thing(either)), [widened]);
}

#[test]
fn a_break_passes_if_a_line_approves_it_with_a_reason() {
    let released = committed();
    let mut changed = released.clone();
    remove(&mut changed, "/paths/~1v1~1sessions~1{id}", "put");
    let found = breaks(&released, &changed);
    let line = found[0].line();

    let approved = judge(found.clone(), &format!("# On purpose.\n\n{line} # nobody called it\n"));
    assert!(approved.passes());
    assert_eq!(approved.approved[0].why, "nobody called it");

    let unexplained = judge(found.clone(), &format!("{line} #  \n"));
    assert!(!unexplained.passes());
    assert_eq!((unexplained.refused.len(), unexplained.idle.len()), (1, 1));

    let idle = judge(Vec::new(), &format!("{line} # nobody called it\n"));
    assert!(!idle.passes());
    assert_eq!(idle.idle, [format!("{line} # nobody called it")]);

    let committed = include_str!("../../openapi/approved-breaks.txt");
    assert!(!judge(found, committed).passes());
}
