//! Reference lists, communes and settings: what rules are given, and what everybody may read. No rule is applied here.

use domain::calendar::Day;
use domain::event::Event;
use domain::identifier::commune::CommuneCode;
use domain::refusal::Decided;
use domain::settings::{SettingChanged, Settings};
use domain::submission::line::Labels;
use domain::vocabulary::Vocabulary;
use sea_orm::FromQueryResult;
use sea_orm::prelude::Date;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Order, Query};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::events;
use crate::select::all;
use crate::tables::{reference_code, setting};

/// One code of a list, for some days.
#[derive(Clone, Debug)]
pub struct ReferenceCode {
    /// Its list.
    pub list: String,
    /// The code.
    pub code: String,
    /// What it is called in French.
    pub label_fr: String,
    /// What it is called in English.
    pub label_en: String,
    /// First day it may be used.
    pub valid_from: Day,
    /// Last day it may be used, if retired.
    pub valid_to: Option<Day>,
    /// The codes of other systems that mean the same.
    pub crosswalk: serde_json::Value,
}

/// What a code of a list is called now, in French and in English: itself where the list does not have it.
pub fn called<'a>(codes: &'a [ReferenceCode], list: &str, code: &'a str) -> (&'a str, &'a str) {
    let row = codes.iter().rfind(|row| row.list == list && row.code == code);
    row.map_or((code, code), |row| (&row.label_fr, &row.label_en))
}

/// Every code of every list, in their order. They change by a migration alone, so a process reads them once.
pub async fn codes(source: &impl Source) -> Result<Vec<ReferenceCode>, Error> {
    let select = Query::select()
        .columns(["list", "code", "position", "label_fr", "label_en", "valid_from", "valid_to", "crosswalk"])
        .from("reference_code")
        .order_by("list", Order::Asc)
        .order_by("position", Order::Asc)
        .order_by("valid_from", Order::Asc)
        .take();
    let rows = all::<reference_code::Model>(source, &select).await?;
    Ok(rows
        .into_iter()
        .map(|row| ReferenceCode {
            list: row.list,
            code: row.code,
            label_fr: row.label_fr,
            label_en: row.label_en,
            valid_from: Day::new(row.valid_from),
            valid_to: row.valid_to.map(Day::new),
            crosswalk: row.crosswalk,
        })
        .collect())
}

/// The same codes, as rules ask them.
pub fn vocabulary(codes: &[ReferenceCode]) -> Vocabulary {
    Vocabulary::new(codes.iter().map(|row| (row.list.clone(), row.code.clone(), row.valid_from, row.valid_to)).collect())
}

/// The same codes by their labels, French and English, as partners' files write them.
pub fn labels(codes: &[ReferenceCode]) -> Labels {
    let labels = |row: &'_ ReferenceCode| [row.label_fr.clone(), row.label_en.clone()].map(|label| (row.list.clone(), row.code.clone(), label));
    Labels::new(codes.iter().flat_map(labels))
}

/// The département's settings with their dates.
pub async fn settings(source: &impl Source) -> Result<Settings, Error> {
    let select = Query::select().columns(["code", "valid_from", "value", "recorded_by", "recorded_at"]).from("setting").take();
    let rows = all::<setting::Model>(source, &select).await?;
    Ok(Settings::stored(rows.into_iter().map(|row| (row.code, Day::new(row.valid_from), row.value))))
}

/// Saves a setting that was changed. The same day again takes the place of what was set for it; who set what stays in the events.
pub async fn save_setting(w: &Write, decided: &Decided<SettingChanged>) -> Result<(), Error> {
    use setting::Column as C;
    let row = setting::Model {
        code: decided.setting.code().to_owned(),
        valid_from: decided.valid_from.date(),
        value: decided.value,
        recorded_by: w.by().actor.principal.uuid(),
        recorded_at: w.now().utc(),
    };
    let overwrite = OnConflict::columns([C::Code, C::ValidFrom]).update_columns([C::Value, C::RecordedBy, C::RecordedAt]).to_owned();
    setting::Entity::insert(row.into_active_model().reset_all()).on_conflict(overwrite).exec_without_returning(w.connection()).await?;
    let event = Event::new("setting.changed", w.by().actor.principal).with("setting", decided.setting).with("value", decided.value);
    events::append(w, [&event.with("valid_from", decided.valid_from)]).await
}

/// A commune of the reference table.
#[derive(Clone, Debug)]
pub struct Commune {
    /// Its INSEE code.
    pub code: CommuneCode,
    /// Its name.
    pub name: String,
    /// Its postcodes, separated by spaces.
    pub postal_codes: String,
    /// How many people live there.
    pub population: i32,
    /// The group of communes it belongs to (*EPCI*).
    pub epci_name: Option<String>,
    /// First day of its code.
    pub valid_from: Day,
    /// Last day of its code, if it merged.
    pub valid_to: Option<Day>,
}

#[derive(FromQueryResult)]
struct CommuneRow {
    code: String,
    name: String,
    postal_codes: String,
    population: i32,
    epci_name: Option<String>,
    valid_from: Date,
    valid_to: Option<Date>,
}

/// The communes in force, or all of those named.
pub async fn communes(source: &impl Source, among: Option<&[CommuneCode]>) -> Result<Vec<Commune>, Error> {
    let mut select = Query::select();
    select
        .columns(["code", "name", "postal_codes", "population", "epci_name", "valid_from", "valid_to"])
        .from("commune")
        .order_by("code", Order::Asc);
    if let Some(codes) = among {
        select.cond_where(Cond::all().add(Expr::col("code").is_in(codes.iter().map(|code| (**code).to_owned()))));
    }
    let rows = all::<CommuneRow>(source, &select).await?;
    Ok(rows
        .into_iter()
        .map(|row| Commune {
            code: CommuneCode::stored(row.code),
            name: row.name,
            postal_codes: row.postal_codes,
            population: row.population,
            epci_name: row.epci_name,
            valid_from: Day::new(row.valid_from),
            valid_to: row.valid_to.map(Day::new),
        })
        .collect())
}

/// Whether the reference table holds a commune. Places outside the département are not in it: for them the shape is all there is.
pub async fn commune_known(source: &impl Source, code: &CommuneCode, department: &str) -> Result<bool, Error> {
    Ok(!code.starts_with(department) || !communes(source, Some(std::slice::from_ref(code))).await?.is_empty())
}
