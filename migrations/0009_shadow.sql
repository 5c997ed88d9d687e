-- A candidate for the bot's knowledge that runs beside the published one, what it would have said
-- differently, and files that were refused.

-- The version that a kind's files held when they were last published. While they hold the same, they
-- do not take back what was promoted over them.
CREATE TABLE content_source (
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    CONSTRAINT content_source_key PRIMARY KEY (kind)
);

-- Files that were refused, until they are mended.
CREATE TABLE refusal (
    source TEXT NOT NULL, -- content, candidate
    at BIGINT NOT NULL,
    total BIGINT NOT NULL,
    problems JSONB NOT NULL, -- the first of them
    CONSTRAINT refusal_key PRIMARY KEY (source)
);

-- Never deleted: who promoted or discarded what, and when. The files and the kept changes are.
CREATE TABLE candidate (
    id UUID NOT NULL,
    version TEXT NOT NULL,
    base TEXT NOT NULL, -- the published version that it is compared with
    origin TEXT NOT NULL, -- folder, command
    files JSONB NOT NULL,
    state TEXT NOT NULL, -- running, replaced, withdrawn, promoted, discarded
    started_at BIGINT NOT NULL,
    counted_from BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by UUID,
    looked BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    by_intent BIGINT NOT NULL,
    by_outcome BIGINT NOT NULL,
    by_reply BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    CONSTRAINT candidate_key PRIMARY KEY (id)
);
-- One at a time.
CREATE UNIQUE INDEX candidate_running ON candidate (state) WHERE state = 'running';

CREATE TABLE shadow_change (
    candidate_id UUID NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    said TEXT NOT NULL,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    by_intent BOOLEAN NOT NULL,
    by_outcome BOOLEAN NOT NULL,
    by_reply BOOLEAN NOT NULL,
    CONSTRAINT shadow_change_key PRIMARY KEY (candidate_id, id),
    CONSTRAINT shadow_change_candidate FOREIGN KEY (candidate_id) REFERENCES candidate (id)
);
