//! The typed ids by a short name each: schema generators do not look into generics, and people need not either.

use crate::id::Id;

/// Of somebody who can be named as the author of an act.
pub type PrincipalId = Id<crate::actor::Principal>;
/// Of an organisation.
pub type OrganisationId = Id<crate::organisation::Organisation>;
/// Of a site of an organisation.
pub type SiteId = Id<crate::organisation::Site>;
/// Of a delegation.
pub type DelegationId = Id<crate::organisation::Delegation>;
/// Of an agreement.
pub type AgreementId = Id<crate::organisation::Agreement>;
/// Of a client.
pub type ClientId = Id<crate::client::Client>;
/// Of a client's secret.
pub type ClientSecretId = Id<crate::client::ClientSecret>;
/// Of a professional.
pub type ProfessionalId = Id<crate::professional::Professional>;
/// Of a territory.
pub type TerritoryId = Id<crate::territory::Territory>;
/// Of a person.
pub type BeneficiaryId = Id<crate::beneficiary::Beneficiary>;
/// Of a household.
pub type HouseholdId = Id<crate::household::Household>;
/// Of a merge of two files.
pub type MergeId = Id<crate::merge::Merge>;
/// Of an episode of RSA right.
pub type RsaRightId = Id<crate::rsa_right::RsaRight>;
/// Of a contract.
pub type ContractId = Id<crate::contract::Contract>;
/// Of a word about somebody's readiness.
pub type ReadinessId = Id<crate::readiness::Readiness>;
/// Of an orientation.
pub type OrientationId = Id<crate::orientation::Orientation>;
/// Of a milestone.
pub type MilestoneId = Id<crate::milestone::Milestone>;
/// Of a barrier.
pub type BarrierId = Id<crate::barrier::Barrier>;
/// Of an intervention.
pub type InterventionId = Id<crate::intervention::Intervention>;
/// Of a line of the access log.
pub type AccessRecordId = Id<crate::access::AccessRecord>;
/// Of an access grant.
pub type AccessGrantId = Id<crate::access::AccessGrant>;
/// Of a collective action.
pub type ActionId = Id<crate::action::Action>;
/// Of a group.
pub type GroupId = Id<crate::group::Group>;
/// Of a session.
pub type SessionId = Id<crate::session::Session>;
/// Of an enrolment.
pub type EnrolmentId = Id<crate::enrolment::Enrolment>;
/// Of a submission of attendance.
pub type SubmissionId = Id<crate::submission::Submission>;
/// Of a held line.
pub type HeldLineId = Id<crate::submission::held::HeldLine>;
/// Of a referral.
pub type ReferralId = Id<crate::referral::Referral>;
/// Of an event in a feed.
pub type FeedEventId = Id<crate::feed::FeedEvent>;
/// Of a feed.
pub type FeedId = Id<crate::feed::Feed>;
