//! The people who work with Jalon, over HTTP: inviting, editing, disabling them. Their tokens come from elsewhere, and no password
//! lives anywhere.

use actix_web::{HttpResponse, get, post, put};
use domain::actor::Role;
use domain::calendar::Instant;
use domain::form::at_most;
use domain::ids::{OrganisationId, ProfessionalId, TerritoryId};
use domain::policy::{ManageProfessional, ReadProfessional};
use domain::professional::{Around, ProfessionalOrder};
use domain::refusal::{Refusal, Rule};
use domain::text::{Email, Name};
use domain::vocabulary::Term;
use persistence::professionals::{self, ProfessionalQuery};
use persistence::{organisations, territories};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::extract::Body;
use crate::order::Nothing;
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(list_professionals)
        .service(invite_professional)
        .service(read_professional)
        .service(edit_professional)
        .service(disable_professional);
}

/// Invite somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteProfessional {
    /// Where they work. It stays.
    organisation_id: OrganisationId,
    /// Their address, by which they sign in; unique, kept in lower case.
    email: Email,
    /// Family name, 1 to 100 characters.
    last_name: Name,
    /// First name, 1 to 100 characters.
    first_name: Name,
    /// What they do in Jalon: `caseworker` in any organisation, `partner` outside the département, the others in the département alone.
    role: Role,
    /// Their trade, a code of `professions`; null or absent when it is not known.
    profession: Option<Term>,
    /// Their territories, each once: for caseworkers of the département; absent = none.
    #[schema(max_items = 100)]
    #[serde(default, deserialize_with = "at_most::<100, _, _>")]
    territory_ids: Vec<TerritoryId>,
}

/// Edit a professional: all of it, as it will be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditProfessional {
    /// Their address, by which they sign in; unique, kept in lower case.
    email: Email,
    /// Family name, 1 to 100 characters.
    last_name: Name,
    /// First name, 1 to 100 characters.
    first_name: Name,
    /// What they do in Jalon: `caseworker` in any organisation, `partner` outside the département, the others in the département alone.
    role: Role,
    /// Their trade, a code of `professions`; null or absent when it is not known.
    profession: Option<Term>,
    /// Their territories, each once: for caseworkers of the département; absent = none.
    #[schema(max_items = 100)]
    #[serde(default, deserialize_with = "at_most::<100, _, _>")]
    territory_ids: Vec<TerritoryId>,
}

impl From<&InviteProfessional> for ProfessionalOrder {
    fn from(order: &InviteProfessional) -> Self {
        Self {
            email: order.email.clone(),
            last_name: order.last_name.clone(),
            first_name: order.first_name.clone(),
            role: order.role,
            profession: order.profession.clone(),
            territories: order.territory_ids.clone(),
        }
    }
}

impl From<&EditProfessional> for ProfessionalOrder {
    fn from(order: &EditProfessional) -> Self {
        Self {
            email: order.email.clone(),
            last_name: order.last_name.clone(),
            first_name: order.first_name.clone(),
            role: order.role,
            profession: order.profession.clone(),
            territories: order.territory_ids.clone(),
        }
    }
}

/// A person who works with Jalon.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Professional {
    /// Their id.
    id: ProfessionalId,
    /// Where they work.
    organisation_id: OrganisationId,
    /// Their address.
    email: Email,
    /// Family name.
    #[schema(max_length = 100, example = "Exemple")]
    last_name: String,
    /// First name.
    #[schema(max_length = 100, example = "Camille")]
    first_name: String,
    /// What they do in Jalon.
    role: Role,
    /// Their trade, a code of `professions`; null when it is not known.
    profession: Option<Term>,
    /// The territories of a caseworker of the département; empty for everybody else.
    #[schema(max_items = 100)]
    territory_ids: Vec<TerritoryId>,
    /// Since when they are refused; null while they are not.
    disabled_at: Option<Instant>,
    /// Their version, one more at each change.
    #[schema(minimum = 1)]
    version: i32,
    /// When they were last changed.
    updated_at: Instant,
}

impl From<&domain::professional::Professional> for Professional {
    fn from(professional: &domain::professional::Professional) -> Self {
        Self {
            id: professional.id,
            organisation_id: professional.organisation,
            email: professional.email.clone(),
            last_name: professional.last_name.to_string(),
            first_name: professional.first_name.to_string(),
            role: professional.role,
            profession: professional.profession.clone(),
            territory_ids: professional.territories.clone(),
            disabled_at: professional.disabled_at,
            version: professional.stamp.version,
            updated_at: professional.stamp.updated_at,
        }
    }
}

// The log of reads is of the people accompanied: colleagues are not among them.
impl Shows for Professional {}
impl Resource for Professional {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A page of professionals.
pub(crate) type ProfessionalPage = Page<Professional>;

/// Which professionals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProfessionalFilter {
    /// Who work in this organisation.
    organisation_id: Option<OrganisationId>,
    /// Who have this role.
    role: Option<Role>,
}

/// List professionals
///
/// The directory, disabled people too, in the order in which they were invited.
#[utoipa::path(get, tag = "Access", operation_id = "listProfessionals", extensions(("x-permission" = json!("read_professional"))),
    params(ListParams, SyncParams, ProfessionalFilter), responses((status = 200, description = "Professionals.", body = ProfessionalPage)))]
#[get("/professionals")]
pub(crate) async fn list_professionals(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadProfessional>()?;
    let (filter, asked) = call.list::<ProfessionalFilter>(true)?;
    let query = ProfessionalQuery { organisation: filter.organisation_id, role: filter.role };
    let rows = professionals::list(call.read(), &scope, &query, &asked.listing).await?;
    call.show_page(&asked, rows, |professional| Professional::from(&professional)).await
}

/// Invite a professional
///
/// 409 `EMAIL_TAKEN` when somebody has the address, disabled people too. Their token comes from the command line: `jalon token EMAIL`.
#[utoipa::path(post, tag = "Access", operation_id = "inviteProfessional", extensions(("x-permission" = json!("manage_professional"))),
    request_body = InviteProfessional, responses((status = 201, description = "The professional.", body = Professional)))]
#[post("/professionals")]
pub(crate) async fn invite_professional(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageProfessional, InviteProfessional>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let organisation = organisations::provider(w, wish.organisation_id).await?;
            let organisation = organisation.ok_or_else(|| Refusal::invalid("organisation_id", Rule::OrganisationUnknown))?;
            let around = Around {
                organisation: &organisation,
                known_territories: &territories::known(w, &wish.territory_ids).await?,
                email_taken: professionals::email_taken(w, &wish.email, None).await?,
                vocabulary: &call.shared().vocabulary,
            };
            let invited = domain::professional::Professional::invite(scope, w.id(), wish.into(), around)?;
            professionals::save(w, &invited).await?;
            show::created(format!("/v1/professionals/{}", invited.after.id), &Professional::from(&invited.after))
        })
        .await
}

/// Read a professional
#[utoipa::path(get, tag = "Access", operation_id = "readProfessional", extensions(("x-permission" = json!("read_professional"))),
    params(("id" = ProfessionalId, Path, description = "The professional.")),
    responses((status = 200, description = "The professional.", body = Professional)))]
#[get("/professionals/{id}")]
pub(crate) async fn read_professional(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadProfessional>()?;
    let professional = professionals::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Professional::from(&professional)).await
}

/// Edit a professional
///
/// Where they work stays: somebody who changes organisations is invited anew. A new role or territory holds within 5 seconds.
#[utoipa::path(put, tag = "Access", operation_id = "editProfessional", extensions(("x-permission" = json!("manage_professional"))),
    params(("id" = ProfessionalId, Path, description = "The professional.")), request_body = EditProfessional,
    responses((status = 200, description = "The professional, as they are now.", body = Professional)))]
#[put("/professionals/{id}")]
pub(crate) async fn edit_professional(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageProfessional, EditProfessional>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let professional = professionals::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            call.check_if_match(professional.stamp.version)?;
            let organisation = organisations::provider(w, professional.organisation).await?.ok_or_else(Stop::not_found)?;
            let around = Around {
                organisation: &organisation,
                known_territories: &territories::known(w, &wish.territory_ids).await?,
                email_taken: professionals::email_taken(w, &wish.email, Some(professional.id)).await?,
                vocabulary: &call.shared().vocabulary,
            };
            let edited = professional.edit(scope, wish.into(), around)?;
            professionals::save(w, &edited).await?;
            show::ok(&Professional::from(&edited.after))
        })
        .await
}

/// Disable a professional
///
/// Their tokens are refused within 5 seconds. They stay in the directory, with everything they did.
#[utoipa::path(post, tag = "Access", operation_id = "disableProfessional", extensions(("x-permission" = json!("manage_professional"))),
    params(("id" = ProfessionalId, Path, description = "The professional.")),
    responses((status = 200, description = "The professional, disabled.", body = Professional)))]
#[post("/professionals/{id}/disablement")]
pub(crate) async fn disable_professional(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageProfessional, Nothing>(&body).await?;
    order
        .write(async |w, scope, _| {
            let professional = professionals::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let disabled = professional.disable(scope);
            professionals::save(w, &disabled).await?;
            show::ok(&Professional::from(&disabled.after))
        })
        .await
}
