-- The board counts sessions by when they ended.

CREATE INDEX episode_by_end ON episode (outcome, ended_at);
