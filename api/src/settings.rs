//! The département's own settings over HTTP: what holds on which day, and changing it. National law is not set here: it is code.

use actix_web::{HttpResponse, get, put};
use domain::calendar::Day;
use domain::form::within;
use domain::policy::{ManageSetting, ReadSetting};
use domain::refusal::Rule;
use domain::settings::{Setting, Settings};
use persistence::machinery::reference;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::call::Call;
use crate::extract::Body;
use crate::order::NoFilter;
use crate::problem::Stop;
use crate::show::{self, Shows};

/// Mounts the routes of this file.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(list_settings).service(change_setting);
}

/// Change a setting from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeSetting {
    /// What it will be, within the setting's own bounds.
    #[schema(minimum = 0, maximum = 365)]
    #[serde(deserialize_with = "within::<0, 365, _, _>")]
    value: i32,
    /// First day, today or later.
    valid_from: Day,
}

/// A setting with what was set of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingShown {
    /// Which.
    code: Setting,
    /// What it is today.
    #[schema(minimum = 0, maximum = 365)]
    value: i32,
    /// What it is while nothing is set.
    #[schema(minimum = 0, maximum = 365)]
    default_value: i32,
    /// The least it may be.
    #[schema(minimum = 0, maximum = 365)]
    minimum: i32,
    /// The most it may be.
    #[schema(minimum = 0, maximum = 365)]
    maximum: i32,
    /// What was set, by day.
    #[schema(max_items = 1000)]
    set: Vec<DatedValue>,
}

/// What was set from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DatedValue {
    /// First day.
    valid_from: Day,
    /// What it is from then on.
    #[schema(minimum = 0, maximum = 365)]
    value: i32,
}

/// All the settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingList {
    /// They.
    #[schema(max_items = 100)]
    items: Vec<SettingShown>,
}
impl Shows for SettingList {}

impl SettingList {
    fn new(settings: &Settings, today: Day) -> Self {
        let items = Setting::ALL.iter().map(|setting| {
            let (minimum, maximum) = setting.bounds();
            let set = settings.set(*setting).into_iter().map(|(valid_from, value)| DatedValue { valid_from, value }).collect();
            SettingShown { code: *setting, value: settings.value(*setting, today), default_value: setting.default_value(), minimum, maximum, set }
        });
        Self { items: items.collect() }
    }
}

/// List the settings
///
/// What the département sets for itself, with defaults, bounds and what was set from which day on.
#[utoipa::path(get, tag = "Organisations", operation_id = "listSettings", extensions(("x-permission" = json!("read_setting"))),
    responses((status = 200, description = "The settings.", body = SettingList)))]
#[get("/settings")]
pub(crate) async fn list_settings(call: Call) -> Result<HttpResponse, Stop> {
    let scope = call.may::<ReadSetting>()?;
    call.query::<NoFilter>()?;
    let settings = reference::settings(call.read()).await?;
    call.show_plain(None, &SettingList::new(&settings, scope.now().day())).await
}

/// Change a setting
///
/// From today or a later day on. `identity_disclosure` is the auditor's to change, the others the administrator's (else 403
/// `SETTING_RESERVED`).
#[utoipa::path(put, tag = "Organisations", operation_id = "changeSetting", extensions(("x-permission" = json!("manage_setting"))),
    params(("code" = Setting, Path, description = "The setting.")), request_body = ChangeSetting,
    responses((status = 200, description = "All the settings, as they are now.", body = SettingList)))]
#[put("/settings/{code}")]
pub(crate) async fn change_setting(call: Call, body: Body) -> Result<HttpResponse, Stop> {
    let order = call.order::<ManageSetting, ChangeSetting>(&body).await?;
    order
        .write(async |w, scope, wish| {
            let setting: Setting = call.segment("code").parse().map_err(|_: Rule| Stop::not_found())?;
            let changed = setting.change(scope, wish.valid_from, wish.value)?;
            reference::save_setting(w, &changed).await?;
            show::plain(&SettingList::new(&reference::settings(w).await?, w.now().day()))
        })
        .await
}
