-- Grants of the Ampersand SDK, for JdbcTokenStore on H2.
CREATE TABLE IF NOT EXISTS ampersand_grant (
  -- SHA-256 of the key below: one length for every key, and no collation can take two keys for one.
  grant_id     CHARACTER VARYING(64) NOT NULL PRIMARY KEY,
  provider     CHARACTER VARYING(255) NOT NULL,
  group_ref    CHARACTER VARYING(255) NOT NULL,
  consumer_ref CHARACTER VARYING(255) NOT NULL,
  -- Sealed by the store's cipher.
  tokens       CHARACTER VARYING(1000000) NOT NULL,
  -- Another one with each change of the tokens.
  version      BIGINT NOT NULL,
  -- Who has the grant for a change, and until when by this server's clock.
  lease_owner  CHARACTER VARYING(36),
  lease_until  TIMESTAMP(6) WITH TIME ZONE
);
