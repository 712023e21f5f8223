-- A right that was recorded by mistake stands in no other's way, and makes nobody subject to anything.
alter table rsa_right add column cancelled_at {instant} null;
drop index rsa_right_open;
drop index rsa_right_entry;
create unique index rsa_right_open on rsa_right (beneficiary_id) where left_on is null and cancelled_at is null;
create unique index rsa_right_entry on rsa_right (beneficiary_id, entered_on) where cancelled_at is null;

-- A number that never was this person's finds them no more.
alter table beneficiary_nir add column cancelled_at {instant} null;
