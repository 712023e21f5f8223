//! Each rule with what it does not say, who comes before whom, and what holds of any two people.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::given::{day, id, name};

/// Two definitive numbers and a provisional one, without their keys.
const NIR: &str = "1850587999123";
const OTHER_NIR: &str = "2850587999045";
const PROVISIONAL: &str = "7850587999123";

/// Somebody by last name, first name and birth date, empty when it is not known.
fn person(last: &str, first: &str, born: &str) -> Wanted {
    Wanted {
        last_name: name(last),
        first_name: name(first),
        birth_name: None,
        birth_date: (!born.is_empty()).then(|| day(born)),
        nir: None,
        france_travail_id: None,
        phone: None,
        email: None,
    }
}

fn born_as(birth_name: &str, person: Wanted) -> Wanted {
    Wanted { birth_name: Some(name(birth_name)), ..person }
}

fn with_nir(nir: &str, person: Wanted) -> Wanted {
    Wanted { nir: Some(nir.parse().unwrap()), ..person }
}

fn with_france_travail(id: &str, person: Wanted) -> Wanted {
    Wanted { france_travail_id: id.parse().ok(), ..person }
}

fn with_phone(person: Wanted) -> Wanted {
    Wanted { phone: "0612345678".parse().ok(), ..person }
}

fn with_email(person: Wanted) -> Wanted {
    Wanted { email: "famille@example.org".parse().ok(), ..person }
}

/// What the files hold of `person`, once their number is compared with that of `wanted`.
fn known(n: u64, person: &Wanted, wanted: &Wanted) -> Known {
    let same_nir = person.nir.is_some() && person.nir == wanted.nir;
    Known {
        id: id(u128::from(500 + n)),
        reference: PersonReference::mint("87", n),
        territory: id(1),
        last_name: Some(person.last_name.clone()),
        first_name: Some(person.first_name.clone()),
        birth_name: person.birth_name.clone(),
        birth_date: person.birth_date,
        france_travail_id: person.france_travail_id.clone(),
        phone: person.phone.clone(),
        email: person.email.clone(),
        same_nir,
        has_other_definitive_nir: !same_nir && person.nir.as_ref().is_some_and(|nir| !nir.is_provisional()),
    }
}

/// The code of the rule, both ways.
fn rule(one: &Wanted, other: &Wanted) -> Option<&'static str> {
    let compared = |wanted, person| compare(wanted, &known(1, person, wanted));
    let found = compared(one, other);
    assert_eq!(found, compared(other, one), "both ways");
    if let Some((outcome, rule)) = found {
        assert_eq!(outcome, rule.outcome());
        assert!(keys(one).reach(&known(1, other, one)) && keys(other).reach(&known(1, one, other)), "{rule} is looked up");
    }
    found.map(|(_, rule)| rule.code())
}

fn dupont() -> Wanted {
    person("Dupont", "Marie", "1985-05-12")
}

#[test]
fn the_same_number_is_the_same_person_if_names_or_birth_date_agree() {
    let wanted = with_nir(NIR, dupont());
    for person in [
        dupont(),
        person("DUPONT", "marie", ""),
        person("Dupont", "Marie", "1960-01-01"),
        person("Marie", "Dupont", "1960-01-01"),
        person("Dupond", "Marie", ""),
        person("Dupond", "Marie", "1985-12-05"),
        person("Martin", "Anne", "1985-05-12"),
        born_as("Dupont", person("Martin", "Marie", "1960-01-01")),
    ] {
        assert_eq!(rule(&wanted, &with_nir(NIR, person.clone())), Some("nir"), "{}", &*person.last_name);
    }
}

#[test]
fn the_same_number_with_another_name_and_birth_date_is_another_person_s() {
    let wanted = with_nir(NIR, dupont());
    for person in [
        person("Martin", "Anne", "1960-01-01"),
        person("Martin", "Anne", ""),
        // Their spouse, to whom a line of a file shifted it.
        person("Dupont", "Paul", "1980-02-03"),
        person("Dupont", "Paul", ""),
        // A spouse of nearly the same name.
        person("Dupont", "Mario", "1980-02-03"),
        person("Martin", "Anne", "1985-12-05"),
    ] {
        assert_eq!(rule(&wanted, &with_nir(NIR, person.clone())), Some("nir_other_person"), "{}", &*person.first_name);
    }
}

#[test]
fn the_new_form_of_france_travail_s_identifier_is_one_person_s() {
    let wanted = with_france_travail("12345678901", person("Dupont", "Marie", "1985-05-12"));
    for (other, expected) in [
        (person("Dupont", "Marie", "1960-01-01"), Some("france_travail_id")),
        (person("Dupont", "Marie", ""), Some("france_travail_id")),
        (person("Marie", "Dupont", ""), Some("france_travail_id")),
        (person("Dupond", "Marie", ""), Some("france_travail_id")),
        (person("Dupond", "Marie", "1960-01-01"), Some("france_travail_id_other_person")),
        (person("Martin", "Anne", "1960-01-01"), Some("france_travail_id_other_person")),
        (person("Martin", "Anne", "1985-05-12"), Some("france_travail_id_other_person")),
    ] {
        assert_eq!(rule(&wanted, &with_france_travail("12345678901", other.clone())), expected, "{}", &*other.last_name);
    }
    let old = |person| with_france_travail("1234567A", person);
    assert_eq!(rule(&old(dupont()), &old(person("Martin", "Anne", "1960-01-01"))), None, "the old form says nothing");
    let other = with_france_travail("12345678902", person("Martin", "Marie", "1960-01-01"));
    assert_eq!(rule(&wanted, &other), None);
}

#[test]
fn one_identity_with_two_definitive_numbers_is_a_conflict() {
    let wanted = with_nir(NIR, dupont());
    let with_other = |person| with_nir(OTHER_NIR, person);
    let conflict = Some("same_identity_other_nir");
    assert_eq!(rule(&wanted, &with_other(dupont())), conflict);
    assert_eq!(rule(&wanted, &with_other(person("Marie", "Dupont", "1985-05-12"))), conflict);
    assert_eq!(rule(&wanted, &with_other(born_as("Dupont", person("Martin", "Marie", "1985-05-12")))), conflict);
    assert_eq!(rule(&wanted, &with_nir(PROVISIONAL, dupont())), Some("name_birth_date"), "the definitive one follows");
    assert_eq!(rule(&with_nir(PROVISIONAL, dupont()), &wanted), Some("name_birth_date"));
    let told = |person| with_france_travail("12345678901", person);
    assert_eq!(rule(&told(wanted.clone()), &told(with_other(dupont()))), conflict, "whatever else agrees");
}

#[test]
fn two_definitive_numbers_tell_people_apart_who_are_merely_like_each_other() {
    let wanted = with_phone(with_email(with_nir(NIR, dupont())));
    for person in [
        person("Dupont", "Maria", "1985-05-12"),
        person("Dupont", "Marie", ""),
        person("Dupont", "Marie", "1985-12-05"),
        person("Martin", "Marie", "1985-05-12"),
    ] {
        let person = with_phone(with_email(person));
        assert!(rule(&Wanted { nir: None, ..wanted.clone() }, &person).is_some());
        assert_eq!(rule(&wanted, &with_nir(OTHER_NIR, person)), None);
    }
}

#[test]
fn names_and_birth_date_make_somebody_probable() {
    let born = "1985-05-12";
    for (last, first, expected) in [
        ("Dupont", "Marie", Some("name_birth_date")),
        ("DUPONT", "MARIE", Some("name_birth_date")),
        ("Marie", "Dupont", Some("swapped_names_birth_date")),
        ("Dupond", "Marie", Some("similar_name_birth_date")),
        ("Dupnot", "Marie", Some("similar_name_birth_date")),
        ("Dupont", "Mari", Some("similar_name_birth_date")),
        ("Dupont", "Marie-Claude", Some("similar_name_birth_date")),
        ("Dupont-Martin", "Marie", Some("similar_name_birth_date")),
        ("Dupond", "Maria", Some("similar_name_birth_date")),
        // A twin, and somebody else of that day.
        ("Dupont", "Anne", None),
        ("Dupont", "Paul", None),
        ("Martin", "Marie", None),
    ] {
        assert_eq!(rule(&dupont(), &person(last, first, born)), expected, "{last} {first}");
    }
    for ways in [("N'Guyen", "Nguyen"), ("de la Tour", "Delatour"), ("El Amrani", "Amrani"), ("Lœuvre-Été", "LOEUVRE ETE")] {
        assert_eq!(rule(&person(ways.0, "Jean-Pierre", born), &person(ways.1, "Jean pierre", born)), Some("name_birth_date"), "{ways:?}");
    }
}

#[test]
fn a_name_at_birth_stands_for_a_last_name() {
    let born = "1985-05-12";
    let crosswise = Some("birth_name_birth_date");
    let married = born_as("Dupont", person("Martin", "Marie", born));
    assert_eq!(rule(&married, &dupont()), crosswise);
    assert_eq!(rule(&married, &born_as("Martin", person("Dupont", "Marie", born))), crosswise);
    assert_eq!(rule(&married, &born_as("Dupont", person("Durand", "Marie", born))), crosswise, "married anew");
    assert_eq!(rule(&married, &born_as("Lefort", person("Martin", "Marie", born))), Some("name_birth_date"));
    assert_eq!(rule(&married, &person("Marie", "Dupont", born)), Some("swapped_names_birth_date"));
    assert_eq!(rule(&married, &person("Dupond", "Marie", born)), Some("similar_name_birth_date"));
    assert_eq!(rule(&married, &person("Dupont", "Marie", "")), Some("name_birth_date_unknown"));
    assert_eq!(rule(&married, &person("Dupont", "Marie", "1985-12-05")), Some("name_birth_date_digits"));
    assert_eq!(rule(&married, &person("Durand", "Marie", born)), None);
    assert_eq!(rule(&married, &person("Martin", "Paul", born)), None, "the spouse");
}

#[test]
fn an_unknown_birth_date_leaves_the_same_names_probable() {
    let unknown = Some("name_birth_date_unknown");
    assert_eq!(rule(&dupont(), &person("Dupont", "Marie", "")), unknown);
    assert_eq!(rule(&person("Dupont", "Marie", ""), &person("DU PONT", "marie", "")), unknown, "of both");
    for (last, first) in [("Dupond", "Marie"), ("Dupont", "Maria"), ("Marie", "Dupont"), ("Dupont", "Marie-Claude"), ("Dupont", "Paul")] {
        assert_eq!(rule(&dupont(), &person(last, first, "")), None, "{last} {first}");
    }
}

#[test]
fn a_birth_date_may_be_mistyped() {
    let digits = Some("name_birth_date_digits");
    for (born, expected) in [
        ("1985-12-05", digits),
        ("1985-05-13", digits),
        ("1985-05-22", digits),
        ("1985-06-12", digits),
        ("1986-05-12", digits),
        ("1975-05-12", digits),
        ("1985-05-21", None),
        ("1958-05-12", None),
        ("1986-12-05", None),
        ("1985-06-13", None),
        ("1985-04-30", None),
    ] {
        assert_eq!(rule(&dupont(), &person("Dupont", "Marie", born)), expected, "{born}");
    }
    for (last, first) in [("Dupond", "Marie"), ("Marie", "Dupont"), ("Dupont", "Paul")] {
        assert_eq!(rule(&dupont(), &person(last, first, "1985-12-05")), None, "{last} {first}");
    }
    let born = |on| person("Dupont", "Marie", on);
    assert_eq!(rule(&born("1985-05-31"), &born("1985-03-15")), None, "there is no 31st month");
    assert_eq!(rule(&born("2000-02-29"), &born("2001-02-28")), None);
}

#[test]
fn father_and_son_of_the_same_names_are_two_people_whatever_they_share() {
    let father = with_phone(with_email(person("Martin", "Jean", "1958-03-21")));
    let son = with_phone(with_email(person("Martin", "Jean", "1984-07-02")));
    assert_eq!(rule(&father, &son), None);
    assert_eq!(rule(&father, &Wanted { birth_date: None, ..son }), Some("name_birth_date_unknown"));
}

#[test]
fn a_shared_phone_or_address_makes_the_same_first_name_probable() {
    for (share, expected) in [(with_phone as fn(Wanted) -> Wanted, "phone_first_name"), (with_email, "email_first_name")] {
        let wanted = share(dupont());
        for born in ["", "1985-05-12", "1985-12-05"] {
            assert_eq!(rule(&wanted, &share(person("Martin", "MARIE", born))), Some(expected), "{born}");
        }
        assert_eq!(rule(&wanted, &share(person("Martin", "Marie", "1960-01-01"))), None, "somebody else of the family");
        assert_eq!(rule(&wanted, &person("Martin", "Marie", "")), None);
        // The spouse, and a twin.
        assert_eq!(rule(&wanted, &share(person("Dupont", "Paul", ""))), None);
        assert_eq!(rule(&wanted, &share(person("Dupont", "Anne", "1985-05-12"))), None);
    }
    let both = |person| with_phone(with_email(person));
    assert_eq!(rule(&both(dupont()), &both(person("Martin", "Marie", ""))), Some("phone_first_name"));
    assert_eq!(rule(&both(dupont()), &both(dupont())), Some("name_birth_date"), "names say more");
}

#[test]
fn claimant_and_spouse_are_two_people() {
    let claimant = with_phone(with_email(with_nir(NIR, dupont())));
    for spouse in [person("Dupont", "Paul", "1983-01-09"), person("Dupont", "Paul", ""), born_as("Dupont", person("Dupont", "Anne", "1985-05-12"))] {
        assert_eq!(rule(&claimant, &with_phone(with_email(spouse))), None);
    }
}

#[test]
fn an_identifier_comes_before_names() {
    let wanted = with_france_travail("12345678901", with_nir(NIR, dupont()));
    assert_eq!(rule(&wanted, &wanted), Some("nir"));
    assert_eq!(rule(&wanted, &with_france_travail("12345678901", dupont())), Some("france_travail_id"));
    let stranger = with_france_travail("12345678901", with_nir(NIR, person("Martin", "Anne", "1960-01-01")));
    assert_eq!(rule(&wanted, &stranger), Some("nir_other_person"));
}

#[test]
fn a_file_without_names_is_nobody_s() {
    let wanted = with_nir(NIR, dupont());
    let nameless = Known { last_name: None, first_name: None, ..known(1, &wanted, &wanted) };
    assert_eq!(compare(&wanted, &nameless), None);
    assert!(!keys(&dupont()).reach(&Known { birth_date: None, same_nir: false, ..nameless }));
}

#[test]
fn a_name_without_letters_is_like_no_other() {
    assert_eq!(rule(&person("-", "?", "1985-05-12"), &person("-", "?", "1985-05-12")), None);
}

fn matching(wanted: &Wanted, people: &[Wanted]) -> Matching {
    judge(wanted, (1..).zip(people).map(|(n, person)| known(n, person, wanted)).collect())
}

#[test]
fn nobody_is_like_them() {
    let none = matching(&dupont(), &[person("Martin", "Anne", "1960-01-01")]);
    assert_eq!((none.outcome, none.rule, none.candidates.len()), (MatchOutcome::Nobody, None, 0));
    assert_eq!(MatchOutcome::Nobody.code(), "none");
}

#[test]
fn the_best_candidate_speaks_for_all_and_comes_first() {
    let wanted = with_nir(NIR, dupont());
    let probable = [person("Dupont", "Marie", ""), person("Dupond", "Marie", "1985-05-12"), dupont()];
    let found = matching(&wanted, &probable);
    assert_eq!((found.outcome, found.rule), (MatchOutcome::Probable, Some(MatchRule::NameBirthDate)));
    let rules = |found: &Matching| found.candidates.iter().map(|one| one.rule.code()).collect::<Vec<_>>();
    assert_eq!(rules(&found), ["name_birth_date", "similar_name_birth_date", "name_birth_date_unknown"]);
    let exact = matching(&wanted, &[&probable[..], std::slice::from_ref(&wanted)].concat());
    assert_eq!((exact.outcome, exact.rule), (MatchOutcome::Exact, Some(MatchRule::Nir)));
    assert_eq!(rules(&exact).first(), Some(&"nir"));
}

#[test]
fn of_somebody_whom_two_files_tell_of_the_best_is_told_once() {
    let wanted = with_nir(NIR, person("Naissance", "Marie", ""));
    // The file that lives, and the one that was merged into it: the number says both.
    let files = [person("Dupont", "Anne", "1985-05-12"), person("Naissance", "Marie", "")].map(|person| with_nir(NIR, person));
    let somebody = Known { reference: PersonReference::mint("87", 2), ..known(2, &person("Naissance", "Paule", ""), &wanted) };
    for order in [[0, 1], [1, 0]] {
        let of_one = order.map(|place| known(1, &files[place], &wanted));
        let found = judge(&wanted, of_one.into_iter().chain([somebody.clone()]).collect());
        assert_eq!((found.rule, found.candidates.len()), (Some(MatchRule::Nir), 1));
    }
}

#[test]
fn a_conflict_with_anybody_is_one_with_all() {
    let wanted = with_france_travail("12345678901", with_nir(NIR, dupont()));
    let stranger = with_france_travail("12345678901", person("Martin", "Anne", "1960-01-01"));
    let found = matching(&wanted, &[dupont(), stranger, with_nir(NIR, dupont())]);
    assert_eq!((found.outcome, found.rule), (MatchOutcome::Conflict, Some(MatchRule::FranceTravailIdOtherPerson)));
    let rules: Vec<_> = found.candidates.iter().map(|one| (one.outcome.code(), one.rule.code())).collect();
    assert_eq!(rules, [("exact", "nir"), ("conflict", "france_travail_id_other_person"), ("probable", "name_birth_date")]);
}

#[test]
fn two_people_by_an_identifier_each_are_a_conflict() {
    let wanted = with_france_travail("12345678901", with_nir(NIR, dupont()));
    let found = matching(&wanted, &[with_france_travail("12345678901", dupont()), with_nir(NIR, dupont())]);
    assert_eq!((found.outcome, found.rule), (MatchOutcome::Conflict, Some(MatchRule::SeveralExact)));
    assert!(found.candidates.iter().all(|one| one.outcome == MatchOutcome::Exact));
    let twice = [known(1, &wanted, &wanted), known(1, &wanted, &wanted)];
    assert_eq!(judge(&wanted, twice.into()).rule, Some(MatchRule::Nir), "one person, found by two keys");
}

#[test]
fn twenty_candidates_are_told_and_the_worst_left_out() {
    let wanted = with_nir(NIR, dupont());
    let mut people = vec![person("Dupont", "Marie", ""); 25];
    people.push(with_nir(NIR, person("Martin", "Anne", "1960-01-01")));
    let found = matching(&wanted, &people);
    assert_eq!(found.candidates.len(), MOST_CANDIDATES);
    assert_eq!((found.outcome, found.candidates[0].rule), (MatchOutcome::Conflict, MatchRule::NirOtherPerson));
    assert!(found.candidates.is_sorted_by_key(|one| one.rule), "the same order each time");
    assert!(found.candidates[1..].is_sorted_by(|a, b| a.known.reference < b.known.reference));
}

#[test]
fn the_keys_are_few() {
    let wanted = with_france_travail("1234567A", born_as("Delahaye", person("de la Tour", "Jean-Pierre", "1985-05-12")));
    let keys = keys(&wanted);
    assert_eq!(keys.family, ["delahaye", "delatour", "haye", "tour"]);
    assert_eq!(keys.given, ["jeanpierre"]);
    assert_eq!((keys.birth_date, keys.france_travail_id, keys.nir), (Some(day("1985-05-12")), None, None), "the old form is no key");
}

const FAMILIES: &[&str] =
    &["Martin", "Martain", "MARTIN", "Dupont", "Dupond", "de la Tour", "Delatour", "Tour", "N'Guyen", "Nguyen", "Marie", "Le", "Silva Santos"];
const FIRST_NAMES: &[&str] = &["Marie", "Maria", "Marie-Claude", "Jean-Pierre", "Jeanpierre", "Martin", "Tour", "Le", "Anne"];
const DAYS: &[&str] = &["1985-05-12", "1985-12-05", "1985-05-13", "1975-05-12", "1960-01-01"];

/// A person out of few names, dates and numbers, so that two of them are often alike.
fn some_person() -> impl Strategy<Value = Wanted> {
    let names = (select(FAMILIES), select(FIRST_NAMES), option::of(select(FAMILIES)), option::of(select(DAYS)));
    let numbers = (option::of(select(&[NIR, OTHER_NIR, PROVISIONAL][..])), option::of(select(&["12345678901", "12345678902", "1234567A"][..])));
    (names, numbers, option::of(0..3u8), option::of(0..3u8)).prop_map(|((last, first, birth, born), (nir, told), phone, email)| Wanted {
        last_name: name(last),
        first_name: name(first),
        birth_name: birth.map(name),
        birth_date: born.map(day),
        nir: nir.and_then(|nir| nir.parse().ok()),
        france_travail_id: told.and_then(|told| told.parse().ok()),
        phone: phone.and_then(|n| format!("061234567{n}").parse().ok()),
        email: email.and_then(|n| format!("famille{n}@example.org").parse().ok()),
    })
}

fn any_person() -> impl Strategy<Value = Wanted> {
    let text = prop_oneof!["\\PC{1,100}", "[a-z]{1,100}", "([a-z]{1,2}[ '-]){1,50}"];
    let parsed = text.prop_filter_map("no name", |text| text.parse::<Name>().ok());
    (some_person(), option::of(parsed.clone()), option::of(parsed.clone()), option::of(parsed)).prop_map(|(person, last, first, birth)| Wanted {
        last_name: last.unwrap_or(person.last_name),
        first_name: first.unwrap_or(person.first_name),
        birth_name: birth.or(person.birth_name),
        ..person
    })
}

proptest! {
    #[test]
    fn whoever_is_like_them_is_looked_up(wanted in some_person(), person in some_person()) {
        let known = known(1, &person, &wanted);
        prop_assert!(compare(&wanted, &known).is_none() || keys(&wanted).reach(&known));
    }

    #[test]
    fn whatever_they_are_called_they_are_looked_up(wanted in any_person(), person in any_person(), same in any::<[bool; 4]>()) {
        // Chance alone would hardly make two of these alike.
        let person = Wanted {
            last_name: if same[0] { wanted.last_name.to_uppercase().parse().unwrap_or(person.last_name) } else { person.last_name },
            first_name: if same[1] { wanted.first_name.replace('-', " ").parse().unwrap_or(person.first_name) } else { person.first_name },
            birth_name: if same[2] { Some(wanted.last_name.clone()) } else { person.birth_name },
            birth_date: if same[3] { wanted.birth_date } else { person.birth_date },
            ..person
        };
        let known = known(1, &person, &wanted);
        prop_assert!(compare(&wanted, &known).is_none() || keys(&wanted).reach(&known));
        prop_assert!(keys(&wanted).family.len() <= 6 && keys(&wanted).given.len() <= 3);
    }

    #[test]
    fn it_does_not_matter_who_was_first_in_the_files(one in some_person(), other in some_person()) {
        let compared = |wanted, person| compare(wanted, &known(1, person, wanted));
        prop_assert_eq!(compared(&one, &other), compared(&other, &one));
    }

    #[test]
    fn more_said_never_turns_the_person_into_nobody(wanted in some_person(), person in some_person(), more in some_person()) {
        let fuller = Wanted {
            birth_name: wanted.birth_name.clone().or(more.birth_name),
            birth_date: wanted.birth_date.or(more.birth_date),
            nir: wanted.nir.clone().or(more.nir),
            france_travail_id: wanted.france_travail_id.clone().or(more.france_travail_id),
            phone: wanted.phone.clone().or(more.phone),
            email: wanted.email.clone().or(more.email),
            ..wanted.clone()
        };
        let outcome = |wanted| compare(wanted, &known(1, &person, wanted)).map(|(outcome, _)| outcome);
        prop_assert!(outcome(&wanted) != Some(MatchOutcome::Exact) || outcome(&fuller).is_some());
    }

    #[test]
    fn everybody_is_like_themselves(person in any_person()) {
        let says_something = !forms(&person.last_name).is_empty() && !forms(&person.first_name).is_empty();
        let found = compare(&person, &known(1, &person, &person));
        prop_assert!(found.is_some() || !says_something);
        prop_assert!(found.is_none_or(|(outcome, _)| outcome != MatchOutcome::Conflict) || !says_something);
    }

    #[test]
    fn what_is_concluded_follows_from_the_candidates(wanted in some_person(), people in proptest::collection::vec(some_person(), 0..30)) {
        let found = matching(&wanted, &people);
        prop_assert!(found.candidates.len() <= MOST_CANDIDATES);
        prop_assert_eq!(found.rule.is_none(), found.candidates.is_empty());
        let worst = |outcome| found.candidates.iter().any(|one| one.outcome == outcome);
        let expected = if worst(MatchOutcome::Conflict) || found.rule == Some(MatchRule::SeveralExact) {
            MatchOutcome::Conflict
        } else {
            found.candidates.first().map_or(MatchOutcome::Nobody, |one| one.outcome)
        };
        prop_assert_eq!(found.outcome, expected);
    }
}
