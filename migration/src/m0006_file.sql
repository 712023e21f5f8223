-- The beneficiary's file: who the person is, their household and rights, what holds them back, what was done with them.

alter table beneficiary add column title {text} null check (title in ('madam', 'mister'));
alter table beneficiary add column birth_place {text} null;
alter table beneficiary add column street {text} null;
alter table beneficiary add column postal_code {text} null;
-- Without a fixed abode, commune and address are those where the person is domiciled.
alter table beneficiary add column no_fixed_abode {bool} not null default {false};

-- A household is its file number at the body that pays: shared by its two adults, never the key of a person.
create table household (
    id {uuid} not null primary key,
    paying_body {text} not null check (paying_body in ('caf', 'msa')),
    -- Empty when it is not known: a null would be another one each time.
    body_code {text} not null,
    file_number {text} not null,
    created_at {instant} not null
);
create unique index household_number on household (file_number, paying_body, body_code);

alter table beneficiary add column household_id {uuid} null references household (id);
alter table beneficiary add column household_role {text} null check ((household_role is null) = (household_id is null) and household_role in ('claimant', 'spouse'));
-- Two adults at most: one in each place.
create unique index beneficiary_household on beneficiary (household_id, household_role) where merged_into_id is null and purged_at is null;

-- How people are found by name: one row per way in which a part of a name may be written, folded (no case, no accent).
create table beneficiary_name (
    beneficiary_id {uuid} not null references beneficiary (id),
    word {c_text} not null,
    primary key (beneficiary_id, word)
);
create index beneficiary_name_word on beneficiary_name (word, beneficiary_id);

create index beneficiary_birth on beneficiary (birth_date, id) where birth_date is not null;
create index beneficiary_phone on beneficiary (phone) where phone is not null;
create index beneficiary_email on beneficiary (email) where email is not null;
create index beneficiary_old_france_travail on beneficiary (france_travail_id) where france_travail_id is not null;
create index beneficiary_merged on beneficiary (merged_into_id) where merged_into_id is not null;
-- Whether another number will take its place, which a merge asks; the first digit of the number says the same.
alter table beneficiary_nir add column provisional {bool} not null default {false};
create index beneficiary_nir_found on beneficiary_nir (blind_index);

-- The key that sealed a number, by its id: which keys are needed is known without reading the numbers. No released version wrote a row
-- without one.
alter table beneficiary_nir add column key_id {text} not null default '';
create index beneficiary_nir_key on beneficiary_nir (key_id);

-- The keys that have sealed a number. One that is dropped stays here, so that nothing is ever sealed under it again.
create table nir_key (
    id {text} not null primary key,
    dropped {bool} not null
);

-- Two files that became one, and each thing that moved.
create table merge (
    id {uuid} not null primary key,
    survivor_id {uuid} not null references beneficiary (id),
    duplicate_id {uuid} not null references beneficiary (id),
    reason {text} not null,
    merged_by {uuid} not null references principal (id),
    merged_at {instant} not null
);
create unique index merge_duplicate on merge (duplicate_id);
create index merge_survivor on merge (survivor_id, id);

create table merge_move (
    merge_id {uuid} not null references merge (id),
    kind {text} not null,
    subject_id {uuid} not null,
    primary key (merge_id, kind, subject_id)
);

create table rsa_right (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    entered_on {day} not null,
    left_on {day} null check (left_on >= entered_on),
    left_reason {text} null,
    information_received_on {day} null,
    transferred_from {text} null,
    source {text} not null check (source in ('flow', 'manual')),
    -- From which day on the person is subject to the duties, or not: [{"subject", "starts_on", "notified_on", "source"}], by day.
    duties {json} not null,
    -- Since when they are subject to them, by the last of these and until the end; null when they are not.
    subject_since {day} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check ((left_on is null) = (left_reason is null))
);
create unique index rsa_right_open on rsa_right (beneficiary_id) where left_on is null;
create unique index rsa_right_entry on rsa_right (beneficiary_id, entered_on);
create index rsa_right_person on rsa_right (beneficiary_id, id);
create index rsa_right_updated on rsa_right (updated_at, id);

create table milestone (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    kind {text} not null,
    occurred_on {day} not null,
    source {text} not null,
    comment {text} null,
    cancelled_at {instant} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create index milestone_person on milestone (beneficiary_id, id);
create index milestone_updated on milestone (updated_at, id);

create table barrier (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    kind {text} not null,
    situation {text} not null,
    impact {text} not null check (impact in ('strong', 'medium', 'none')),
    goal {text} null,
    note {text} null check (note is null or kind <> 'health'),
    opened_on {day} not null,
    resolved_on {day} null check (resolved_on >= opened_on),
    outcome {text} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check ((resolved_on is null) = (outcome is null))
);
create unique index barrier_open on barrier (beneficiary_id, situation) where resolved_on is null;
create index barrier_person on barrier (beneficiary_id, id);
create index barrier_updated on barrier (updated_at, id);
create index barrier_kind on barrier (kind, beneficiary_id) where resolved_on is null;

create table intervention (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    kind {text} not null,
    theme {text} not null,
    occurred_on {day} not null,
    minutes {int} null check (minutes > 0),
    -- Who did it, where they worked and what they were by trade at that time.
    professional_id {uuid} not null references professional (id),
    organisation_id {uuid} not null references organisation (id),
    profession {text} null,
    framework {text} not null check (framework in ('sector_general_practice', 'insertion')),
    enrolment_id {uuid} null references enrolment (id),
    moment {text} null check (moment in ('preparation', 'mid_term', 'closing')),
    note {text} null,
    cancelled_at {instant} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check (moment is null or enrolment_id is not null)
);
create index intervention_person on intervention (beneficiary_id, id);
create index intervention_updated on intervention (updated_at, id);
create index intervention_enrolment on intervention (enrolment_id) where enrolment_id is not null;

-- Who broke the glass, as managers and the auditor read it.
create index access_grant_person on access_grant (beneficiary_id, id);
