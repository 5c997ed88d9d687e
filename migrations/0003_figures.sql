-- The board and the metrics count what is wrong or under way, never everything that ever was.

CREATE INDEX message_by_trouble ON message (delivery) WHERE delivery IN ('unconfirmed', 'failed');
CREATE INDEX ticket_by_resolved ON ticket (resolved_at);
