//! Which bodies are read, and where and how the others are refused.
//! Not here: the values the domain refuses; a stand-in with one rule does.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Deserializer, de};

use super::{Fault, FaultKind, read, read_or_empty};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    small: i32,
    large: i64,
    index: u32,
    count: u64,
    tiny: u8,
    ratio: f64,
    flag: bool,
    text: String,
    letter: char,
    note: Option<String>,
    nested: Option<Box<Body>>,
    marks: Vec<Mark>,
    pair: Option<(i32, i32)>,
    colour: Colour,
    code: Option<Code>,
    wrapped: Option<Wrapped>,
    #[serde(deserialize_with = "even")]
    even: i32,
    shape: Option<Shape>,
    shapes: Vec<Shape>,
    labels: BTreeMap<String, i32>,
    codes: BTreeMap<Code, bool>,
    nothing: (),
    foreign: Option<chrono::NaiveDate>,
    free: Option<serde_json::Value>,
    flat: Option<Flat>,
    adjacent: Option<Adjacent>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    x: i32,
    #[serde(rename = "a/b~c")]
    odd: Option<i32>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    #[default]
    Red,
    Blue,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Code(String);

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(value: String) -> Result<Self, Self::Error> {
        if value.contains(['!', '\0']) { Err("CODE_CHARACTERS_2") } else { Ok(Self(value)) }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapped(i32);

fn even<'de, D: Deserializer<'de>>(input: D) -> Result<i32, D::Error> {
    let value = i32::deserialize(input)?;
    if value % 2 == 0 { Ok(value) } else { Err(de::Error::custom(format!("{value} is odd"))) }
}

/// Refuses every body, with the message that it holds.
#[derive(Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
struct Refusal;

impl TryFrom<BTreeMap<String, String>> for Refusal {
    type Error = String;

    fn try_from(body: BTreeMap<String, String>) -> Result<Self, String> {
        Err(body.into_values().collect())
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum Shape {
    Dot {},
    Circle { radius: i32, fill: Option<Colour> },
    Line { from: Mark, to: Mark, width: i32 },
    Path { marks: Vec<Mark> },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    own: i32,
    #[serde(flatten)]
    mark: Mark,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", content = "value")]
enum Adjacent {
    Mark(Mark),
}

fn fault<T: de::DeserializeOwned + Debug>(body: impl AsRef<[u8]>) -> Fault {
    let body = body.as_ref();
    match read::<T>(body) {
        Ok(value) => panic!("{} was read as {value:?}", String::from_utf8_lossy(body)),
        Err(fault) => fault,
    }
}

#[track_caller]
fn refuses(cases: &[(&str, &str, FaultKind)]) {
    for (body, pointer, kind) in cases {
        let expected = Fault { pointer: (*pointer).to_owned(), kind: kind.clone() };
        assert_eq!(fault::<Body>(body), expected, "{body}");
    }
}

#[track_caller]
fn reads(body: &str) -> Body {
    read(body.as_bytes()).unwrap_or_else(|fault| panic!("{body}: {fault:?}"))
}

fn nested_arrays(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn a_body_with_every_field_is_read() {
    let body = reads(
        r#" { "small": -2147483648, "large": -9223372036854775808, "index": 4294967295,
        "count": 18446744073709551615, "tiny": 255, "ratio": 1.5e3, "flag": true, "text": "t",
        "letter": "é", "note": "n", "nested": {"small": 2}, "marks": [{"x": 1, "a/b~c": 2}],
        "pair": [1, 2], "colour": "blue", "code": "c", "wrapped": 3, "even": 4,
        "shape": {"radius": 5, "type": "circle", "fill": "red"}, "shapes": [{"type": "dot"}],
        "labels": {"a": 1}, "codes": {"b": true}, "nothing": null, "foreign": "2024-02-29",
        "free": [null, {"a": [1.5, -1]}], "flat": {"own": 1, "x": 2},
        "adjacent": {"value": {"x": 1}, "kind": "Mark"} } "#,
    );
    let mark = |x, odd| Mark { x, odd };
    assert_eq!(
        body,
        Body {
            small: i32::MIN,
            large: i64::MIN,
            index: u32::MAX,
            count: u64::MAX,
            tiny: u8::MAX,
            ratio: 1500.0,
            flag: true,
            text: "t".to_owned(),
            letter: 'é',
            note: Some("n".to_owned()),
            nested: Some(Box::new(Body { small: 2, ..Body::default() })),
            marks: vec![mark(1, Some(2))],
            pair: Some((1, 2)),
            colour: Colour::Blue,
            code: Some(Code("c".to_owned())),
            wrapped: Some(Wrapped(3)),
            even: 4,
            shape: Some(Shape::Circle { radius: 5, fill: Some(Colour::Red) }),
            shapes: vec![Shape::Dot {}],
            labels: BTreeMap::from([("a".to_owned(), 1)]),
            codes: BTreeMap::from([(Code("b".to_owned()), true)]),
            nothing: (),
            foreign: chrono::NaiveDate::from_ymd_opt(2024, 2, 29),
            free: Some(serde_json::json!([null, {"a": [1.5, -1]}])),
            flat: Some(Flat { own: 1, mark: mark(2, None) }),
            adjacent: Some(Adjacent::Mark(mark(1, None))),
        }
    );
}

#[test]
fn defaults_fill_what_an_empty_object_leaves_out() {
    assert_eq!(reads("{}"), Body::default());
    assert_eq!(reads(r#"{"note": null, "shape": null}"#), Body::default());
}

#[test]
fn a_whole_number_is_read_into_a_float() {
    assert_eq!(reads(r#"{"ratio": 3}"#).ratio.to_bits(), 3_f64.to_bits());
    assert_eq!(reads(r#"{"ratio": -3}"#).ratio.to_bits(), (-3_f64).to_bits());
}

#[test]
fn bytes_that_are_not_json_are_refused_as_a_whole() {
    let cases: [&[u8]; 27] = [
        b"",
        b" ",
        b"{",
        b"}",
        b"{}}",
        b"{} {}",
        b"{} x",
        b"nul",
        b"{'a': 1}",
        b"{\"a\" 1}",
        b"{\"a\": 1,}",
        b"{\"a\": [1,]}",
        b"{\"a\": 01}",
        b"{\"a\": +1}",
        b"{\"a\": .5}",
        b"{\"a\": NaN}",
        b"{\"a\": 1e400}",
        b"{\"a\": -1e400}",
        b"{/**/}",
        b"\xef\xbb\xbf{}",
        b"{\"text\": \"\xff\"}",
        b"{\"\xc3\": 1}",
        b"{\"text\": \"\xed\xa0\x80\"}",
        b"{\"text\": \"a\nb\"}",
        b"{\"text\": \"a\0b\"}",
        b"{\"text\": \"\\x41\"}",
        b"{1: 2}",
    ];
    for body in cases {
        let Fault { pointer, kind } = fault::<Body>(body);
        assert_eq!((pointer.as_str(), kind), ("", FaultKind::NotJson), "{body:?}");
    }
}

#[test]
fn a_lone_surrogate_is_not_json_in_a_value_nor_in_a_key() {
    refuses(&[
        (r#"{"text": "\ud800"}"#, "", FaultKind::NotJson),
        (r#"{"text": "\udc00"}"#, "", FaultKind::NotJson),
        (r#"{"text": "\ud800\ud800"}"#, "", FaultKind::NotJson),
        (r#"{"text": "\ud800x"}"#, "", FaultKind::NotJson),
        (r#"{"text": "\ud800\u0041"}"#, "", FaultKind::NotJson),
        (r#"{"\udfff": 1}"#, "", FaultKind::NotJson),
    ]);
    assert_eq!(reads(r#"{"text": "\ud83d\ude00"}"#).text, "😀");
}

#[test]
fn a_nul_in_a_string_is_text_until_a_type_refuses_it() {
    assert_eq!(reads(r#"{"text": "a\u0000b"}"#).text, "a\0b");
    refuses(&[(r#"{"code": "a\u0000b"}"#, "/code", FaultKind::Rule("CODE_CHARACTERS_2".to_owned()))]);
}

#[test]
fn a_body_may_nest_32_deep_and_no_deeper() {
    let body = |depth| format!(r#"{{"free": {}}}"#, nested_arrays(depth));
    assert!(reads(&body(31)).free.is_some());
    refuses(&[(&body(32), "", FaultKind::NotJson)]);
    let objects = |depth| format!("{}{}", r#"{"free":"#.repeat(depth), "}".repeat(depth));
    let objects = |depth| objects(depth).replacen(":}", ":1}", 1);
    assert!(reads(&objects(32)).free.is_some());
    refuses(&[(&objects(33), "", FaultKind::NotJson)]);
}

#[test]
fn ten_thousand_levels_do_not_exhaust_the_stack() {
    let small_stack = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(|| {
            for depth in [127, 128, 10_000] {
                let arrays = nested_arrays(depth);
                refuses(&[
                    (&arrays, "", FaultKind::NotJson),
                    (&"[".repeat(depth), "", FaultKind::NotJson),
                    (&r#"{"a":"#.repeat(depth), "", FaultKind::NotJson),
                    (&format!(r#"{{"nested": {arrays}}}"#), "", FaultKind::NotJson),
                ]);
            }
        })
        .map(std::thread::JoinHandle::join);
    assert!(matches!(small_stack, Ok(Ok(()))));
}

#[test]
fn a_body_other_than_an_object_is_of_the_wrong_type() {
    for body in ["null", "true", "1", "1.5", r#""text""#, "[]", "[{}]", "[1, 2]"] {
        refuses(&[(body, "", FaultKind::WrongType)]);
        assert_eq!(fault::<serde_json::Value>(body).kind, FaultKind::WrongType);
        assert_eq!(fault::<Option<Body>>(body).kind, FaultKind::WrongType);
    }
}

#[test]
fn a_duplicate_key_names_its_pointer() {
    let duplicate = FaultKind::DuplicateKey;
    refuses(&[
        (r#"{"small": 1, "small": 1}"#, "/small", duplicate.clone()),
        (r#"{"small": 1, "sm\u0061ll": 2}"#, "/small", duplicate.clone()),
        (r#"{"marks": [{"x": 1}, {"x": 1, "x": 2}]}"#, "/marks/1/x", duplicate.clone()),
        (r#"{"a/b~": {"~1": 1, "~1": 1}}"#, "/a~1b~0/~01", duplicate.clone()),
        (r#"{"": {"": 1, "": 1}}"#, "//", duplicate.clone()),
        (r#"{"a": {"b": 1, "b": 1}, "a": 1}"#, "/a/b", duplicate.clone()),
        (r#"{"a": 1, "a": {"b": 1, "b": 1}}"#, "/a", duplicate.clone()),
        (r#"{"shape": {"type": "dot", "type": "dot"}}"#, "/shape/type", duplicate.clone()),
        (r#"[[{"a": 1, "a": 1}]]"#, "/0/0/a", duplicate),
    ]);
    reads(r#"{"labels": {"a": 1, "A": 2, "á": 3, "a\u0301": 4}, "small": 1}"#);
}

#[test]
fn a_duplicate_key_comes_before_schema_faults_and_after_syntax_faults() {
    refuses(&[
        (r#"{"small": "x", "text": "", "text": ""}"#, "/text", FaultKind::DuplicateKey),
        (r#"{"unknown": 1, "unknown": 1}"#, "/unknown", FaultKind::DuplicateKey),
        (r#"{"text": "", "text": ""} x"#, "", FaultKind::NotJson),
    ]);
}

#[test]
fn an_unknown_field_is_named_where_it_stands() {
    let unknown = FaultKind::UnknownField;
    refuses(&[
        (r#"{"other": 1}"#, "/other", unknown.clone()),
        (r#"{"": 1}"#, "/", unknown.clone()),
        (r#"{"marks": [{"x": 1, "colour": {"deep": []}}]}"#, "/marks/0/colour", unknown.clone()),
        (r#"{"nested": {"nested": {"other": 1}}}"#, "/nested/nested/other", unknown.clone()),
        (r#"{"marks": [{"a~b/c": 1}]}"#, "/marks/0/a~0b~1c", unknown.clone()),
        (r#"{"Small": 1}"#, "/Small", unknown),
    ]);
}

#[test]
fn a_missing_field_is_named_where_it_should_stand() {
    refuses(&[
        (r#"{"marks": [{"x": 1}, {}]}"#, "/marks/1/x", FaultKind::MissingField),
        (r#"{"nested": {"marks": [{}]}}"#, "/nested/marks/0/x", FaultKind::MissingField),
    ]);
}

#[test]
fn a_wrong_type_is_named_at_its_value() {
    let cases = [
        (r#"{"small": "1"}"#, "/small"),
        (r#"{"small": 1.5}"#, "/small"),
        (r#"{"small": 3.0}"#, "/small"),
        (r#"{"small": 1e2}"#, "/small"),
        (r#"{"small": -0.0}"#, "/small"),
        (r#"{"small": 3000000000.5}"#, "/small"),
        (r#"{"large": 3.0}"#, "/large"),
        (r#"{"index": 3.0}"#, "/index"),
        (r#"{"small": true}"#, "/small"),
        (r#"{"small": null}"#, "/small"),
        (r#"{"small": []}"#, "/small"),
        (r#"{"ratio": "1"}"#, "/ratio"),
        (r#"{"flag": 1}"#, "/flag"),
        (r#"{"flag": "true"}"#, "/flag"),
        (r#"{"text": 1}"#, "/text"),
        (r#"{"text": null}"#, "/text"),
        (r#"{"text": ["a"]}"#, "/text"),
        (r#"{"text": {}}"#, "/text"),
        (r#"{"note": 1}"#, "/note"),
        (r#"{"nested": []}"#, "/nested"),
        (r#"{"nested": "a"}"#, "/nested"),
        (r#"{"marks": {}}"#, "/marks"),
        (r#"{"marks": null}"#, "/marks"),
        (r#"{"marks": [{"x": 1}, null]}"#, "/marks/1"),
        (r#"{"marks": [[1, 2]]}"#, "/marks/0"),
        (r#"{"marks": [{"x": 1, "a/b~c": "1"}]}"#, "/marks/0/a~1b~0c"),
        (r#"{"pair": {}}"#, "/pair"),
        (r#"{"pair": [1, "2"]}"#, "/pair/1"),
        (r#"{"colour": 0}"#, "/colour"),
        (r#"{"colour": null}"#, "/colour"),
        (r#"{"colour": {"red": null}}"#, "/colour"),
        (r#"{"code": 1}"#, "/code"),
        (r#"{"wrapped": "1"}"#, "/wrapped"),
        (r#"{"wrapped": [1]}"#, "/wrapped"),
        (r#"{"even": "2"}"#, "/even"),
        (r#"{"shape": "dot"}"#, "/shape"),
        (r#"{"shape": {"type": 0}}"#, "/shape/type"),
        (r#"{"shape": {"type": null}}"#, "/shape/type"),
        (r#"{"labels": []}"#, "/labels"),
        (r#"{"labels": {"a": {}}}"#, "/labels/a"),
        (r#"{"nothing": {}}"#, "/nothing"),
        (r#"{"free": 1, "flat": 1}"#, "/flat"),
        (r#"{"adjacent": {"kind": "Mark", "value": {"x": ""}}}"#, "/adjacent/value/x"),
    ];
    refuses(&cases.map(|(body, pointer)| (body, pointer, FaultKind::WrongType)));
}

#[test]
fn a_value_that_the_type_does_not_have_is_invalid() {
    let cases = [
        (r#"{"small": 3000000000}"#, "/small"),
        (r#"{"small": -2147483649}"#, "/small"),
        (r#"{"small": 99999999999}"#, "/small"),
        (r#"{"small": 99999999999999999999}"#, "/small"),
        (r#"{"small": 1e30}"#, "/small"),
        (r#"{"small": -1e30}"#, "/small"),
        (r#"{"large": 9223372036854775808}"#, "/large"),
        (r#"{"large": -9223372036854775809}"#, "/large"),
        (r#"{"large": 1e19}"#, "/large"),
        (r#"{"index": -1}"#, "/index"),
        (r#"{"index": 4294967296}"#, "/index"),
        (r#"{"index": -1e30}"#, "/index"),
        (r#"{"count": 18446744073709551616}"#, "/count"),
        (r#"{"count": -1}"#, "/count"),
        (r#"{"tiny": 256}"#, "/tiny"),
        (r#"{"letter": "ab"}"#, "/letter"),
        (r#"{"letter": ""}"#, "/letter"),
        (r#"{"colour": "green"}"#, "/colour"),
        (r#"{"colour": "Red"}"#, "/colour"),
        (r#"{"wrapped": 3000000000}"#, "/wrapped"),
        (r#"{"shape": {"type": "star"}}"#, "/shape/type"),
        (r#"{"foreign": "2024-02-30"}"#, "/foreign"),
        (r#"{"marks": [{"x": 1}, {"x": 3000000000}]}"#, "/marks/1/x"),
    ];
    refuses(&cases.map(|(body, pointer)| (body, pointer, FaultKind::InvalidValue)));
}

#[test]
fn a_tuple_of_another_length_is_out_of_bounds() {
    refuses(&[
        (r#"{"pair": []}"#, "/pair", FaultKind::OutOfBounds),
        (r#"{"pair": [1]}"#, "/pair", FaultKind::OutOfBounds),
        (r#"{"pair": [1, 2, 3]}"#, "/pair", FaultKind::OutOfBounds),
    ]);
}

#[test]
fn a_rule_of_the_domain_keeps_its_code() {
    let rule = || FaultKind::Rule("CODE_CHARACTERS_2".to_owned());
    refuses(&[
        (r#"{"code": "a!"}"#, "/code", rule()),
        (r#"{"nested": {"code": "!"}}"#, "/nested/code", rule()),
        (r#"{"codes": {"a": true, "b/!": true}}"#, "/codes/b~1!", rule()),
    ]);
}

#[test]
fn a_message_that_is_not_a_code_is_dropped() {
    refuses(&[(r#"{"even": 4711}"#, "/even", FaultKind::InvalidValue), (r#"{"foreign": "secret"}"#, "/foreign", FaultKind::InvalidValue)]);
    let kind = |message: &str| fault::<Refusal>(format!(r#"{{"message": "{message}"}}"#)).kind;
    assert_eq!(kind("A_1"), FaultKind::Rule("A_1".to_owned()));
    assert_eq!(kind(&"A".repeat(64)), FaultKind::Rule("A".repeat(64)));
    for message in ["", "_A", "1A", "a", "A b", "A-B", "Á", &"A".repeat(65)] {
        assert_eq!(kind(message), FaultKind::InvalidValue, "{message}");
    }
}

#[test]
fn a_fault_never_holds_the_submitted_value() {
    for body in [
        r#"{"small": "SECRET"}"#,
        r#"{"colour": "SECRET"}"#,
        r#"{"letter": "SECRET"}"#,
        r#"{"foreign": "SECRET"}"#,
        r#"{"code": "SECRET!"}"#,
        r#"{"unknown": "SECRET"}"#,
        r#"{"shape": {"type": "SECRET"}}"#,
        r#"{"shape": {"type": "circle", "radius": "SECRET"}}"#,
        r#"{"text": "SECRET", "text": "SECRET"}"#,
        r#"{"text": "SECRET"#,
    ] {
        let shown = format!("{:?}", fault::<Body>(body));
        assert!(!shown.contains("SECRET"), "{shown}");
    }
}

#[test]
fn a_field_of_a_tagged_enum_is_named_when_only_one_object_can_be_meant() {
    let (unknown, missing) = (FaultKind::UnknownField, FaultKind::MissingField);
    refuses(&[
        (r#"{"shape": {}}"#, "/shape/type", missing.clone()),
        (r#"{"shape": {"from": {}}}"#, "/shape/type", missing.clone()),
        (r#"{"shape": {"type": "circle"}}"#, "/shape/radius", missing.clone()),
        (r#"{"shape": {"type": "dot", "o/o": 1}}"#, "/shape/o~1o", unknown.clone()),
        (r#"{"shapes": [{"type": "dot"}, {"o": 1, "type": "dot"}]}"#, "/shapes/1/o", unknown.clone()),
        (r#"{"shape": {"type": "path", "marks": [{"x": 1}, {"x": 2, "o": 3}]}}"#, "/shape/marks/1/o", unknown.clone()),
        // `o` is fine nowhere, but which of the two was met first is not known.
        (r#"{"shape": {"type": "path", "marks": [{"x": 1, "o": 1}, {"x": 2, "o": 3}]}}"#, "/shape", unknown),
        // `x` is missing in `to`, but the line itself has none either.
        (r#"{"shape": {"type": "line", "from": {"x": 1}, "to": {}, "width": 1}}"#, "/shape", missing),
    ]);
}

#[test]
fn any_other_fault_in_a_tagged_enum_is_that_of_its_object() {
    refuses(&[
        (r#"{"shape": {"type": "circle", "radius": "1"}}"#, "/shape", FaultKind::WrongType),
        (r#"{"shapes": [{"type": "circle", "radius": 1.5}]}"#, "/shapes/0", FaultKind::WrongType),
        (r#"{"shape": {"type": "circle", "radius": 3000000000}}"#, "/shape", FaultKind::InvalidValue),
        (r#"{"shape": {"type": "circle", "radius": 1, "fill": "green"}}"#, "/shape", FaultKind::InvalidValue),
    ]);
}

#[test]
fn a_tagged_enum_is_not_read_from_an_array() {
    refuses(&[
        (r#"{"shape": ["dot"]}"#, "/shape", FaultKind::WrongType),
        (r#"{"shape": ["circle", 1, null]}"#, "/shape", FaultKind::WrongType),
        (r#"{"shapes": [["dot"]]}"#, "/shapes/0", FaultKind::WrongType),
    ]);
}

#[test]
fn a_tagged_enum_may_be_the_whole_body() {
    assert_eq!(read(br#"{"type": "dot"}"#), Ok(Shape::Dot {}));
    assert_eq!(fault::<Shape>("{}").pointer, "/type");
    assert_eq!(fault::<Shape>(r#"{"type": "circle"}"#).pointer, "/radius");
    assert_eq!(fault::<Shape>(r#"{"type": "circle", "radius": ""}"#).pointer, "");
}

#[test]
fn a_buffered_field_never_points_at_a_place_that_contradicts_it() {
    refuses(&[
        (r#"{"flat": {"own": 1}}"#, "/flat/x", FaultKind::MissingField),
        (r#"{"flat": {"x": 1}}"#, "/flat/own", FaultKind::MissingField),
        (r#"{"adjacent": {"value": {"x": 1, "o": 1}, "kind": "Mark"}}"#, "/adjacent/value/o", FaultKind::UnknownField),
        (r#"{"adjacent": {"kind": "Mark"}}"#, "/adjacent/value", FaultKind::MissingField),
    ]);
}

#[test]
fn a_long_name_is_cut_to_64_characters_before_it_is_escaped() {
    let long = "é/".repeat(512 * 1024);
    let pointer = format!("/{}", "é~1".repeat(32));
    refuses(&[
        (&format!(r#"{{"{long}": 1}}"#), &pointer, FaultKind::UnknownField),
        (&format!(r#"{{"{long}": 1, "{long}": 1}}"#), &pointer, FaultKind::DuplicateKey),
    ]);
    let fits = "a".repeat(64);
    refuses(&[
        (&format!(r#"{{"{fits}": 1}}"#), &format!("/{fits}"), FaultKind::UnknownField),
        (&format!(r#"{{"{fits}b": 1}}"#), &format!("/{fits}"), FaultKind::UnknownField),
        (&format!(r#"{{"shape": {{"type": "dot", "{fits}b": 1}}}}"#), &format!("/shape/{fits}"), FaultKind::UnknownField),
    ]);
}

#[test]
fn control_characters_in_a_name_are_replaced() {
    refuses(&[
        (r#"{"a\u0000\n\u001b\u007f\u0085b": 1}"#, "/a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}b", FaultKind::UnknownField),
        (r#"{"\r": 1, "\r": 1}"#, "/\u{fffd}", FaultKind::DuplicateKey),
    ]);
}

#[test]
fn a_text_of_one_mebibyte_is_read() {
    let long = "é".repeat(512 * 1024);
    assert_eq!(reads(&format!(r#"{{"text": "{long}"}}"#)).text, long);
    refuses(&[
        (&format!(r#"{{"small": "{long}"}}"#), "/small", FaultKind::WrongType),
        (&format!(r#"{{"colour": "{long}"}}"#), "/colour", FaultKind::InvalidValue),
    ]);
}

#[test]
fn a_hundred_thousand_keys_are_read() {
    let entries: Vec<String> = (0..100_000).map(|index| format!(r#""{index}":1"#)).collect();
    let entries = entries.join(",");
    assert_eq!(reads(&format!(r#"{{"labels": {{{entries}}}}}"#)).labels.len(), 100_000);
    refuses(&[(&format!(r#"{{"labels": {{{entries},"7":1}}}}"#), "/labels/7", FaultKind::DuplicateKey)]);
}

#[test]
fn only_a_body_of_no_bytes_counts_as_an_empty_object() {
    assert_eq!(read_or_empty(b""), Ok(Body::default()));
    assert_eq!(read_or_empty(b"{}"), Ok(Body::default()));
    for (body, kind) in [(" ", FaultKind::NotJson), ("\n", FaultKind::NotJson), ("null", FaultKind::WrongType)] {
        let pointer = String::new();
        let expected = Err(Fault { pointer, kind });
        assert_eq!(read_or_empty::<Body>(body.as_bytes()), expected, "{body:?}");
    }
    let missing = Fault { pointer: "/x".to_owned(), kind: FaultKind::MissingField };
    assert_eq!(read_or_empty::<Mark>(b""), Err(missing));
}
