-- Beside the record of an assignment: what shows that it is unaltered, and what fairness is made of.
-- Older assignments have none of it and are in no figure of fairness.

ALTER TABLE decision ADD COLUMN seal TEXT;
ALTER TABLE decision ADD COLUMN agent_id UUID;
ALTER TABLE decision ADD COLUMN way TEXT;
ALTER TABLE decision ADD COLUMN team TEXT;
ALTER TABLE decision ADD COLUMN effort BIGINT; -- expected handling time, minutes
ALTER TABLE decision ADD COLUMN jumped BIGINT; -- more urgent tickets that the agent left by choice
CREATE INDEX decision_by_at ON decision (at);

-- When an agent's presence changed, and to what. Append only.
CREATE TABLE presence_event (
    agent_id UUID NOT NULL REFERENCES agent (id),
    at BIGINT NOT NULL,
    state TEXT NOT NULL, -- online, away, offline
    CONSTRAINT presence_event_key PRIMARY KEY (agent_id, at)
);
CREATE INDEX presence_event_by_at ON presence_event (at);

CREATE INDEX offer_by_offered ON offer (offered_at);
