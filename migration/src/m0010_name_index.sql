-- The other words too: four letters of a common name begin thousands of words, and a row looked up for each is a page somewhere else.
drop index beneficiary_name_word;
create index beneficiary_name_word on beneficiary_name (word, beneficiary_id, words);
