-- Shifts: what presence in the queue does not say of the people at the desk; tickets that are quiet.

CREATE TABLE shift (
    agent_id UUID NOT NULL REFERENCES agent (id),
    is_finishing BOOLEAN NOT NULL, -- takes nothing new and leaves when the last ticket is done
    active_at BIGINT NOT NULL, -- the last sign of the person
    away_since BIGINT, -- set away for want of such signs
    offline_since BIGINT,
    CONSTRAINT shift_key PRIMARY KEY (agent_id)
);

-- Since when the customer of a ticket that somebody holds is silent about our last answer.
CREATE TABLE quiet (
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    since BIGINT NOT NULL,
    CONSTRAINT quiet_key PRIMARY KEY (ticket_id)
);

-- Which open offer a request for the next ticket accepted, for when the request is repeated.
CREATE TABLE taken (
    request UUID NOT NULL,
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    at BIGINT NOT NULL,
    CONSTRAINT taken_key PRIMARY KEY (request)
);
CREATE INDEX taken_by_time ON taken (at);
