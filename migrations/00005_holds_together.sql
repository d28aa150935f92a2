-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION hold_bookings(
    key_locks bigint[], planned_versions bigint[], ids text[], therapists bigint[], service_ids bigint[], services text[], modes text[],
    tiers text[], prices_cents bigint[], lengths bigint[], buffers_before bigint[], buffers_after bigint[], starts timestamptz[],
    wall_starts text[], zones text[], zone_offsets bigint[], held_until timestamptz[], client_names text[], client_emails text[],
    client_zones text[], client_phones bytea[], notes bytea[], idem_hashes bytea[], body_hashes bytea[], actors text[], asked_at timestamptz[],
    mail_kinds text[], mail_payloads text[], attempts bigint[]
) RETURNS text[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    free    boolean[];
    there   integer;
    answers text[];
BEGIN
    -- Nobody here waits long for a stranger's lock: whoever would is held alone instead.
    PERFORM set_config('lock_timeout', '200', true);

    -- A crowd at one practice comes one by one. Whoever is too late is told so by reading alone.
    IF cardinality(ids) = 1 AND EXISTS (
        SELECT FROM bookings b WHERE b.therapist_id = therapists[1]
          AND b.busy && tstzrange(starts[1] - make_interval(mins => buffers_before[1]::integer), starts[1] + make_interval(mins => (lengths[1] + buffers_after[1])::integer))
          AND b.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
          AND (b.status <> 'held' OR b.held_until > asked_at[1])
    ) AND EXISTS (
        SELECT FROM practices p JOIN therapists t ON t.id = p.therapist_id
        WHERE p.therapist_id = therapists[1] AND p.availability_version = planned_versions[1] AND t.listing = 'listed' AND t.accepting
    ) THEN
        RETURN '{taken}';
    END IF;

    -- Requests of one idempotency key wait for each other in hold_booking. Here nobody waits: where
    -- the lock is somebody else's, that one is held alone. The lock is taken before the statement
    -- below takes its snapshot, so that a booking which the key has already made is seen.
    IF 0 <> ANY (key_locks) THEN
        SELECT array_agg(k = 0 OR pg_try_advisory_xact_lock(k) ORDER BY n) INTO free FROM unnest(key_locks) WITH ORDINALITY AS l (k, n);
    END IF;

    WITH asked AS MATERIALIZED (
        SELECT * FROM unnest(free, planned_versions, ids, therapists, service_ids, services, modes, tiers, prices_cents, lengths,
            buffers_before, buffers_after, starts, wall_starts, zones, zone_offsets, held_until, client_names, client_emails, client_zones,
            client_phones, notes, idem_hashes, body_hashes, actors, asked_at, mail_kinds, mail_payloads, attempts)
        AS a (free, planned_version, id, therapist, service_id, service, mode, tier, price_cents, minutes,
            buffer_before, buffer_after, starts, wall_start, zone, zone_offset, held_until, client_name, client_email, client_zone,
            client_phone, note, idem_hash, body_hash, actor, asked_at, mail_kind, mail_payload, attempts)
    ), placed AS (
        INSERT INTO bookings (id, therapist_id, service_id, service, mode, tier, price_cents, status,
            during, busy, wall_start, zone, zone_offset, practice_day, held_until,
            client_name, client_email, client_zone, client_phone, note, code_tries, idem_hash, body_hash, version, sequence, created_at, updated_at)
        SELECT a.id, a.therapist, a.service_id, a.service, a.mode, a.tier, a.price_cents, 'held',
            tstzrange(a.starts, a.starts + make_interval(mins => a.minutes::integer)),
            tstzrange(a.starts - make_interval(mins => a.buffer_before::integer), a.starts + make_interval(mins => (a.minutes + a.buffer_after)::integer)),
            a.wall_start::timestamp, a.zone, a.zone_offset, a.wall_start::date, a.held_until,
            a.client_name, a.client_email, a.client_zone, a.client_phone, a.note, 0, a.idem_hash, a.body_hash, 1, 0, a.asked_at, a.asked_at
        FROM asked a JOIN practices p ON p.therapist_id = a.therapist JOIN therapists t ON t.id = a.therapist JOIN services s ON s.id = a.service_id
        WHERE a.free IS NOT FALSE AND NOT EXISTS (SELECT FROM bookings b WHERE b.idem_hash = a.idem_hash)
          AND p.availability_version = a.planned_version AND p.daily_cap = 0
          AND t.listing = 'listed' AND t.accepting AND t.zone = a.zone
          AND s.therapist_id = a.therapist AND s.active AND s.kind = 'consultation' AND s.minutes = a.minutes AND s.fee_cents = a.price_cents
          AND s.buffer_before = a.buffer_before AND s.buffer_after = a.buffer_after AND a.mode = ANY (s.modes)
        ORDER BY a.therapist
        FOR SHARE OF p, t SKIP LOCKED
        ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING
        RETURNING id
    ), recorded AS (
        INSERT INTO audit_entries (at, actor, action, subject, before, after, reason, request_id)
        SELECT a.asked_at, a.actor, 'booking.hold', 'booking ' || a.id, '', 'held', '', '' FROM placed JOIN asked a USING (id)
    ), told AS (
        INSERT INTO outbox_tasks (kind, payload, key, due_at, max_attempts, created_at)
        SELECT a.mail_kind, a.mail_payload::jsonb, NULL, a.asked_at, a.attempts, a.asked_at FROM placed JOIN asked a USING (id)
    )
    SELECT count(*) INTO there FROM placed;
    IF there = cardinality(ids) THEN
        RETURN array_fill('placed'::text, ARRAY[there]);
    END IF;

    -- Whoever came too late is told so at once, where nothing but the time is in the way.
    SELECT array_agg(CASE
        WHEN EXISTS (SELECT FROM bookings b WHERE b.id = a.id) THEN 'placed'
        WHEN EXISTS (SELECT FROM bookings b WHERE b.therapist_id = a.therapist
            AND b.busy && tstzrange(a.starts - make_interval(mins => a.buffer_before::integer), a.starts + make_interval(mins => (a.minutes + a.buffer_after)::integer))
            AND b.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
            AND (b.status <> 'held' OR b.held_until > a.asked_at))
        AND EXISTS (SELECT FROM practices p JOIN therapists t ON t.id = p.therapist_id
            WHERE p.therapist_id = a.therapist AND p.availability_version = a.planned_version AND t.listing = 'listed' AND t.accepting) THEN 'taken'
        ELSE 'alone' END ORDER BY a.n) INTO answers
    FROM unnest(ids, therapists, starts, lengths, buffers_before, buffers_after, planned_versions, asked_at)
        WITH ORDINALITY AS a (id, therapist, starts, minutes, buffer_before, buffer_after, planned_version, asked_at, n);
    RETURN answers;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION hold_bookings IS 'Many holds of different practices in one transaction: planning, locks, checks and the commit are paid once for all of them. It answers for each: placed, where nothing was in its way; taken, where a live booking alone was; else alone, which leaves it to hold_booking: that waits, ends stale holds, counts the day''s places and says what changed. At most one of a practice: two transactions that each hold several calendars in one order cannot wait for each other in a ring.';

-- +goose StatementBegin
CREATE FUNCTION outbox_wake_many() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_id  bigint;
    first_due timestamptz;
BEGIN
    SELECT min(id), min(due_at) INTO first_id, first_due FROM added WHERE state = 'waiting' AND due_at <= created_at;
    IF first_id IS NOT NULL AND NOT EXISTS (SELECT FROM outbox_tasks t WHERE t.state = 'waiting' AND t.due_at <= first_due AND t.id < first_id) THEN
        PERFORM pg_notify('outbox', '');
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
DROP TRIGGER outbox_tasks_wake ON outbox_tasks;
CREATE TRIGGER outbox_tasks_wake AFTER INSERT ON outbox_tasks REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake_many();
COMMENT ON FUNCTION outbox_wake_many() IS 'Commits that notify queue behind one lock for the whole database, so tasks that join a backlog, whose workers are awake, stay silent. A statement that adds many looks once. A backlog may end between this look and the commit: that wake is lost and costs a poll of the runners, a quarter of a second.';

-- +goose Down
DROP TRIGGER outbox_tasks_wake ON outbox_tasks;
CREATE TRIGGER outbox_tasks_wake AFTER INSERT ON outbox_tasks FOR EACH ROW
    WHEN (NEW.state = 'waiting' AND NEW.due_at <= NEW.created_at) EXECUTE FUNCTION outbox_wake();
DROP FUNCTION outbox_wake_many();
DROP FUNCTION hold_bookings;
