//! People over HTTP: registering, reading and editing them. Beside: searching (`search`), the look before registering (`alike`), the
//! whole file (`file`), two files that become one (`merging`). What hangs on a file has handlers of its own.

mod alike;
mod file;
mod merging;
mod search;

use actix_web::{HttpResponse, get, post, put};
use domain::barrier::BarrierKind;
use domain::beneficiary::{Around, BeneficiaryOrder, Details, HouseholdOrder, Mixing, Title};
use domain::calendar::{Day, Instant};
use domain::form::at_most;
use domain::household::{HouseholdNumber, HouseholdRole, Membership, PayingBody};
use domain::id::Id;
use domain::identifier::body_code::BodyCode;
use domain::identifier::commune::CommuneCode;
use domain::identifier::file_number::FileNumber;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::identifier::postal_code::PostalCode;
use domain::ids::{BeneficiaryId, GroupId, HouseholdId, TerritoryId};
use domain::matching::{self, Wanted};
use domain::policy::{ManageBeneficiary, Reach, ReadBeneficiary, Scope};
use domain::refusal::{Refusal, Rule};
use domain::text::{Email, Label, Line, Name};
use persistence::beneficiaries::{self, BeneficiaryQuery};
use persistence::machinery::reference;
use persistence::search::Candidate;
use persistence::{Write, households, search as people, territories};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::nir;
use crate::page::{Flag, ListParams, Page, SyncParams};
use crate::problem::{Stop, naming};
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(list_beneficiaries)
        .service(register_beneficiary)
        .service(search::search_beneficiaries)
        .service(alike::match_beneficiary)
        .service(read_beneficiary)
        .service(edit_beneficiary)
        .service(file::read_file)
        .service(merging::merge_beneficiary)
        .service(merging::list_merges);
}

/// Register a person, or edit one: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegisterBeneficiary {
    /// Family name, 1 to 100 characters.
    last_name: Name,
    /// First name, 1 to 100 characters.
    first_name: Name,
    /// Date of birth, at most 130 years ago; null or absent when it is not known.
    birth_date: Option<Day>,
    /// How they are addressed; null or absent when it is not known.
    title: Option<Title>,
    /// Where they were born, as their papers write it, 1 to 100 characters; null or absent when it is not known.
    birth_place: Option<Name>,
    /// The INSEE code of the commune they live in, or where they are domiciled; null or absent when it is not known.
    commune_code: Option<CommuneCode>,
    /// Number and street, 1 to 200 characters; null or absent when it is not known.
    street: Option<Label>,
    /// Postal code; null or absent when it is not known.
    postal_code: Option<PostalCode>,
    /// Whether they have no fixed abode: commune, street and postal code are then those of their domiciliation. Absent: false.
    #[serde(default)]
    no_fixed_abode: bool,
    /// Name at birth, 1 to 100 characters; null or absent when it is not known.
    birth_name: Option<Name>,
    /// Phone, as people write it or with its country code; null or absent when it is not known.
    #[schema(value_type = Option<String>, min_length = 8, max_length = 40, example = "05 55 00 00 00")]
    phone: Option<Phone>,
    /// Electronic address; null or absent when it is not known.
    email: Option<Email>,
    /// France Travail's identifier: 11 digits, or 7 and a digit or letter; null or absent when it is not known.
    france_travail_id: Option<FranceTravailId>,
    /// The territory that accompanies them; null or absent: that of their commune today, else `UNASSIGNED`.
    territory_id: Option<TerritoryId>,
    /// The household whose claimant or spouse they are; null or absent when none is known.
    household: Option<JoinHousehold>,
    /// The references of people in the files, or of files that were merged into theirs, who look like this one and are somebody else.
    #[schema(max_items = 20)]
    #[serde(default, deserialize_with = "at_most::<20, _, _>")]
    distinct_from: Vec<PersonReference>,
}

/// A household, by its file number (*numéro d'allocataire*), and the place in it. Claimant and spouse share the number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinHousehold {
    /// Who pays.
    paying_body: PayingBody,
    /// Which fund of that body, three digits; null or absent when it is not known.
    body_code: Option<BodyCode>,
    /// The number: at a CAF 7 digits, also as its files write them, filled up with zeros; at the MSA 1 to 15 letters and digits.
    #[schema(value_type = String, min_length = 1, max_length = 40, example = "1234567")]
    file_number: Line<40>,
    /// Which of its two adults.
    role: HouseholdRole,
}

impl From<&JoinHousehold> for HouseholdOrder {
    fn from(order: &JoinHousehold) -> Self {
        Self { number: HouseholdNumber::read(order.paying_body, order.body_code.clone(), &order.file_number), role: order.role }
    }
}

impl From<&RegisterBeneficiary> for BeneficiaryOrder {
    fn from(order: &RegisterBeneficiary) -> Self {
        Self {
            last_name: order.last_name.clone(),
            first_name: order.first_name.clone(),
            birth_date: order.birth_date,
            commune_code: order.commune_code.clone(),
            details: Details {
                title: order.title,
                birth_name: order.birth_name.clone(),
                birth_place: order.birth_place.clone(),
                street: order.street.clone(),
                postal_code: order.postal_code.clone(),
                no_fixed_abode: order.no_fixed_abode,
                phone: order.phone.clone(),
                email: order.email.clone(),
                france_travail_id: order.france_travail_id.clone(),
            },
            household: order.household.as_ref().map(HouseholdOrder::from),
            territory: order.territory_id,
        }
    }
}

impl From<&RegisterBeneficiary> for Wanted {
    fn from(order: &RegisterBeneficiary) -> Self {
        Self {
            last_name: order.last_name.clone(),
            first_name: order.first_name.clone(),
            birth_name: order.birth_name.clone(),
            birth_date: order.birth_date,
            nir: None,
            france_travail_id: order.france_travail_id.clone(),
            phone: order.phone.clone(),
            email: order.email.clone(),
        }
    }
}

/// A person who takes part (*bénéficiaire*). Merged or purged, they stay as a tombstone: reference, territory, and which of the two.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Beneficiary {
    /// Their id.
    id: BeneficiaryId,
    /// Their printable reference: given once, never reused, without any meaning.
    person_reference: PersonReference,
    /// Family name; null on a tombstone.
    #[schema(max_length = 100, example = "Exemple")]
    last_name: Option<String>,
    /// First name; null on a tombstone.
    #[schema(max_length = 100, example = "Camille")]
    first_name: Option<String>,
    /// Date of birth; null when it is not known, and on a tombstone.
    birth_date: Option<Day>,
    /// How they are addressed; null when it is not known, and on a tombstone.
    title: Option<Title>,
    /// Where they were born; null when it is not known, and on a tombstone.
    #[schema(max_length = 100)]
    birth_place: Option<String>,
    /// The INSEE code of the commune they live in, or where they are domiciled; null when it is not known, and on a tombstone.
    commune_code: Option<CommuneCode>,
    /// Number and street; null when it is not known, and on a tombstone.
    #[schema(max_length = 200)]
    street: Option<String>,
    /// Postal code; null when it is not known, and on a tombstone.
    postal_code: Option<PostalCode>,
    /// Whether they have no fixed abode: commune, street and postal code are then those of their domiciliation. False on a tombstone.
    no_fixed_abode: bool,
    /// Name at birth; null when it is not known, and on a tombstone.
    #[schema(max_length = 100)]
    birth_name: Option<String>,
    /// Phone, with its country code; null when it is not known, and on a tombstone.
    phone: Option<Phone>,
    /// Electronic address; null when it is not known, and on a tombstone.
    email: Option<Email>,
    /// France Travail's identifier; null when it is not known, and on a tombstone.
    france_travail_id: Option<FranceTravailId>,
    /// The household whose claimant or spouse they are; null when none is known, and on a tombstone.
    household: Option<Household>,
    /// The territory that accompanies them.
    territory_id: TerritoryId,
    /// The file that survives, if this one was merged into another; null otherwise.
    merged_into_id: Option<BeneficiaryId>,
    /// When their personal data was purged; null while it is kept.
    purged_at: Option<Instant>,
    /// Their version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When they were last changed.
    updated_at: Instant,
}

/// The household of a person (*foyer*), and their place in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Household {
    /// Its id: the same for both adults.
    id: HouseholdId,
    /// Who pays.
    paying_body: PayingBody,
    /// Which fund of that body; null when it is not known.
    body_code: Option<BodyCode>,
    /// Its number there.
    file_number: FileNumber,
    /// Which of its two adults the person is.
    role: HouseholdRole,
}

impl From<&Membership> for Household {
    fn from(membership: &Membership) -> Self {
        let number = &membership.household.number;
        Self {
            id: membership.household.id,
            paying_body: number.paying_body,
            body_code: number.body_code.clone(),
            file_number: number.file_number.clone(),
            role: membership.role,
        }
    }
}

impl From<&domain::beneficiary::Beneficiary> for Beneficiary {
    fn from(person: &domain::beneficiary::Beneficiary) -> Self {
        // A merged file keeps its names in storage, for a merge that has to be looked into; its readers belong with the survivor.
        let lives = !person.is_closed();
        let name = |name: &Option<Name>| name.as_deref().filter(|_| lives).map(str::to_owned);
        let details = &person.details;
        Self {
            id: person.id,
            person_reference: person.reference.clone(),
            last_name: name(&person.last_name),
            first_name: name(&person.first_name),
            birth_date: person.birth_date.filter(|_| lives),
            title: details.title.filter(|_| lives),
            birth_place: name(&details.birth_place),
            commune_code: person.commune_code.clone().filter(|_| lives),
            street: details.street.as_deref().filter(|_| lives).map(str::to_owned),
            postal_code: details.postal_code.clone().filter(|_| lives),
            no_fixed_abode: details.no_fixed_abode && lives,
            birth_name: name(&details.birth_name),
            phone: details.phone.clone().filter(|_| lives),
            email: details.email.clone().filter(|_| lives),
            france_travail_id: details.france_travail_id.clone().filter(|_| lives),
            household: person.household.as_ref().filter(|_| lives).map(Household::from),
            territory_id: person.territory,
            merged_into_id: person.merged_into,
            purged_at: person.purged_at,
            version: person.stamp.version,
            updated_at: person.stamp.updated_at,
        }
    }
}

impl Shows for Beneficiary {
    fn people(&self, people: &mut Vec<Uuid>) {
        people.push(self.id.uuid());
    }
}
impl Resource for Beneficiary {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of people.
pub(crate) type BeneficiaryPage = Page<Beneficiary>;

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BeneficiaryFilter {
    /// Of this territory.
    territory_id: Option<TerritoryId>,
    /// Held back by an open barrier of this kind.
    barrier: Option<BarrierKind>,
    /// Enrolled in this group today.
    group_id: Option<GroupId>,
    /// `true`: an open RSA right makes them subject to its duties; `false`: none does.
    #[param(value_type = Option<bool>)]
    subject_to_duties: Option<Flag>,
}

/// Looks up what an order names and whom it may be about already, and lets the rules decide with them.
async fn with_around<T>(
    call: &Call,
    w: &Write,
    scope: &Scope<ManageBeneficiary>,
    wish: &RegisterBeneficiary,
    current: Option<&domain::beneficiary::Beneficiary>,
    decide: impl FnOnce(BeneficiaryOrder, Around<'_>) -> Result<T, Refusal>,
) -> Result<T, Stop> {
    let order = BeneficiaryOrder::from(wish);
    let except = current.map(|person| person.id);
    let (commune_known, proposed) = match &order.commune_code {
        Some(code) => {
            let known = reference::commune_known(w, code, &call.shared().config.department).await?;
            (known, territories::of_commune(w, code, scope.now().day()).await?)
        }
        None => (false, None),
    };
    let ordered = order.territory.as_slice();
    let territory_known = ordered.is_empty() || territories::known(w, ordered).await? == ordered;
    let own = match scope.reach() {
        Reach::Territories(professional) => territories::of_professional(w, professional).await?,
        Reach::Organisation(_) | Reach::Accompanied(_) | Reach::Department => Vec::new(),
    };
    let is_identified_elsewhere = match &order.details.france_travail_id {
        Some(id) => beneficiaries::is_identified_elsewhere(w, id, except).await?,
        None => false,
    };
    let (household, is_place_taken) = match &order.household {
        Some(HouseholdOrder { number: Ok(number), role }) => match households::with_number(w, number).await? {
            Some(known) => (Some(known), households::is_place_taken(w, known, *role, except).await?),
            None => (Some(w.id()), false),
        },
        Some(HouseholdOrder { number: Err(_), .. }) | None => (None, false),
    };
    let double = match current {
        Some(person) if !person.is_renamed_by(&order) => None,
        _ => double_of(w, scope, wish, except).await?,
    };
    let mixing = [(is_identified_elsewhere, Mixing::Identifier), (is_place_taken, Mixing::Place), (double.is_some(), Mixing::Person)];
    let mixing = mixing.into_iter().find(|(is_so, _)| *is_so).map(|(_, mixing)| mixing);
    let nir = match current {
        Some(person) if person.speaks_of_nir(&order) => nir::last_of(call, w, person).await?,
        _ => None,
    };
    let around = Around { commune_known, proposed, territory_known, own: &own, household, mixing, nir: nir.as_ref() };
    // Who is elsewhere in the département is not a delegate's to know.
    let named = double.filter(|_| !matches!(scope.reach(), Reach::Accompanied(_)));
    decide(order, around).map_err(naming(Rule::PossibleDuplicate, named.map(Id::uuid)))
}

/// Somebody in the whole département who may be the person ordered, and whom the order does not say to be somebody else. Nobody else is
/// registered meanwhile.
async fn double_of(
    w: &Write,
    scope: &Scope<ManageBeneficiary>,
    wish: &RegisterBeneficiary,
    except: Option<BeneficiaryId>,
) -> Result<Option<BeneficiaryId>, Stop> {
    w.lock_registering().await?;
    let wanted = Wanted::from(wish);
    let found = people::candidates(w, scope, &matching::keys(&wanted), None).await?;
    let is_said = |one: &Candidate| wish.distinct_from.contains(&one.file) || wish.distinct_from.contains(&one.known.reference);
    let distinct: Vec<BeneficiaryId> = found.iter().filter(|one| is_said(one)).map(|one| one.known.id).collect();
    let others = found.into_iter().map(|one| one.known).filter(|known| Some(known.id) != except && !distinct.contains(&known.id));
    Ok(matching::judge(&wanted, others.collect()).candidates.first().map(|candidate| candidate.known.id))
}

/// List people
///
/// In the order in which they were registered; the filters add up. A caseworker sees the people of their territories, those of `UNASSIGNED`, and those
/// elsewhere whom an access grant opens; in a delegate, those whom it accompanies.
#[utoipa::path(get, tag = "People", operation_id = "listBeneficiaries", extensions(("x-permission" = json!("read_beneficiary"))),
    params(ListParams, SyncParams, BeneficiaryFilter), responses((status = 200, description = "People.", body = BeneficiaryPage)))]
#[get("/beneficiaries")]
pub(crate) async fn list_beneficiaries(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBeneficiary>()?;
    let (filter, asked) = call.list::<BeneficiaryFilter>(true)?;
    let query = BeneficiaryQuery {
        territory: filter.territory_id,
        barrier: filter.barrier,
        group: filter.group_id,
        is_subject_to_duties: filter.subject_to_duties.map(|flag| flag.0),
    };
    let rows = beneficiaries::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |person| Beneficiary::from(&person)).await
}

/// Register a person
///
/// They get their reference. A caseworker registers into their own territories or into `UNASSIGNED` (else 403 `TERRITORY_NOT_YOURS`).
/// Somebody in the whole département may be this person: 409 `POSSIBLE_DUPLICATE`, with their id as `conflicting_id`; `matchBeneficiary`
/// tells more, and `distinct_from` says that they are somebody else. Who was merged counts as the survivor, by what either file says.
/// Nobody is ever merged by being registered.
#[utoipa::path(post, tag = "People", operation_id = "registerBeneficiary", extensions(("x-permission" = json!("manage_beneficiary"))),
    request_body = RegisterBeneficiary, responses((status = 201, description = "The person.", body = Beneficiary)))]
#[post("/beneficiaries")]
pub(crate) async fn register_beneficiary(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, RegisterBeneficiary>(&body).await?;
    let registered = order.write(async |w, scope, wish| {
        let reference = new_reference(&call, w).await?;
        let register = |order, around: Around<'_>| domain::beneficiary::Beneficiary::register(scope, w.id(), reference, order, around);
        let registered = with_around(&call, w, scope, wish, None, register).await?;
        beneficiaries::save(w, &registered).await?;
        show::created(format!("/v1/beneficiaries/{}", registered.after.id), &Beneficiary::from(&registered.after))
    });
    call.traced(registered.await).await
}

/// A reference that nobody has: chance is tried again until it finds one.
async fn new_reference(call: &Call, w: &Write) -> Result<PersonReference, Stop> {
    loop {
        let reference = PersonReference::mint(&call.shared().config.department, w.chance());
        if !beneficiaries::reference_taken(w, &reference).await? {
            return Ok(reference);
        }
    }
}

/// Read a person
#[utoipa::path(get, tag = "People", operation_id = "readBeneficiary", extensions(("x-permission" = json!("read_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")),
    responses((status = 200, description = "The person, or what is left of them.", body = Beneficiary)))]
#[get("/beneficiaries/{id}")]
pub(crate) async fn read_beneficiary(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadBeneficiary>()?;
    let person = beneficiaries::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Beneficiary::from(&person)).await
}

/// Edit a person
///
/// A new commune proposes its territory: repeat `territory_id` to leave them where they are. A caseworker moves nobody into a territory
/// of others (403 `TERRITORY_NOT_YOURS`). The receivers of open referrals are told what is theirs to know. Other names or another birth
/// date may make them somebody else's double: 409 `POSSIBLE_DUPLICATE`, as for `registerBeneficiary`; a delegate is not told whose. A
/// birth date or a title that contradicts their social security number is refused: where the number is the wrong one, it is cancelled first
/// (`cancelNir`). A merged or purged person is no longer edited (409 `BENEFICIARY_CLOSED`).
#[utoipa::path(put, tag = "People", operation_id = "editBeneficiary", extensions(("x-permission" = json!("manage_beneficiary"))),
    params(("id" = BeneficiaryId, Path, description = "The person.")), request_body = RegisterBeneficiary,
    responses((status = 200, description = "The person, as they are now.", body = Beneficiary)))]
#[put("/beneficiaries/{id}")]
pub(crate) async fn edit_beneficiary(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageBeneficiary, RegisterBeneficiary>(&body).await?;
    let edited = order.write(async |w, scope, wish| {
        let person = beneficiaries::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
        call.check_if_match(person.stamp.version)?;
        let edit = |order, around: Around<'_>| person.edit(scope, order, around);
        let edited = with_around(&call, w, scope, wish, Some(&person), edit).await?;
        beneficiaries::save(w, &edited).await?;
        show::ok(&Beneficiary::from(&edited.after))
    });
    call.traced(edited.await).await
}
