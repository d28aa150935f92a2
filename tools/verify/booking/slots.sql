-- The slots of practice $2 that should not be on offer at $3, of the JSON in $1, each with its reason. The
-- holidays are those of the weeks in question: the first Monday of October is Labour Day in New South Wales,
-- the ACT and South Australia, and the King's Birthday in Queensland (the states' published lists for 2026
-- and 2027).
SELECT face || ' ' || why FROM therapists t JOIN calendars c ON c.therapist_id = t.id
JOIN services v ON v.therapist_id = t.id AND v.slug = 'free-consultation',
jsonb_to_recordset($1::jsonb) AS s(starts timestamptz, ends timestamptz, face text, modes text[]),
LATERAL (SELECT CASE
	WHEN face <> to_char(starts AT TIME ZONE t.zone, 'YYYY-MM-DD HH24:MI') THEN 'is not its wall time'
	WHEN ends - starts <> v.minutes * interval '1 minute' THEN 'has the wrong length'
	WHEN starts < $3::timestamptz + c.notice_minutes * interval '1 minute' THEN 'lies within the notice'
	WHEN (starts AT TIME ZONE t.zone)::date > ($3 AT TIME ZONE t.zone)::date + c.horizon_days THEN 'lies beyond the horizon'
	WHEN cardinality(s.modes) = 0 THEN 'has no mode'
	WHEN EXISTS (SELECT FROM bookings b WHERE b.therapist_id = t.id
		AND b.busy && tstzrange(starts - v.buffer_before * interval '1 minute', ends + v.buffer_after * interval '1 minute')
		AND (b.status IN ('requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
			OR b.status = 'held' AND b.held_until > $3)) THEN 'overlaps a booking'
	WHEN EXISTS (SELECT FROM unnest(s.modes) AS mode, generate_series(starts, ends - interval '1 minute', '1 minute') AS m,
		LATERAL (SELECT (m AT TIME ZONE t.zone)::date AS day, extract(dow FROM m AT TIME ZONE t.zone) AS weekday,
			extract(hour FROM m AT TIME ZONE t.zone) * 60 + extract(minute FROM m AT TIME ZONE t.zone) AS minute) AS w
		WHERE EXISTS (SELECT FROM leaves l WHERE l.therapist_id = t.id AND w.day BETWEEN l.first_date AND l.last_date)
		OR EXISTS (SELECT FROM availability_exceptions e WHERE e.therapist_id = t.id AND e.on_date = w.day AND e.closed)
		OR NOT EXISTS (SELECT FROM availability_exceptions e WHERE e.therapist_id = t.id AND e.on_date = w.day
			AND w.minute >= e.start_minute AND w.minute < e.end_minute
			AND (e.services = '{}' OR v.slug = ANY(e.services)) AND (e.modes = '{}' OR mode = ANY(e.modes)))
		AND (EXISTS (SELECT FROM availability_exceptions e WHERE e.therapist_id = t.id AND e.on_date = w.day)
			OR NOT c.open_on_holidays AND t.state IN ('nsw', 'act', 'sa', 'qld') AND w.weekday = 1
				AND extract(month FROM w.day) = 10 AND extract(day FROM w.day) <= 7
			OR NOT EXISTS (SELECT FROM weekly_hours r WHERE r.therapist_id = t.id AND r.weekday = w.weekday
				AND w.minute >= r.start_minute AND w.minute < r.end_minute
				AND (r.services = '{}' OR v.slug = ANY(r.services)) AND (r.modes = '{}' OR mode = ANY(r.modes))))
		) THEN 'lies outside the hours' END AS why) AS judged
WHERE t.id = $2 AND why IS NOT NULL
