//! Who the caller is, and what they may use: what a front end asks first. Nothing about anybody else is here.

use actix_web::{HttpResponse, get};
use domain::actor::{Actor, CallerKind, ClientScope, Role, Standing};
use domain::ids::{OrganisationId, PrincipalId};
use domain::organisation::OrganisationKind;
use domain::policy::{FunctionName, UseApi, reach};
use domain::text::Email;
use domain::vocabulary::Term;
use persistence::me;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::call::Call;
use crate::problem::Stop;
use crate::show::{Resource, Shows};

/// Mounts the route of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(read_me);
}

/// The caller's organisation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyOrganisation {
    /// Its id.
    id: OrganisationId,
    /// Its name.
    #[schema(max_length = 200)]
    name: String,
    /// What it is.
    kind: OrganisationKind,
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The caller's own id, which the access log and `recorded_by` carry.
    id: PrincipalId,
    /// A machine or a person.
    kind: CallerKind,
    /// On whose behalf they call.
    organisation: MyOrganisation,
    /// What the client is called; null for a professional.
    #[schema(max_length = 200)]
    client_name: Option<String>,
    /// What this token may be used for: the scopes it carries, as far as they are still granted; empty for a professional.
    #[schema(max_items = 6)]
    scopes: Vec<ClientScope>,
    /// A professional's address; null for a client.
    email: Option<Email>,
    /// A professional's family name; null for a client.
    #[schema(max_length = 100)]
    last_name: Option<String>,
    /// A professional's first name; null for a client.
    #[schema(max_length = 100)]
    first_name: Option<String>,
    /// What a professional does in Jalon; null for a client.
    role: Option<Role>,
    /// The functions they may use: the `x-permission` of each operation of this document. Extensible.
    #[schema(max_items = 100, value_type = Vec<Term>)]
    functions: Vec<&'static str>,
}

fn functions(actor: &Actor) -> Vec<&'static str> {
    FunctionName::ALL.iter().copied().filter(|function| reach(actor, *function).is_some()).map(FunctionName::code).collect()
}

impl Shows for Me {}
impl Resource for Me {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    /// Nobody edits it here: its tag changes with its content alone.
    fn version(&self) -> i32 {
        1
    }
}

/// Ask who one is
///
/// The caller behind the token, their organisation and the functions they may use. The first call to try a token with.
#[utoipa::path(get, tag = "Access", operation_id = "readMe", extensions(("x-permission" = json!("use_api"))),
    responses((status = 200, description = "The caller.", body = Me)))]
#[get("/me")]
pub(crate) async fn read_me(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<UseApi>()?;
    let named = me::find(call.read(), &scope).await?.ok_or_else(Stop::not_found)?;
    let (kind, organisation, organisation_kind, scopes, role) = match &call.actor().standing {
        Standing::Client { organisation, kind, scopes } => (CallerKind::Client, *organisation, *kind, scopes.clone(), None),
        Standing::Professional { organisation, kind, role } => (CallerKind::Professional, *organisation, *kind, Vec::new(), Some(*role)),
        // The house does not call itself over HTTP.
        Standing::System(_) => return Err(Stop::not_found()),
    };
    let person = named.person.as_ref();
    let shown = Me {
        id: call.actor().principal,
        kind,
        organisation: MyOrganisation { id: organisation, name: named.organisation_name.to_string(), kind: organisation_kind },
        client_name: named.client_name.as_deref().map(str::to_owned),
        scopes,
        email: person.map(|(_, _, email)| email.clone()),
        last_name: person.map(|(last_name, ..)| last_name.to_string()),
        first_name: person.map(|(_, first_name, _)| first_name.to_string()),
        role,
        functions: functions(call.actor()),
    };
    call.show(&shown).await
}
