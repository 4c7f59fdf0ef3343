-- Changes the table that version 0.1.0-SNAPSHOT of the SDK made, on PostgreSQL 13 or later.
-- Run postgresql.sql behind it. A statement below a condition is left out unless that holds.
-- if column tokens
ALTER TABLE ampersand_grant RENAME COLUMN tokens TO sealed;
-- if no column old_version
ALTER TABLE ampersand_grant RENAME COLUMN version TO old_version;
-- if no column old_lease_until
ALTER TABLE ampersand_grant RENAME COLUMN lease_until TO old_lease_until;
ALTER TABLE ampersand_grant
  ALTER COLUMN sealed DROP NOT NULL,
  ALTER COLUMN old_version DROP NOT NULL,
  ADD COLUMN IF NOT EXISTS rev          VARCHAR(36) COLLATE "C",
  ADD COLUMN IF NOT EXISTS version      VARCHAR(100) COLLATE "C",
  ADD COLUMN IF NOT EXISTS consent_id   VARCHAR(255),
  ADD COLUMN IF NOT EXISTS state        VARCHAR(255),
  ADD COLUMN IF NOT EXISTS client       VARCHAR(2000),
  ADD COLUMN IF NOT EXISTS tokens_at    BIGINT,
  ADD COLUMN IF NOT EXISTS state_at     BIGINT,
  ADD COLUMN IF NOT EXISTS sent_at      BIGINT,
  ADD COLUMN IF NOT EXISTS look_at      BIGINT,
  ADD COLUMN IF NOT EXISTS lease_no     BIGINT,
  ADD COLUMN IF NOT EXISTS lease_holder VARCHAR(36),
  ADD COLUMN IF NOT EXISTS lease_until  BIGINT,
  ADD COLUMN IF NOT EXISTS leases       BIGINT;
UPDATE ampersand_grant SET
  rev = CAST(gen_random_uuid() AS VARCHAR(36)),
  version = '0000000000000000000.0000000000000000001.0000000000000000000.0000000000000000000.0000000000',
  state = 'OLD',
  tokens_at = CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS BIGINT),
  state_at = CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS BIGINT),
  sent_at = CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS BIGINT),
  look_at = 0,
  leases = 0,
  old_lease_until = NULL
  WHERE rev IS NULL;
ALTER TABLE ampersand_grant
  ALTER COLUMN rev SET NOT NULL,
  ALTER COLUMN version SET NOT NULL,
  ALTER COLUMN state SET NOT NULL,
  ALTER COLUMN tokens_at SET NOT NULL,
  ALTER COLUMN state_at SET NOT NULL,
  ALTER COLUMN sent_at SET NOT NULL,
  ALTER COLUMN look_at SET NOT NULL,
  ALTER COLUMN leases SET NOT NULL,
  DROP COLUMN IF EXISTS lease_owner;
