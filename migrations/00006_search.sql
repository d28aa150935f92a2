-- +goose Up
-- +goose StatementBegin
CREATE TABLE search_indexes (
    name     text PRIMARY KEY,
    snapshot text NOT NULL,
    beat     bigint NOT NULL
);
COMMENT ON TABLE search_indexes IS 'How far each index of the search engine has come in directory_changes. The snapshot moves only after the engine has made the changes, by a run that finds the beat it began with: of two that overlap, the later announces its profiles again. beat grows with every run, so that each instance can tell by its own watch whether the index is kept up to date.';

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON search_indexes TO wattle_app;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE search_indexes;
