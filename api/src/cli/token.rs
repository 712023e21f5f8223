//! `jalon token EMAIL`: a professional's token. A client gets its own at the token endpoint.

use chrono::TimeDelta;
use clap::Args;
use domain::text::Email;
use persistence::machinery::principals;

use super::{House, say};
use crate::auth::token::{self, Subject};
use crate::server::StartError;

/// Whose token, for how long.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// The professional's address.
    email: String,
    /// How long it lives: `12h`, `90m`; 24 hours at most.
    #[arg(long, default_value = "12h", value_parser = life)]
    ttl: TimeDelta,
}

fn life(text: &str) -> Result<TimeDelta, String> {
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let number: i64 = number.parse().map_err(|_| "write 12h or 90m".to_owned())?;
    let life = match unit {
        "h" => TimeDelta::try_hours(number),
        "m" => TimeDelta::try_minutes(number),
        _ => None,
    };
    life.filter(|life| (TimeDelta::minutes(1)..=TimeDelta::hours(24)).contains(life)).ok_or_else(|| "from 1m to 24h".to_owned())
}

pub(super) async fn run(house: &House, args: &TokenArgs) -> Result<(), StartError> {
    let email: Email = args.email.parse().map_err(|_| StartError("that is not an electronic address".to_owned()))?;
    let found = principals::find_by_email(house.db.read(), &email).await.map_err(|error| StartError(error.to_string()))?;
    let id = found.ok_or_else(|| StartError("nobody active has this address".to_owned()))?;
    let now = house.db.clock().now();
    let audience = format!("{}/v1", house.config.public_url);
    let token =
        token::issue(&house.keys, &house.config.public_url, &audience, &Subject::Professional { id }, now, args.ttl, house.db.ids().uuid(now));
    say(&token.map_err(|error| StartError(error.to_string()))?);
    Ok(())
}
