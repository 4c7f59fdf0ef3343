-- Grants of the Ampersand SDK, for JdbcTokenStore on MySQL and MariaDB.
CREATE TABLE IF NOT EXISTS ampersand_grant (
  -- SHA-256 of the key below: one length for every key, and no collation can take two keys for one.
  grant_id     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  provider     VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  group_ref    VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  consumer_ref VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- Sealed by the store's cipher.
  tokens       MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Another one with each change of the tokens.
  version      BIGINT NOT NULL,
  -- Who has the grant for a change, and until when by this server's clock, in UTC.
  lease_owner  CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
  lease_until  DATETIME(6)
) ENGINE = InnoDB;
