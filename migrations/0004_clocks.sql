-- Clocks by segment, snoozes with an end, figures over any range, policies that follow a new version.

ALTER TABLE contact ADD COLUMN segments JSONB NOT NULL DEFAULT '[]';
ALTER TABLE ticket ADD COLUMN or_teams JSONB NOT NULL DEFAULT '[]'; -- teams that may serve it as well
ALTER TABLE ticket ADD COLUMN snoozed_until BIGINT;
ALTER TABLE ticket ADD COLUMN policies TEXT NOT NULL DEFAULT ''; -- the version last applied
ALTER TABLE ticket ADD COLUMN touched_at BIGINT NOT NULL DEFAULT 0; -- its ledger's last line
UPDATE ticket SET touched_at = (SELECT COALESCE(MAX(ledger.at), 0) FROM ledger WHERE ledger.ticket_id = ticket.id);
CREATE INDEX ticket_by_touch ON ticket (touched_at);
