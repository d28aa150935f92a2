-- +goose Up
-- The application's role (wattle_app on the private cluster) may read and write what the owner
-- makes from here on; tables of record take UPDATE and DELETE away again.
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        GRANT USAGE ON SCHEMA public TO wattle_app;
        GRANT SELECT ON goose_db_version TO wattle_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wattle_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO wattle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are a record: they are added and read, never changed', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION refuse_change() IS 'Trigger of insert-only tables. It holds even where one role is both owner and application.';

CREATE TABLE outbox_runners (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    beat       bigint NOT NULL,
    started_at timestamptz NOT NULL
);
COMMENT ON TABLE outbox_runners IS 'One row a living instance. Its beat is a counter, not a time: an instance is dead when the others see no change over six looks, so neither skewed machines nor a moved development clock end a lease early.';

CREATE TABLE outbox_tasks (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL,
    key          text,
    once         text,
    payload      jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'waiting',
    due_at       timestamptz NOT NULL,
    attempt      integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    runner       bigint,
    last_error   text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT outbox_tasks_state_is_known CHECK (state IN ('waiting', 'running', 'done', 'parked')),
    CONSTRAINT outbox_tasks_run_somewhere CHECK ((state = 'running') = (runner IS NOT NULL))
);
CREATE UNIQUE INDEX outbox_tasks_one_waits_per_key ON outbox_tasks (kind, key) WHERE state = 'waiting' AND key IS NOT NULL;
CREATE UNIQUE INDEX outbox_tasks_once ON outbox_tasks (kind, once) WHERE once IS NOT NULL;
CREATE INDEX outbox_tasks_due ON outbox_tasks (due_at, id) WHERE state = 'waiting';
CREATE INDEX outbox_tasks_running ON outbox_tasks (kind, key) WHERE state = 'running';
CREATE INDEX outbox_tasks_finished ON outbox_tasks (finished_at) WHERE state = 'done';
CREATE INDEX outbox_tasks_parked ON outbox_tasks (id) WHERE state = 'parked';
COMMENT ON TABLE outbox_tasks IS 'Work that follows from a fact, added in the fact''s transaction. Payloads hold ids, never personal values. A late worker is fenced by (id, attempt).';
COMMENT ON COLUMN outbox_tasks.key IS 'At most one task of a kind and key waits. One that is running does not count, since it may have read the world before this fact; the new one starts when it has ended.';
COMMENT ON COLUMN outbox_tasks.once IS 'Never twice for as long as the row is kept (seven days after it is done).';
COMMENT ON COLUMN outbox_tasks.due_at IS 'By the application''s clock, which development may move.';

-- +goose StatementBegin
CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM outbox_tasks t WHERE t.state = 'waiting' AND t.due_at <= NEW.due_at AND t.id < NEW.id) THEN
        PERFORM pg_notify('outbox', '');
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER outbox_tasks_wake AFTER INSERT ON outbox_tasks FOR EACH ROW
    WHEN (NEW.state = 'waiting' AND NEW.due_at <= NEW.created_at) EXECUTE FUNCTION outbox_wake();
COMMENT ON FUNCTION outbox_wake() IS 'Commits that notify queue behind one lock for the whole database, so a task that joins a backlog, whose workers are awake, stays silent; of the tasks of one statement, which all see each other, the first speaks. A wake lost to a race costs at most the polling second.';

CREATE TABLE outbox_schedules (
    name     text PRIMARY KEY,
    last_run bigint NOT NULL
);
COMMENT ON TABLE outbox_schedules IS 'The last period (its number since 1970) in which each periodic job was added as a task, by whichever instance came first.';

CREATE TABLE outbox_effects (
    key     text PRIMARY KEY,
    done_at timestamptz NOT NULL
);
COMMENT ON TABLE outbox_effects IS 'Effects that were done, by key, so that a task run twice does them once. Kept ninety days.';

CREATE TABLE audit_entries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at         timestamptz NOT NULL,
    actor      text NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    before     text NOT NULL,
    after      text NOT NULL,
    reason     text NOT NULL,
    request_id text NOT NULL
);
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);
COMMENT ON TABLE audit_entries IS 'Who did what to which record, written in the transaction of the fact. Ids and field names only, so that erasing a person never has to touch it.';
COMMENT ON COLUMN audit_entries.xid IS 'The writing transaction: rows below the snapshot''s horizon are final, which a sequence cannot say (late committers hold lower numbers).';

CREATE TABLE audit_chain (
    seq      bigint PRIMARY KEY CHECK (seq > 0),
    entry_id bigint NOT NULL UNIQUE,
    entry    text NOT NULL,
    hash     bytea NOT NULL
);
COMMENT ON TABLE audit_chain IS 'The entries again, in an order nobody can change: hash = SHA-256(previous hash, seq, entry_id, entry).';

CREATE TABLE audit_heads (
    seq  bigint PRIMARY KEY,
    hash bytea NOT NULL,
    at   timestamptz NOT NULL
);
COMMENT ON TABLE audit_heads IS 'Where the chain stood after each run; the same heads are sent outside, which is what shows a cut tail.';

CREATE TRIGGER audit_entries_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_chain_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_heads_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_heads EXECUTE FUNCTION refuse_change();

CREATE TABLE dev_clock (
    singleton boolean PRIMARY KEY CHECK (singleton),
    offset_us bigint NOT NULL
);
COMMENT ON TABLE dev_clock IS 'Development only: how far every instance''s clock stands from the machine''s, in microseconds.';

CREATE TABLE dev_mails (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    to_addr     text NOT NULL,
    from_addr   text NOT NULL,
    subject     text NOT NULL,
    text_body   text NOT NULL,
    html_body   text NOT NULL,
    attachments jsonb NOT NULL,
    message_id  text NOT NULL UNIQUE,
    sent_at     timestamptz NOT NULL
);
COMMENT ON TABLE dev_mails IS 'Development only: mails that would have been sent, for /dev/mail. The unique message id makes a repeated delivery one mail.';

CREATE TABLE rate_limits (
    key          text NOT NULL,
    window_start timestamptz NOT NULL,
    count        integer NOT NULL CHECK (count >= 0),
    PRIMARY KEY (key, window_start)
);
CREATE INDEX rate_limits_window_start ON rate_limits (window_start);
COMMENT ON TABLE rate_limits IS 'Attempts per key (network, account or address, hashed) and window, shared by all instances.';

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries, audit_chain, audit_heads FROM wattle_app;
    END IF;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE rate_limits, dev_mails, dev_clock, audit_heads, audit_chain, audit_entries, outbox_effects, outbox_schedules, outbox_tasks, outbox_runners;
DROP FUNCTION outbox_wake();
DROP FUNCTION refuse_change();
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM wattle_app;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM wattle_app;
    END IF;
END
$$;
-- +goose StatementEnd
