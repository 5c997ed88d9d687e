-- Tickets that ask for less the longer they wait.

ALTER TABLE ticket ADD COLUMN relaxed JSONB NOT NULL DEFAULT '{}'; -- what is not asked any more
ALTER TABLE ticket ADD COLUMN rules TEXT NOT NULL DEFAULT ''; -- the version of the team rules it waits by
CREATE INDEX ticket_waiting_by_team ON ticket (team, id) WHERE status = 'new';
