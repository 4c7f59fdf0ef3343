package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class GrantRulesTest {
  private static final String NEW_INSTANCE = "https://acme-renamed.my.salesforce.com";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.of(
          SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
              .scopes("api", "refresh_token")
              .build(),
          LoginHost.custom(salesforce.uri()));

  private final Logger logger = (Logger) LoggerFactory.getLogger(GrantRules.class);
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

  private void answer(String members) {
    salesforce.nextTokenRequest(
        Fault.respond(
            200, "application/json", "{\"access_token\":\"00DNEW!ACCESS\"" + members + "}"));
  }

  private TokenSet exchange() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    return flow.exchange(request, callback);
  }

  private TokenSet exchangeAnsweredWith(String members) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    answer(members);
    return flow.exchange(request, callback);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.com",
        "http://acme.my.salesforce.com",
        "https://acme.my.salesforce.com@evil.com",
        "https://acme.my.site.com",
        "nonsense"
      })
  void r05_exchange_foreignInstance_isRefusedBeforeAnythingIsStored(String instance) {
    ProtocolException refused =
        catchThrowableOfType(
            ProtocolException.class,
            () ->
                exchangeAnsweredWith(
                    ",\"refresh_token\":\"5AepR\",\"instance_url\":\"" + instance + "\""));

    assertThat(refused.isOutcomeUnknown()).isTrue();
    assertThat(refused).hasMessageContaining("instance").hasMessageContaining("LoginHost.custom");
  }

  @Test
  void exchange_answerWithoutInstance_isTaken() {
    TokenSet tokens = exchangeAnsweredWith(",\"refresh_token\":\"5AepR\"");

    assertThat(SalesforceTokens.of(tokens).instanceUrl()).isEmpty();
  }

  @Test
  void refresh_orgMovedWithinSalesforce_isFollowed() {
    TokenSet tokens = exchange();
    answer(",\"instance_url\":\"" + NEW_INSTANCE + "\"");

    TokenSet refreshed = flow.refresh(tokens);

    assertThat(SalesforceTokens.of(refreshed).instanceUrl()).contains(URI.create(NEW_INSTANCE));
    assertThat(log.list).isEmpty();
  }

  @Test
  void r10_refresh_foreignInstance_keepsTheNewTokensAndTheInstanceKnownBeforeAndWarns() {
    TokenSet tokens = exchange();
    answer(
        ",\"refresh_token\":\"5AepROTATED\",\"instance_url\":\"https://evil.com/x?token=5AepROTATED\"");

    TokenSet refreshed = flow.refresh(tokens);

    assertThat(refreshed.accessToken()).isEqualTo(Secret.of("00DNEW!ACCESS"));
    assertThat(refreshed.refreshToken()).contains(Secret.of("5AepROTATED"));
    assertThat(SalesforceTokens.of(refreshed, LoginHost.custom(salesforce.uri())).instanceUrl())
        .contains(salesforce.uri());
    assertThat(log.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.WARN);
              assertThat(event.getFormattedMessage())
                  .contains("evil.com", "LoginHost.custom")
                  .doesNotContain("5AepROTATED", "00DNEW!ACCESS");
            });
  }

  @Test
  void r10_refresh_foreignInstanceAndNoneKnown_keepsTheTokensAndHandsOutNone() {
    TokenSet tokens =
        TokenSet.builder(Secret.of("old"), Instant.EPOCH).refreshToken(Secret.of("5AepR")).build();
    answer(",\"refresh_token\":\"5AepROTATED\",\"instance_url\":\"https://evil.com\"");

    SalesforceTokens refreshed = SalesforceTokens.of(flow.refresh(tokens));

    assertThat(refreshed.tokens().refreshToken()).contains(Secret.of("5AepROTATED"));
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(refreshed::instanceUrl);
  }

  @Test
  void exchange_noRefreshToken_namesTheAdministratorsPage() {
    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> exchangeAnsweredWith(""));

    assertThat(refused.error()).isEqualTo("no_refresh_token");
    assertThat(refused.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
    assertThat(refused.needsReauthorization()).isTrue();
    assertThat(refused.reason()).isEqualTo(Reason.MISCONFIGURED);
    assertThat(refused.remedy())
        .contains("Perform requests at any time", "Immediately expire refresh token");
    assertThat(refused).hasMessageContaining("host localhost");
  }

  @Test
  void exchange_answerWithoutScope_missesNothing() {
    SalesforceTokens tokens =
        SalesforceTokens.of(exchangeAnsweredWith(",\"refresh_token\":\"5AepR\""));

    assertThat(tokens.missing(Scopes.of("api", "refresh_token"))).isEmpty();
  }

  @Test
  void exchange_fewerScopesThanAskedFor_areReported() {
    SalesforceTokens tokens =
        SalesforceTokens.of(
            exchangeAnsweredWith(",\"refresh_token\":\"5AepR\",\"scope\":\"refresh_token id\""));

    assertThat(tokens.missing(Scopes.of("api", "refresh_token"))).isEqualTo(Scopes.of("api"));
  }

  @ParameterizedTest
  @CsvSource({
    "api id refresh_token, refresh_token id api, ''",
    "api, '', ''",
    "api web, web, api",
    "API, api, API",
    "api refresh_token, api, ''",
    "api offline_access, api refresh_token, ''",
    "chatter_api visualforce, api web, ''",
    "chatter_api visualforce, web, chatter_api",
    "api web chatter_api my_custom cdp_query_api offline_access, full, ''",
    "full, api web, full",
    "id, profile, ''",
    "email address phone, id, ''",
    "openid, id, openid",
    "my_custom, api, my_custom"
  })
  void missing_whatWasAskedForAndGranted_isComparedBySense(
      String requested, String granted, String missing) {
    SalesforceTokens tokens =
        SalesforceTokens.of(
            TokenSet.builder(Secret.of("access"), Instant.EPOCH)
                .refreshToken(Secret.of("refresh"))
                .scopes(Scopes.parse(granted))
                .build());

    assertThat(tokens.missing(Scopes.parse(requested))).isEqualTo(Scopes.parse(missing));
  }

  @ParameterizedTest
  @ValueSource(strings = {"refresh_token", "offline_access"})
  void missing_noRefreshTokenInTheAnswer_isMissingWhateverTheScopesSay(String scope) {
    SalesforceTokens tokens =
        SalesforceTokens.of(
            TokenSet.builder(Secret.of("access"), Instant.EPOCH)
                .scopes(Scopes.of("full", "refresh_token"))
                .build());

    assertThat(tokens.missing(Scopes.of("api", scope))).isEqualTo(Scopes.of(scope));
  }
}
