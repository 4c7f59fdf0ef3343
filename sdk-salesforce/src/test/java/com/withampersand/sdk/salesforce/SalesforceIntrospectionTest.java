package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.Introspection;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SalesforceIntrospectionTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant TWO = Instant.parse("2026-11-24T14:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(CLOCK).start();
  private final SalesforceOAuthFlow flow = flow(salesforce.consumerSecret());

  private SalesforceOAuthFlow flow(String consumerSecret) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), consumerSecret)
            .scopes("api", "id", "refresh_token")
            .build();
    return SalesforceOAuthFlow.builder(app, LoginHost.custom(salesforce.uri()))
        .clock(CLOCK)
        .sessionLength(Duration.ofMinutes(30))
        .build();
  }

  private TokenSet connect() {
    AuthorizationRequest request = flow.authorize();
    return flow.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));
  }

  @AfterEach
  void stop() {
    salesforce.close();
  }

  @Test
  void introspect_onTheWire_sendsTheTokenAndTheCredentialsInTheBody() {
    TokenSet tokens = connect();

    Introspection introspection = flow.introspect(tokens);

    List<ReceivedRequest> requests = salesforce.requests("/services/oauth2/introspect");
    assertThat(requests)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.method()).isEqualTo("POST");
              assertThat(request.form().keySet())
                  .isEqualTo(Set.of("token", "client_id", "client_secret"));
              assertThat(request.form("token")).contains(tokens.accessToken().reveal());
              assertThat(request.query()).isEmpty();
            });
    assertThat(introspection.isActive()).isTrue();
    assertThat(introspection.expiry()).isEqualTo(Expiry.known(TWO));
    assertThat(introspection.scopes()).isEqualTo(Scopes.of("api", "id", "refresh_token"));
    assertThat(introspection.clientId()).contains(salesforce.consumerKey());
    assertThat(introspection.username()).contains(salesforce.username());
    assertThat(introspection.subject()).isEqualTo(tokens.attribute("id"));
  }

  @Test
  void r12_withKnownExpiry_activeToken_isKnownAndNothingElseChanges() {
    TokenSet tokens = connect();

    TokenSet known = flow.withKnownExpiry(tokens);

    assertThat(tokens.expiry().certainty()).isEqualTo(Expiry.Certainty.ESTIMATED);
    assertThat(known).isEqualTo(tokens.toBuilder().expiry(Expiry.known(TWO)).build());
  }

  @Test
  void r12_withKnownExpiry_tokenThatHasEnded_makesUpNothing() {
    TokenSet tokens = connect();
    salesforce.expireSessions();

    assertThat(flow.introspect(tokens).isActive()).isFalse();
    assertThat(flow.withKnownExpiry(tokens)).isEqualTo(tokens);
  }

  @Test
  void introspect_wrongSecret_isExplained() {
    TokenSet tokens = connect();
    SalesforceOAuthFlow wrong = flow("WRONGSECRET");

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> wrong.introspect(tokens));

    assertThat(refused.error()).isEqualTo("invalid_client");
    assertThat(refused.remedy()).contains("Consumer Secret");
  }

  @Test
  void userInfoAndIdentity_ofTheFake_nameTheSameUser() {
    TokenSet tokens = connect();

    SalesforceIdentity userInfo = flow.userInfo(tokens);
    SalesforceIdentity identity = flow.identity(tokens);

    assertThat(List.of(userInfo.userId(), identity.userId())).containsOnly(salesforce.userId());
    assertThat(List.of(userInfo.username(), identity.username()))
        .allSatisfy(username -> assertThat(username).contains(salesforce.username()));
  }

  @Test
  void userInfo_ofTheFakeAfterTheSession_isBadOAuthToken() {
    TokenSet tokens = connect();
    salesforce.expireSessions();

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.userInfo(tokens));

    assertThat(refused.error()).isEqualTo("Bad_OAuth_Token");
    assertThat(refused.httpStatus()).hasValue(403);
  }
}
