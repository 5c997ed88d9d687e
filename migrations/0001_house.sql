-- One text for SQLite and PostgreSQL; the rules are in README.md beside this file.
-- Instants are BIGINT milliseconds UTC.

CREATE TABLE contact (
    id UUID PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT,
    language TEXT,
    origin TEXT NOT NULL,
    reachable BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (channel, address)
);

CREATE TABLE conversation (
    id UUID PRIMARY KEY,
    contact_id UUID NOT NULL REFERENCES contact (id),
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    turn BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    owner TEXT NOT NULL,
    owner_agent UUID,
    language TEXT,
    state JSONB NOT NULL,
    ticket_id UUID,
    episode_id UUID,
    last_customer_at BIGINT,
    origin TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (channel, address)
);

-- What was received, stored before it is acknowledged.
CREATE TABLE inbox (
    id UUID PRIMARY KEY,
    channel TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    address TEXT NOT NULL,
    content JSONB,
    raw BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    status TEXT NOT NULL, -- waiting, processed, unparsed, failed
    attempts BIGINT NOT NULL,
    processed_at BIGINT,
    problem TEXT,
    UNIQUE (channel, provider_id)
);
CREATE INDEX inbox_by_thread ON inbox (channel, address, status, id);
CREATE INDEX inbox_by_status ON inbox (status, received_at);

CREATE TABLE message (
    id UUID PRIMARY KEY,
    conversation_id UUID NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    author TEXT NOT NULL, -- customer, bot, agent, system
    agent_id UUID,
    visibility TEXT NOT NULL, -- public, internal
    body JSONB NOT NULL,
    language TEXT,
    at BIGINT NOT NULL,
    delivery TEXT NOT NULL, -- none, pending, unconfirmed, sent, failed
    provider_id TEXT,
    cause UUID, -- the inbox row that this message is, or answers
    client_id TEXT,
    UNIQUE (conversation_id, seq)
);
CREATE INDEX message_by_cause ON message (cause);

-- What must be done outside the database, carried out after the commit.
CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL, -- send, enqueue, dequeue, lookup
    conversation_id UUID,
    payload JSONB NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    status TEXT NOT NULL, -- waiting, leased, done, unconfirmed, dead
    lease_until BIGINT NOT NULL,
    problem TEXT
);
CREATE INDEX outbox_by_due ON outbox (status, due_at);
CREATE INDEX outbox_by_thread ON outbox (conversation_id, kind, status);

CREATE TABLE timer (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    status TEXT NOT NULL, -- waiting, done
    PRIMARY KEY (kind, subject)
);
CREATE INDEX timer_by_due ON timer (status, due_at);

CREATE TABLE ticket (
    id UUID PRIMARY KEY,
    conversation_id UUID NOT NULL REFERENCES conversation (id),
    contact_id UUID NOT NULL REFERENCES contact (id),
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    team TEXT,
    language TEXT,
    skills JSONB NOT NULL,
    packet JSONB NOT NULL,
    cost BIGINT NOT NULL,
    assignee UUID,
    last_agent UUID,
    generation BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    version BIGINT NOT NULL,
    score BIGINT NOT NULL,
    parent_id UUID,
    origin TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    enqueued_at BIGINT NOT NULL,
    resolved_at BIGINT
);
CREATE INDEX ticket_by_status ON ticket (status, score);
CREATE INDEX ticket_by_assignee ON ticket (assignee, status);
CREATE INDEX ticket_by_contact ON ticket (contact_id, created_at);
CREATE INDEX ticket_by_created ON ticket (created_at);

-- Append only: every clock is derived from it.
CREATE TABLE ledger (
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    fact JSONB NOT NULL,
    PRIMARY KEY (ticket_id, seq)
);
CREATE INDEX ledger_by_event ON ledger (event, at);

CREATE TABLE decision (
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    record JSONB NOT NULL,
    PRIMARY KEY (ticket_id, generation, epoch)
);

-- Bot-owned episodes: the sessions of the bot's figures.
CREATE TABLE episode (
    id UUID PRIMARY KEY,
    conversation_id UUID NOT NULL REFERENCES conversation (id),
    origin TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT NOT NULL, -- running, confirmed, silent, abandoned, handed_off, failed
    reason TEXT,
    messages BIGINT NOT NULL,
    answered BOOLEAN NOT NULL,
    confirmed BOOLEAN NOT NULL
);
CREATE INDEX episode_by_start ON episode (started_at);

-- What the bot made of each text.
CREATE TABLE reading (
    id UUID PRIMARY KEY,
    conversation_id UUID NOT NULL REFERENCES conversation (id),
    at BIGINT NOT NULL,
    said TEXT NOT NULL,
    intent TEXT,
    confidence DOUBLE PRECISION NOT NULL,
    outcome TEXT NOT NULL,
    version TEXT NOT NULL
);
CREATE INDEX reading_by_outcome ON reading (outcome, at);

CREATE TABLE invitation (
    id UUID PRIMARY KEY,
    conversation_id UUID NOT NULL REFERENCES conversation (id),
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    agent_id UUID,
    origin TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    rating BIGINT,
    comment TEXT,
    answered_at BIGINT
);
CREATE INDEX invitation_by_sent ON invitation (sent_at);
CREATE INDEX invitation_by_ticket ON invitation (ticket_id);

CREATE TABLE agent (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    profile JSONB NOT NULL,
    password TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    agent_id UUID NOT NULL REFERENCES agent (id),
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE token (
    hash TEXT PRIMARY KEY,
    agent_id UUID NOT NULL REFERENCES agent (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Published content: immutable versions, one active row a kind.
CREATE TABLE content (
    kind TEXT NOT NULL, -- intents, policies
    version TEXT NOT NULL,
    files JSONB NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (kind, version)
);
CREATE TABLE active_content (
    kind TEXT PRIMARY KEY,
    version TEXT NOT NULL
);

-- Who may poll a channel or rebuild the queue; the fence is raised at every change of hands.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    fence BIGINT NOT NULL,
    holder UUID NOT NULL,
    lease_until BIGINT NOT NULL,
    position TEXT
);

-- Writes that may be repeated: the id of each that had its effect.
CREATE TABLE request (
    id UUID PRIMARY KEY,
    at BIGINT NOT NULL
);
