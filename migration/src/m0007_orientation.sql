-- Orientations: from the moment one is to be decided to its end. The table of the first step knew periods alone, and nothing wrote to it.

drop table orientation;
create table orientation (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    state {text} not null check (
        state in ('to_orient', 'interview_planned', 'proposed', 'decided', 'notified', 'active', 'review', 'superseded', 'closed')),
    -- Whether it is on its way to being in force: to be decided, or waiting for a place.
    pending {bool} not null,
    opened_on {day} not null,
    voluntary {bool} not null,
    rsa_right_id {uuid} null references rsa_right (id),
    former_id {uuid} null references orientation (id),
    -- {"on", "outcome"}: the last interview.
    interview {json} null,
    missed_interviews {int} not null check (missed_interviews >= 0),
    -- {"criteria", "suggestion", "accompaniment", "organisation", "comment", "by", "at"}.
    proposal {json} null,
    accompaniment {text} null check (accompaniment in ('social', 'socioprofessional', 'common_law')),
    organisation_id {uuid} null references organisation (id),
    organisation_kind {text} null,
    site_id {uuid} null references organisation_site (id),
    decided_by {text} null check (decided_by in ('department', 'france_travail')),
    origin {text} null check (origin in ('initial', 'default', 'missing_information', 'lapsed', 'reorientation', 'transfer')),
    decided_on {day} null,
    reason {text} null,
    objective {text} null,
    recorded_by {uuid} null references principal (id),
    -- Null before the decision, while it waits for a place, and where another one took its place on its first day.
    starts_on {day} null,
    ends_on {day} null check (ends_on >= starts_on),
    waiting_since {instant} null,
    notified_on {day} null,
    notified_by {text} null,
    accepted_on {day} null,
    referent_id {uuid} null references professional (id),
    -- {"requested_by", "requested_on", "reason", "comment", "team_asked_on", "opinion"}: the last review.
    review {json} null,
    maintained_on {day} null,
    -- {"grounds", "on", "by"}.
    extension {json} null,
    referral_id {uuid} null references referral (id),
    closed_on {day} null,
    closure_reason {text} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check ((accompaniment is null) = (decided_on is null)),
    check (ends_on is null or starts_on is not null)
);
-- One in force, one to come, none begins on the day of another: whatever happens at once.
create unique index orientation_one_active on orientation (beneficiary_id) where starts_on is not null and ends_on is null;
create unique index orientation_one_pending on orientation (beneficiary_id) where pending;
create unique index orientation_start on orientation (beneficiary_id, starts_on);
create index orientation_person on orientation (beneficiary_id, id);
create index orientation_organisation on orientation (organisation_id, beneficiary_id);
create index orientation_referral on orientation (referral_id);
create index orientation_referent on orientation (referent_id) where ends_on is null;
create index orientation_places on orientation (organisation_id, accompaniment) where starts_on is not null and ends_on is null;
create index orientation_waiting on orientation (organisation_id, accompaniment, waiting_since) where waiting_since is not null;
create index orientation_updated on orientation (updated_at, id);

-- How many places an organisation has for an accompaniment, from a day on. A later word about the same day takes the place of the first.
create table place_count (
    id {uuid} not null primary key,
    organisation_id {uuid} not null references organisation (id),
    accompaniment {text} not null check (accompaniment in ('social', 'socioprofessional', 'common_law')),
    valid_from {day} not null,
    places {int} null check (places >= 0),
    -- Which of the words about this organisation and accompaniment it is, from 1.
    turn {int} not null check (turn > 0),
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null
);
create unique index place_count_use on place_count (organisation_id, accompaniment, valid_from, turn);

-- From which day the delay for the orientation runs, while the person is subject to the duties: what the right itself says, for its index.
alter table rsa_right add column orientation_clock_on {day} null;
update rsa_right set orientation_clock_on = coalesce(information_received_on, subject_since) where subject_since is not null;
create index rsa_right_clock on rsa_right (orientation_clock_on, beneficiary_id) where orientation_clock_on is not null;
create index referral_due on referral (sent_at, id) where purpose = 'accompaniment' and state in ('sent', 'received');
create index orientation_social on orientation (starts_on, id) where accompaniment = 'social' and starts_on is not null and ends_on is null;

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('orientation_states', 'to_orient', 1, 'À orienter', 'To be oriented', '2009-06-01', null, '{}'),
    ('orientation_states', 'interview_planned', 2, 'Entretien prévu', 'Interview planned', '2009-06-01', null, '{}'),
    ('orientation_states', 'proposed', 3, 'Proposition faite', 'Proposed', '2009-06-01', null, '{"france_travail": "PRECONISE"}'),
    ('orientation_states', 'decided', 4, 'Décidée', 'Decided', '2009-06-01', null, '{"france_travail": "DECIDE"}'),
    ('orientation_states', 'notified', 5, 'Notifiée', 'Notified', '2009-06-01', null, '{}'),
    ('orientation_states', 'active', 6, 'Accompagnement en cours', 'Accompanied', '2009-06-01', null, '{}'),
    ('orientation_states', 'review', 7, 'Réorientation demandée', 'Under review', '2009-06-01', null, '{}'),
    ('orientation_states', 'superseded', 8, 'Remplacée', 'Superseded', '2009-06-01', null, '{}'),
    ('orientation_states', 'closed', 9, 'Close', 'Closed', '2009-06-01', null, '{}'),
    ('orientation_origins', 'initial', 1, 'Première orientation', 'First orientation', '2009-06-01', null, '{"webrsa": "manuelle"}'),
    ('orientation_origins', 'default', 2, 'Par défaut', 'By default', '2009-06-01', '2024-12-31', '{}'),
    ('orientation_origins', 'missing_information', 3, 'Informations manquantes', 'Missing information', '2025-01-01', null, '{}'),
    ('orientation_origins', 'lapsed', 4, 'Délai dépassé : France Travail', 'Delay over: France Travail', '2025-01-01', null, '{}'),
    ('orientation_origins', 'reorientation', 5, 'Réorientation', 'Reorientation', '2009-06-01', null, '{"webrsa": "reorientation"}'),
    ('orientation_origins', 'transfer', 6, 'Arrivée d''un autre département', 'From another département', '2009-06-01', null, '{"webrsa": "demenagement"}'),
    ('orientation_deciders', 'department', 1, 'Département', 'The département', '2009-06-01', null, '{}'),
    ('orientation_deciders', 'france_travail', 2, 'France Travail', 'France Travail', '2025-01-01', null, '{}'),
    ('orientation_interview_outcomes', 'held', 1, 'Honoré', 'Held', '2009-06-01', null, '{"rdv_insertion": "seen"}'),
    ('orientation_interview_outcomes', 'missed', 2, 'Absence sans motif légitime', 'Missed', '2009-06-01', null, '{"rdv_insertion": "noshow"}'),
    ('orientation_interview_outcomes', 'excused', 3, 'Absence pour motif légitime', 'Excused', '2009-06-01', null, '{"rdv_insertion": "excused"}'),
    ('notification_means', 'post', 1, 'Courrier', 'Letter', '2009-06-01', null, '{}'),
    ('notification_means', 'registered_post', 2, 'Lettre recommandée', 'Registered letter', '2009-06-01', null, '{}'),
    ('notification_means', 'hand', 3, 'Remise en main propre', 'By hand', '2009-06-01', null, '{}'),
    ('notification_means', 'electronic', 4, 'Voie électronique', 'Electronically', '2009-06-01', null, '{}'),
    ('review_requesters', 'referent', 1, 'Référent ou organisme référent', 'Referent or referent organisation', '2009-06-01', null, '{}'),
    ('review_requesters', 'beneficiary', 2, 'La personne', 'The person', '2009-06-01', null, '{}'),
    ('review_requesters', 'france_travail', 3, 'France Travail', 'France Travail', '2009-06-01', null, '{}'),
    ('review_requesters', 'department', 4, 'Département', 'The département', '2009-06-01', null, '{}'),
    ('review_reasons', 'needs_other_support', 1, 'Accompagnement inadapté', 'Needs other support', '2009-06-01', null, '{}'),
    ('review_reasons', 'barriers_lifted', 2, 'Freins levés', 'Barriers lifted', '2009-06-01', null, '{}'),
    ('review_reasons', 'new_barriers', 3, 'Nouveaux freins', 'New barriers', '2009-06-01', null, '{}'),
    ('review_reasons', 'moved', 4, 'Déménagement', 'Moved', '2009-06-01', null, '{}'),
    ('review_reasons', 'social_review', 5, 'Réexamen du parcours social', 'Review of the social track', '2009-06-01', null, '{}'),
    ('review_reasons', 'referral_refused', 6, 'Refus de l''organisme', 'Referral refused', '2009-06-01', null, '{}'),
    ('review_reasons', 'accompaniment_ended', 7, 'Fin de l''accompagnement par l''organisme', 'Accompaniment ended', '2009-06-01', null, '{}'),
    ('review_reasons', 'other', 8, 'Autre', 'Other', '2009-06-01', null, '{}'),
    ('team_opinions', 'maintain', 1, 'Maintien de l''orientation', 'Maintain', '2009-06-01', null, '{"webrsa": "M"}'),
    ('team_opinions', 'change', 2, 'Réorientation', 'Change', '2009-06-01', null, '{"webrsa": "R"}'),
    ('orientation_closure_reasons', 'job_over_6_months', 1, 'Emploi de plus de six mois', 'Job of more than six months', '2009-06-01', null, '{"positive": "true"}'),
    ('orientation_closure_reasons', 'job_up_to_6_months', 2, 'Emploi de six mois au plus', 'Job of six months at most', '2009-06-01', null, '{"positive": "true"}'),
    ('orientation_closure_reasons', 'training', 3, 'Formation', 'Training', '2009-06-01', null, '{"positive": "true"}'),
    ('orientation_closure_reasons', 'business', 4, 'Création d''activité', 'Business', '2009-06-01', null, '{"positive": "true"}'),
    ('orientation_closure_reasons', 'right_ended', 5, 'Fin du droit au RSA', 'Right to the RSA ended', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'no_longer_subject', 6, 'Plus soumis aux droits et devoirs', 'No longer subject to the duties', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'left_department', 7, 'A quitté le département', 'Left the département', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'retirement', 8, 'Retraite', 'Retirement', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'death', 9, 'Décès', 'Death', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'gave_up', 10, 'Renonce à l''accompagnement', 'Gave up', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'mistake', 11, 'Ouverte par erreur', 'Opened by mistake', '2009-06-01', null, '{}'),
    ('orientation_closure_reasons', 'other', 12, 'Autre', 'Other', '2009-06-01', null, '{}'),
    ('vulnerability_grounds', 'health', 1, 'Santé', 'Health', '2025-01-01', null, '{}'),
    ('vulnerability_grounds', 'disability', 2, 'Handicap', 'Disability', '2025-01-01', null, '{}'),
    ('vulnerability_grounds', 'invalidity', 3, 'Invalidité', 'Invalidity', '2025-01-01', null, '{}'),
    ('vulnerability_grounds', 'housing', 4, 'Logement', 'Housing', '2025-01-01', null, '{}'),
    ('vulnerability_grounds', 'family', 5, 'Situation familiale : garde d''enfant, proche aidant', 'Family: childcare, caring', '2025-01-01', null, '{}'),
    ('activity_periods', 'current', 1, 'En activité', 'Working now', '2025-01-01', null, '{"france_travail": "EN_ACTIVITE"}'),
    ('activity_periods', 'within_two_years', 2, 'Dans les deux dernières années', 'Within the last two years', '2025-01-01', null, '{}'),
    ('activity_periods', 'over_two_years', 3, 'Il y a plus de deux ans', 'More than two years ago', '2025-01-01', null, '{}'),
    ('activity_periods', 'never', 4, 'Jamais', 'Never', '2025-01-01', null, '{}'),
    ('qualification_levels', 'none', 1, 'Sans diplôme', 'No diploma', '2019-01-10', null, '{}'),
    ('qualification_levels', 'level_3', 2, 'Niveau 3 : CAP, BEP', 'Level 3', '2019-01-10', null, '{"france_travail": "NV5"}'),
    ('qualification_levels', 'level_4', 3, 'Niveau 4 : baccalauréat', 'Level 4', '2019-01-10', null, '{"france_travail": "NV4"}'),
    ('qualification_levels', 'level_5', 4, 'Niveau 5 : bac + 2', 'Level 5', '2019-01-10', null, '{"france_travail": "NV3"}'),
    ('qualification_levels', 'level_6', 5, 'Niveau 6 : licence', 'Level 6', '2019-01-10', null, '{"france_travail": "NV2"}'),
    ('qualification_levels', 'level_7', 6, 'Niveau 7 : master', 'Level 7', '2019-01-10', null, '{"france_travail": "NV1"}'),
    ('qualification_levels', 'level_8', 7, 'Niveau 8 : doctorat', 'Level 8', '2019-01-10', null, '{"france_travail": "NV1"}'),
    ('work_projects', 'defined', 1, 'Projet défini', 'Defined', '2025-01-01', null, '{}'),
    ('work_projects', 'in_progress', 2, 'Projet en construction', 'In progress', '2025-01-01', null, '{}'),
    ('work_projects', 'none', 3, 'Pas encore de projet', 'None yet', '2025-01-01', null, '{}'),
    ('deadline_kinds', 'orientation', 1, 'Orientation à décider', 'Orientation to decide', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'social_review', 2, 'Parcours social à réexaminer', 'Social track to review', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'referral_unanswered', 3, 'Orientation sans réponse de l''organisme', 'Referral unanswered', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'sheet_incomplete', 4, 'Feuille d''émargement incomplète', 'Attendance sheet incomplete', '2009-06-01', null, '{}'),
    ('referral_cancellation_reasons', 'orientation_changed', 7, 'L''orientation a changé ou pris fin', 'The orientation changed or ended', '2015-01-01', null, '{}');
