-- Practices 1 to $1 that open every day from 08:00 to 20:00, as of $2, each with a free call of
-- 20 minutes and 10 after it.
INSERT INTO therapists (id, slug, listing, accepting, demo, given_name, family_name, honorific, type, registrar, supervisor, email, gender,
    state, suburb, postcode, street, lat, lng, zone, video_url, phone, headline, bio, portrait, practising_since, issues, also_issues,
    approaches, client_groups, languages, affirming, identities, faiths, access, funding, consented, policy, reduced_for, version, created_at, updated_at)
SELECT i, 'practice-' || i, 'listed', true, true, 'Ada', 'Example', '', 'psychologist', false, '', 'ada@example.com', 'woman',
    'nsw', 'Newtown', '2042', '', -33.9, 151.2, 'Australia/Sydney', '', '', '', '', i, 2010, '{}', '{}',
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'standard', '', 1, $2::timestamptz, $2::timestamptz FROM generate_series(1, $1::integer) AS i;
INSERT INTO services (therapist_id, slug, position, name, kind, format, minutes, fee_cents, modes, buffer_before, buffer_after, active)
SELECT i, 'free-consultation', 1, 'Free call', 'consultation', 'individual', 20, 0, '{video,phone}', 0, 10, $2::timestamptz IS NOT NULL FROM generate_series(1, $1::integer) AS i;
INSERT INTO calendars (therapist_id, availability_version, notice_minutes, horizon_days, daily_cap, step_minutes, open_on_holidays)
SELECT i, 1, 60, 60, 0, 5, $2::timestamptz IS NOT NULL FROM generate_series(1, $1::integer) AS i;
INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes)
SELECT i, d, h, h + 330, '{}', CASE WHEN $2::timestamptz IS NOT NULL THEN '{}'::text[] END
FROM generate_series(1, $1::integer) AS i, generate_series(0, 6) AS d, unnest('{480,870}'::integer[]) AS h;
