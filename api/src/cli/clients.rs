//! `jalon client …`: machines and their secrets, for those who run the server.

use clap::Subcommand;
use domain::actor::ClientScope;
use domain::client::{Client, ClientOrder};
use domain::ids::{ClientId, OrganisationId};
use domain::policy::{ManageClient, ReadOrganisation, Scope};
use domain::text::Label;
use persistence::{Write, clients, organisations};

use super::professionals::parsed;
use super::{House, say};
use crate::auth::secret;
use crate::problem::Stop;
use crate::server::StartError;

#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Create a client of an organisation, and print its first secret, this once.
    Create {
        /// The organisation's id.
        #[arg(long, value_parser = parsed::<OrganisationId>)]
        organisation: OrganisationId,
        /// What it is called.
        #[arg(long, value_parser = parsed::<Label>)]
        name: Label,
        /// Its scopes, separated by commas.
        #[arg(long, value_delimiter = ',', required = true, value_parser = parsed::<ClientScope>)]
        scopes: Vec<ClientScope>,
    },
    /// Disable a client: its tokens are refused within 5 seconds.
    Disable {
        /// Its id.
        #[arg(value_parser = parsed::<ClientId>)]
        id: ClientId,
    },
    /// Give a client one more secret, and print it, this once. Two may be active.
    AddSecret {
        /// Its id.
        #[arg(value_parser = parsed::<ClientId>)]
        id: ClientId,
        /// Days it lives, 1 to 730.
        #[arg(long)]
        days: Option<i64>,
    },
}

pub(super) async fn run(house: &House, command: ClientCommand) -> Result<(), StartError> {
    let scope = house.may::<ManageClient>()?;
    match command {
        ClientCommand::Create { organisation, name, scopes } => {
            let read = house.may::<ReadOrganisation>()?;
            let order = ClientOrder { name, scopes };
            let (id, secret) = house
                .write(async |w: &Write| {
                    let scope = scope.at(w.now());
                    let of = organisations::find(w, &read, organisation).await?.ok_or_else(Stop::not_found)?;
                    let created = Client::create(&scope, w.id(), &of, order.clone())?;
                    clients::save(w, &created).await?;
                    Ok((created.after.id, add_secret(house, w, &scope, &created.after, None).await?))
                })
                .await?;
            say(&format!("client_id      {id}\nclient_secret  {secret}"));
        }
        ClientCommand::Disable { id } => {
            house
                .write(async |w: &Write| {
                    let scope = scope.at(w.now());
                    let client = clients::lock(w, &scope, id).await?.ok_or_else(Stop::not_found)?;
                    Ok(clients::save(w, &client.disable(&scope)).await?)
                })
                .await?;
            say(&format!("{id} is disabled"));
        }
        ClientCommand::AddSecret { id, days } => {
            let secret = house
                .write(async |w: &Write| {
                    let scope = scope.at(w.now());
                    let client = clients::lock(w, &scope, id).await?.ok_or_else(Stop::not_found)?;
                    add_secret(house, w, &scope, &client, days).await
                })
                .await?;
            say(&format!("client_secret  {secret}"));
        }
    }
    Ok(())
}

async fn add_secret(house: &House, w: &Write, scope: &Scope<ManageClient>, client: &Client, days: Option<i64>) -> Result<String, Stop> {
    let secret = secret::generate(house.db.ids().bytes());
    let given = client.give_secret(scope, w.id(), secret::digest(&house.keys.pepper, &secret), days)?;
    clients::save_secret(w, &given).await?;
    Ok(secret)
}
