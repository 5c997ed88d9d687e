-- One customer, many channels: what was proved of contacts, and who therefore is one person.

-- One row for each fact that was proved of a contact, and for each link made by hand. Contacts whose rows
-- share a joint, and were not undone, are one person.
CREATE TABLE tie (
    id UUID PRIMARY KEY,
    contact_id UUID NOT NULL REFERENCES contact (id),
    kind TEXT NOT NULL, -- signed_id, email, phone, contact
    value TEXT NOT NULL, -- normalised; of a link by hand, the other contact's id
    joint UUID NOT NULL, -- shared by all that are held together by the same fact
    proof TEXT NOT NULL, -- signed_id, email_code, phone_shared, agent
    detail TEXT NOT NULL, -- the value masked, or an agent's reason
    agent_id UUID,
    at BIGINT NOT NULL,
    expires_at BIGINT, -- after it, nobody new is linked through it
    undone_at BIGINT
);
CREATE INDEX tie_by_contact ON tie (contact_id);
CREATE INDEX tie_by_value ON tie (kind, value);
CREATE INDEX tie_by_joint ON tie (joint);

-- Who is one person: derived from the ties, only for persons of two contacts or more.
CREATE TABLE person_member (
    contact_id UUID NOT NULL REFERENCES contact (id),
    person_id UUID NOT NULL,
    CONSTRAINT person_member_key PRIMARY KEY (contact_id)
);
CREATE INDEX person_member_by_person ON person_member (person_id);

-- What happened, append only.
CREATE TABLE identity_event (
    id UUID PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL, -- verified, linked, unlinked, linked_again
    tie_id UUID NOT NULL REFERENCES tie (id),
    contact_id UUID NOT NULL REFERENCES contact (id),
    person_id UUID NOT NULL, -- whose the contact is afterwards
    proof TEXT NOT NULL,
    detail TEXT NOT NULL,
    agent_id UUID
);
CREATE INDEX identity_event_by_contact ON identity_event (contact_id, at);

-- Whoever changes who is who raises it first: one at a time.
CREATE TABLE identity_turn (
    id BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    CONSTRAINT identity_turn_key PRIMARY KEY (id)
);
INSERT INTO identity_turn (id, turn) VALUES (1, 0);

-- Codes sent to the e-mail of an order. The code itself is nowhere: it is made when the e-mail leaves,
-- and only its hash stays.
CREATE TABLE identity_code (
    id UUID PRIMARY KEY,
    contact_id UUID NOT NULL REFERENCES contact (id),
    conversation_id UUID NOT NULL REFERENCES conversation (id),
    about TEXT NOT NULL, -- the order, for the limit of codes in an hour
    email TEXT NOT NULL,
    agent_id UUID, -- who asked for it; the bot when nobody
    hash TEXT,
    tries BIGINT NOT NULL,
    status TEXT NOT NULL, -- waiting, open, used, spent, expired, replaced, failed
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX identity_code_by_contact ON identity_code (contact_id, created_at);
CREATE INDEX identity_code_by_about ON identity_code (about, created_at);
CREATE INDEX identity_code_by_email ON identity_code (email, created_at);
