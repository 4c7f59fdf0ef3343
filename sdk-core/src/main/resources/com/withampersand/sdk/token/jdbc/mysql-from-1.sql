-- Changes the table that version 0.1.0-SNAPSHOT of the SDK made, on MySQL and MariaDB.
-- Run mysql.sql behind it. A statement below a condition is left out unless that holds.
-- if column tokens
ALTER TABLE ampersand_grant
  CHANGE tokens sealed MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  CHANGE version old_version BIGINT,
  CHANGE lease_until old_lease_until DATETIME(6);
-- if no column rev
ALTER TABLE ampersand_grant
  ADD rev          VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  ADD version      VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin,
  ADD consent_id   VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  ADD state        VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  ADD client       VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  ADD tokens_at    BIGINT,
  ADD state_at     BIGINT,
  ADD sent_at      BIGINT,
  ADD look_at      BIGINT,
  ADD lease_no     BIGINT,
  ADD lease_holder VARCHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  ADD lease_until  BIGINT,
  ADD leases       BIGINT,
  ADD INDEX ampersand_grant_state (state, grant_id),
  ADD INDEX ampersand_grant_group (provider, group_ref, grant_id),
  ADD INDEX ampersand_grant_due (look_at, grant_id),
  ADD INDEX ampersand_grant_lease (lease_until);
UPDATE ampersand_grant SET
  rev = UUID(),
  version = '0000000000000000000.0000000000000000001.0000000000000000000.0000000000000000000.0000000000',
  state = 'OLD',
  tokens_at = TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)) DIV 1000,
  state_at = TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)) DIV 1000,
  sent_at = TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)) DIV 1000,
  look_at = 0,
  leases = 0,
  old_lease_until = NULL
  WHERE rev IS NULL;
-- if column lease_owner
ALTER TABLE ampersand_grant
  MODIFY rev       VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  MODIFY version   VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  MODIFY state     VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  MODIFY tokens_at BIGINT NOT NULL,
  MODIFY state_at  BIGINT NOT NULL,
  MODIFY sent_at   BIGINT NOT NULL,
  MODIFY look_at   BIGINT NOT NULL,
  MODIFY leases    BIGINT NOT NULL,
  DROP lease_owner;
