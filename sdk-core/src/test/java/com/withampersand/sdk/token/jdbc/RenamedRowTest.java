package com.withampersand.sdk.token.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import com.withampersand.sdk.token.refresh.ReencryptionReport;
import com.withampersand.sdk.token.refresh.StatusFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A grant whose key someone has changed by SQL. */
@Timeout(120)
@ExtendWith(Servers.Resolver.class)
class RenamedRowTest {
  private final Servers servers;
  private final AtomicInteger sent = new AtomicInteger();

  RenamedRowTest(Servers servers) {
    this.servers = servers;
  }

  /** Answers with other tokens each time. */
  private final class Renewer implements TokenRenewer {
    @Override
    public boolean owns(TokenSet tokens) {
      return true;
    }

    @Override
    public boolean canRenew(TokenSet tokens) {
      return true;
    }

    @Override
    public TokenSet refresh(TokenSet tokens) {
      return tokens.mergedWith(
          TokenSet.builder(Secret.of("AT" + sent.incrementAndGet()), Instant.now()).build());
    }

    @Override
    public void revoke(TokenSet tokens) {}
  }

  private static TokenSet tokens(ConnectionKey key) {
    return TokenSet.builder(Secret.of("AT of " + key), Instant.now())
        .refreshToken(Secret.of("RT of " + key))
        .consentedNow()
        .build();
  }

  private static FreshTokens.Builder builder(GrantTable table, TokenCipher cipher) {
    return FreshTokens.builder(table.store(), cipher).idle(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRESQL"})
  void everything_keyRenamedInSql_leavesThatRowAndDoesTheOthers(Database database) {
    GrantTable table = GrantTable.create(database.dataSource(servers));
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
    ConnectionKey renamed = new ConnectionKey("salesforce", "other", "user-3");
    try (FreshTokens before = builder(table, cipher).renewer(new Renewer()).build()) {
      for (int i = 0; i < 10; i++) {
        before.save(Rows.key(i), tokens(Rows.key(i)));
      }
    }
    table.run("UPDATE # SET group_ref = 'other' WHERE consumer_ref = 'user-3'");

    try (FreshTokens fresh = builder(table, cipher).renewer(new Renewer()).build()) {
      TokenStoreException failure =
          catchThrowableOfType(TokenStoreException.class, () -> fresh.get(Rows.key(3)));
      KeepAliveReport swept = fresh.keepAlive();
      ReencryptionReport reencrypted = fresh.reencryptAll(null, 100);

      assertThat(failure).hasMessageContaining("user-3").hasMessageContaining("restore it");
      assertThat(failure.connection()).contains(Rows.key(3));
      assertThatThrownBy(() -> fresh.get(renamed)).isInstanceOf(NotConnectedException.class);
      assertThat(swept.refreshed()).isEqualTo(9);
      assertThat(swept.isComplete()).isTrue();
      assertThat(sent).hasValue(9);
      assertThat(reencrypted.failed()).isEmpty();
      assertThat(fresh.statuses(StatusFilter.of(GrantStatus.Kind.ACTIVE), null, 100).items())
          .hasSize(9);
      table.run("UPDATE # SET group_ref = 'acme' WHERE consumer_ref = 'user-3'");
    }

    try (FreshTokens after = builder(table, cipher).renewer(new Renewer()).build()) {
      assertThat(after.get(Rows.key(3)).accessToken()).isNotNull();
      assertThat(after.status(Rows.key(3)).kind()).isEqualTo(GrantStatus.Kind.ACTIVE);
    }
  }
}
