-- Tickets offered to the best agent: whom, until when, and how it ended.

CREATE TABLE offer (
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    generation BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    agent_id UUID NOT NULL REFERENCES agent (id),
    score BIGINT NOT NULL,
    load BIGINT NOT NULL,
    offered_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT offer_state CHECK (state IN ('open', 'accepted', 'declined', 'missed', 'void')),
    ended_at BIGINT,
    choice JSONB NOT NULL,
    CONSTRAINT offer_key PRIMARY KEY (ticket_id, generation, epoch)
);
CREATE INDEX offer_open ON offer (expires_at) WHERE state = 'open';
CREATE INDEX offer_by_agent ON offer (agent_id, ended_at);

-- Since when nothing was given to an agent or taken from them.
CREATE TABLE idle (
    agent_id UUID NOT NULL REFERENCES agent (id),
    since BIGINT NOT NULL,
    CONSTRAINT idle_key PRIMARY KEY (agent_id)
);
