//! People, how they are found, and their files.

use domain::barrier::BarrierKind;
use domain::id::Id;
use domain::matching::{Wanted, keys};
use domain::naming::sought;
use domain::policy::{MatchBeneficiary, ReadBarrier, ReadBeneficiary, ReadIntervention};

use super::{GROUP, PERSON, Spy, caseworker, everybody, manager, scope};
use crate::beneficiaries::{self, BeneficiaryQuery};
use crate::files;
use crate::given::{day, now};
use crate::page::Listing;
use crate::pieces;
use crate::search::{self, Search};

/// Four words, a number, a right, two barriers and four interventions per person, and milestones of most; one who was merged.
pub(super) const FILES: &str = "
insert into beneficiary_name (beneficiary_id, word)
    select {id 4 i % 10500}, case i / 10500 when 0 then 'nom' || (i % 700) when 1 then 'prenom' || (i % 90) when 2 then 'joint' || i else 'autre' || (i % 300) end
    from n where i < 42000;
insert into beneficiary_nir (beneficiary_id, version, sealed, blind_index, current, key_id, recorded_by, recorded_at)
    select {id 4 i}, 1, {bytes i}, {bytes i}, true, 'K', {id 2 0}, {now} from n where i < 10500;
insert into rsa_right (id, beneficiary_id, entered_on, source, duties, subject_since, orientation_clock_on, version, created_at, updated_at)
    select {id 15 i}, {id 4 i}, {date 0}, 'manual', '[]', {date 0}, {date 0}, 1, {now}, {now} from n where i < 10500;
insert into milestone (id, beneficiary_id, kind, occurred_on, source, version, created_at, updated_at)
    select {id 16 i}, {id 4 i}, 'training', {date 0}, 'person', 1, {now}, {now} from n where i < 10000;
insert into barrier (id, beneficiary_id, kind, situation, impact, opened_on, version, created_at, updated_at)
    select {id 17 i}, {id 4 i % 10500}, case i / 10500 when 0 then 'mobility' else 'housing' end, case i / 10500 when 0 then 'mobility_a' else 'housing_a' end,
        'strong', {date 0}, 1, {now}, {now} from n where i < 21000;
insert into intervention (id, beneficiary_id, kind, theme, occurred_on, professional_id, organisation_id, framework, version, created_at, updated_at)
    select {id 18 i}, {id 4 i % 10500}, 'interview', 'housing', {date 0}, {id 2 0}, {id 1 0}, 'insertion', 1, {now}, {now} from n where i < 42000;
update beneficiary set merged_into_id = (select {id 4 108}) where id = {id 4 3378};
";

pub(super) async fn people(spy: &Spy) {
    for (who, actor) in everybody().into_iter().take(3) {
        let scope = scope::<ReadBeneficiary>(&actor);
        beneficiaries::find(spy, &scope, Id::new(PERSON)).await.unwrap();
        spy.uses_indexes(&format!("one person, by {who}"), "").await;
        let page = beneficiaries::list(spy, &scope, &BeneficiaryQuery::default(), &Listing::first(50)).await.unwrap();
        assert_eq!(page.items.len(), 50, "{who}");
        spy.uses_indexes(&format!("people, by {who}"), "beneficiary").await;
        let changed = Listing { updated_since: Some(now()), ..Listing::first(50) };
        beneficiaries::list(spy, &scope, &BeneficiaryQuery::default(), &changed).await.unwrap();
        spy.uses_indexes(&format!("people changed, by {who}"), "beneficiary").await;
        let of_group = BeneficiaryQuery { group: Some(Id::new(GROUP)), ..BeneficiaryQuery::default() };
        let held_back = BeneficiaryQuery { barrier: Some(BarrierKind::Mobility), is_subject_to_duties: Some(true), ..BeneficiaryQuery::default() };
        for (which, query) in [("of a group", of_group), ("held back and subject to duties", held_back)] {
            beneficiaries::list(spy, &scope, &query, &Listing::first(50)).await.unwrap();
            // What is asked of the rights may be walked beside, in the order of the same people.
            spy.uses_indexes(&format!("people {which}, by {who}"), "beneficiary rsa_right barrier").await;
        }
    }
}

/// By name, whatever is typed of it, and by what identifies somebody; then whoever may be the same person, in the whole département.
pub(super) async fn searches(spy: &Spy) {
    let named = |name: &str| Search { name: sought(name), ..Search::default() };
    let both = Search { birth_date: Some(day("2011-08-20")), ..named("nom1") };
    let phone = Search { phone: "0555000107".parse().ok(), ..Search::default() };
    let number = Search { nir: Some([7; 32]), ..Search::default() };
    let asked = [
        ("two words", named("prenom7 nom107")),
        ("the beginning of one", named("no")),
        ("name and birth", both),
        ("phone", phone),
        ("number", number),
    ];
    for (who, actor) in everybody().into_iter().take(3) {
        for (what, search) in &asked {
            if (who, *what) == ("a delegate", "the beginning of one") {
                // Its hundred people are sought among ten thousand: PostgreSQL reads these, which is the better plan at that size.
                continue;
            }
            search::search(spy, &scope::<ReadBeneficiary>(&actor), search).await.unwrap();
            spy.uses_indexes(&format!("a search by {what}, by {who}"), "lead").await;
        }
    }
    // Not a page of the table for each of the thousands of words that begin like this one.
    search::search(spy, &scope::<ReadBeneficiary>(&manager()), &named("prenom7 nom107")).await.unwrap();
    spy.needs_only("beneficiary_name_word").await;
    let wanted = Wanted {
        last_name: "Nom107".parse().unwrap(),
        first_name: "Prenom17".parse().unwrap(),
        birth_name: None,
        birth_date: Some(day("1986-08-20")),
        nir: None,
        france_travail_id: None,
        phone: "0555000107".parse().ok(),
        email: "a@example.org".parse().ok(),
    };
    for actor in [caseworker(), manager()] {
        let found = search::candidates(spy, &scope::<MatchBeneficiary>(&actor), &keys(&wanted), Some(&[7; 32])).await.unwrap();
        assert!(found.iter().any(|one| one.file != one.known.reference), "a merged file speaks too");
        spy.uses_indexes("a look before registering", "").await;
    }
}

/// A whole file, and its pieces one kind at a time.
pub(super) async fn files(spy: &Spy) {
    for (who, actor) in everybody().into_iter().take(3) {
        files::find(spy, &scope::<ReadBeneficiary>(&actor), Id::new(PERSON)).await.unwrap();
        spy.uses_indexes(&format!("a file, by {who}"), "").await;
        pieces::list(spy, &scope::<ReadBarrier>(&actor), Id::new(PERSON), &Listing::first(50)).await.unwrap();
        spy.uses_indexes(&format!("a person's barriers, by {who}"), "").await;
        let changed = Listing { updated_since: Some(now()), ..Listing::first(50) };
        pieces::list(spy, &scope::<ReadIntervention>(&actor), Id::new(PERSON), &changed).await.unwrap();
        spy.uses_indexes(&format!("a person's changed interventions, by {who}"), "").await;
    }
}
