-- Changes the table that version 0.1.0-SNAPSHOT of the SDK made, on H2.
-- Run h2.sql behind it. A statement below a condition is left out unless that holds.
-- if column tokens
ALTER TABLE ampersand_grant ALTER COLUMN tokens RENAME TO sealed;
-- if no column old_version
ALTER TABLE ampersand_grant ALTER COLUMN version RENAME TO old_version;
-- if no column old_lease_until
ALTER TABLE ampersand_grant ALTER COLUMN lease_until RENAME TO old_lease_until;
ALTER TABLE ampersand_grant ALTER COLUMN sealed SET DATA TYPE CHARACTER LARGE OBJECT;
ALTER TABLE ampersand_grant ALTER COLUMN sealed DROP NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN old_version DROP NOT NULL;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS rev          CHARACTER VARYING(36);
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS version      CHARACTER VARYING(100);
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS consent_id   CHARACTER VARYING(255);
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS state        CHARACTER VARYING(255);
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS client       CHARACTER VARYING(2000);
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS tokens_at    BIGINT;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS state_at     BIGINT;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS sent_at      BIGINT;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS look_at      BIGINT;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS lease_no     BIGINT;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS lease_holder CHARACTER VARYING(36);
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS lease_until  BIGINT;
ALTER TABLE ampersand_grant ADD COLUMN IF NOT EXISTS leases       BIGINT;
UPDATE ampersand_grant SET
  rev = CAST(RANDOM_UUID() AS CHARACTER VARYING(36)),
  version = '0000000000000000000.0000000000000000001.0000000000000000000.0000000000000000000.0000000000',
  state = 'OLD',
  tokens_at = CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP(6)) * 1000) AS BIGINT),
  state_at = CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP(6)) * 1000) AS BIGINT),
  sent_at = CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP(6)) * 1000) AS BIGINT),
  look_at = 0,
  leases = 0,
  old_lease_until = NULL
  WHERE rev IS NULL;
ALTER TABLE ampersand_grant ALTER COLUMN rev       SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN version   SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN state     SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN tokens_at SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN state_at  SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN sent_at   SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN look_at   SET NOT NULL;
ALTER TABLE ampersand_grant ALTER COLUMN leases    SET NOT NULL;
ALTER TABLE ampersand_grant DROP COLUMN IF EXISTS lease_owner;
