-- One that should never have been leaves its first day to the one that puts it right.
drop index orientation_start;
create unique index orientation_start on orientation (beneficiary_id, starts_on) where closure_reason is null or closure_reason <> 'mistake';
