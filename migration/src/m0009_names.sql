-- All the words of the person, each after a blank: a row that one word finds answers by itself whether the other words are met.
alter table beneficiary_name add column words {text} not null default '';
update beneficiary_name set words = (
    select string_agg(' ' || other.word, '' order by other.word) from beneficiary_name other where other.beneficiary_id = beneficiary_name.beneficiary_id);
