-- Grants of the Ampersand SDK, for JdbcTokenStore on MySQL and MariaDB: schema version 2.
-- Every instant is a number of milliseconds since 1970-01-01 UTC, by this server's clock:
-- FROM_UNIXTIME(look_at / 1000) shows it.
CREATE TABLE IF NOT EXISTS ampersand_grant (
  -- SHA-256 of the key below: one length for every key, and no collation can take two keys for one.
  grant_id     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  provider     VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  group_ref    VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  consumer_ref VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- Another one with each write; a write happens only if it is still the one that was read.
  rev          VARCHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Which description of the grant this is: five decimals of fixed width.
  version      VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  consent_id   VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  state        VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  client       VARCHAR(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  -- When the tokens were stored, the state last changed, and a doubt or a refusal was recorded.
  tokens_at    BIGINT NOT NULL,
  state_at     BIGINT NOT NULL,
  sent_at      BIGINT NOT NULL,
  -- When a sweep should look at the grant next.
  look_at      BIGINT NOT NULL,
  -- Who may ask the provider now, and until when; NULL if the grant is free.
  lease_no     BIGINT,
  lease_holder VARCHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  lease_until  BIGINT,
  leases       BIGINT NOT NULL,
  -- The grant, sealed above the store; NULL for what is left of a deleted one.
  sealed       MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  INDEX ampersand_grant_state (state, grant_id),
  INDEX ampersand_grant_group (provider, group_ref, grant_id),
  INDEX ampersand_grant_due (look_at, grant_id),
  INDEX ampersand_grant_lease (lease_until)
) ENGINE = InnoDB;
CREATE TABLE IF NOT EXISTS ampersand_grant_schema (version INTEGER NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT IGNORE INTO ampersand_grant_schema (version) VALUES (2);
