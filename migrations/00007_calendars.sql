-- +goose Up
-- +goose StatementBegin
ALTER TABLE practices RENAME TO calendars;
ALTER TABLE calendars RENAME CONSTRAINT practices_pkey TO calendars_pkey;
ALTER TABLE calendars RENAME CONSTRAINT practices_therapist_id_fkey TO calendars_therapist_id_fkey;
ALTER TABLE calendars RENAME CONSTRAINT practices_notice_minutes_check TO calendars_notice_minutes_check;
ALTER TABLE calendars RENAME CONSTRAINT practices_horizon_days_check TO calendars_horizon_days_check;
ALTER TABLE calendars RENAME CONSTRAINT practices_daily_cap_check TO calendars_daily_cap_check;
ALTER TABLE calendars RENAME CONSTRAINT practices_step_minutes_check TO calendars_step_minutes_check;
COMMENT ON TABLE calendars IS 'The rules of a calendar, and its lock: a hold takes this row FOR UPDATE with the availability version it planned with, and so do moves, edits of hours and changes of listing, so that no hold lands on hours that are gone. daily_cap 0 means none.';

-- The version before this one reads and writes practices, and holds through hold_booking and
-- hold_bookings: the view and the functions keep it running during a deployment. A later release drops
-- them (contract).
CREATE VIEW practices AS
    SELECT therapist_id, availability_version, notice_minutes, horizon_days, daily_cap, step_minutes, open_on_holidays FROM calendars;
COMMENT ON VIEW practices IS 'The name calendars had before. Only instances of the version before use it; the next release drops it with hold_booking and hold_bookings.';

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON calendars, practices TO wattle_app;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP VIEW practices;
ALTER TABLE calendars RENAME TO practices;
ALTER TABLE practices RENAME CONSTRAINT calendars_pkey TO practices_pkey;
ALTER TABLE practices RENAME CONSTRAINT calendars_therapist_id_fkey TO practices_therapist_id_fkey;
ALTER TABLE practices RENAME CONSTRAINT calendars_notice_minutes_check TO practices_notice_minutes_check;
ALTER TABLE practices RENAME CONSTRAINT calendars_horizon_days_check TO practices_horizon_days_check;
ALTER TABLE practices RENAME CONSTRAINT calendars_daily_cap_check TO practices_daily_cap_check;
ALTER TABLE practices RENAME CONSTRAINT calendars_step_minutes_check TO practices_step_minutes_check;
