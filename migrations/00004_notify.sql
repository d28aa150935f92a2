-- +goose Up
-- +goose StatementBegin
CREATE TABLE deliveries (
    key        text PRIMARY KEY,
    message_id text NOT NULL,
    state      text NOT NULL,
    attempt    integer NOT NULL,
    claimed_at timestamptz NOT NULL,
    sent_at    timestamptz,
    CONSTRAINT deliveries_state_is_known CHECK (state IN ('sending', 'failed', 'sent')),
    CONSTRAINT deliveries_sent_have_a_time CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX deliveries_sent ON deliveries (sent_at) WHERE state = 'sent';
COMMENT ON TABLE deliveries IS 'One row a mail, keyed by what it says to whom (booking/kind/version/side), without any address. The row is written before the mail is handed over and marked sent after the answer, so two workers never send one mail at once and an accepted mail is never repeated.';
COMMENT ON COLUMN deliveries.state IS 'sending older than the lease means that its worker died and nobody knows whether the server took the mail; it is repeated under the same Message-ID. failed means that the server certainly did not take it.';
COMMENT ON COLUMN deliveries.attempt IS 'Fences a worker that comes back late: it may only end the attempt it began.';
-- +goose StatementEnd

-- +goose StatementBegin
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON deliveries TO wattle_app;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE deliveries;
