-- Every listed therapist as of $1; turn is search.RotationRank.
CREATE TEMP TABLE basis ON COMMIT DROP AS
    SELECT t.id, CASE WHEN free.modes IS NOT NULL AND n.next_any > $1 THEN n.next_any ELSE 'infinity' END AS soon, turn.at AS turn, t.postcode, t.lat, t.lng, ARRAY[t.state] AS state, ARRAY[t.type] AS type, ARRAY[t.gender] AS gender,
        ARRAY(SELECT unnest(t.issues) UNION SELECT unnest(t.also_issues)) AS issue, t.approaches AS approach, t.client_groups AS "group", t.languages AS language, t.affirming, t.access, t.funding,
        ARRAY(SELECT unnest(t.faiths) INTERSECT SELECT unnest(t.consented)) AS faith,
        CASE WHEN paid.modes IS NULL THEN coalesce(free.modes, '{}') ELSE paid.modes END AS mode, coalesce(paid.formats, '{}') AS format,
        CASE WHEN t.accepting THEN '{true}' ELSE '{}' END::text[] AS accepting,
        CASE WHEN free.modes IS NOT NULL THEN '{true}' ELSE '{}' END::text[] AS free_consultation,
        CASE WHEN places.n > 0 THEN '{true}' ELSE '{}' END::text[] AS reduced,
        CASE WHEN ind.fee IS NULL THEN other.fee WHEN places.n > 0 THEN least(ind.fee, t.reduced_fee_cents) ELSE ind.fee END AS low_individual,
        couple.fee AS low_couple,
        CASE WHEN ind.fee - benefit.cents IS NOT NULL THEN greatest(0, ind.fee - benefit.cents) END AS gap,
        array_remove(ARRAY[
            CASE WHEN n.next_any > $1 AND n.next_any < (date_trunc('day', $1::timestamptz AT TIME ZONE t.zone) + interval '1 day') AT TIME ZONE t.zone THEN 'today' END,
            CASE WHEN n.next_any > $1 AND n.next_any <= $1::timestamptz + interval '168 hours' THEN 'week' END,
            CASE WHEN n.next_evening > $1 THEN 'evening' END,
            CASE WHEN n.next_weekend > $1 THEN 'weekend' END], NULL) AS available
    FROM therapists t
    LEFT JOIN LATERAL (SELECT array_agg(DISTINCT m) AS modes, array_agg(DISTINCT s.format) AS formats FROM services s, unnest(s.modes) m
        WHERE s.therapist_id = t.id AND s.active AND s.kind <> 'consultation') paid ON true
    LEFT JOIN LATERAL (SELECT s.modes FROM services s WHERE s.therapist_id = t.id AND s.active AND s.slug = 'free-consultation') free ON true
    LEFT JOIN LATERAL (SELECT count(*) AS n FROM reduced_places r WHERE r.therapist_id = t.id AND r.booking_id IS NULL AND t.reduced_fee_cents IS NOT NULL) places ON true
    LEFT JOIN LATERAL (SELECT fee_cents AS fee, minutes FROM services s WHERE s.therapist_id = t.id AND s.active AND s.kind = 'session' AND s.format = 'individual'
        ORDER BY abs(minutes - 50), minutes DESC, position LIMIT 1) ind ON true
    LEFT JOIN LATERAL (SELECT fee_cents AS fee FROM services s WHERE s.therapist_id = t.id AND s.active AND s.kind = 'session' AND s.format = 'couple'
        ORDER BY abs(minutes - 50), minutes DESC, position LIMIT 1) couple ON true
    LEFT JOIN LATERAL (SELECT fee_cents AS fee FROM services s WHERE s.therapist_id = t.id AND s.active AND s.kind = 'session' AND s.format NOT IN ('group', 'supervision')
        ORDER BY position LIMIT 1) other ON true
    LEFT JOIN LATERAL (SELECT CASE
        WHEN t.type IN ('clinical-psychologist', 'psychologist') THEN CASE WHEN EXISTS (SELECT FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ahpra'
            AND EXISTS (SELECT FROM unnest(c.endorsements) e WHERE lower(e) IN ('clinical', 'clinical psychology'))) THEN 'clinical-psychologist' ELSE 'psychologist' END
        WHEN t.type = 'occupational-therapist' THEN (SELECT t.type FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ota')
        WHEN t.type = 'mental-health-social-worker' THEN (SELECT t.type FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'amhsw') END AS tier) as_known ON true
    LEFT JOIN LATERAL (SELECT b.cents FROM benefits b WHERE b.type = as_known.tier AND ind.minutes BETWEEN b.least AND b.most
        AND ($1::timestamptz AT TIME ZONE t.zone)::date BETWEEN b.since AND b.until) benefit ON true
    LEFT JOIN next_times n ON n.therapist_id = t.id AND free.modes IS NOT NULL
    CROSS JOIN LATERAL (SELECT t.id & 4294967295 AS x) a
    CROSS JOIN LATERAL (SELECT ((a.x # (a.x >> 16)) * 73244475) & 4294967295 AS x) b
    CROSS JOIN LATERAL (SELECT ((b.x # (b.x >> 16)) * 73244475) & 4294967295 AS x) c
    CROSS JOIN LATERAL (SELECT c.x # (c.x >> 16) AS lot, extract(dow FROM $1::timestamptz AT TIME ZONE 'Australia/Sydney')::int AS day) d
    CROSS JOIN LATERAL (SELECT ((ARRAY[0, 6, 1, 5, 2, 4, 3])[1 + (d.lot % 7 + d.day) % 7]::bigint << 32) + CASE d.day % 2 WHEN 1 THEN 4294967295 - d.lot ELSE d.lot END AS at) turn
    WHERE t.listing = 'listed'
