-- Every vocabulary: codes, labels, validity (both ends inclusive), and `crosswalk`, the value of the same thing in other systems'
-- interfaces, only where they have one. A code is never removed: a step to come gives it a `valid_to`.

-- Pôle emploi became France Travail on 1 January 2024: same code, so that no file changes; the crosswalk names what its interfaces say since.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('organisation_kinds', 'department', 1, 'Conseil départemental', 'Département council', '2015-01-01', null, '{"france_travail": "CD", "rdv_insertion": "conseil_departemental", "les_emplois": "DEPT"}'),
    ('organisation_kinds', 'association', 2, 'Association', 'Non-profit organisation', '2015-01-01', null, '{}'),
    ('organisation_kinds', 'pole_emploi', 3, 'Pôle emploi', 'Pôle emploi (public employment service)', '2015-01-01', '2023-12-31', '{}'),
    ('organisation_kinds', 'pole_emploi', 3, 'France Travail', 'France Travail (public employment service)', '2024-01-01', null, '{"france_travail": "FT", "rdv_insertion": "france_travail", "les_emplois": "FT"}'),
    ('organisation_kinds', 'mission_locale', 4, 'Mission locale', 'Mission locale (employment service for young people)', '2015-01-01', null, '{"france_travail": "ML", "les_emplois": "ML"}'),
    ('organisation_kinds', 'cap_emploi', 5, 'Cap emploi', 'Cap emploi (employment service for disabled people)', '2015-01-01', null, '{"france_travail": "CE", "les_emplois": "CAP_EMPLOI"}'),
    ('organisation_kinds', 'plie', 6, 'Plan local pluriannuel pour l''insertion et l''emploi (PLIE)', 'PLIE (local plan for insertion and employment)', '2015-01-01', null, '{"les_emplois": "PLIE"}'),
    ('organisation_kinds', 'ccas', 7, 'Centre communal d''action sociale (CCAS)', 'CCAS (municipal social service)', '2015-01-01', null, '{"les_emplois": "CCAS"}'),
    ('organisation_kinds', 'other', 8, 'Autre organisme', 'Other organisation', '2015-01-01', null, '{"rdv_insertion": "autre", "les_emplois": "Autre"}');

-- PSO is the *parcours social*, PSP the *parcours socio-professionnel*: a widely used product swaps them on sending.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('accompaniments', 'social', 1, 'Accompagnement social', 'Social support', '2015-01-01', null, '{"france_travail": "PSO", "rdv_insertion": "social", "webrsa": "SOCIAL"}'),
    ('accompaniments', 'socioprofessional', 2, 'Accompagnement socioprofessionnel', 'Social and professional support', '2015-01-01', null, '{"france_travail": "PSP", "rdv_insertion": "socio_pro", "webrsa": "SOCIOPRO"}'),
    ('accompaniments', 'common_law', 3, 'Accompagnement de droit commun', 'Mainstream employment support', '2015-01-01', null, '{"france_travail": "PED", "rdv_insertion": "pro", "webrsa": "EMPLOI"}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('action_axes', 'mobilisation', 1, 'Mobilisation des publics', 'Mobilisation', '2015-01-01', null, '{}'),
    ('action_axes', 'barrier_lifting', 2, 'Levée des freins à l''emploi', 'Lifting barriers to employment', '2015-01-01', null, '{}');

-- France Travail: the constraint of its diagnosis. data·inclusion: the category of its themes.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('action_kinds', 'ami', 1, 'Atelier de mobilisation et d''insertion (AMI)', 'Mobilisation and insertion workshop (AMI)', '2015-01-01', null, '{}'),
    ('action_kinds', 'work_passport', 2, 'Passeport travail', 'Work passport', '2015-01-01', null, '{}'),
    ('action_kinds', 'mobility', 3, 'Mobilité', 'Mobility', '2015-01-01', null, '{"france_travail": "23", "data_inclusion": "mobilite"}'),
    ('action_kinds', 'housing', 4, 'Logement', 'Housing', '2015-01-01', null, '{"france_travail": "27", "data_inclusion": "logement-hebergement"}'),
    ('action_kinds', 'health', 5, 'Santé', 'Health', '2015-01-01', null, '{"france_travail": "25", "data_inclusion": "sante"}'),
    ('action_kinds', 'other', 6, 'Autre action', 'Other action', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('action_themes', 'daily_rhythm', 1, 'Rythme de vie et organisation familiale', 'Daily rhythm and family organisation', '2015-01-01', null, '{}'),
    ('action_themes', 'expression', 2, 'Expression et communication', 'Expression and communication', '2015-01-01', null, '{}'),
    ('action_themes', 'skills', 3, 'Valorisation des compétences personnelles et professionnelles', 'Personal and professional skills', '2015-01-01', null, '{}'),
    ('action_themes', 'environment', 4, 'Environnement économique, social et juridique', 'Economic, social and legal environment', '2015-01-01', null, '{}'),
    ('action_themes', 'career_project', 5, 'Projet professionnel', 'Career project', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('half_days', 'morning', 1, 'Matin', 'Morning', '2015-01-01', null, '{}'),
    ('half_days', 'afternoon', 2, 'Après-midi', 'Afternoon', '2015-01-01', null, '{}');

-- Of a *feuille d'émargement*.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('sheet_states', 'open', 1, 'Ouverte', 'Open', '2015-01-01', null, '{}'),
    ('sheet_states', 'closed', 2, 'Close', 'Closed', '2015-01-01', null, '{}');

-- A partner's file may give a label instead of a code: no two of a list may read alike without case and accents.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('attendance_statuses', 'present', 1, 'Présent', 'Present', '2015-01-01', null, '{"rdv_insertion": "seen", "france_travail": "EFFECTUE"}'),
    ('attendance_statuses', 'late', 2, 'En retard', 'Late', '2015-01-01', null, '{"rdv_insertion": "seen", "france_travail": "EFFECTUE"}'),
    ('attendance_statuses', 'left_early', 3, 'Départ anticipé', 'Left early', '2015-01-01', null, '{"rdv_insertion": "seen", "france_travail": "EFFECTUE"}'),
    ('attendance_statuses', 'absent_excused', 4, 'Absence excusée', 'Excused absence', '2015-01-01', null, '{"rdv_insertion": "excused", "france_travail": "ANNULE"}'),
    ('attendance_statuses', 'absent_unexcused', 5, 'Absence non excusée', 'Unexcused absence', '2015-01-01', null, '{"rdv_insertion": "noshow", "france_travail": "ABSENT"}');

-- What kept somebody away, as far as the house needs to know: never a diagnosis, nor why a court called.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('absence_reasons', 'illness', 1, 'Maladie', 'Illness', '2015-01-01', null, '{}'),
    ('absence_reasons', 'child_illness', 2, 'Enfant malade', 'Sick child', '2015-01-01', null, '{}'),
    ('absence_reasons', 'appointment', 3, 'Rendez-vous administratif ou médical', 'Administrative or medical appointment', '2015-01-01', null, '{}'),
    ('absence_reasons', 'job_interview', 4, 'Entretien d''embauche', 'Job interview', '2015-01-01', null, '{}'),
    ('absence_reasons', 'work', 5, 'Activité professionnelle', 'Work', '2015-01-01', null, '{}'),
    ('absence_reasons', 'training', 6, 'Formation', 'Training', '2015-01-01', null, '{}'),
    ('absence_reasons', 'transport', 7, 'Problème de transport', 'Transport problem', '2015-01-01', null, '{}'),
    ('absence_reasons', 'family_event', 8, 'Événement familial', 'Family event', '2015-01-01', null, '{}'),
    ('absence_reasons', 'bereavement', 9, 'Décès d''un proche', 'Bereavement', '2015-01-01', null, '{}'),
    ('absence_reasons', 'weather', 10, 'Intempéries', 'Weather', '2015-01-01', null, '{}'),
    ('absence_reasons', 'legal_obligation', 11, 'Obligation légale', 'Legal obligation', '2015-01-01', null, '{}'),
    ('absence_reasons', 'other', 12, 'Autre motif', 'Other reason', '2015-01-01', null, '{}');

-- Why an enrolment ended.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('exit_reasons', 'completed', 1, 'Action menée à son terme', 'Completed', '2015-01-01', null, '{}'),
    ('exit_reasons', 'abandoned', 2, 'Abandon', 'Abandoned', '2015-01-01', null, '{}'),
    ('exit_reasons', 'employment', 3, 'Accès à l''emploi', 'Took up employment', '2015-01-01', null, '{}'),
    ('exit_reasons', 'training', 4, 'Entrée en formation', 'Entered training', '2015-01-01', null, '{}'),
    ('exit_reasons', 'moved', 5, 'Déménagement', 'Moved away', '2015-01-01', null, '{}'),
    ('exit_reasons', 'excluded', 6, 'Exclusion', 'Excluded', '2015-01-01', null, '{}'),
    ('exit_reasons', 'never_came', 7, 'Aucune venue', 'Never came', '2015-01-01', null, '{}'),
    ('exit_reasons', 'other', 8, 'Autre motif', 'Other reason', '2015-01-01', null, '{}');

-- Elsewhere a session called off shows on each person, as the service's doing.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('session_cancellation_reasons', 'trainer_absent', 1, 'Absence de l''intervenante ou de l''intervenant', 'Trainer absent', '2015-01-01', null, '{"rdv_insertion": "revoked", "france_travail": "ANNULE"}'),
    ('session_cancellation_reasons', 'premises_unavailable', 2, 'Locaux indisponibles', 'Premises unavailable', '2015-01-01', null, '{"rdv_insertion": "revoked", "france_travail": "ANNULE"}'),
    ('session_cancellation_reasons', 'too_few_participants', 3, 'Trop peu de participants', 'Too few participants', '2015-01-01', null, '{"rdv_insertion": "revoked", "france_travail": "ANNULE"}'),
    ('session_cancellation_reasons', 'weather', 4, 'Intempéries', 'Weather', '2015-01-01', null, '{"rdv_insertion": "revoked", "france_travail": "ANNULE"}'),
    ('session_cancellation_reasons', 'public_health', 5, 'Raison sanitaire', 'Public health', '2015-01-01', null, '{"rdv_insertion": "revoked", "france_travail": "ANNULE"}'),
    ('session_cancellation_reasons', 'other', 6, 'Autre motif', 'Other reason', '2015-01-01', null, '{"rdv_insertion": "revoked", "france_travail": "ANNULE"}');

-- What a participant lives on when they enter an action.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('statuses_at_entry', 'rsa', 1, 'Bénéficiaire du RSA soumis aux droits et devoirs', 'RSA recipient with duties', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'rsa_without_duties', 2, 'Bénéficiaire du RSA hors droits et devoirs', 'RSA recipient without duties', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'aah', 3, 'Allocation aux adultes handicapés (AAH)', 'Disabled adults allowance (AAH)', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'disability_pension', 4, 'Pension d''invalidité', 'Disability pension', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'unemployment_benefit', 5, 'Allocation chômage', 'Unemployment benefit', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'retirement', 6, 'Pension de retraite', 'Retirement pension', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'none', 7, 'Aucune de ces prestations', 'None of these benefits', '2015-01-01', null, '{}'),
    ('statuses_at_entry', 'other', 8, 'Autre situation', 'Other situation', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('enrolment_origins', 'direct', 1, 'Inscription directe', 'Direct enrolment', '2015-01-01', null, '{}'),
    ('enrolment_origins', 'referral', 2, 'Prescription', 'Referral', '2015-01-01', null, '{}');

-- What follows an action.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('next_steps', 'employment', 1, 'Emploi', 'Employment', '2015-01-01', null, '{}'),
    ('next_steps', 'training', 2, 'Formation', 'Training', '2015-01-01', null, '{}'),
    ('next_steps', 'another_action', 3, 'Autre action collective', 'Another collective action', '2015-01-01', null, '{}'),
    ('next_steps', 'internship', 4, 'Stage ou immersion', 'Internship', '2015-01-01', null, '{}'),
    ('next_steps', 'work_integration_structure', 5, 'Structure d''insertion par l''activité économique (SIAE)', 'Work integration structure (SIAE)', '2015-01-01', null, '{}'),
    ('next_steps', 'social_follow_up', 6, 'Suivi social', 'Social follow-up', '2015-01-01', null, '{}'),
    ('next_steps', 'professional_follow_up', 7, 'Suivi professionnel', 'Professional follow-up', '2015-01-01', null, '{}'),
    ('next_steps', 'none', 8, 'Aucune suite', 'None', '2015-01-01', null, '{}'),
    ('next_steps', 'other', 9, 'Autre suite', 'Other', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('aptitude_levels', 'not_observed', 1, 'Non observée', 'Not observed', '2015-01-01', null, '{}'),
    ('aptitude_levels', 'emerging', 2, 'En émergence', 'Emerging', '2015-01-01', null, '{}'),
    ('aptitude_levels', 'developing', 3, 'En cours d''acquisition', 'Developing', '2015-01-01', null, '{}'),
    ('aptitude_levels', 'acquired', 4, 'Acquise', 'Acquired', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('professions', 'social_worker', 1, 'Assistante / assistant de service social', 'Social worker', '2015-01-01', null, '{}'),
    ('professions', 'family_economics_adviser', 2, 'Conseillère / conseiller en économie sociale et familiale', 'Family economics adviser', '2015-01-01', null, '{}'),
    ('professions', 'nurse', 3, 'Infirmière / infirmier', 'Nurse', '2015-01-01', null, '{}'),
    ('professions', 'child_nurse', 4, 'Puéricultrice / puériculteur', 'Child nurse', '2015-01-01', null, '{}'),
    ('professions', 'insertion_adviser', 5, 'Conseillère / conseiller d''insertion', 'Insertion adviser', '2015-01-01', null, '{}'),
    ('professions', 'employment_adviser', 6, 'Conseillère / conseiller à l''emploi', 'Employment adviser', '2015-01-01', null, '{}'),
    ('professions', 'trainer', 7, 'Formatrice / formateur', 'Trainer', '2015-01-01', null, '{}'),
    ('professions', 'coordinator', 8, 'Coordinatrice / coordinateur', 'Coordinator', '2015-01-01', null, '{}'),
    ('professions', 'administrative_officer', 9, 'Agente administrative / agent administratif', 'Administrative officer', '2015-01-01', null, '{}'),
    ('professions', 'other', 10, 'Autre profession', 'Other profession', '2015-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('roles', 'partner', 1, 'Intervenante / intervenant d''un organisme partenaire', 'Partner', '2015-01-01', null, '{}'),
    ('roles', 'caseworker', 2, 'Référente / référent de parcours', 'Caseworker', '2015-01-01', null, '{}'),
    ('roles', 'manager', 3, 'Responsable de l''insertion', 'Manager', '2015-01-01', null, '{}'),
    ('roles', 'administrator', 4, 'Administratrice / administrateur', 'Administrator', '2015-01-01', null, '{}'),
    ('roles', 'auditor', 5, 'Déléguée / délégué à la protection des données', 'Data protection officer', '2015-01-01', null, '{}'),
    ('roles', 'analyst', 6, 'Chargée / chargé d''études', 'Analyst', '2015-01-01', null, '{}');

-- What an agreement pays for.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('funded_units', 'place', 1, 'Place', 'Place', '2015-01-01', null, '{}'),
    ('funded_units', 'participant', 2, 'Participant', 'Participant', '2015-01-01', null, '{}'),
    ('funded_units', 'half_day', 3, 'Demi-journée', 'Half-day', '2015-01-01', null, '{}'),
    ('funded_units', 'hour', 4, 'Heure', 'Hour', '2015-01-01', null, '{}');

-- What a partner's software may do.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('client_scopes', 'sessions:read', 1, 'Lire ses actions, groupes, inscriptions et séances', 'Read its own actions, groups, enrolments and sessions', '2015-01-01', null, '{}'),
    ('client_scopes', 'sessions:write', 2, 'Créer, déplacer et annuler les séances de ses groupes', 'Create, move and cancel sessions of its own groups', '2015-01-01', null, '{}'),
    ('client_scopes', 'attendance:write', 3, 'Saisir les présences de ses groupes', 'Record attendance in its own groups', '2015-01-01', null, '{}'),
    ('client_scopes', 'referrals:receive', 4, 'Recevoir les prescriptions qui lui sont adressées', 'Receive the referrals addressed to it', '2015-01-01', null, '{}'),
    ('client_scopes', 'referrals:answer', 5, 'Répondre aux prescriptions qui lui sont adressées', 'Answer the referrals addressed to it', '2015-01-01', null, '{}'),
    ('client_scopes', 'referrals:identify', 6, 'Obtenir le NIR et la date de naissance d''une personne qui lui est adressée', 'Obtain the NIR and birth date of a person referred to it', '2015-01-01', null, '{}');
