-- Grants of the Ampersand SDK, for JdbcTokenStore on PostgreSQL 12 or later: schema version 2.
-- Every instant is a number of milliseconds since 1970-01-01 UTC, by this server's clock:
-- to_timestamp(look_at / 1000.0) shows it.
CREATE TABLE IF NOT EXISTS ampersand_grant (
  -- SHA-256 of the key below: one length for every key, and no collation can take two keys for one.
  grant_id     VARCHAR(64) COLLATE "C" NOT NULL PRIMARY KEY,
  provider     VARCHAR(255) NOT NULL,
  group_ref    VARCHAR(255) NOT NULL,
  consumer_ref VARCHAR(255) NOT NULL,
  -- Another one with each write; a write happens only if it is still the one that was read.
  rev          VARCHAR(36) COLLATE "C" NOT NULL,
  -- Which description of the grant this is: five decimals of fixed width.
  version      VARCHAR(100) COLLATE "C" NOT NULL,
  consent_id   VARCHAR(255),
  state        VARCHAR(255) NOT NULL,
  client       VARCHAR(2000),
  -- When the tokens were stored, the state last changed, and a doubt or a refusal was recorded.
  tokens_at    BIGINT NOT NULL,
  state_at     BIGINT NOT NULL,
  sent_at      BIGINT NOT NULL,
  -- When a sweep should look at the grant next.
  look_at      BIGINT NOT NULL,
  -- Who may ask the provider now, and until when; NULL if the grant is free.
  lease_no     BIGINT,
  lease_holder VARCHAR(36),
  lease_until  BIGINT,
  leases       BIGINT NOT NULL,
  -- The grant, sealed above the store; NULL for what is left of a deleted one.
  sealed       TEXT
);
CREATE INDEX IF NOT EXISTS ampersand_grant_state ON ampersand_grant (state, grant_id);
CREATE INDEX IF NOT EXISTS ampersand_grant_group ON ampersand_grant (provider, group_ref, grant_id);
CREATE INDEX IF NOT EXISTS ampersand_grant_due ON ampersand_grant (look_at, grant_id);
CREATE INDEX IF NOT EXISTS ampersand_grant_lease ON ampersand_grant (lease_until);
CREATE TABLE IF NOT EXISTS ampersand_grant_schema (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO ampersand_grant_schema (version) VALUES (2) ON CONFLICT (version) DO NOTHING;
