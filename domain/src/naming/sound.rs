//! Which names may be one name misheard or mistyped. It is a rough key for French ears, for people who decide, never a proof; accents, case
//! and particles are the page before's.

use super::forms;

/// From how many letters on one may be wrong, and two.
const ONE_WRONG: usize = 4;
const TWO_WRONG: usize = 9;

/// How many sounds make a key worth comparing.
const LEAST_SOUNDS: usize = 3;

/// Whether two names may be one: at most one letter added, left out, replaced or swapped with its neighbour in names of four letters and
/// more, two in names of nine and more, or the same sound. Shorter names, of which too many are a letter apart, never are.
pub fn similar(a: &str, b: &str) -> bool {
    let others = forms(b);
    forms(a).iter().any(|form| others.iter().any(|other| is_close(form, other)))
}

fn is_close(a: &str, b: &str) -> bool {
    let letters = |word: &str| word.chars().collect::<Vec<_>>();
    let (one, other) = (letters(a), letters(b));
    let edits = match one.len().min(other.len()) {
        TWO_WRONG.. => 2,
        ONE_WRONG.. => 1,
        _ => return false,
    };
    is_within(edits, &one, &other) || sound(a).is_some_and(|heard| sound(b) == Some(heard))
}

/// Whether `edits` changes make one of the other: a letter added, left out or replaced, or two neighbours swapped.
fn is_within(edits: usize, a: &[char], b: &[char]) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.split_at(same).1, b.split_at(same).1);
    match (a, b) {
        ([], rest) | (rest, []) => rest.len() <= edits,
        _ if edits == 0 => false,
        ([x, a_after @ ..], [y, b_after @ ..]) => {
            let swapped = match (a_after, b_after) {
                ([x2, a_rest @ ..], [y2, b_rest @ ..]) if x == y2 && x2 == y => is_within(edits - 1, a_rest, b_rest),
                _ => false,
            };
            swapped || is_within(edits - 1, a_after, b_after) || is_within(edits - 1, a_after, b) || is_within(edits - 1, a, b_after)
        }
    }
}

/// How a folded name sounds to a French ear, roughly: `ph` as f, `c`, `k`, `q` and `ck` as one, `s`, `z` and the soft `c` too, `g` before `e`
/// as j, `y` as i, `au` and `eau` as o, `ai`, `ei`, `ay` and `ey` as e, `ou`, `w` and `u` as one, no `h`, no double letter, and no
/// silent ending. None of what has another letter than a to z, or hardly a sound.
fn sound(word: &str) -> Option<String> {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let mut heard = String::new();
    let mut rest = pronounced(word);
    while !rest.is_empty() {
        let (sounds, letters) = first_sound(rest);
        if !heard.ends_with(sounds) {
            heard += sounds;
        }
        rest = rest.get(letters..).unwrap_or_default();
    }
    (heard.len() >= LEAST_SOUNDS).then_some(heard)
}

/// The name without its silent ending. After a mute `e`, which is why the consonant before it sounds, an `n` or an `m` keeps it: `Jeanne` is not
/// heard as `Jean`, nor `Denise` as `Denis`, but `Michèle` as `Michel`.
fn pronounced(word: &str) -> &str {
    let singular = if word.ends_with("es") { word.trim_end_matches('s') } else { word };
    match singular.strip_suffix('e') {
        Some(stem) if !stem.ends_with(['n', 'm']) => stem,
        Some(_) => singular,
        None => singular.trim_end_matches(['s', 'x', 'z', 't', 'd', 'p']),
    }
}

/// What is heard first, `c` standing for *ch*, and how many letters it takes.
fn first_sound(word: &str) -> (&str, usize) {
    match word.as_bytes() {
        [b'e', b'a', b'u', ..] => ("o", 3),
        [b'o', b'e', b'u', ..] => ("eu", 3),
        [b's' | b't', b'c', b'h', ..] => ("c", 3),
        [b'a', b'u', ..] => ("o", 2),
        [b'a' | b'e', b'i' | b'y', ..] => ("e", 2),
        [b'o', b'u', ..] => ("u", 2),
        [b'p', b'h', ..] => ("f", 2),
        [b'c' | b's', b'h', ..] => ("c", 2),
        [b'd', b'j', ..] | [b'g', b'e', b'a' | b'o' | b'u', ..] => ("j", 2),
        [b'g', b'u', b'e' | b'i' | b'y', ..] => ("g", 2),
        [b'q', b'u', ..] => ("k", 2),
        [b'c', b'e' | b'i' | b'y', ..] | [b's' | b'z', ..] => ("s", 1),
        [b'g', b'e' | b'i' | b'y', ..] => ("j", 1),
        [b'c' | b'k' | b'q', ..] => ("k", 1),
        [b'x', ..] => ("ks", 1),
        [b'w', ..] => ("u", 1),
        [b'y', ..] => ("i", 1),
        [b'h', ..] => ("", 1),
        _ => (word.get(..1).unwrap_or_default(), 1),
    }
}
