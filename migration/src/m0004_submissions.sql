-- Attendance in batches. A submission is received whole with its receipt; its lines are insert-only. What a line said (`cells`) is
-- personal data and is purged a year after it came; what became of it stays.
create table submission (
    id {uuid} not null primary key,
    organisation_id {uuid} not null references organisation (id),
    submitted_by {uuid} not null references principal (id),
    received_at {instant} not null,
    format {text} not null check (format in ('json', 'csv')),
    on_error {text} not null check (on_error in ('accept_valid', 'reject_all')),
    result {text} not null check (result in ('applied', 'partly_applied', 'nothing_applied')),
    ignored_columns {json} not null,
    purged_at {instant} null
);
create index submission_organisation on submission (organisation_id, id);
create index submission_age on submission (received_at) where purged_at is null;

create table submission_line (
    submission_id {uuid} not null references submission (id),
    position {int} not null check (position >= 0),
    line_number {int} null check (line_number > 0),
    external_id {text} null,
    outcome {text} not null check (outcome in ('recorded', 'corrected', 'voided', 'unchanged', 'held', 'rejected', 'not_applied')),
    session_id {uuid} null references session (id),
    enrolment_id {uuid} null references enrolment (id),
    version {int} null,
    errors {json} not null,
    warnings {json} not null,
    cells {json} null,
    primary key (submission_id, position)
);

-- What a partner's own name of a line is about, for ever.
create table partner_line (
    organisation_id {uuid} not null references organisation (id),
    external_id {text} not null,
    session_id {uuid} not null references session (id),
    enrolment_id {uuid} not null references enrolment (id),
    recorded_at {instant} not null,
    primary key (organisation_id, external_id)
);
create index partner_line_target on partner_line (session_id, enrolment_id);

-- `beneficiary_id` is whom the line designates, if anybody known: it says which caseworkers may decide, and is never shown.
create table held_line (
    id {uuid} not null primary key,
    submission_id {uuid} not null references submission (id),
    position {int} not null,
    line_number {int} null,
    organisation_id {uuid} not null references organisation (id),
    session_id {uuid} not null references session (id),
    code {text} not null check (code in ('PERSON_NOT_EXPECTED', 'NAME_MISMATCH', 'SHEET_CLOSED')),
    cells {json} null,
    enrolment_id {uuid} null references enrolment (id),
    beneficiary_id {uuid} null references beneficiary (id),
    state {text} not null check (state in ('waiting', 'applied', 'dismissed', 'superseded')),
    choice {text} null check (choice in ('apply', 'attach', 'dismiss')),
    decided_by {uuid} null references principal (id),
    decided_at {instant} null,
    reason {text} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check ((choice is null) = (decided_at is null) and (decided_by is null) = (decided_at is null)),
    check ((state in ('applied', 'dismissed')) = (choice is not null))
);
create index held_line_submission on held_line (submission_id, position);
create index held_line_session on held_line (session_id, organisation_id);
create index held_line_organisation on held_line (organisation_id, id);
create index held_line_state on held_line (state, id);
create index held_line_change on held_line (updated_at, id);
create index held_line_person on held_line (beneficiary_id) where beneficiary_id is not null;

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('attendance_operations', 'record', 1, 'Enregistrer', 'Record', '2015-01-01', null, '{}'),
    ('attendance_operations', 'correct', 2, 'Corriger', 'Correct', '2015-01-01', null, '{}'),
    ('attendance_operations', 'void', 3, 'Annuler', 'Void', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('submission_results', 'applied', 1, 'Tout est pris en compte', 'Everything was applied', '2015-01-01', null, '{}'),
    ('submission_results', 'partly_applied', 2, 'Pris en compte en partie', 'Partly applied', '2015-01-01', null, '{}'),
    ('submission_results', 'nothing_applied', 3, 'Rien n''est pris en compte', 'Nothing was applied', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('line_outcomes', 'recorded', 1, 'Enregistrée', 'Recorded', '2015-01-01', null, '{}'),
    ('line_outcomes', 'corrected', 2, 'Corrigée', 'Corrected', '2015-01-01', null, '{}'),
    ('line_outcomes', 'voided', 3, 'Annulée', 'Voided', '2015-01-01', null, '{}'),
    ('line_outcomes', 'unchanged', 4, 'Déjà prise en compte', 'Unchanged', '2015-01-01', null, '{}'),
    ('line_outcomes', 'held', 5, 'Mise en attente', 'Held', '2015-01-01', null, '{}'),
    ('line_outcomes', 'rejected', 6, 'Refusée', 'Rejected', '2015-01-01', null, '{}'),
    ('line_outcomes', 'not_applied', 7, 'Non appliquée', 'Not applied', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('held_line_states', 'waiting', 1, 'À décider', 'Waiting', '2015-01-01', null, '{}'),
    ('held_line_states', 'applied', 2, 'Appliquée', 'Applied', '2015-01-01', null, '{}'),
    ('held_line_states', 'dismissed', 3, 'Écartée', 'Dismissed', '2015-01-01', null, '{}'),
    ('held_line_states', 'superseded', 4, 'Remplacée', 'Superseded', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('held_line_decisions', 'apply', 1, 'Appliquer', 'Apply', '2015-01-01', null, '{}'),
    ('held_line_decisions', 'attach', 2, 'Rattacher à une inscription', 'Attach to an enrolment', '2015-01-01', null, '{}'),
    ('held_line_decisions', 'dismiss', 3, 'Écarter', 'Dismiss', '2015-01-01', null, '{}');
