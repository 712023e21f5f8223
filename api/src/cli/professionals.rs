//! `jalon professional …`: the first administrator comes from here, the others from the API as well.

use clap::Subcommand;
use domain::actor::Role;
use domain::id::Id;
use domain::ids::OrganisationId;
use domain::organisation::{Organisation, OrganisationKind, OrganisationOrder};
use domain::policy::{ManageOrganisation, ManageProfessional, ReadOrganisation, Scope};
use domain::professional::{Around, Professional, ProfessionalOrder};
use domain::refusal::Rule;
use domain::text::{Email, Label, Name};
use persistence::machinery::principals;
use persistence::{Write, organisations, professionals};

use super::{House, say};
use crate::problem::Stop;
use crate::server::StartError;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfessionalCommand {
    /// Invite somebody. The département itself is registered if it is not yet.
    Invite {
        /// Their address.
        email: String,
        /// partner, caseworker, manager, administrator, auditor or analyst.
        #[arg(long, value_parser = parsed::<Role>)]
        role: Role,
        /// Family name.
        #[arg(long, default_value = "À compléter")]
        last_name: String,
        /// First name.
        #[arg(long, default_value = "À compléter")]
        first_name: String,
        /// The id of their organisation; the département when nothing is said.
        #[arg(long, value_parser = parsed::<OrganisationId>)]
        organisation: Option<OrganisationId>,
    },
    /// Disable somebody: their tokens are refused within 5 seconds.
    Disable {
        /// Their address.
        email: String,
    },
}

/// A value object from the command line.
pub(super) fn parsed<T: std::str::FromStr<Err = Rule>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|rule: Rule| rule.code().to_owned())
}

fn value<T: std::str::FromStr<Err = Rule>>(text: &str) -> Result<T, StartError> {
    text.parse().map_err(|rule: Rule| StartError(format!("a value is refused: {rule}")))
}

pub(super) async fn run(house: &House, command: ProfessionalCommand) -> Result<(), StartError> {
    match command {
        ProfessionalCommand::Invite { email, role, last_name, first_name, organisation } => {
            let (email, last_name, first_name) = (value::<Email>(&email)?, value::<Name>(&last_name)?, value::<Name>(&first_name)?);
            let order = ProfessionalOrder { email, last_name, first_name, role, profession: None, territories: Vec::new() };
            let id = invite(house, order, organisation).await?;
            say(&format!("{id} is invited; `jalon token` gives them a token"));
        }
        ProfessionalCommand::Disable { email } => {
            let email: Email = value(&email)?;
            let found = principals::find_by_email(house.db.read(), &email).await.map_err(|error| StartError(error.to_string()))?;
            let id: Id<Professional> = Id::new(found.ok_or_else(|| StartError("nobody active has this address".to_owned()))?);
            let scope = house.may::<ManageProfessional>()?;
            house
                .write(async |w: &Write| {
                    let scope = scope.at(w.now());
                    let professional = professionals::lock(w, &scope, id).await?.ok_or_else(Stop::not_found)?;
                    Ok(professionals::save(w, &professional.disable(&scope)).await?)
                })
                .await?;
            say(&format!("{id} is disabled"));
        }
    }
    Ok(())
}

/// The département itself, registered now if it is not yet.
async fn department(w: &Write, scope: &Scope<ManageOrganisation>, name: &Label) -> Result<Organisation, Stop> {
    if let Some(department) = organisations::department(w).await? {
        return Ok(department);
    }
    let order = OrganisationOrder { kind: OrganisationKind::Department, name: name.clone(), siret: None };
    let registered = Organisation::register(scope, w.id(), order, false)?;
    organisations::save(w, &registered).await?;
    Ok(registered.after.clone())
}

async fn invite(house: &House, order: ProfessionalOrder, organisation: Option<OrganisationId>) -> Result<Id<Professional>, StartError> {
    let (manage, register, read) = (house.may::<ManageProfessional>()?, house.may::<ManageOrganisation>()?, house.may::<ReadOrganisation>()?);
    let vocabulary = house.vocabulary().await?;
    let name: Label = value(&format!("Conseil départemental {}", house.config.department))?;
    house
        .write(async |w: &Write| {
            let organisation = match organisation {
                Some(id) => organisations::find(w, &read, id).await?.ok_or_else(Stop::not_found)?,
                None => department(w, &register.at(w.now()), &name).await?,
            };
            let email_taken = professionals::email_taken(w, &order.email, None).await?;
            let around = Around { organisation: &organisation, known_territories: &[], email_taken, vocabulary: &vocabulary };
            let invited = Professional::invite(&manage.at(w.now()), w.id(), order.clone(), around)?;
            professionals::save(w, &invited).await?;
            Ok(invited.after.id)
        })
        .await
}
