-- What a person and those who accompany them promise each other.
create table contract (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    orientation_id {uuid} not null references orientation (id),
    organisation_id {uuid} not null references organisation (id),
    kind {text} not null check (kind in ('cer', 'engagement_contract')),
    rank {int} not null check (rank > 0),
    state {text} not null check (
        state in ('draft', 'awaiting_signature', 'in_force', 'refused', 'renewed', 'expired', 'terminated', 'cancelled')),
    -- Whether it is being drawn up or signed.
    pending {bool} not null,
    former_id {uuid} null references contract (id),
    -- {"number", "reason", "terms", "submitted_at", "document", "signatures", "validation"}: the one in force, or the first.
    edition {json} not null,
    -- The same of the amendment that is being drawn up or signed.
    amendment {json} null,
    -- The days for which it is in force; null before.
    starts_on {day} null,
    ends_on {day} null check (ends_on >= starts_on),
    -- What the contract itself says, for what is due: the next review, the last signature of the edition in force.
    review_on {day} null,
    signed_on {day} null,
    -- [{"on", "conclusion", "next_on", "comment", "by"}]
    reviews {json} not null,
    -- [{"commitment", "status", "on", "comment", "by", "at"}]
    progress {json} not null,
    -- {"on", "reason", "comment"}
    ending {json} null,
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null,
    check (ends_on is null or starts_on is not null)
);
-- One in force, one to come: whatever happens at once.
create unique index contract_one_in_force on contract (beneficiary_id) where state = 'in_force';
create unique index contract_one_pending on contract (beneficiary_id) where pending;
create index contract_person on contract (beneficiary_id, id);
create index contract_due on contract (ends_on, id) where state = 'in_force';

-- Every edition that both have signed, as it was validated: insert-only.
create table contract_edition (
    contract_id {uuid} not null references contract (id),
    number {int} not null check (number > 0),
    content {json} not null,
    recorded_by {uuid} not null references principal (id),
    recorded_at {instant} not null,
    primary key (contract_id, number)
);

-- Whether a person is able to take steps towards work: each word stays.
create table readiness (
    id {uuid} not null primary key,
    beneficiary_id {uuid} not null references beneficiary (id),
    able {bool} not null,
    reasons {json} not null,
    comment {text} null,
    assessed_on {day} not null,
    assessed_by {uuid} not null references principal (id),
    version {int} not null check (version > 0),
    created_at {instant} not null,
    updated_at {instant} not null
);
create index readiness_person on readiness (beneficiary_id, id);

-- Whose a row was before a merge moved it.
create index merge_move_subject on merge_move (subject_id);

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('contract_kinds', 'cer', 1, 'Contrat d''engagements réciproques', 'CER contract', '2009-06-01', '2024-12-31', '{"carnet_de_bord": "cer"}'),
    ('contract_kinds', 'engagement_contract', 2, 'Contrat d''engagement', 'Engagement contract', '2025-01-01', null, '{}'),
    ('contract_states', 'draft', 1, 'Brouillon', 'Draft', '2009-06-01', null, '{}'),
    ('contract_states', 'awaiting_signature', 2, 'À signer', 'Awaiting signature', '2009-06-01', null, '{}'),
    ('contract_states', 'in_force', 3, 'En cours', 'In force', '2009-06-01', null, '{}'),
    ('contract_states', 'refused', 4, 'Refusé', 'Refused', '2009-06-01', null, '{}'),
    ('contract_states', 'renewed', 5, 'Renouvelé', 'Renewed', '2009-06-01', null, '{}'),
    ('contract_states', 'expired', 6, 'Échu', 'Expired', '2009-06-01', null, '{}'),
    ('contract_states', 'terminated', 7, 'Résilié', 'Terminated', '2009-06-01', null, '{}'),
    ('contract_states', 'cancelled', 8, 'Annulé', 'Cancelled', '2009-06-01', null, '{}'),
    ('contract_signing_parties', 'beneficiary', 1, 'La personne accompagnée', 'The person', '2009-06-01', null, '{}'),
    ('contract_signing_parties', 'organisation', 2, 'L''organisme référent', 'The referent organisation', '2009-06-01', null, '{}'),
    ('signature_means', 'paper', 1, 'Sur papier', 'On paper', '2009-06-01', null, '{}'),
    ('signature_means', 'electronic', 2, 'Électronique', 'Electronic', '2009-06-01', null, '{}'),
    ('contract_review_conclusions', 'continue', 1, 'Poursuivre le contrat', 'Continue', '2009-06-01', null, '{}'),
    ('contract_review_conclusions', 'amend', 2, 'Faire un avenant', 'Amend', '2009-06-01', null, '{}'),
    ('contract_review_conclusions', 'renew', 3, 'Renouveler le contrat', 'Renew', '2009-06-01', null, '{"webrsa": "Renouveler l''accompagnement"}'),
    ('contract_review_conclusions', 'reorient', 4, 'Demander une réorientation', 'Ask for another orientation', '2009-06-01', null, '{}'),
    ('contract_review_conclusions', 'exit', 5, 'Retour à l''emploi ou en formation', 'Back in work or training', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'reorientation', 1, 'Réorientation', 'Reorientation', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'employment', 2, 'Reprise d''emploi', 'In work', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'training', 3, 'Entrée en formation', 'In training', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'right_ended', 4, 'Fin du droit au RSA', 'Right to the RSA ended', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'left_department', 5, 'A quitté le département', 'Left the département', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'breach', 6, 'Non-respect des engagements', 'Commitments not kept', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'death', 7, 'Décès', 'Death', '2009-06-01', null, '{}'),
    ('contract_termination_reasons', 'other', 8, 'Autre', 'Other', '2009-06-01', null, '{}'),
    ('commitment_statuses', 'planned', 1, 'À faire', 'Planned', '2009-06-01', null, '{"carnet_de_bord": "planned"}'),
    ('commitment_statuses', 'in_progress', 2, 'En cours', 'In progress', '2009-06-01', null, '{"carnet_de_bord": "in_progress"}'),
    ('commitment_statuses', 'on_hold', 3, 'En attente', 'On hold', '2009-06-01', null, '{"carnet_de_bord": "standby"}'),
    ('commitment_statuses', 'done', 4, 'Réalisé', 'Done', '2009-06-01', null, '{"carnet_de_bord": "done"}'),
    ('commitment_statuses', 'abandoned', 5, 'Abandonné', 'Abandoned', '2009-06-01', null, '{"carnet_de_bord": "abandonned"}'),
    ('commitment_parties', 'beneficiary', 1, 'La personne accompagnée', 'The person', '2009-06-01', null, '{}'),
    ('commitment_parties', 'organisation', 2, 'L''organisme référent', 'The referent organisation', '2009-06-01', null, '{}'),
    ('commitment_parties', 'partner', 3, 'Un partenaire', 'A partner', '2009-06-01', null, '{}'),
    ('contract_activity_kinds', 'immersion', 1, 'Immersion', 'Immersion', '2009-06-01', null, '{}'),
    ('contract_activity_kinds', 'training', 2, 'Formation', 'Training', '2009-06-01', null, '{}'),
    ('contract_activity_kinds', 'job_search', 3, 'Recherche active d''emploi', 'Job search', '2009-06-01', null, '{}'),
    ('contract_activity_kinds', 'support', 4, 'Accompagnement social ou professionnel', 'Support', '2009-06-01', null, '{}'),
    ('contract_activity_kinds', 'access_to_rights', 5, 'Accès aux droits et levée des freins', 'Access to rights', '2009-06-01', null, '{}'),
    ('contract_activity_kinds', 'business', 6, 'Consolidation d''une activité indépendante', 'Business', '2009-06-01', null, '{}'),
    ('exemption_grounds', 'health', 1, 'Santé', 'Health', '2025-01-01', null, '{}'),
    ('exemption_grounds', 'disability', 2, 'Handicap', 'Disability', '2025-01-01', null, '{}'),
    ('exemption_grounds', 'invalidity', 3, 'Invalidité', 'Invalidity', '2025-01-01', null, '{}'),
    ('exemption_grounds', 'lone_parent', 4, 'Parent isolé sans garde pour un enfant de moins de douze ans', 'Lone parent without childcare', '2025-01-01', null, '{}'),
    ('contract_missing', 'objective', 1, 'Un objectif', 'An objective', '2009-06-01', null, '{}'),
    ('contract_missing', 'commitment', 2, 'Un engagement', 'A commitment', '2009-06-01', null, '{}'),
    ('contract_missing', 'duration', 3, 'La durée', 'The duration', '2009-06-01', null, '{}'),
    ('contract_missing', 'review_day', 4, 'La date du bilan', 'The review day', '2009-06-01', null, '{}'),
    ('contract_missing', 'assessment', 5, 'La date du diagnostic global', 'The global assessment', '2009-06-01', null, '{}'),
    ('contract_missing', 'hours', 6, 'Les heures d''activité ou la dispense', 'Hours or an exemption', '2009-06-01', null, '{}'),
    ('contract_missing', 'evidence', 7, 'Les justificatifs de la dispense', 'Evidence of the exemption', '2009-06-01', null, '{}'),
    ('contract_missing', 'readiness', 8, 'La capacité à engager des démarches', 'Readiness', '2009-06-01', null, '{}'),
    ('contract_themes', 'skills_training', 1, 'Formation et compétences', 'Skills and training', '2009-06-01', null, '{}'),
    ('contract_themes', 'job_search', 2, 'Recherche d''emploi et projet professionnel', 'Job-search path', '2009-06-01', null, '{}'),
    ('contract_themes', 'inclusion_enterprise', 3, 'Insertion par l''activité économique', 'Inclusion through work', '2009-06-01', null, '{}'),
    ('contract_themes', 'self_employment', 4, 'Création d''activité', 'Self-employment', '2009-06-01', null, '{}'),
    ('contract_themes', 'aided_job', 5, 'Emploi aidé', 'Aided job', '2009-06-01', null, '{}'),
    ('contract_themes', 'ordinary_job', 6, 'Emploi ordinaire', 'Ordinary job', '2009-06-01', null, '{}'),
    ('contract_themes', 'social_link', 7, 'Lien social', 'Social link', '2009-06-01', null, '{}'),
    ('contract_themes', 'mobility', 8, 'Mobilité', 'Mobility', '2009-06-01', null, '{}'),
    ('contract_themes', 'housing', 9, 'Logement', 'Housing', '2009-06-01', null, '{}'),
    ('contract_themes', 'care', 10, 'Accès aux soins', 'Care', '2009-06-01', null, '{}'),
    ('contract_themes', 'financial_autonomy', 11, 'Autonomie financière', 'Financial autonomy', '2009-06-01', null, '{}'),
    ('contract_themes', 'family_childcare', 12, 'Famille et garde d''enfant', 'Family and childcare', '2009-06-01', null, '{}'),
    ('contract_themes', 'literacy', 13, 'Maîtrise de la langue', 'Literacy', '2009-06-01', null, '{}'),
    ('contract_themes', 'rights_administration', 14, 'Accès aux droits et démarches', 'Rights and administration', '2009-06-01', null, '{}'),
    ('contract_themes', 'other', 15, 'Autre', 'Other', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'qualification', 1, 'Qualification', 'Qualification', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'availability', 2, 'Disponibilité', 'Availability', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'confidence', 3, 'Confiance en soi', 'Confidence', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'mobility', 4, 'Mobilité', 'Mobility', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'housing', 5, 'Logement', 'Housing', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'health', 6, 'Santé', 'Health', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'childcare_family', 7, 'Famille et garde d''enfant', 'Childcare and family', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'administrative', 8, 'Situation administrative', 'Administrative situation', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'financial', 9, 'Situation financière', 'Financial situation', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'language', 10, 'Maîtrise de la langue', 'Language', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'digital', 11, 'Numérique', 'Digital', '2009-06-01', null, '{}'),
    ('readiness_reasons', 'other', 12, 'Autre', 'Other', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'contract_signature', 5, 'Contrat à signer', 'Contract to sign', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'contract_review', 6, 'Bilan de contrat à faire', 'Contract to review', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'contract_end', 7, 'Contrat arrivant à échéance', 'Contract ending', '2009-06-01', null, '{}'),
    ('deadline_kinds', 'contract_conversion', 8, 'CER à remplacer par un contrat d''engagement', 'CER to convert', '2009-06-01', null, '{}');
