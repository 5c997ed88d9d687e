-- Who a customer of the web chat is by the shop's own signed word, and what they typed before the chat,
-- which proves nothing.
ALTER TABLE contact ADD COLUMN verified_id TEXT;
ALTER TABLE contact ADD COLUMN claims JSONB;
ALTER TABLE contact ADD COLUMN typed JSONB;
CREATE INDEX contact_by_verified_id ON contact (verified_id);
