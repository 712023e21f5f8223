//! Tables of names that must and must not find each other, and what holds of every name.

use proptest::prelude::*;

use super::*;

fn person(last: &str, first: &str) -> BTreeSet<String> {
    written(last, first, None)
}

fn finds(typed: &str, stored: &BTreeSet<String>) -> bool {
    sought(typed).is_some_and(|sought| sought.meets(stored))
}

/// Ways to write one family name.
const SAME: &[&[&str]] = &[
    &["N'Guyen", "Nguyen", "NGUYEN", "N’guyen", "n guyen", "Nguyên"],
    &["de la Tour", "Delatour", "Tour", "De La Tour", "DE LA TOUR", "de-la-tour", "delaTour", "la Tour"],
    &["Jean-Pierre", "Jean Pierre", "Jeanpierre", "JEAN PIERRE"],
    &["Le Goff", "Legoff", "LE GOFF", "le-goff"],
    &["Le Goff", "Goff"],
    &["d'Almeida", "Dalmeida", "D ALMEIDA", "d’Alméida"],
    &["d'Almeida", "Almeida"],
    &["El Amrani", "Elamrani", "EL-AMRANI", "Amrani"],
    &["Ben Youssef", "Benyoussef", "Youssef"],
    &["O'Brien", "Obrien", "O Brien"],
    &["Van der Meulen", "Vandermeulen", "van der meulen"],
    &["Saint-Léger", "St Léger", "St-Leger", "SAINT LEGER"],
    &["Sainte-Rose", "Ste Rose"],
    &["Saint", "St"],
    &["Lœuvre", "Loeuvre"],
    &["Da Silva Santos", "Silva Santos"],
    &["Da Silva", "Dasilva"],
    &["Mac Mahon", "Macmahon"],
    &["Mac Mahon", "Mahon"],
    &["Strauß", "Strauss"],
];

#[test]
fn whatever_way_a_name_is_written_finds_the_others() {
    for ways in SAME {
        for stored in *ways {
            let words = person(stored, "Camille");
            for typed in *ways {
                assert!(finds(typed, &words), "{typed} finds {stored}: {words:?}");
                assert!(finds(&format!("Camille {typed}"), &words), "Camille {typed} finds {stored}: {words:?}");
                assert!(finds(&format!("{typed} camille"), &words), "{typed} camille finds {stored}: {words:?}");
                assert!(finds(typed, &written("Exemple", "Camille", Some(stored))), "{typed} finds the birth name {stored}");
                assert!(alike(typed, stored) && alike(stored, typed), "{typed} is {stored}");
            }
        }
    }
}

#[test]
fn part_of_a_name_is_enough_in_any_order() {
    for (typed, last, first) in [
        ("dup", "Dupont", "Marie"),
        ("mar dup", "Dupont", "Marie"),
        ("dup mar", "Dupont", "Marie"),
        ("Claude", "Dupont", "Marie-Claude"),
        ("marie cl", "Dupont", "Marie-Claude"),
        ("mariecl", "Dupont", "Marie-Claude"),
        ("Dupont Marie Claude", "Dupont", "Marieclaude"),
        ("Marie Claude Dupont", "Dupont", "Marieclaude"),
        ("Jean-Pierre de la Tour", "Tour", "Jeanpierre"),
        ("jean pierre le goff", "Legoff", "Jeanpierre"),
        ("Martin", "Dupont-Martin", "Anne"),
        ("dupontmar", "Dupont-Martin", "Anne"),
        ("tour du pin", "de la Tour du Pin", "Anne"),
        ("latourdupin", "de la Tour du Pin", "Anne"),
        ("de la tour", "de la Tour du Pin", "Anne"),
        ("pin", "de la Tour du Pin", "Anne"),
        ("Aït Ben Haddou", "Aitbenhaddou", "Anne"),
        ("D. Almeida", "d'Almeida", "Anne"),
        ("J. Dupont", "Dupont", "Jean"),
        ("Dupont J", "Dupont", "Jean"),
        ("Thi Le", "Le", "Thi"),
        ("Le", "Le", "Thi"),
        ("El", "El", "Ben"),
        ("martin martin", "Martin", "Martin"),
        ("st", "St Martin", "Anne"),
        ("sain", "St Martin", "Anne"),
        ("stmartin", "St Martin", "Anne"),
        ("saintmartin", "St Martin", "Anne"),
        ("stmartin", "Saint-Martin", "Anne"),
        ("ste", "Stéphane", "Anne"),
        ("roux", "Leroux", "Anne"),
        ("«Dupont», Marie;", "Dupont", "Marie"),
        ("Ανδρέου", "ΑΝΔΡΈΟΥ", "Μαρία"),
        ("王小", "王小明", "明"),
    ] {
        assert!(finds(typed, &person(last, first)), "{typed} finds {last} {first}: {:?}", person(last, first));
    }
}

#[test]
fn every_word_has_to_be_met() {
    for (typed, last, first) in [
        ("Dupont", "Durand", "Marie"),
        ("Dupont Marie", "Dupont", "Anne"),
        ("Dupont Marie", "Martin", "Marie"),
        ("upont", "Dupond", "Marie"),
        ("Dupont", "Pont", "Marie"),
        ("Dupontel", "Dupont", "Marie"),
        ("Laurent", "Urent", "Marie"),
        ("nis", "Denis", "Marie"),
        ("Saint-Martin", "Martin", "Marie"),
        ("Legoff", "Goffin", "Marie"),
        ("Marie Claude", "Dupont", "Marie"),
        ("marieanne", "Dupont", "Anne-Marie"),
        ("%", "Dupont", "Marie"),
        ("_upont", "Dupont", "Marie"),
    ] {
        assert!(!finds(typed, &person(last, first)), "{typed} does not find {last} {first}");
    }
}

#[test]
fn there_has_to_be_something_to_look_for() {
    for nothing in ["", " ", "-", "'’.;%_*", "a", "É", "N'", "d l", "a b c", "1", "\u{301}\u{301}", "😀"] {
        assert_eq!(sought(nothing), None, "{nothing:?}");
    }
    for something in ["ab", "É-É É É ab", "de", "12", "a bc", "王明"] {
        assert!(sought(something).is_some(), "{something:?}");
    }
}

#[test]
fn what_was_typed_is_read_in_few_ways_the_longest_word_first() {
    let readings = |typed: &str| sought(typed).unwrap().readings().iter().map(|words| words.join(" ")).collect::<Vec<_>>();
    assert_eq!(readings("Dupont"), ["dupont"]);
    assert_eq!(readings("Marie Dupont"), ["dupont marie", "mariedupont"]);
    assert_eq!(readings("N'Guyen"), ["guyen", "nguyen"]);
    assert_eq!(readings("de la Tour"), ["tour", "delatour"]);
    assert_eq!(readings("Delatour"), ["delatour", "tour"]);
    assert_eq!(readings("Elamrani"), ["elamrani", "amrani"]);
    assert_eq!(readings("Elsa"), ["elsa"], "too little would be left");
    assert_eq!(readings("Dupont J."), ["dupont", "dupontj"]);
    assert_eq!(readings("Jean-Pierre Dupont"), ["dupont pierre jean", "jeanpierre dupont", "pierredupont jean", "jeanpierredupont"]);
    assert_eq!(readings("le van"), ["van le", "levan"]);
    assert_eq!(readings("St Martin"), ["martin saint", "saintmartin"]);
    assert_eq!(readings("Martin St"), ["martin st", "martinst"]);
}

#[test]
fn a_person_is_stored_under_each_part_with_what_follows_it() {
    let words = |words: BTreeSet<String>| words.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(words(person("Dupont", "Marie")), "dupont marie pont");
    assert_eq!(words(person("Martin", "Jean-Pierre")), "jeanpierre martin pierre");
    assert_eq!(words(person("de la Tour du Pin", "Anne")), "anne delatourdupin dupin latourdupin pin tourdupin tourpin");
    assert_eq!(words(written("Martin", "Anne", Some("N'Guyen"))), "anne guyen martin nguyen");
    assert_eq!(words(person("Delatour", "Denise")), "delatour denise tour", "only family names have particles");
    assert_eq!(words(person("-", "?")), "");
}

#[test]
fn a_name_of_any_length_has_few_words_and_every_name_its_own() {
    let many = "ab cd ef gh ij kl mn op qr st uv wx yz ba dc fe hg ji lk nm po rq ts vu xw zy abc bcd cde def efg fgh";
    let words = written(many, many, Some(many));
    assert!(words.len() <= MOST_WRITTEN);
    let words = written(many, "Anne", Some("Martin"));
    assert_eq!(words.len(), MOST_WRITTEN);
    for typed in ["Anne Martin", "ab", "uv", "ab cd ef gh ij kl mn op"] {
        assert!(finds(typed, &words), "{typed}");
    }
    let long = person(&"é".repeat(100), "Anne");
    assert_eq!(long.iter().map(|word| word.chars().count()).max(), Some(60));
    assert!(finds(&"É".repeat(100), &long) && finds(&"e".repeat(61), &long));
}

#[test]
fn names_are_alike_whose_letters_are_the_same() {
    for (a, b) in [("de la Tour", "La Tour"), ("Le Goff", "le  goff"), ("D'Angelo", "Angelo"), ("Le", "le"), ("Da", "da")] {
        assert!(alike(a, b) && alike(b, a), "{a} {b}");
    }
    for (a, b) in [
        ("Le", "La"),
        ("Da", "De"),
        ("Saint-Martin", "Martin"),
        ("Dupont", "Pont"),
        ("Legoff", "Goff"),
        ("Martin", "Martine"),
        ("Marie", "Marie-Claude"),
        ("Jean-Pierre", "Pierre-Jean"),
        ("", ""),
        ("-", "-"),
        ("-", "Martin"),
    ] {
        assert!(!alike(a, b) && !alike(b, a), "{a} {b}");
    }
}

#[test]
fn similar_names_are_a_letter_apart_or_sound_alike() {
    for (a, b) in [
        // A letter left out, added, replaced, swapped.
        ("Martin", "Matin"),
        ("Durand", "Durrand"),
        ("Bernard", "Bernart"),
        ("Bernard", "Benrard"),
        ("Paul", "Paull"),
        // Two, in long names.
        ("Villeneuve", "Vileneuv"),
        ("Abdelkader", "Abdlekadre"),
        ("Rakotoarisoa", "Rakotarisao"),
        // As one hears them.
        ("Philippe", "Filipe"),
        ("Dupont", "Dupond"),
        ("Durand", "Durant"),
        ("Rousseau", "Rousso"),
        ("Leroy", "Leroi"),
        ("Layla", "Leila"),
        ("Mickaël", "Michael"),
        ("Khaled", "Caled"),
        ("Ouassim", "Wassim"),
        ("Cherif", "Sheriff"),
        ("Guillaume", "Guillome"),
        ("Georges", "Jorge"),
        ("Michel", "Michèle"),
        ("Thérèse", "Teraise"),
        ("Bouchaud", "Bouchau"),
        ("Alexandre", "Aleksandr"),
        ("N'Guyen", "Nguien"),
        ("Le Goff", "Legof"),
        // The same.
        ("Martin", "MARTIN"),
    ] {
        assert!(similar(a, b) && similar(b, a), "{a} {b}");
    }
    for (a, b) in [
        ("Martin", "Martinet"),
        ("Martin", "Marin-Brun"),
        ("Bernard", "Berard-Roy"),
        ("Dupont", "Durand"),
        ("Paul", "Jules"),
        ("Simon", "Salomon"),
        // Two letters apart, in names of eight.
        ("Gauthier", "Gouthiar"),
        // Twins and couples.
        ("Jean", "Jeanne"),
        ("Denis", "Denisse"),
        ("Hassan", "Hussein"),
        ("Lucas", "Louis"),
        ("Emma", "Anna"),
        ("Nadia", "Nabil"),
        // Too short to say.
        ("Lea", "Tea"),
        ("Lea", "Leah"),
        ("Li", "Le"),
        ("Ali", "Aly"),
        ("Noa", "Noah"),
        ("Haut", "Eaux"),
        ("Ba", "Ba"),
        ("", ""),
        ("-", "-"),
        // Other alphabets have letters, and no French sound.
        ("Иванов", "Петров"),
    ] {
        assert!(!similar(a, b) && !similar(b, a), "{a} {b}");
    }
    assert!(similar("Иванов", "Иваноф"));
}

#[test]
fn a_name_may_be_part_of_another() {
    for (a, b) in
        [("Marie", "Marie-Claude"), ("Silva", "da Silva Santos"), ("Santos", "Silva Santos"), ("St Martin", "Saint-Martin Duval"), ("Ali", "ali ben")]
    {
        assert!(partly(a, b) && partly(b, a), "{a} {b}");
    }
    for (a, b) in [
        ("Marie", "Mariette"),
        ("Marie-Anne", "Marie-Claude"),
        ("Li", "Li Wei"),
        ("", "Marie"),
        ("-", "-"),
        ("de", "de Gaulle"),
        ("Anne", "Marie-Anne-Lise"),
    ] {
        assert!(!partly(a, b) && !partly(b, a), "{a} {b}");
    }
}

#[test]
fn a_debug_print_of_what_is_sought_says_nothing() {
    assert_eq!(format!("{:?}", sought("Marie Dupont").unwrap()), "Sought(2 readings)");
}

/// A name as people have them: up to four parts, with accents, particles and whatever separates them.
fn some_name() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[A-ZÉÈÇ][a-zéèçïœ]{1,11}",
        2 => proptest::sample::select(vec!["de", "la", "Le", "d", "El", "ben", "Saint", "St", "ste", "Mc", "O", "y", "Delatour", "Elamrani"]).prop_map(str::to_owned),
        1 => "[a-z]{1,3}",
    ];
    let separated = ("[-' ’.]|  ", part.clone()).prop_map(|(separator, part)| separator + &part);
    (part, proptest::collection::vec(separated, 0..4)).prop_map(|(first, rest)| first + &rest.concat())
}

/// Any text at all, as a name may be.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![2 => some_name(), 1 => "\\PC{0,100}", 1 => ".{0,60}", 1 => "[a-zé]{50,100}", 1 => "([a-z]{1,2}[ '-]){10,50}"]
}

fn bare(name: &str) -> String {
    name.replace(['-', '\'', '’', '.'], " ")
}

proptest! {
    #[test]
    fn everybody_is_found_by_their_own_name(last in some_name(), first in some_name(), birth in proptest::option::of(some_name())) {
        let stored = written(&last, &first, birth.as_deref());
        let birth = birth.unwrap_or_else(|| last.clone());
        for typed in [
            last.clone(),
            first.clone(),
            birth.clone(),
            format!("{last} {first}"),
            format!("{first} {last}"),
            format!("{birth}, {first}"),
            format!("{first} {last} {birth}"),
        ] {
            for typed in [typed.to_uppercase(), folded(&typed), bare(&typed), typed.replace(' ', "-"), typed] {
                prop_assert!(sought(&typed).is_none_or(|sought| sought.meets(&stored)), "{} does not find {} {}: {:?}", typed, last, first, stored);
            }
        }
        for name in [&last, &birth] {
            let joined = folded(name).replace(' ', "");
            prop_assert!(joined.chars().count() < 2 || finds(&joined, &stored), "{} does not find {} {}: {:?}", joined, last, first, stored);
        }
    }

    #[test]
    fn every_beginning_of_a_part_finds_them(last in some_name(), first in some_name()) {
        let stored = person(&last, &first);
        for part in folded(&format!("{last} {first}")).split(' ') {
            for letters in 2..=part.chars().count() {
                let beginning: String = part.chars().take(letters).collect();
                prop_assert!(finds(&beginning, &stored), "{} does not find {} {}: {:?}", beginning, last, first, stored);
            }
        }
    }

    #[test]
    fn names_that_are_alike_find_each_other(one in some_name(), other in some_name(), particle in "(de la|d'|le|el|van der|)") {
        for other in [other, format!("{particle} {one}"), one.to_uppercase(), one.replace(['-', '\'', ' '], "")] {
            prop_assert_eq!(alike(&one, &other), alike(&other, &one));
            // Of a name of many parts not all ways to join them are tried.
            if alike(&one, &other) && sought(&one).is_some_and(|sought| sought.readings().len() < MOST_READINGS) {
                prop_assert!(finds(&one, &person(&other, "Camille")), "{} does not find {}: {:?}", one, other, person(&other, "Camille"));
            }
        }
    }

    #[test]
    fn a_name_is_alike_itself_if_it_says_anything(name in any_name()) {
        prop_assert_eq!(alike(&name, &name), !folded(&name).is_empty());
    }

    #[test]
    fn one_slip_in_a_longer_name_leaves_it_similar(name in "[a-z]{5,20}", place in 0usize..20, letter in "[a-z]", kind in 0..4) {
        let mut letters: Vec<char> = name.chars().collect();
        let place = place % letters.len();
        let letter = letter.chars().next().unwrap();
        match kind {
            0 => letters[place] = letter,
            1 => letters.insert(place, letter),
            2 => { letters.remove(place); }
            _ => letters.swap(place, (place + 1).min(name.len() - 1)),
        }
        let slipped: String = letters.into_iter().collect();
        prop_assert!(similar(&name, &slipped) && similar(&slipped, &name), "{}", slipped);
    }

    #[test]
    fn whatever_a_name_holds_it_is_read_within_bounds(last in any_name(), first in any_name(), birth in proptest::option::of(any_name())) {
        let stored = written(&last, &first, birth.as_deref());
        prop_assert!(stored.len() <= MOST_WRITTEN);
        for word in &stored {
            prop_assert!((1..=LONGEST_WORD).contains(&word.chars().count()) && word.chars().all(char::is_alphanumeric), "{:?}", word);
        }
        for form in forms(&last).iter().chain(&forms(&first)) {
            prop_assert!(stored.contains(form), "{} is not among {:?}", form, stored);
        }
        for (a, b) in [(&last, &first), (&first, &last)] {
            let _ = (similar(a, b), partly(a, b), alike(a, b));
        }
        prop_assert_eq!(similar(&last, &first), similar(&first, &last));
        prop_assert_eq!(partly(&last, &first), partly(&first, &last));
        if let Some(sought) = sought(&format!("{last} {first}")) {
            prop_assert!((1..=MOST_READINGS).contains(&sought.readings().len()));
            for reading in sought.readings() {
                prop_assert!((1..=MOST_SOUGHT).contains(&reading.len()));
                prop_assert!(reading.iter().all(|word| (2..=LONGEST_WORD).contains(&word.chars().count()) && word.chars().all(char::is_alphanumeric)));
                prop_assert!(reading.is_sorted_by_key(|word| std::cmp::Reverse(word.chars().count())));
            }
            let _ = sought.meets(&stored);
        }
    }
}
