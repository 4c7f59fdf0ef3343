-- Grants of the Ampersand SDK, for JdbcTokenStore on PostgreSQL.
CREATE TABLE IF NOT EXISTS ampersand_grant (
  -- SHA-256 of the key below: one length for every key, and no collation can take two keys for one.
  grant_id     VARCHAR(64) COLLATE "C" NOT NULL PRIMARY KEY,
  provider     VARCHAR(255) NOT NULL,
  group_ref    VARCHAR(255) NOT NULL,
  consumer_ref VARCHAR(255) NOT NULL,
  -- Sealed by the store's cipher.
  tokens       TEXT NOT NULL,
  -- Another one with each change of the tokens.
  version      BIGINT NOT NULL,
  -- Who has the grant for a change, and until when by this server's clock.
  lease_owner  VARCHAR(36),
  lease_until  TIMESTAMP WITH TIME ZONE
);
