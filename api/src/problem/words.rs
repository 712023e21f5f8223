//! What each published code says to people, in French and in English, once for the JSON and the documentation page. Not here: which
//! status a code comes with, and anything that was submitted.

mod protocol;
mod values;
mod organisations;
mod actions;
mod batches;
mod referrals;
mod file;
mod orientations;
mod contracts;

/// The words of one code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// `UPPER_SNAKE`, published, never translated.
    pub(crate) code: &'static str,
    /// A few words, in French and in English.
    pub(crate) title: [&'static str; 2],
    /// What happened and what to do next, in French and in English.
    pub(crate) detail: [&'static str; 2],
}

/// The words of a code, if it is published.
pub(crate) fn of(code: &str) -> Option<&'static Words> {
    ALL.iter().find(|words| words.code == code)
}

/// A file each: the protocol's codes, then the rules in the order of `domain::refusal`.
const FILES: &[&[Words]] = &[
    protocol::WORDS,
    values::WORDS,
    organisations::WORDS,
    actions::WORDS,
    batches::WORDS,
    referrals::WORDS,
    file::WORDS,
    orientations::WORDS,
    contracts::WORDS,
];

/// All of them.
pub(crate) const ALL: &[Words] = &all();

const fn count() -> usize {
    let (mut files, mut count) = (FILES, 0);
    while let [file, others @ ..] = files {
        count += file.len();
        files = others;
    }
    count
}

/// The files one after the other. It runs while this is compiled.
#[expect(clippy::indexing_slicing, reason = "a place that is not there does not compile")]
#[expect(clippy::large_stack_arrays, reason = "a constant, which no stack ever holds")]
const fn all() -> [Words; count()] {
    let mut all = [Words { code: "", title: [""; 2], detail: [""; 2] }; count()];
    let (mut files, mut place) = (FILES, 0);
    while let [file, others @ ..] = files {
        let mut words = *file;
        while let [first, rest @ ..] = words {
            all[place] = *first;
            (words, place) = (rest, place + 1);
        }
        files = others;
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_published_code_has_words_and_no_other_has() {
        let published: BTreeSet<&str> = super::super::codes().into_iter().collect();
        let told: BTreeSet<&str> = ALL.iter().map(|words| words.code).collect();
        assert_eq!(told, published);
        for code in published {
            assert_eq!(of(code).map(|words| words.code), Some(code));
        }
        assert!(of("NO_SUCH_CODE").is_none());
    }

    #[test]
    fn no_code_and_no_title_stands_twice() {
        let codes: BTreeSet<&str> = ALL.iter().map(|words| words.code).collect();
        assert_eq!(codes.len(), ALL.len());
        for language in [0, 1] {
            let titles: BTreeSet<&str> = ALL.iter().map(|words| words.title[language]).collect();
            assert_eq!(titles.len(), ALL.len());
        }
    }

    #[test]
    fn titles_are_a_few_words_without_a_full_stop() {
        for Words { code, title, .. } in ALL {
            for title in title {
                assert!((3..=8).contains(&title.split_whitespace().count()), "{code}: {title}");
                assert!(title.chars().count() <= 60 && !title.ends_with('.'), "{code}: {title}");
            }
        }
    }

    #[test]
    fn details_are_one_or_two_whole_sentences() {
        for Words { code, detail, .. } in ALL {
            assert_ne!(detail[0], detail[1], "{code}");
            for detail in detail {
                assert!((20..=200).contains(&detail.chars().count()), "{code}: {} characters", detail.chars().count());
                assert!(detail.ends_with('.') && detail.trim() == *detail && !detail.contains("  "), "{code}: {detail}");
                assert!(detail.matches(". ").count() <= 1, "{code}: {detail}");
            }
        }
    }
}
