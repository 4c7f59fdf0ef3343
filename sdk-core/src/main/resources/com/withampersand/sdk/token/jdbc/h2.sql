-- Grants of the Ampersand SDK, for JdbcTokenStore on H2: schema version 2.
-- Every instant is a number of milliseconds since 1970-01-01 UTC, by this server's clock.
CREATE TABLE IF NOT EXISTS ampersand_grant (
  -- SHA-256 of the key below: one length for every key, and no collation can take two keys for one.
  grant_id     CHARACTER VARYING(64) NOT NULL PRIMARY KEY,
  provider     CHARACTER VARYING(255) NOT NULL,
  group_ref    CHARACTER VARYING(255) NOT NULL,
  consumer_ref CHARACTER VARYING(255) NOT NULL,
  -- Another one with each write; a write happens only if it is still the one that was read.
  rev          CHARACTER VARYING(36) NOT NULL,
  -- Which description of the grant this is: five decimals of fixed width.
  version      CHARACTER VARYING(100) NOT NULL,
  consent_id   CHARACTER VARYING(255),
  state        CHARACTER VARYING(255) NOT NULL,
  client       CHARACTER VARYING(2000),
  -- When the tokens were stored, the state last changed, and a doubt or a refusal was recorded.
  tokens_at    BIGINT NOT NULL,
  state_at     BIGINT NOT NULL,
  sent_at      BIGINT NOT NULL,
  -- When a sweep should look at the grant next.
  look_at      BIGINT NOT NULL,
  -- Who may ask the provider now, and until when; NULL if the grant is free.
  lease_no     BIGINT,
  lease_holder CHARACTER VARYING(36),
  lease_until  BIGINT,
  leases       BIGINT NOT NULL,
  -- The grant, sealed above the store; NULL for what is left of a deleted one.
  sealed       CHARACTER LARGE OBJECT
);
CREATE INDEX IF NOT EXISTS ampersand_grant_state ON ampersand_grant (state, grant_id);
CREATE INDEX IF NOT EXISTS ampersand_grant_group ON ampersand_grant (provider, group_ref, grant_id);
CREATE INDEX IF NOT EXISTS ampersand_grant_due ON ampersand_grant (look_at, grant_id);
CREATE INDEX IF NOT EXISTS ampersand_grant_lease ON ampersand_grant (lease_until);
CREATE TABLE IF NOT EXISTS ampersand_grant_schema (version INTEGER NOT NULL PRIMARY KEY);
MERGE INTO ampersand_grant_schema (version) KEY (version) VALUES (2);
