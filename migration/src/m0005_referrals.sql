-- Referrals, what their receivers were told, and the feeds they are pulled from.

-- What a receiver is told of a person besides their name.
alter table beneficiary add column birth_name {text} null;
alter table beneficiary add column phone {text} null;
alter table beneficiary add column email {text} null;
alter table beneficiary add column france_travail_id {text} null;
-- The new form of the number is one person's; the old one is not known to be.
create unique index beneficiary_france_travail on beneficiary (france_travail_id) where length(france_travail_id) = 11;

-- The social security number, sealed (AES-256-GCM) and found by a keyed index. A number that took the place of another leaves it here.
create table beneficiary_nir (
    beneficiary_id {uuid} not null references beneficiary (id),
    version {int} not null check (version > 0),
    sealed {bytes} not null,
    blind_index {bytes} not null check (length(blind_index) = 32),
    current {bool} not null,
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null,
    primary key (beneficiary_id, version)
);
create unique index beneficiary_nir_current on beneficiary_nir (beneficiary_id) where current;
create unique index beneficiary_nir_one on beneficiary_nir (blind_index) where current;

-- `open` is what the state says, for the index that keeps one open referral per person and purpose.
create table referral (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    organisation_id {uuid} not null references organisation (id),
    site_id {uuid} null references organisation_site (id),
    purpose {text} not null check (purpose in ('accompaniment', 'action')),
    accompaniment {text} null check (accompaniment in ('social', 'socioprofessional', 'common_law')),
    action_id {uuid} null references action (id),
    group_id {uuid} null references action_group (id),
    status_at_entry {text} null,
    objective {text} not null,
    barriers {json} not null,
    signed_on {day} null,
    referred_by {uuid} not null references principal (id),
    state {text} not null
        check (state in ('sent', 'received', 'waiting_list', 'accepted', 'refused', 'started', 'completed', 'abandoned', 'cancelled', 'expired')),
    open {bool} not null,
    external_id {text} null,
    referent_last_name {text} null,
    referent_first_name {text} null,
    referent_email {text} null,
    referent_phone {text} null,
    reason {text} null,
    comment {text} null,
    enrolment_id {uuid} null references enrolment (id),
    waiting_since {instant} null,
    started_on {day} null,
    ended_on {day} null,
    came {text} null check (came in ('yes', 'no', 'excused')),
    selected {bool} null,
    joined {bool} null,
    sent_at {instant} not null,
    expires_at {instant} null,
    closed_at {instant} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check ((purpose = 'accompaniment') = (accompaniment is not null) and (purpose = 'action') = (action_id is not null)),
    check (group_id is null or action_id is not null),
    check ((state = 'waiting_list') = (waiting_since is not null)),
    check (open = (closed_at is null))
);
create unique index referral_one_accompaniment on referral (beneficiary_id) where open and purpose = 'accompaniment';
create unique index referral_one_action on referral (beneficiary_id, action_id) where open and purpose = 'action';
create index referral_person on referral (beneficiary_id, id);
create index referral_receiver on referral (organisation_id, id);
create index referral_receiver_updated on referral (organisation_id, updated_at, id);
create index referral_updated on referral (updated_at, id);
create index referral_waiting on referral (action_id, waiting_since, id) where state = 'waiting_list';
create index referral_unanswered on referral (expires_at) where state in ('sent', 'received');
create index referral_enrolment on referral (enrolment_id) where enrolment_id is not null;
create index referral_closed on referral (closed_at) where closed_at is not null;

-- What its receiver may see of a referral, version by version, insert-only. `content` goes when the receiver may see it no more.
create table referral_version (
    referral_id {uuid} not null references referral (id),
    version {int} not null check (version > 0),
    content {json} null,
    recorded_at {instant} not null,
    primary key (referral_id, version)
);

-- One feed per organisation, under the organisation's own id. Its row is the counter: incremented last in a transaction, it gives
-- positions without a hole in the order of the commits.
create table feed (
    id {uuid} not null primary key references organisation (id),
    last_seq {bigint} not null check (last_seq >= 0)
);

create table feed_item (
    feed_id {uuid} not null references feed (id),
    seq {bigint} not null check (seq > 0),
    event_id {uuid} not null,
    type {text} not null,
    referral_id {uuid} not null,
    referral_version {int} not null,
    occurred_at {instant} not null,
    recorded_at {instant} not null,
    primary key (feed_id, seq),
    foreign key (referral_id, referral_version) references referral_version (referral_id, version)
);

-- How far a receiver says it has come. Apart from the counter, so that saying so waits for no writer.
create table feed_checkpoint (
    feed_id {uuid} not null primary key references organisation (id),
    acknowledged_seq {bigint} not null check (acknowledged_seq >= 0),
    acknowledged_at {instant} not null
);

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('barriers', 'mobility', 1, 'Mobilité', 'Mobility', '2015-01-01', null, '{"france_travail":"contrainte_mobilite"}'),
    ('barriers', 'housing', 2, 'Logement', 'Housing', '2015-01-01', null, '{"france_travail":"contrainte_logement"}'),
    ('barriers', 'health', 3, 'Santé (conséquence sur les démarches)', 'Health (its effect on steps towards work)', '2015-01-01', null, '{"france_travail":"contrainte_sante"}'),
    ('barriers', 'childcare_family', 4, 'Garde d''enfants et famille', 'Childcare and family', '2015-01-01', null, '{"france_travail":"contrainte_familiale"}'),
    ('barriers', 'administrative', 5, 'Démarches administratives et juridiques', 'Administrative and legal steps', '2015-01-01', null, '{"france_travail":"contrainte_administrative_juridique"}'),
    ('barriers', 'financial', 6, 'Difficultés financières', 'Money', '2015-01-01', null, '{"france_travail":"contrainte_financiere"}'),
    ('barriers', 'language', 7, 'Maîtrise du français et calcul', 'French and arithmetic', '2015-01-01', null, '{"france_travail":"contrainte_francais_calcul"}'),
    ('barriers', 'digital', 8, 'Numérique', 'Digital', '2015-01-01', null, '{"france_travail":"contrainte_numerique"}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('referral_purposes', 'accompaniment', 1, 'Accompagnement', 'Accompaniment', '2015-01-01', null, '{}'),
    ('referral_purposes', 'action', 2, 'Action collective', 'Collective action', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('referral_states', 'sent', 1, 'Envoyée', 'Sent', '2015-01-01', null, '{}'),
    ('referral_states', 'received', 2, 'Reçue', 'Received', '2015-01-01', null, '{}'),
    ('referral_states', 'waiting_list', 3, 'Sur liste d''attente', 'On the waiting list', '2015-01-01', null, '{}'),
    ('referral_states', 'accepted', 4, 'Acceptée', 'Accepted', '2015-01-01', null, '{}'),
    ('referral_states', 'refused', 5, 'Refusée', 'Refused', '2015-01-01', null, '{}'),
    ('referral_states', 'started', 6, 'Commencée', 'Started', '2015-01-01', null, '{}'),
    ('referral_states', 'completed', 7, 'Menée à son terme', 'Completed', '2015-01-01', null, '{}'),
    ('referral_states', 'abandoned', 8, 'Interrompue', 'Abandoned', '2015-01-01', null, '{}'),
    ('referral_states', 'cancelled', 9, 'Annulée', 'Cancelled', '2015-01-01', null, '{}'),
    ('referral_states', 'expired', 10, 'Restée sans réponse', 'Expired', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('referral_attendances', 'yes', 1, 'Venue', 'Came', '2015-01-01', null, '{}'),
    ('referral_attendances', 'no', 2, 'Non venue', 'Did not come', '2015-01-01', null, '{}'),
    ('referral_attendances', 'excused', 3, 'Excusée', 'Excused', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('referral_refusal_reasons', 'not_reachable', 1, 'Personne non joignable', 'Could not be reached', '2015-01-01', null, '{"dora":"beneficiaire-non-joignable","les_emplois":"did_not_come"}'),
    ('referral_refusal_reasons', 'did_not_come', 2, 'Ne s''est pas présentée à l''entretien', 'Did not come to the interview', '2015-01-01', null, '{"dora":"beneficiaire-absent","les_emplois":"did_not_come_to_interview"}'),
    ('referral_refusal_reasons', 'employed', 3, 'En emploi', 'In employment', '2015-01-01', null, '{"dora":"beneficiaire-en-emploi","les_emplois":"hired_elsewhere"}'),
    ('referral_refusal_reasons', 'in_training', 4, 'En formation', 'In training', '2015-01-01', null, '{"dora":"beneficiaire-en-formation","les_emplois":"training"}'),
    ('referral_refusal_reasons', 'not_eligible', 5, 'Ne répond pas aux prérequis', 'Not eligible', '2015-01-01', null, '{"dora":"beneficiaire-non-eligible","les_emplois":"non_eligible"}'),
    ('referral_refusal_reasons', 'not_mobile', 6, 'Non mobile', 'Not mobile', '2015-01-01', null, '{"dora":"beneficiaire-non-mobile","les_emplois":"not_mobile"}'),
    ('referral_refusal_reasons', 'not_interested', 7, 'Non intéressée', 'Not interested', '2015-01-01', null, '{"dora":"beneficiaire-non-interesse","les_emplois":"not_interested"}'),
    ('referral_refusal_reasons', 'barriers_first', 8, 'Freins à lever d''abord', 'Barriers to lift first', '2015-01-01', null, '{"dora":"freins-peripheriques","les_emplois":"incompatible"}'),
    ('referral_refusal_reasons', 'other_accompaniment', 9, 'Relève d''un autre accompagnement', 'Needs another accompaniment', '2015-01-01', null, '{}'),
    ('referral_refusal_reasons', 'no_place', 10, 'Plus de place', 'No place left', '2015-01-01', null, '{"dora":"session-complete","les_emplois":"no_position"}'),
    ('referral_refusal_reasons', 'duplicate', 11, 'Orientation en doublon', 'Duplicate', '2015-01-01', null, '{"dora":"orientation-en-doublon","les_emplois":"duplicate"}'),
    ('referral_refusal_reasons', 'other', 12, 'Autre', 'Other', '2015-01-01', null, '{"dora":"autre","les_emplois":"other"}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('referral_cancellation_reasons', 'person_declined', 1, 'La personne y renonce', 'The person declined', '2015-01-01', null, '{}'),
    ('referral_cancellation_reasons', 'situation_changed', 2, 'La situation a changé', 'The situation changed', '2015-01-01', null, '{}'),
    ('referral_cancellation_reasons', 'other_receiver', 3, 'Adressée à un autre organisme', 'Sent to another organisation instead', '2015-01-01', null, '{}'),
    ('referral_cancellation_reasons', 'left_department', 4, 'A quitté le département', 'Left the département', '2015-01-01', null, '{}'),
    ('referral_cancellation_reasons', 'entered_by_mistake', 5, 'Saisie par erreur', 'Entered by mistake', '2015-01-01', null, '{}'),
    ('referral_cancellation_reasons', 'other', 6, 'Autre', 'Other', '2015-01-01', null, '{}');

-- Those of an action are the reasons why its enrolment ended.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('referral_abandonment_reasons', 'abandoned', 1, 'A cessé de venir', 'Stopped coming', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'employment', 2, 'Emploi', 'Employment', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'training', 3, 'Formation', 'Training', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'moved', 4, 'Déménagement', 'Moved away', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'excluded', 5, 'Exclusion', 'Excluded', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'never_came', 6, 'N''est jamais venue', 'Never came', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'not_selected', 7, 'Non retenue', 'Not selected', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'health', 8, 'Santé', 'Health', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'right_closed', 9, 'Fin de droit', 'The right ended', '2015-01-01', null, '{}'),
    ('referral_abandonment_reasons', 'other', 10, 'Autre', 'Other', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('feed_event_types', 'referral.sent', 1, 'Envoyée', 'Sent', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.updated', 2, 'Mise à jour', 'Updated', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.cancelled', 3, 'Annulée', 'Cancelled', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.expired', 4, 'Restée sans réponse', 'Expired', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.received', 5, 'Reçue', 'Received', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.waiting_listed', 6, 'Mise sur liste d''attente', 'Put on the waiting list', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.accepted', 7, 'Acceptée', 'Accepted', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.refused', 8, 'Refusée', 'Refused', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.started', 9, 'Commencée', 'Started', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.completed', 10, 'Menée à son terme', 'Completed', '2015-01-01', null, '{}'),
    ('feed_event_types', 'referral.abandoned', 11, 'Interrompue', 'Abandoned', '2015-01-01', null, '{}');
