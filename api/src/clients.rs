//! Clients, the machines of organisations, and their secrets over HTTP. How a secret is made and compared is in `auth::secret`.

use actix_web::{HttpResponse, get, post};
use domain::actor::ClientScope;
use domain::calendar::Instant;
use domain::client::ClientOrder;
use domain::form::{at_most, within_if_any};
use domain::ids::{ClientId, ClientSecretId, OrganisationId};
use domain::policy::{ManageClient, ReadClient, ReadOrganisation};
use domain::text::Label;
use persistence::{clients, organisations};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::secret;
use crate::call::Call;
use crate::extract::Body;
use crate::order::{NoFilter, Nothing};
use crate::page::{ListParams, Page, SyncParams};
use crate::problem::Stop;
use crate::show::{self, Resource, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_clients).service(create_client).service(read_client).service(give_secret).service(revoke_secret).service(disable_client);
}

/// Create a client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateClient {
    /// What it is called, 1 to 200 characters.
    name: Label,
    /// What it may ask for, each once. `referrals:identify` is for organisations of kind `pole_emploi` alone.
    #[schema(min_items = 1, max_items = 6)]
    #[serde(deserialize_with = "at_most::<10, _, _>")]
    scopes: Vec<ClientScope>,
}

impl From<&CreateClient> for ClientOrder {
    fn from(order: &CreateClient) -> Self {
        Self { name: order.name.clone(), scopes: order.scopes.clone() }
    }
}

/// Give a client one more secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveSecret {
    /// Days it lives from now; 365 when null or absent.
    #[schema(minimum = 1, maximum = 730)]
    #[serde(default, deserialize_with = "within_if_any::<1, 730, _, _>")]
    expires_in_days: Option<i64>,
}

/// A machine that calls on behalf of an organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiClient)]
pub(crate) struct Client {
    /// Its id, which is its `client_id` at the token endpoint.
    id: ClientId,
    /// On whose behalf it calls.
    organisation_id: OrganisationId,
    /// What it is called.
    #[schema(max_length = 200, example = "Logiciel de suivi")]
    name: String,
    /// What it may ask for.
    #[schema(min_items = 1, max_items = 6)]
    scopes: Vec<ClientScope>,
    /// Since when it is refused; null while it is not.
    disabled_at: Option<Instant>,
    /// Its secrets, oldest first, the expired and revoked ones too. Two at most are active.
    #[schema(max_items = 1000)]
    secrets: Vec<ClientSecret>,
    /// Its version, one more at each change of it or of its secrets.
    #[schema(minimum = 1)]
    version: i32,
    /// When it or one of its secrets was last changed.
    updated_at: Instant,
}

/// The dates of a secret. The secret itself was shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClientSecret {
    /// Its id.
    id: ClientSecretId,
    /// When it was given.
    created_at: Instant,
    /// From when it is refused.
    expires_at: Instant,
    /// When it was revoked; null while it was not.
    revoked_at: Option<Instant>,
}

impl From<&domain::client::Client> for Client {
    fn from(client: &domain::client::Client) -> Self {
        let secrets = client.secrets.iter().map(|secret| ClientSecret {
            id: secret.id,
            created_at: secret.created_at,
            expires_at: secret.expires_at,
            revoked_at: secret.revoked_at,
        });
        Self {
            id: client.id,
            organisation_id: client.organisation,
            name: client.name.to_string(),
            scopes: client.scopes.clone(),
            disabled_at: client.disabled_at,
            secrets: secrets.collect(),
            version: client.stamp.version,
            updated_at: client.stamp.updated_at,
        }
    }
}

impl Shows for Client {}
impl Resource for Client {
    fn id(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> i32 {
        self.version
    }
}

/// A new secret: what the token endpoint asks for. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GivenSecret {
    /// The secret's id, by which it is revoked.
    id: ClientSecretId,
    /// The client's id.
    client_id: ClientId,
    /// The secret. It is stored nowhere: keep it now.
    #[schema(min_length = 49, max_length = 49, pattern = "^jalon_[A-Za-z0-9_-]{43}$")]
    client_secret: String,
    /// When it was given.
    created_at: Instant,
    /// From when it is refused.
    expires_at: Instant,
    #[serde(skip)]
    client_version: i32,
}

impl Shows for GivenSecret {}
impl Resource for GivenSecret {
    fn id(&self) -> Uuid {
        self.client_id.uuid()
    }
    fn version(&self) -> i32 {
        self.client_version
    }
}

/// A page of clients.
pub(crate) type ClientPage = Page<Client>;

/// List the clients of an organisation
///
/// Disabled ones too, in the order in which they were created.
#[utoipa::path(get, tag = "Access", operation_id = "listClients", extensions(("x-permission" = json!("read_client"))),
    params(("id" = OrganisationId, Path, description = "The organisation."), ListParams, SyncParams),
    responses((status = 200, description = "Its clients, with the dates of their secrets.", body = ClientPage)))]
#[get("/organisations/{id}/clients")]
pub(crate) async fn list_clients(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadClient>()?;
    let among = call.may::<ReadOrganisation>()?;
    let (NoFilter {}, asked) = call.list(true)?;
    let organisation = organisations::find(call.read(), &among, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    let rows = clients::list(call.read(), &scope, organisation.id, &asked.listing).await?;
    call.show_page(&asked, rows, |client| Client::from(&client)).await
}

/// Create a client of an organisation
///
/// It has no secret yet: give it one with `POST /v1/clients/{id}/secrets`.
#[utoipa::path(post, tag = "Access", operation_id = "createClient", extensions(("x-permission" = json!("manage_client"))),
    params(("id" = OrganisationId, Path, description = "The organisation.")), request_body = CreateClient,
    responses((status = 201, description = "The client.", body = Client)))]
#[post("/organisations/{id}/clients")]
pub(crate) async fn create_client(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageClient, CreateClient>(&body).await?;
    let among = call.may::<ReadOrganisation>()?;
    order
        .write(async |w, scope, wish| {
            let organisation = organisations::find(w, &among, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let created = domain::client::Client::create(scope, w.id(), &organisation, wish.into())?;
            clients::save(w, &created).await?;
            show::created(format!("/v1/clients/{}", created.after.id), &Client::from(&created.after))
        })
        .await
}

/// Read a client
///
/// With the dates of its secrets; a secret itself is never shown again.
#[utoipa::path(get, tag = "Access", operation_id = "readClient", extensions(("x-permission" = json!("read_client"))),
    params(("id" = ClientId, Path, description = "The client.")),
    responses((status = 200, description = "The client.", body = Client)))]
#[get("/clients/{id}")]
pub(crate) async fn read_client(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadClient>()?;
    let client = clients::find(call.read(), &scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
    call.show(&Client::from(&client)).await
}

/// Give a client a secret
///
/// The only answer that shows it: the same key again is refused (409 `SECRET_ALREADY_SHOWN`); if this answer was lost, revoke the secret
/// and give another one. Two may be active at a time, so that a partner changes over without a gap (else 409 `TOO_MANY_SECRETS`). A
/// disabled client gets none (409 `CLIENT_DISABLED`). An empty body counts as `{}`. `Location` is the client, where the secret's dates are.
#[utoipa::path(post, tag = "Access", operation_id = "giveSecret", extensions(("x-permission" = json!("manage_client"))),
    params(("id" = ClientId, Path, description = "The client.")), request_body = GiveSecret,
    responses((status = 201, description = "The secret, shown this once.", body = GivenSecret)))]
#[post("/clients/{id}/secrets")]
pub(crate) async fn give_secret(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageClient, GiveSecret>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let client = clients::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let client_secret = secret::generate(call.shared().ids.bytes());
            let digest = secret::digest(&call.shared().keys.pepper, &client_secret);
            let given = client.give_secret(scope, w.id(), digest, wish.expires_in_days)?;
            clients::save_secret(w, &given).await?;
            let shown = GivenSecret {
                id: given.secret.id,
                client_id: client.id,
                client_secret,
                created_at: given.secret.created_at,
                expires_at: given.secret.expires_at,
                client_version: given.client.stamp.version,
            };
            show::created_secret(format!("/v1/clients/{}", client.id), &shown)
        })
        .await
}

/// Revoke a secret of a client
///
/// No token is given for it any more; tokens given before live on for 15 minutes at most. To stop a client at once, disable it.
#[utoipa::path(post, tag = "Access", operation_id = "revokeSecret", extensions(("x-permission" = json!("manage_client"))),
    params(("id" = ClientId, Path, description = "The client."),
        ("secret_id" = ClientSecretId, Path, description = "The secret.")),
    responses((status = 200, description = "The client, with the secret revoked.", body = Client)))]
#[post("/clients/{id}/secrets/{secret_id}/revocation")]
pub(crate) async fn revoke_secret(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageClient, Nothing>(&body).await?;
    order
        .write(async |w, scope, _| {
            let client = clients::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let revoked = client.revoke_secret(scope, call.id("secret_id")?).ok_or_else(Stop::not_found)?;
            clients::save(w, &revoked).await?;
            show::ok(&Client::from(&revoked.after))
        })
        .await
}

/// Disable a client
///
/// Its secrets and its tokens are refused within 5 seconds. It stays, with everything it did.
#[utoipa::path(post, tag = "Access", operation_id = "disableClient", extensions(("x-permission" = json!("manage_client"))),
    params(("id" = ClientId, Path, description = "The client.")),
    responses((status = 200, description = "The client, disabled.", body = Client)))]
#[post("/clients/{id}/disablement")]
pub(crate) async fn disable_client(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageClient, Nothing>(&body).await?;
    order
        .write(async |w, scope, _| {
            let client = clients::lock(w, scope, call.id("id")?).await?.ok_or_else(Stop::not_found)?;
            let disabled = client.disable(scope);
            clients::save(w, &disabled).await?;
            show::ok(&Client::from(&disabled.after))
        })
        .await
}
