//! The documentation of a problem's code as a page for people, with nothing to load from elsewhere. Its words are in `words`; the
//! example is rendered by the very code that answers requests, so it cannot drift.

use actix_web::http::StatusCode;
use uuid::Uuid;

use super::words::{self, Words};
use super::{Kind, Place, Problem, ProblemBody, slug};

/// System colours only, so that contrast, dark mode and forced colours are the reader's own.
const STYLE: &str = "\
    :root{color-scheme:light dark}\
    body{max-width:48rem;margin:0 auto;padding:1rem;font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}\
    dt{font-weight:bold}dd{margin:0 0 .5rem}\
    figure{margin:1rem 0}\
    pre{overflow-x:auto;padding:1rem;border:1px solid;line-height:1.4;overflow-wrap:normal}\
    code{font-family:ui-monospace,monospace}\
    table{border-collapse:collapse}caption{text-align:left}\
    th,td{padding:.25rem 1rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid}";

/// Where an example's fault is: plainly a placeholder, since a code may stand at many places.
const SOME_PLACE: &str = "/path/to/value";

/// An id of nothing, for the examples.
const SOME_REQUEST: Uuid = Uuid::from_u128(0x0199_aa10_7b2c_7d3e_8f40_1234_5678_9abc);

/// The page of the code with this slug, if it is published; `statuses` are those it is known to come with.
pub(crate) fn page(wanted: &str, english: bool, statuses: &[u16]) -> Option<String> {
    let words = words::ALL.iter().find(|words| slug(words.code) == wanted)?;
    let title = pick(words.title, english);
    let [all, status, meaning, example] = pick(
        [
            ["Tous les codes d'erreur", "Statut HTTP", "Ce qui s'est passé, et que faire", "Exemple"],
            ["All problem codes", "HTTP status", "What happened, and what to do", "Example"],
        ],
        english,
    );
    let examples: Vec<String> = carrying(words, statuses).iter().enumerate().map(|(place, problem)| shown(place, problem, words, english)).collect();
    let main = format!(
        "<nav><a href=\"/problems\">{all}</a></nav>\n\
         <main>\n\
         <h1>{title}</h1>\n\
         <dl>\n<dt>Code</dt>\n<dd><code>{code}</code></dd>\n<dt>{status}</dt>\n<dd>{statuses}</dd>\n</dl>\n\
         <h2>{meaning}</h2>\n<p>{detail}</p>\n\
         <h2>{example}</h2>\n{examples}\n\
         </main>",
        all = escaped(all),
        title = escaped(title),
        code = escaped(words.code),
        status = escaped(status),
        statuses = listed(statuses, english),
        meaning = escaped(meaning),
        detail = escaped(pick(words.detail, english)),
        example = escaped(example),
        examples = examples.join("\n"),
    );
    Some(document(&format!("{title} ({})", words.code), &main, english))
}

/// The page that lists every published code.
pub(crate) fn index(english: bool) -> String {
    let [title, advice, caption, meaning] = pick(
        [
            [
                "Les codes d'erreur de Jalon",
                "Un logiciel se fie à code, qui ne change pas de sens. title et detail sont pour les personnes, et peuvent être reformulés.",
                "Chaque code mène à sa page.",
                "Signification",
            ],
            [
                "Jalon's problem codes",
                "A program relies on code, whose meaning never changes. title and detail are for people, and may be reworded.",
                "Each code leads to its page.",
                "Meaning",
            ],
        ],
        english,
    );
    let row = |words: &Words| {
        let (slug, code, title) = (escaped(&slug(words.code)), escaped(words.code), escaped(pick(words.title, english)));
        format!("<tr><th scope=\"row\"><a href=\"/problems/{slug}\"><code>{code}</code></a></th><td>{title}</td></tr>")
    };
    let rows: Vec<String> = words::ALL.iter().map(row).collect();
    let main = format!(
        "<main>\n<h1>{}</h1>\n<p>{}</p>\n\
         <table>\n<caption>{}</caption>\n\
         <thead><tr><th scope=\"col\">Code</th><th scope=\"col\">{}</th></tr></thead>\n\
         <tbody>\n{}\n</tbody>\n</table>\n</main>",
        escaped(title),
        escaped(advice),
        escaped(caption),
        escaped(meaning),
        rows.join("\n"),
    );
    document(title, &main, english)
}

/// An example of each problem that stands for itself: its code, its title in English and what is answered, in French.
pub(crate) fn examples() -> impl Iterator<Item = (&'static str, &'static str, ProblemBody)> {
    words::ALL.iter().filter_map(|words| {
        let example = carrying(words, &super::statuses(words.code)).into_iter().next()?;
        (example.code == words.code).then(|| (words.code, pick(words.title, true), example.render(SOME_REQUEST, false)))
    })
}

/// The problems that carry a code: as their own, in their `errors[]`, or both where its statuses leave both open.
fn carrying(words: &Words, statuses: &[u16]) -> Vec<Problem> {
    if let Some(kind) = Kind::ALL.iter().copied().find(|kind| kind.code() == words.code) {
        return vec![of_protocol(kind)];
    }
    // A rule or a form never stands alone at 422: it is one of the faults of `INVALID`.
    let invalid = Kind::Invalid.status().as_u16();
    let alone = statuses.iter().rev().find(|status| **status != invalid).and_then(|status| StatusCode::from_u16(*status).ok());
    let mut examples: Vec<Problem> = alone.into_iter().map(|status| Problem { status, code: words.code, ..Problem::of(Kind::Invalid) }).collect();
    if examples.is_empty() || statuses.contains(&invalid) {
        examples.push(Problem::at(Kind::Invalid, words.code, Place::Pointer(SOME_PLACE.to_owned())));
    }
    examples
}

fn of_protocol(kind: Kind) -> Problem {
    let parameter = |name: &str| Place::Parameter(name.to_owned());
    match kind {
        Kind::Invalid => Problem::at(kind, "FIELD_MISSING", Place::Pointer(SOME_PLACE.to_owned())),
        Kind::DuplicateKey => Problem::at(kind, kind.code(), Place::Pointer(SOME_PLACE.to_owned())),
        Kind::InvalidParameter => Problem::at(kind, "OUT_OF_BOUNDS", parameter("limit")),
        Kind::CursorInvalid => Problem::at(kind, kind.code(), parameter("cursor")),
        Kind::InvalidHeader => Problem::at(kind, kind.code(), Place::Header("If-Match")),
        Kind::KeyMissing | Kind::KeyMalformed | Kind::KeyReused => Problem::at(kind, kind.code(), Place::Header("Idempotency-Key")),
        _ => Problem::of(kind),
    }
}

/// One example with its caption. A wide one scrolls, so it takes the keyboard's focus and has a name.
fn shown(place: usize, problem: &Problem, words: &Words, english: bool) -> String {
    let status = problem.status.as_u16();
    let caption = match (problem.code == words.code, english) {
        (true, false) => format!("Réponse {status}, qui porte ce code"),
        (true, true) => format!("Answer {status}, which has this code"),
        (false, false) => format!("Réponse {status}, qui porte ce code dans errors, à l'endroit en cause"),
        (false, true) => format!("Answer {status}, which has this code in errors, at the place concerned"),
    };
    let json = serde_json::to_string_pretty(&problem.render(SOME_REQUEST, english)).unwrap_or_default();
    format!(
        "<figure>\n<figcaption id=\"example-{place}\">{}</figcaption>\n\
         <pre role=\"region\" aria-labelledby=\"example-{place}\" tabindex=\"0\"><code>{}</code></pre>\n</figure>",
        escaped(&caption),
        escaped(&json),
    )
}

/// `409 Conflict, 422 Unprocessable Entity`. HTTP names its statuses in English.
fn listed(statuses: &[u16], english: bool) -> String {
    let named = |status: &u16| match StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason()) {
        Some(reason) => format!("{status} <span lang=\"en\">{}</span>", escaped(reason)),
        None => status.to_string(),
    };
    if statuses.is_empty() {
        let carried = ["celui du problème qui porte ce code dans errors", "that of the problem which has this code in errors"];
        return escaped(pick(carried, english));
    }
    statuses.iter().map(named).collect::<Vec<String>>().join(", ")
}

/// A whole document around what is already markup.
fn document(title: &str, main: &str, english: bool) -> String {
    let language = pick(["fr", "en"], english);
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"{language}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{} | Jalon</title>\n\
         <style>{STYLE}</style>\n\
         </head>\n\
         <body>\n{main}\n</body>\n\
         </html>\n",
        escaped(title),
    )
}

fn pick<T>([french, english]: [T; 2], in_english: bool) -> T {
    if in_english { english } else { french }
}

/// Text as it may stand in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn unescaped(html: &str) -> String {
        html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
    }

    /// The JSON bodies that a page shows.
    fn bodies(page: &str) -> Vec<Value> {
        let shown = page.split("tabindex=\"0\"><code>").skip(1);
        shown.map(|rest| serde_json::from_str(&unescaped(rest.split("</code>").next().unwrap())).unwrap()).collect()
    }

    #[test]
    fn every_code_has_a_page_in_both_languages() {
        for words in words::ALL {
            for english in [false, true] {
                let page = page(&slug(words.code), english, &super::super::statuses(words.code)).unwrap();
                let language = usize::from(english);
                assert!(page.contains(["<html lang=\"fr\">", "<html lang=\"en\">"][language]));
                assert!(page.contains(&format!("<h1>{}</h1>", escaped(words.title[language]))));
                assert!(page.contains(&format!("<dd><code>{}</code></dd>", words.code)));
                assert!(page.contains(&escaped(words.detail[language])));
                for status in super::super::statuses(words.code) {
                    assert!(page.contains(&format!("{status} <span lang=\"en\">")), "{}", words.code);
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_slug_of_a_code_has_no_page() {
        for unknown in ["", "no-such-code", "SESSION_NOT_STARTED", "session_not_started", "session-not-started/", "Session-not-started"] {
            assert_eq!(page(unknown, false, &[409]), None, "{unknown}");
        }
    }

    #[test]
    fn slugs_and_codes_name_each_other() {
        let slugs: BTreeSet<String> = words::ALL.iter().map(|words| slug(words.code)).collect();
        assert_eq!(slugs.len(), words::ALL.len());
        for words in words::ALL {
            let slug = slug(words.code);
            assert!(slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{slug}");
            assert_eq!(slug.to_ascii_uppercase().replace('-', "_"), words.code);
        }
    }

    #[test]
    fn an_example_is_a_body_that_names_the_page_it_stands_on() {
        for words in words::ALL {
            let bodies = bodies(&page(&slug(words.code), true, &super::super::statuses(words.code)).unwrap());
            assert!(!bodies.is_empty());
            for body in bodies {
                let own = body["code"] == words.code && body["type"] == format!("/problems/{}", slug(words.code));
                let carried = body["errors"].as_array().unwrap().iter().any(|error| error["code"] == words.code);
                assert!(own || carried, "{body}");
                assert!(body["status"].as_u64().is_some_and(|status| status >= 400));
                for text in ["title", "detail", "instance"] {
                    assert!(body[text].as_str().is_some_and(|text| !text.is_empty()), "{body}");
                }
            }
        }
    }

    #[test]
    fn an_example_follows_the_statuses_of_its_code() {
        let shown = |slug: &str, statuses: &[u16]| -> Vec<(u64, String)> {
            let bodies = bodies(&page(slug, false, statuses).unwrap());
            bodies.iter().map(|body| (body["status"].as_u64().unwrap(), body["code"].as_str().unwrap().to_owned())).collect()
        };
        let invalid = || (422, "INVALID".to_owned());
        let refused = || (409, "SESSION_NOT_STARTED".to_owned());
        assert_eq!(shown("session-not-started", &[409]), [refused()]);
        assert_eq!(shown("session-not-started", &[403, 409, 422]), [refused(), invalid()]);
        assert_eq!(shown("text-empty", &[422]), [invalid()]);
        assert_eq!(shown("field-unknown", &[]), [invalid()]);
        assert_eq!(shown("invalid", &[422]), [invalid()]);
    }

    #[test]
    fn the_index_leads_to_every_page() {
        for english in [false, true] {
            let index = index(english);
            for words in words::ALL {
                assert!(index.contains(&format!("href=\"/problems/{}\"><code>{}</code>", slug(words.code), words.code)));
                assert!(index.contains(&escaped(words.title[usize::from(english)])));
            }
        }
    }

    #[test]
    fn markup_in_a_text_stays_text() {
        assert_eq!(escaped("<a href=\"x\">l'&amp;</a>"), "&lt;a href=&quot;x&quot;&gt;l&#39;&amp;amp;&lt;/a&gt;");
    }

    #[test]
    fn pages_load_nothing_and_run_nothing() {
        for html in [index(false), page("outcome-unknown", true, &[503]).unwrap()] {
            for forbidden in ["<script", "src=", "url(", "@import", "://"] {
                assert!(!html.contains(forbidden), "{forbidden}");
            }
            for link in html.split("href=\"").skip(1) {
                assert!(link.starts_with("/problems") || link.starts_with("data:,\""), "{link}");
            }
        }
    }
}
