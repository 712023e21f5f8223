//! What a server answered, and what a test asks of it.

use serde_json::Value;

/// An answer, whoever asked for it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Who asked for what: for the message of a test that fails.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

#[expect(clippy::return_self_not_must_use, reason = "what is expected of an answer is often all there is to it")]
impl Answer {
    /// A header; none when it is absent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {}: {error}: {}", self.asked, self.status, self.text()))
    }

    /// Itself, if its status is this one; else the test stops and shows the problem.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "{}: {} instead of {status}: {}", self.asked, self.status, self.text());
        self
    }

    /// Itself, if it is a problem of this status and code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert!(answer.code() == code, "{}: {} instead of {code}: {}", answer.asked, answer.code(), answer.text());
        answer
    }

    /// The code of a problem; empty when there is none.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The codes of a problem's faults with their places.
    #[track_caller]
    pub fn faults(&self) -> Vec<(String, String)> {
        faults(&self.json()["errors"])
    }

    /// The receipt of a submission, be it the body or a member of a problem.
    #[track_caller]
    pub fn receipt(&self) -> Value {
        let body = self.json();
        let receipt = if self.status < 400 { body } else { body["submission"].clone() };
        assert!(receipt["lines"].is_array(), "{}: {}: no receipt in {}", self.asked, self.status, self.text());
        receipt
    }

    /// A text of the body, by its name.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let body = self.json();
        body[name].as_str().unwrap_or_else(|| panic!("{}: no text `{name}` in {body}", self.asked)).to_owned()
    }

    /// The id of what is shown.
    #[track_caller]
    pub fn id(&self) -> String {
        self.field("id")
    }

    /// The entity tag.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("{}: no ETag", self.asked)).to_owned()
    }

    /// The things of a page.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        let body = self.json();
        body["items"].as_array().unwrap_or_else(|| panic!("{}: no items in {body}", self.asked)).clone()
    }

    /// The ids of the things of a page.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        self.items().iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// A problem without what differs between any two requests: to be compared byte for byte.
    #[track_caller]
    pub fn without_instance(&self) -> String {
        let instance = self.json()["instance"].as_str().unwrap_or_default().to_owned();
        assert!(!instance.is_empty(), "{}: no instance in {}", self.asked, self.text());
        self.text().replace(&instance, "…")
    }
}

/// The codes of faults with their places: a pointer, a name, or a line of a file with its column, as `3:minutes`.
pub fn faults(errors: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of_file = |fault: &Value| Some(format!("{}:{}", fault["line"].as_u64()?, text(&fault["column"])));
    let place = |fault: &Value| ["pointer", "parameter", "header"].iter().map(|name| text(&fault[*name])).find(|place| !place.is_empty());
    let told = |fault: &Value| (text(&fault["code"]), of_file(fault).or_else(|| place(fault)).unwrap_or_default());
    errors.as_array().into_iter().flatten().map(told).collect()
}
