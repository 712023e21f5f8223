-- Who a person is, and which rights they have.

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('titles', 'madam', 1, 'Madame', 'Madam', '2015-01-01', null, '{"rdv_insertion": "madame"}'),
    ('titles', 'mister', 2, 'Monsieur', 'Mister', '2015-01-01', null, '{"rdv_insertion": "monsieur"}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('paying_bodies', 'caf', 1, 'Caisse d''allocations familiales (CAF)', 'CAF (family allowance fund)', '2015-01-01', null, '{}'),
    ('paying_bodies', 'msa', 2, 'Mutualité sociale agricole (MSA)', 'MSA (farmers'' social insurance)', '2015-01-01', null, '{}');

-- ROLEPERS of the CNAF's files, which also name children and other members of the household: they have no file here.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('household_roles', 'claimant', 1, 'Demandeuse ou demandeur', 'Claimant', '2015-01-01', null, '{"cnaf": "DEM", "rdv_insertion": "demandeur"}'),
    ('household_roles', 'spouse', 2, 'Conjointe ou conjoint', 'Spouse', '2015-01-01', null, '{"cnaf": "CJT", "rdv_insertion": "conjoint"}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('rsa_right_sources', 'flow', 1, 'Fichiers de la CAF ou de la MSA', 'Files of the CAF or the MSA', '2015-01-01', null, '{}'),
    ('rsa_right_sources', 'manual', 2, 'Saisie', 'Written by hand', '2015-01-01', null, '{}');

-- MOTICLORSA of the CNAF's files. From the first day of the RSA on: an episode of those years is part of how long somebody has had it.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('rsa_closing_reasons', 'four_months_without_right', 1, 'Échéance : quatre mois sans droit', 'Four months without a right', '2009-06-01', null, '{"cnaf": "ECH"}'),
    ('rsa_closing_reasons', 'department_decision', 2, 'Décision de la présidence du conseil départemental', 'Decision of the département', '2009-06-01', null, '{"cnaf": "PCG"}'),
    ('rsa_closing_reasons', 'moved_to_other_body', 3, 'Mutation du dossier vers un autre organisme', 'File moved to another paying body', '2009-06-01', null, '{"cnaf": "MUT"}'),
    ('rsa_closing_reasons', 'files_joined', 4, 'Regroupement de dossiers', 'Files joined', '2009-06-01', null, '{"cnaf": "RGD"}'),
    ('rsa_closing_reasons', 'struck_off_end_of_right', 5, 'Radiation : fin de droit', 'Struck off: the right ended', '2009-06-01', null, '{"cnaf": "RFD"}'),
    ('rsa_closing_reasons', 'struck_off_other', 6, 'Radiation : autre motif', 'Struck off: other reason', '2009-06-01', null, '{"cnaf": "RAU"}'),
    ('rsa_closing_reasons', 'rmi_api_transfer_cancelled', 7, 'Annulation de la bascule depuis le RMI ou l''API', 'Transfer from the RMI or the API cancelled', '2009-06-01', null, '{"cnaf": "EFF"}'),
    ('rsa_closing_reasons', 'struck_off_rsta_option', 8, 'Radiation : option pour le RSTA (outre-mer)', 'Struck off: chose the RSTA (overseas)', '2009-06-01', null, '{"cnaf": "RST"}'),
    ('rsa_closing_reasons', 'struck_off_rso_option', 9, 'Radiation : option pour le RSO (outre-mer)', 'Struck off: chose the RSO (overseas)', '2009-06-01', null, '{"cnaf": "RSO"}');

-- What somebody came through may be older than any right: as old as they are.
insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('milestone_kinds', 'job_over_6_months', 1, 'Emploi de plus de six mois', 'Job of more than six months', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'job_up_to_6_months', 2, 'Emploi de six mois au plus', 'Job of six months at most', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'training', 3, 'Entrée en formation', 'Training started', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'qualification', 4, 'Diplôme ou certification', 'Qualification', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'business', 5, 'Création ou reprise d''activité', 'Business started or taken over', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'driving_licence', 6, 'Permis de conduire', 'Driving licence', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'housing', 7, 'Accès à un logement', 'Housing found', '1900-01-01', null, '{}'),
    ('milestone_kinds', 'rights_opened', 8, 'Droits ouverts', 'Rights opened', '1900-01-01', null, '{}');

insert into reference_code (list, code, position, label_fr, label_en, valid_from, valid_to, crosswalk) values
    ('milestone_sources', 'person', 1, 'Dit par la personne', 'Told by the person', '1900-01-01', null, '{}'),
    ('milestone_sources', 'document', 2, 'Justificatif vu', 'Document seen', '1900-01-01', null, '{}'),
    ('milestone_sources', 'partner', 3, 'Dit par un organisme partenaire', 'Told by a partner', '1900-01-01', null, '{}'),
    ('milestone_sources', 'france_travail', 4, 'France Travail', 'France Travail', '1900-01-01', null, '{}'),
    ('milestone_sources', 'paying_body', 5, 'CAF ou MSA', 'CAF or MSA', '1900-01-01', null, '{}'),
    ('milestone_sources', 'other', 6, 'Autre', 'Other', '1900-01-01', null, '{}');
