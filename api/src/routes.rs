//! Every route, in one list: the same call serves requests and builds the OpenAPI document.

use actix_web::middleware::from_fn;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{middleware, oauth};
use crate::{
    access_grants, access_log, actions, barriers, beneficiaries, clients, contracts, deadlines, docs, enrolments, gate, groups, health, held_lines,
    interventions, me, milestones, needs, nir, organisations, orientations, places, professionals, readiness, reference, referral_feed, referrals,
    rsa_rights, sessions, settings, submissions, territories,
};

/// Mounts everything.
pub(crate) fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(health::livez)
        .service(health::readyz)
        .service(docs::read_openapi)
        .service(docs::list_problems)
        .service(docs::read_problem)
        .service(oauth::create_token)
        .service(oauth::read_keys)
        .service(oauth::read_metadata)
        .service(
            scope::scope("/v1")
                .wrap(from_fn(middleware::authenticate))
                .configure(|v1: &mut ServiceConfig<'_>| {
                    me::configure(v1);
                    reference::configure(v1);
                    organisations::configure(v1);
                    clients::configure(v1);
                    professionals::configure(v1);
                    territories::configure(v1);
                    settings::configure(v1);
                    access_log::configure(v1);
                    beneficiaries::configure(v1);
                    nir::configure(v1);
                    rsa_rights::configure(v1);
                    milestones::configure(v1);
                    orientations::configure(v1);
                    contracts::configure(v1);
                    readiness::configure(v1);
                    places::configure(v1);
                    deadlines::configure(v1);
                    needs::configure(v1);
                    barriers::configure(v1);
                    interventions::configure(v1);
                    access_grants::configure(v1);
                    actions::configure(v1);
                    groups::configure(v1);
                    enrolments::configure(v1);
                    sessions::configure(v1);
                    submissions::configure(v1);
                    held_lines::configure(v1);
                    referrals::configure(v1);
                    referral_feed::configure(v1);
                })
                .default_service(actix_web::web::to(gate::no_route)),
        );
}

/// Mounts what is not part of the contract: the pages of the interactive documentation.
pub(crate) fn configure_pages(routes: &mut actix_web::web::ServiceConfig) {
    routes.service(docs::docs_root).service(docs::docs_file);
}
