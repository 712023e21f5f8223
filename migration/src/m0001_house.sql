-- The types in braces are given by dialect.rs. Instants are UTC with milliseconds; periods are inclusive, null = open.
-- CHECKs stand only on closed invariants: SQLite cannot alter one without rebuilding its table.

create table organisation (
    id {uuid} not null primary key,
    kind {text} not null check (kind in ('department', 'association', 'pole_emploi', 'mission_locale', 'cap_emploi', 'plie', 'ccas', 'other')),
    name {text} not null,
    siret {text} null check (length(siret) = 14),
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create unique index organisation_one_department on organisation (kind) where kind = 'department';
create index organisation_updated on organisation (updated_at, id);

create table principal (
    id {uuid} not null primary key,
    kind {text} not null check (kind in ('client', 'professional', 'system')),
    organisation_id {uuid} null references organisation (id),
    disabled_at {instant} null,
    check ((kind = 'system') = (organisation_id is null))
);

-- The house itself acts under three names: the command line, the background sweeps, the demo.
insert into principal (id, kind) values ({system_cli}, 'system'), ({system_sweep}, 'system'), ({system_demo}, 'system');

create table client (
    id {uuid} not null primary key references principal (id),
    organisation_id {uuid} not null references organisation (id),
    name {text} not null,
    scopes {text} not null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create index client_organisation on client (organisation_id, id);

create table client_secret (
    id {uuid} not null primary key,
    client_id {uuid} not null references client (id),
    digest {bytes} not null check (length(digest) = 32),
    created_at {instant} not null,
    expires_at {instant} not null,
    revoked_at {instant} null
);
create index client_secret_client on client_secret (client_id, id);

create table professional (
    id {uuid} not null primary key references principal (id),
    organisation_id {uuid} not null references organisation (id),
    email {text} not null,
    last_name {text} not null,
    first_name {text} not null,
    role {text} not null check (role in ('partner', 'caseworker', 'manager', 'administrator', 'auditor', 'analyst')),
    profession {text} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create unique index professional_email on professional (email);
create index professional_organisation on professional (organisation_id, id);
create index professional_updated on professional (updated_at, id);

create table organisation_site (
    id {uuid} not null primary key,
    organisation_id {uuid} not null references organisation (id),
    code {text} not null,
    label {text} not null,
    commune_code {text} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create unique index organisation_site_code on organisation_site (organisation_id, code);

create table delegation (
    id {uuid} not null primary key,
    organisation_id {uuid} not null references organisation (id),
    accompaniments {json} not null,
    starts_on {day} not null,
    ends_on {day} null check (ends_on >= starts_on),
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create index delegation_organisation on delegation (organisation_id, id);

create table territory (
    id {uuid} not null primary key,
    code {text} not null,
    name {text} not null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create unique index territory_code on territory (code);

create table territory_commune (
    territory_id {uuid} not null references territory (id),
    commune_code {text} not null,
    starts_on {day} not null,
    ends_on {day} null check (ends_on >= starts_on),
    primary key (territory_id, commune_code, starts_on)
);
create unique index territory_commune_one on territory_commune (commune_code) where ends_on is null;

create table professional_territory (
    professional_id {uuid} not null references professional (id),
    territory_id {uuid} not null references territory (id),
    primary key (professional_id, territory_id)
);

create table commune (
    code {text} not null primary key,
    name {text} not null,
    postal_codes {text} not null,
    population {int} not null,
    epci_name {text} null,
    valid_from {day} not null,
    valid_to {day} null
);

create table beneficiary (
    id {uuid} not null primary key,
    reference {text} not null,
    last_name {text} null,
    first_name {text} null,
    birth_date {day} null,
    commune_code {text} null,
    territory_id {uuid} not null references territory (id),
    merged_into_id {uuid} null references beneficiary (id),
    purged_at {instant} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check (purged_at is not null or (last_name is not null and first_name is not null))
);
create unique index beneficiary_reference on beneficiary (reference);
create index beneficiary_territory on beneficiary (territory_id, id);
create index beneficiary_updated on beneficiary (updated_at, id);

-- Which organisation accompanies whom. Step 4 gives the orientation its life; its period is here because a scope depends on it.
create table orientation (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    organisation_id {uuid} not null references organisation (id),
    accompaniment {text} not null check (accompaniment in ('social', 'socioprofessional', 'common_law')),
    starts_on {day} not null,
    ends_on {day} null check (ends_on >= starts_on),
    created_at {instant} not null
);
create unique index orientation_one_active on orientation (beneficiary_id) where ends_on is null;
create unique index orientation_start on orientation (beneficiary_id, starts_on);
create index orientation_organisation on orientation (organisation_id, beneficiary_id);

create table access_grant (
    id {uuid} not null primary key,
    professional_id {uuid} not null references professional (id),
    beneficiary_id {uuid} not null references beneficiary (id),
    reason {text} not null,
    granted_at {instant} not null,
    expires_at {instant} not null
);
create index access_grant_use on access_grant (professional_id, beneficiary_id, expires_at);

create table action (
    id {uuid} not null primary key,
    organisation_id {uuid} not null references organisation (id),
    name {text} not null,
    axis {text} not null check (axis in ('mobilisation', 'barrier_lifting')),
    kind {text} not null,
    themes {json} not null,
    starts_on {day} not null,
    ends_on {day} null check (ends_on >= starts_on),
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create index action_organisation on action (organisation_id, id);
create index action_updated on action (updated_at, id);

create table agreement (
    id {uuid} not null primary key,
    organisation_id {uuid} not null references organisation (id),
    action_id {uuid} not null references action (id),
    convention_number {text} not null,
    starts_on {day} not null,
    ends_on {day} not null check (ends_on >= starts_on),
    funded_unit {text} not null check (funded_unit in ('place', 'participant', 'half_day', 'hour')),
    funded_quantity {int} not null check (funded_quantity > 0),
    amount_cents {bigint} not null check (amount_cents >= 0),
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create index agreement_organisation on agreement (organisation_id, id);

create table action_group (
    id {uuid} not null primary key,
    action_id {uuid} not null references action (id),
    code {text} not null,
    name {text} not null,
    place {text} not null,
    commune_code {text} not null,
    capacity {int} not null check (capacity > 0),
    starts_on {day} not null,
    ends_on {day} null check (ends_on >= starts_on),
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create unique index action_group_code on action_group (code);
create index action_group_action on action_group (action_id, id);
create index action_group_updated on action_group (updated_at, id);
create index action_group_commune on action_group (commune_code, id);

create table session (
    id {uuid} not null primary key,
    group_id {uuid} not null references action_group (id),
    reference {text} not null,
    date {day} not null,
    half_day {text} not null check (half_day in ('morning', 'afternoon')),
    start_time {time} not null,
    end_time {time} not null check (end_time > start_time),
    place {text} not null,
    sheet_version {int} not null check (sheet_version > 0),
    sheet_closed_at {instant} null,
    cancelled_at {instant} null,
    cancel_reason {text} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check (cancelled_at is null or sheet_closed_at is null)
);
create unique index session_reference on session (reference);
create unique index session_slot on session (group_id, date, half_day) where cancelled_at is null;
create index session_date on session (date desc, half_day, id);
create index session_group on session (group_id, date desc, half_day, id);
create index session_updated on session (updated_at, id);

create table enrolment (
    id {uuid} not null primary key,
    group_id {uuid} not null references action_group (id),
    beneficiary_id {uuid} not null references beneficiary (id),
    starts_on {day} not null,
    planned_end_on {day} null check (planned_end_on >= starts_on),
    ends_on {day} null check (ends_on >= starts_on),
    end_reason {text} null,
    status_at_entry {text} not null,
    origin {text} not null check (origin in ('direct', 'referral')),
    referral_id {uuid} null,
    aptitudes {json} null,
    next_step {text} null,
    assessment_text {text} null,
    assessed_at {instant} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check ((ends_on is null) = (end_reason is null))
);
create unique index enrolment_start on enrolment (group_id, beneficiary_id, starts_on);
create unique index enrolment_one_open on enrolment (group_id, beneficiary_id) where ends_on is null;
create index enrolment_person on enrolment (beneficiary_id, group_id);
create index enrolment_group on enrolment (group_id, id);
create index enrolment_updated on enrolment (group_id, updated_at, id);

create table attendance (
    session_id {uuid} not null references session (id),
    enrolment_id {uuid} not null references enrolment (id),
    status {text} null check (status in ('present', 'late', 'left_early', 'absent_excused', 'absent_unexcused')),
    minutes {int} null check (minutes > 0),
    reason {text} null,
    signed {bool} null,
    version {int} not null check (version > 0),
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null,
    primary key (session_id, enrolment_id)
);
create index attendance_enrolment on attendance (enrolment_id, session_id);

create table attendance_history (
    session_id {uuid} not null references session (id),
    enrolment_id {uuid} not null references enrolment (id),
    version {int} not null check (version > 0),
    status {text} null,
    minutes {int} null,
    reason {text} null,
    signed {bool} null,
    source {text} not null check (source in ('sheet', 'correction', 'submission', 'held_line')),
    correction_reason {text} null,
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null,
    primary key (session_id, enrolment_id, version)
);

-- Every former state of an agent-edited row, insert-only: `content` is the row as it was at that version.
create table revision (
    subject_id {uuid} not null,
    version {int} not null check (version > 0),
    subject {text} not null,
    content {json} null,
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null,
    primary key (subject_id, version)
);

create table event (
    id {uuid} not null primary key,
    recorded_at {instant} not null,
    type {text} not null,
    subject_id {uuid} not null,
    beneficiary_id {uuid} null,
    actor_id {uuid} not null references principal (id),
    request_id {uuid} null,
    codes {json} not null
);
create index event_subject on event (subject_id, id);
create index event_person on event (beneficiary_id, id) where beneficiary_id is not null;

create table access (
    id {uuid} not null primary key,
    at {instant} not null,
    actor_id {uuid} not null references principal (id),
    organisation_id {uuid} null,
    acting_as {text} not null,
    operation {text} not null,
    subject_id {uuid} null,
    request_id {uuid} not null,
    people {int} not null check (people >= 0)
);
create index access_at on access (at, id);
create index access_actor on access (actor_id, id);

create table access_person (
    access_id {uuid} not null references access (id),
    beneficiary_id {uuid} not null,
    primary key (access_id, beneficiary_id)
);
create index access_person_person on access_person (beneficiary_id, access_id);

create table idempotency (
    principal_id {uuid} not null references principal (id),
    key {text} not null,
    fingerprint {bytes} not null check (length(fingerprint) = 32),
    status {int} not null,
    location {text} null,
    etag {text} null,
    body {bytes} null,
    created_at {instant} not null,
    primary key (principal_id, key)
);
create index idempotency_age on idempotency (created_at);

create table idempotency_person (
    principal_id {uuid} not null,
    key {text} not null,
    beneficiary_id {uuid} not null,
    primary key (principal_id, key, beneficiary_id),
    foreign key (principal_id, key) references idempotency (principal_id, key) on delete cascade
);
create index idempotency_person_person on idempotency_person (beneficiary_id);

-- The département's own settings: a dated value over the default that the code documents.
create table setting (
    code {text} not null,
    valid_from {day} not null,
    value {int} not null,
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null,
    primary key (code, valid_from)
);

create table reference_code (
    list {text} not null,
    code {text} not null,
    position {int} not null,
    label_fr {text} not null,
    label_en {text} not null,
    valid_from {day} not null,
    valid_to {day} null check (valid_to >= valid_from),
    crosswalk {json} not null,
    primary key (list, code, valid_from)
);

-- People of no known commune belong here, and every caseworker sees them.
insert into territory (id, code, name, version, created_at, updated_at)
values ({unassigned}, 'UNASSIGNED', 'Sans territoire', 1, {epoch}, {epoch});
