//! How names are read, forgiving what people write differently: accents, case, hyphens, apostrophes, particles, what is joined or not. Whether
//! two people are one is asked in `matching`; how words are stored and looked up is not here.

use std::collections::BTreeSet;
use std::fmt;

use crate::text::folded;

mod sound;
#[cfg(test)]
mod tests;

pub use sound::similar;

/// What stands in names or is left out of them: French, Flemish, German, Arabic, Italian, Spanish, Portuguese, Irish and Scottish. `Saint` is
/// none: Martin and Saint-Martin are two families.
const PARTICLES: &[&str] = &[
    "al", "bel", "ben", "bin", "bint", "d", "da", "das", "de", "del", "den", "der", "des", "di", "do", "dos", "du", "el", "l", "la", "le", "les",
    "mac", "mc", "o", "van", "von", "y",
];

/// Particles that are often written as one with the name, the longer before those with which they start.
const WRITTEN_AS_ONE: &[&str] = &["dela", "des", "de", "du", "la", "le", "el", "al", "ben", "bel"];

/// Those among them after which hardly anything but the name itself follows: `Delatour`, `Elamrani`, `Benyoussef`, while `Dupont` is not of
/// the Ponts.
const SURELY_PARTICLES: &[&str] = &["dela", "el", "ben"];

/// How many letters have to follow a particle that is taken off: `Denis` stays what it is.
const LEAST_LEFT: usize = 4;

/// How long a word is stored and looked for, in letters. Names have at most a hundred characters.
const LONGEST_WORD: usize = 60;

/// How many words one person is stored under.
pub const MOST_WRITTEN: usize = 24;

/// How many readings of what was typed are looked for.
pub const MOST_READINGS: usize = 4;
/// How many words of a reading have to be met: the longest.
pub const MOST_SOUGHT: usize = 6;

/// How much of what was typed is read, in characters.
const MOST_TYPED: usize = 100;

fn is_particle(part: &str) -> bool {
    PARTICLES.contains(&part)
}

/// A letter alone says too little to look for.
fn is_letter(part: &str) -> bool {
    part.chars().nth(1).is_none()
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST_WORD).collect()
}

/// `St` and `Ste` are how Saint and Sainte are written for short.
fn spelled_out(part: &str) -> &str {
    match part {
        "st" => "saint",
        "ste" => "sainte",
        part => part,
    }
}

fn abbreviated(part: &str) -> &str {
    match part {
        "saint" => "st",
        "sainte" => "ste",
        part => part,
    }
}

/// The name that a particle was written as one with.
fn without<'a>(particles: &[&str], word: &'a str) -> Option<&'a str> {
    let rest = particles.iter().find_map(|particle| word.strip_prefix(particle))?;
    (rest.chars().count() >= LEAST_LEFT).then_some(rest)
}

/// Keeps the order, which is that of importance.
fn add(words: &mut Vec<String>, word: &str) {
    let word = cut(word);
    if !word.is_empty() && !words.contains(&word) {
        words.push(word);
    }
}

/// The forms in which a name is the same name: all of it as one word, that without its particles, and without the one it was written as
/// one with. A name without a letter or a digit has none.
pub fn forms(name: &str) -> Vec<String> {
    let folded = folded(name);
    let parts = || folded.split(' ').map(spelled_out);
    let whole: String = parts().collect();
    let bare: String = parts().filter(|part| !is_particle(part)).collect();
    let mut forms = Vec::new();
    for form in [&*whole, &*bare, without(SURELY_PARTICLES, &whole).unwrap_or_default()] {
        add(&mut forms, form);
    }
    forms
}

/// Whether two names are one name: the same letters, whatever separates them, with their particles or without.
pub fn alike(a: &str, b: &str) -> bool {
    let others = forms(b);
    forms(a).iter().any(|form| others.contains(form))
}

/// Whether one of two names is the other with more names after or before it: `Marie` and `Marie-Claude`, `Silva` and `Silva Santos`. What
/// is left has three letters at least.
pub fn partly(a: &str, b: &str) -> bool {
    let parts = |name: &str| folded(name).split(' ').filter(|part| !is_particle(part)).map(|part| spelled_out(part).to_owned()).collect::<Vec<_>>();
    let (a, b) = (parts(a), parts(b));
    let (shorter, longer) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let letters: usize = shorter.iter().map(|part| part.chars().count()).sum();
    letters > 2 && (longer.starts_with(shorter) || longer.ends_with(shorter))
}

/// The words under which one name is stored, the most important first. Each part stands with all that follows it, run together: `jeanpierre`
/// and `pierre`. As words are looked for by their beginning, the parts and whatever runs of them are joined are all found by these.
fn words(name: &str, is_family: bool) -> Vec<String> {
    let mut words = forms(name);
    let folded = folded(name);
    let typed: Vec<&str> = folded.split(' ').collect();
    let full: Vec<&str> = typed.iter().map(|part| spelled_out(part)).collect();
    let short: Vec<&str> = typed.iter().map(|part| abbreviated(part)).collect();
    for particles in [false, true] {
        for parts in [&full, &typed, &short] {
            let mut rest = &parts[..];
            while let [first, after @ ..] = rest {
                if is_particle(first) == particles {
                    add(&mut words, &rest.concat());
                    if let Some(name) = without(WRITTEN_AS_ONE, first).filter(|_| is_family) {
                        add(&mut words, &(name.to_owned() + &after.concat()));
                    }
                }
                rest = after;
            }
        }
    }
    words
}

/// The words under which a person is stored so that they are found by name, at most [`MOST_WRITTEN`] of at most 60 letters each: letters and
/// digits alone, no accent, no capital. Of a person with more, each name keeps its first.
pub fn written(last: &str, first: &str, birth: Option<&str>) -> BTreeSet<String> {
    let names = [words(last, true), words(first, false), birth.map(|name| words(name, true)).unwrap_or_default()];
    let mut written = BTreeSet::new();
    for turn in 0..MOST_WRITTEN {
        for word in names.iter().filter_map(|words| words.get(turn)) {
            if written.len() < MOST_WRITTEN {
                written.insert(word.clone());
            }
        }
    }
    written
}

/// The same as one text, each after a blank: a word that begins so is found in it after a blank too.
pub fn in_one(written: &BTreeSet<String>) -> String {
    written.iter().flat_map(|word| [" ", word]).collect()
}

/// What somebody typed to find a person by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Sought {
    readings: Vec<Vec<String>>,
}

impl Sought {
    /// The ways to read it, at most [`MOST_READINGS`]: a person is found who meets any of them. A reading is met when each of its words, at
    /// most [`MOST_SOUGHT`], is the beginning of one of the words under which the person is stored; the longest word, which few people
    /// have, comes first. Words hold letters and digits alone, so nothing in them has to be escaped.
    pub fn readings(&self) -> &[Vec<String>] {
        &self.readings
    }

    /// Whether a person stored under these words is found: what the query does.
    pub fn meets(&self, written: &BTreeSet<String>) -> bool {
        let is_met = |beginning: &String| written.iter().any(|word| word.starts_with(beginning));
        self.readings.iter().any(|reading| reading.iter().all(is_met))
    }

    /// A reading by these words, unless it is there already or says nothing.
    fn add(&mut self, mut words: Vec<String>) {
        words = words.iter().map(|word| cut(word)).filter(|word| !is_letter(word)).collect();
        words.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
        words.dedup();
        words.truncate(MOST_SOUGHT);
        if !words.is_empty() && self.readings.len() < MOST_READINGS && !self.readings.contains(&words) {
            self.readings.push(words);
        }
    }
}
// People's names are in it, so a debug print says nothing.
impl fmt::Debug for Sought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sought({} readings)", self.readings.len())
    }
}

/// Reads what a caller typed, of which the first 100 characters count. None when no word of two letters is left to look for. It is read:
/// without particles and single letters; as written, with what an apostrophe, a hyphen or a particle ties together as one word; without
/// the particle that was written as one with a name; with the first two words as one, and the last two; as one word.
pub fn sought(text: &str) -> Option<Sought> {
    let typed: String = text.chars().take(MOST_TYPED).collect();
    let tokens: Vec<Vec<String>> = typed.split_whitespace().map(parts_of).filter(|token| !token.is_empty()).collect();
    let last = tokens.iter().flatten().count().saturating_sub(1);
    let mut place = 0..;
    // A `St` that ends what is typed may be the beginning of anything.
    let tokens: Vec<Vec<String>> = tokens
        .iter()
        .map(|token| token.iter().map(|part| if place.next() == Some(last) { part.clone() } else { spelled_out(part).to_owned() }).collect())
        .collect();
    let parts: Vec<String> = tokens.iter().flatten().cloned().collect();

    let mut sought = Sought { readings: Vec::new() };
    let names = |keep_particles: bool| parts.iter().filter(move |part| !is_letter(part) && (keep_particles || !is_particle(part))).cloned();
    sought.add(names(false).collect());
    if sought.readings.is_empty() {
        sought.add(names(true).collect());
    }
    if sought.readings.is_empty() {
        return None;
    }
    sought.add(tied(tokens.iter().map(|token| token.concat()), |token| is_letter(token) || is_particle(token)));
    sought.add(names(false).map(|part| without(SURELY_PARTICLES, &part).map_or(part.clone(), str::to_owned)).collect());
    let joinable = tied(parts.iter().filter(|part| !is_particle(part)).cloned(), is_letter);
    for joined in [with_first_joined(&joinable), with_last_joined(&joinable), vec![parts.concat()]] {
        sought.add(joined);
    }
    Some(sought)
}

fn parts_of(token: &str) -> Vec<String> {
    folded(token).split(' ').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Words with those that lean on the next one written as one with it.
fn tied(words: impl Iterator<Item = String>, leans: impl Fn(&str) -> bool) -> Vec<String> {
    let mut tied = Vec::new();
    let mut leaning = String::new();
    for word in words {
        if leans(&word) {
            leaning += &word;
        } else {
            tied.push(std::mem::take(&mut leaning) + &word);
        }
    }
    tied.extend(Some(leaning).filter(|word| !word.is_empty()));
    tied
}

fn with_first_joined(words: &[String]) -> Vec<String> {
    if let [a, b, rest @ ..] = words { [&[a.clone() + b], rest].concat() } else { Vec::new() }
}

fn with_last_joined(words: &[String]) -> Vec<String> {
    if let [rest @ .., a, b] = words { [rest, &[a.clone() + b]].concat() } else { Vec::new() }
}
