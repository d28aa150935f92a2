-- For practices 1 to $1, as of $2: four bookings, leave and two exceptions each.
INSERT INTO bookings (id, therapist_id, service_id, service, mode, tier, price_cents, status, during, busy, wall_start, zone, zone_offset,
    practice_day, held_until, client_name, client_email, client_zone, code_tries, version, sequence, created_at, updated_at)
SELECT i || '-' || k, i, i, 'free-consultation', 'video', 'standard', 0, 'held', tstzrange(s, s + interval '20 minutes'), tstzrange(s, s + interval '30 minutes'),
    s AT TIME ZONE 'UTC', 'Australia/Sydney', 39600, (s AT TIME ZONE 'UTC')::date, $2::timestamptz + interval '1 year', 'Sam', 'sam@example.com', 'Australia/Sydney', 0, 1, 0, $2, $2
FROM generate_series(1, $1::integer) AS i, generate_series(0, 3) AS k, LATERAL (SELECT $2::timestamptz + (k * 25 + 1 + i % 7) * interval '1 hour' AS s) AS at;
INSERT INTO leaves (therapist_id, first_date, last_date) SELECT i, ($2::timestamptz)::date + 30, ($2::timestamptz)::date + 40 FROM generate_series(1, $1::integer) AS i;
INSERT INTO availability_exceptions (therapist_id, on_date, closed, start_minute, end_minute, services, modes)
SELECT i, ($2::timestamptz)::date + 3 * d, d = 1, 600, 660, '{}', '{}' FROM generate_series(1, $1::integer) AS i, generate_series(1, 2) AS d;
