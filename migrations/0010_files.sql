-- Our copies of files: what customers and agents send. The bytes stand in parts of 256 kB, so that they are
-- read and written piece by piece, in short transactions.
CREATE TABLE file (
    id UUID NOT NULL,
    conversation_id UUID, -- known at the latest when a message uses it
    message_id UUID, -- the message that uses it: one, once
    place BIGINT, -- which of the message's attachments, from 0
    name TEXT,
    mime TEXT, -- ours, by its first bytes
    bytes BIGINT NOT NULL,
    sha256 TEXT,
    status TEXT NOT NULL, -- incoming, complete, missing (could not be fetched), going
    problem TEXT, -- why it is missing: gone, too_large, refused
    created_at BIGINT NOT NULL,
    CONSTRAINT file_key PRIMARY KEY (id),
    CONSTRAINT file_conversation FOREIGN KEY (conversation_id) REFERENCES conversation (id),
    CONSTRAINT file_once UNIQUE (message_id, place)
);
CREATE INDEX file_by_conversation ON file (conversation_id);
-- What is swept when nobody uses it.
CREATE INDEX file_unused ON file (created_at) WHERE message_id IS NULL;

CREATE TABLE file_part (
    file_id UUID NOT NULL,
    n BIGINT NOT NULL, -- from 0; all but the last are full
    bytes BYTEA NOT NULL,
    CONSTRAINT file_part_key PRIMARY KEY (file_id, n),
    CONSTRAINT file_part_file FOREIGN KEY (file_id) REFERENCES file (id)
);
