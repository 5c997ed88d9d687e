-- What every channel received and refused, counted apart from the updates themselves, so that the
-- two books can be compared. A day begins at midnight UTC and is named by that instant.
CREATE TABLE account (
    channel TEXT NOT NULL,
    day BIGINT NOT NULL,
    part BIGINT NOT NULL, -- 0 to 15: transactions side by side do not wait for one row
    received BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (channel, day, part)
);
INSERT INTO account (channel, day, part, received, duplicate, rejected)
SELECT channel, received_at / 86400000 * 86400000, 0, COUNT(*), 0, 0 FROM inbox
GROUP BY channel, received_at / 86400000 * 86400000;

-- The messages' side of the book of sends: which ones were to be sent by us.
ALTER TABLE message ADD COLUMN pushed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE message SET pushed = TRUE WHERE delivery <> 'none';

-- outbox.status also knows 'dismissed': a person left a message unsent.
ALTER TABLE outbox ADD COLUMN message_id UUID;
ALTER TABLE outbox ADD COLUMN ended_at BIGINT;
CREATE INDEX outbox_by_message ON outbox (message_id);

-- When a channel, and each of its chats, may send again; the channel as a whole has no address.
CREATE TABLE pace (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    ready_at BIGINT NOT NULL,
    CONSTRAINT pace_pkey PRIMARY KEY (channel, address)
);

-- Receipts that came before the answer to our own request, which tells whose they are.
CREATE TABLE receipt (
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    reached TEXT NOT NULL, -- delivered, read, failed
    problem TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT receipt_pkey PRIMARY KEY (channel, address, provider_id, reached)
);

-- What people decided about messages that did not arrive.
CREATE TABLE letter_decision (
    id UUID NOT NULL,
    outbox_id UUID NOT NULL,
    agent_id UUID NOT NULL,
    decision TEXT NOT NULL, -- again, dismissed
    was TEXT NOT NULL, -- dead, unconfirmed
    tries BIGINT NOT NULL,
    problem TEXT,
    at BIGINT NOT NULL,
    CONSTRAINT letter_decision_pkey PRIMARY KEY (id)
);
CREATE INDEX letter_decision_by_time ON letter_decision (at);
