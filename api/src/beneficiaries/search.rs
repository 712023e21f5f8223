//! Searching people, by a body: no name and no number stands in an address. Whether somebody may be in the files already, anywhere in the
//! département, is asked in `alike`.

use actix_web::{HttpResponse, post};
use domain::calendar::Day;
use domain::identifier::file_number::FileNumber;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::nir::Nir;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::naming::sought;
use domain::policy::ReadBeneficiary;
use domain::refusal::{Refusal, Rule};
use domain::text::{Email, Name};
use persistence::search::{self, Search};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Beneficiary;
use crate::call::Call;
use crate::extract::Body;
use crate::nir::index_of;
use crate::problem::Stop;
use crate::show::Shows;

/// Search people: everything given must hold, and something must be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchBeneficiaries {
    /// Beginnings of their last, first or birth names, 2 letters or more, in any order; accents, case, hyphens and apostrophes do not
    /// matter, and a particle may be there or not.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "dupont el")]
    name: Option<Name>,
    /// Date of birth.
    birth_date: Option<Day>,
    /// Their reference, or that of a file that was merged into theirs. Case is forgiven, and O, I and L typed for 0 and 1.
    person_reference: Option<PersonReference>,
    /// A social security number that they have or had, with its key (15 characters) or without (13).
    #[schema(value_type = Option<String>, min_length = 13, max_length = 40, example = "1 85 05 87 999 123 89")]
    nir: Option<Nir>,
    /// France Travail's identifier.
    france_travail_id: Option<FranceTravailId>,
    /// Phone.
    #[schema(value_type = Option<String>, min_length = 8, max_length = 40, example = "05 55 00 00 00")]
    phone: Option<Phone>,
    /// Electronic address.
    email: Option<Email>,
    /// The file number of their household, at whatever body: claimant and spouse share it.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, example = "1234567")]
    file_number: Option<FileNumber>,
}

/// The people that a search found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundBeneficiaries {
    /// The first of them: nearest to what was written first.
    #[schema(max_items = 50)]
    items: Vec<Beneficiary>,
    /// Whether there are more: a longer name or a birth date narrows the search.
    has_more: bool,
}

impl Shows for FoundBeneficiaries {
    fn people(&self, people: &mut Vec<Uuid>) {
        self.items.iter().for_each(|person| person.people(people));
    }
}

/// Search people
///
/// By name, tolerant of how it is written, or by an identifier, among the people whom the caller accompanies. Merged and purged people
/// are not found; the reference of a merged one leads to whom it was merged into. Nothing to look for: 422 `NOTHING_TO_SEARCH`.
#[utoipa::path(post, tag = "People", operation_id = "searchBeneficiaries", extensions(("x-permission" = json!("read_beneficiary"))),
    request_body = SearchBeneficiaries, responses((status = 200, description = "Who was found.", body = FoundBeneficiaries)))]
#[post("/beneficiaries/search")]
pub(crate) async fn search_beneficiaries(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let (scope, wish) = call.question::<ReadBeneficiary, SearchBeneficiaries>(&body)?;
    let nothing = || Refusal::invalid("name", Rule::NothingToSearch);
    let name = wish.name.as_deref().map(|name| sought(name).ok_or_else(nothing)).transpose()?;
    let search = Search {
        name,
        birth_date: wish.birth_date,
        reference: wish.person_reference,
        nir: wish.nir.as_ref().map(|nir| index_of(&call, nir)),
        france_travail_id: wish.france_travail_id,
        phone: wish.phone,
        email: wish.email,
        file_numbers: wish.file_number.as_ref().map(FileNumber::readings),
    };
    if search.is_empty() {
        return Err(nothing().into());
    }
    let found = search::search(call.read(), &scope, &search).await?;
    let items = found.people.iter().map(Beneficiary::from).collect();
    call.show_plain(None, &FoundBeneficiaries { items, has_more: found.has_more }).await
}
