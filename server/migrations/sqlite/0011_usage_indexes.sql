-- What is swept is found without reading everything: old numbers, connections and questions by
-- their times, sessions by plans that are over.
CREATE INDEX usage_ended ON usage (ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX usage_session_usage ON usage_session (usage);
CREATE INDEX usage_seen_at ON usage_seen (at);
CREATE INDEX usage_connection_ended ON usage_connection (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX usage_outbox_done ON usage_outbox (done_at) WHERE done_at IS NOT NULL;
