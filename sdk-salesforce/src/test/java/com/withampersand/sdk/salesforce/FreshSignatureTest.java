package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A refresh whose answer another secret has signed, from the provider to the store. */
class FreshSignatureTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  private final FakeSalesforce salesforce =
      FakeSalesforce.builder()
          .refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE)
          .start();
  private volatile String secret = salesforce.consumerSecret();
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.of(
          SalesforceApp.builder(salesforce.consumerKey(), () -> Secret.of(secret))
              .scopes("api", "id", "refresh_token")
              .build(),
          LoginHost.custom(salesforce.uri()));
  private final InMemoryTokenStore store = new InMemoryTokenStore();
  private final TokenCipher cipher = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));

  private final Logger logger = (Logger) LoggerFactory.getLogger("com.withampersand.sdk.oauth");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
  }

  @AfterEach
  void stop() {
    logger.setAdditive(true);
    logger.detachAppender(log);
    salesforce.close();
  }

  private FreshTokens fresh() {
    return FreshTokens.builder(store, cipher).renewer(flow).build();
  }

  @Test
  void refresh_stagedSecretIsDeployedAndTheFirstOneSigns_keepsTheRotatedTokensAndTheOldIdentity() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    TokenSet consent = flow.exchange(request, callback);
    String staged = salesforce.stageConsumerSecret();
    try (FreshTokens a = fresh();
        FreshTokens b = fresh()) {
      a.save(ADA, consent);
      secret = staged;

      TokenSet refreshed = a.refresh(ADA);

      assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
      assertThat(refreshed.refreshToken()).isNotEqualTo(consent.refreshToken());
      assertThat(refreshed.attribute("id")).isPresent().isEqualTo(consent.attribute("id"));
      assertThat(refreshed.attribute("instance_url"))
          .isPresent()
          .isEqualTo(consent.attribute("instance_url"));
      assertThat(b.get(ADA)).isEqualTo(refreshed);
      assertThat(b.status(ADA).kind()).isEqualTo(GrantStatus.Kind.ACTIVE);
      assertThat(log.list)
          .filteredOn(event -> event.getLevel() == Level.WARN)
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.getFormattedMessage())
                      .contains("another secret of this app")
                      .doesNotContain(refreshed.accessToken().reveal()));
      assertThat(b.refresh(ADA).refreshToken()).isNotEqualTo(refreshed.refreshToken());
    }
  }
}
