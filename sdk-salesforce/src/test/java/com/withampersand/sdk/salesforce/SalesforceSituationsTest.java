package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import com.withampersand.sdk.salesforce.error.SalesforceRefusal;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Situation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a connection meets in the course of the years, and what the SDK makes of it. */
class SalesforceSituationsTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private static SalesforceOAuthFlow flow(FakeSalesforce salesforce) {
    SalesforceApp app =
        SalesforceApp.builder(
                salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
            .scopes("id", "refresh_token", "api")
            .build();
    return SalesforceOAuthFlow.of(app, LoginHost.custom(salesforce.uri()));
  }

  private static TokenSet connect(FakeSalesforce salesforce) {
    SalesforceOAuthFlow flow = flow(salesforce);
    AuthorizationRequest request = flow.authorize();
    return flow.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));
  }

  private OAuthException refusedRefresh(TokenSet tokens) {
    return catchThrowableOfType(OAuthException.class, () -> flow(salesforce).refresh(tokens));
  }

  private static SalesforceRefusal call(TokenSet tokens) throws Exception {
    URI limits =
        URI.create(tokens.attribute("instance_url").orElseThrow() + "/services/data/v65.0/limits");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(limits)
                    .header("Authorization", "Bearer " + tokens.accessToken().reveal())
                    .build(),
                BodyHandlers.ofString());
    return SalesforceRefusal.of(answer.statusCode(), answer.body());
  }

  @ParameterizedTest
  @CsvSource({
    "LOGIN_RATE_EXCEEDED, login-rate-exceeded, THROTTLED, TOO_MANY_REQUESTS",
    "ADDRESS_BLOCKED, address-or-hour-not-allowed, BLOCKED, IP_BLOCKED",
    "USER_INACTIVE, inactive-user, BLOCKED, USER_INACTIVE",
    "APP_BLOCKED, refresh-token-not-accepted, FINAL, REVOKED_OR_EXPIRED"
  })
  void refresh_inTheSituation_isExplained(
      Situation situation, String heading, Verdict verdict, Reason reason) {
    TokenSet tokens = connect(salesforce);

    salesforce.set(situation, true);

    OAuthException refused = refusedRefresh(tokens);
    assertThat(refused.topic()).contains("errors.md#" + heading);
    assertThat(refused.verdict()).isEqualTo(verdict);
    assertThat(refused.reason()).isEqualTo(reason);
    assertThat(refused.getMessage()).endsWith("status 400, see errors.md#" + heading + "]");
  }

  @ParameterizedTest
  @CsvSource({
    "USER_INACTIVE, inactive-user",
    "APP_BLOCKED, app-blocked",
    "EXTERNAL_CLIENT_APP_NOT_INSTALLED, external-client-app-not-installed"
  })
  void exchange_inTheSituation_isExplainedFromTheCallback(Situation situation, String heading) {
    salesforce.set(situation, true);
    AuthorizationRequest request = flow(salesforce).authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));

    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> flow(salesforce).exchange(request, callback));

    assertThat(refused.topic()).contains("errors.md#" + heading);
  }

  @Test
  void explain_addressOfThePageForAnAppThatIsNotInstalled_namesTheInstallation() {
    salesforce.set(Situation.APP_NOT_INSTALLED, true);
    URI url = flow(salesforce).authorize().url();

    IllegalStateException page =
        catchThrowableOfType(IllegalStateException.class, () -> salesforce.approve(url));

    SalesforceError error = SalesforceError.explain(page.toString()).orElseThrow();
    assertThat(error.topic()).isEqualTo("errors.md#approval-error-without-a-reason");
    assertThat(error.causes().get(0)).contains("not installed");
  }

  @Test
  void refresh_afterFiveMoreApprovals_listsTheLimitAmongTheCauses() {
    salesforce.set(Situation.FIVE_APPROVALS, true);
    TokenSet first = connect(salesforce);
    for (int i = 0; i < 5; i++) {
      connect(salesforce);
    }

    OAuthException refused = refusedRefresh(first);

    assertThat(refused.needsReauthorization()).isTrue();
    assertThat(refused.causes()).hasSize(6).anyMatch(cause -> cause.contains("five times"));
    assertThat(refused.getMessage()).contains("Causes, the likeliest first: ", "five times");
  }

  @Test
  void refresh_duringMaintenance_mayBeTriedLaterAndLosesNothing() throws Exception {
    TokenSet tokens = connect(salesforce);
    salesforce.set(Situation.MAINTENANCE, true);

    TransportException failed =
        catchThrowableOfType(TransportException.class, () -> flow(salesforce).refresh(tokens));

    assertThat(failed).hasMessageContaining("a web page");
    assertThat(call(tokens).error().topic()).isEqualTo("errors.md#salesforce-in-trouble");
    assertThat(call(tokens).isFixedByRefresh()).isFalse();
    salesforce.set(Situation.MAINTENANCE, false);
    assertThat(flow(salesforce).refresh(tokens).accessToken()).isNotNull();
  }

  @Test
  void refresh_afterAMove_bringsTheNewInstance() throws Exception {
    TokenSet tokens = connect(salesforce);
    URI moved = salesforce.moveInstance();
    assertThat(call(tokens).isFixedByRefresh()).isTrue();

    TokenSet refreshed = flow(salesforce).refresh(tokens);

    assertThat(refreshed.attribute("instance_url")).contains(moved.toString());
    TokenSet oldHost =
        refreshed.toBuilder().attribute("instance_url", salesforce.uri().toString()).build();
    assertThat(call(oldHost).error().causes().get(1)).contains("another host");
  }

  @Test
  void refresh_jwtAccessTokens_knowsWhenTheyEnd() {
    salesforce.set(Situation.JWT_ACCESS_TOKENS, true);

    Expiry expiry = connect(salesforce).expiry();

    assertThat(expiry.certainty()).isEqualTo(Expiry.Certainty.KNOWN);
    assertThat(expiry.instant().orElseThrow())
        .isCloseTo(Instant.now().plus(Duration.ofHours(2)), within(10, ChronoUnit.MINUTES));
  }

  @Test
  void refresh_idleForTooLong_namesThePolicy() {
    SettableClock clock = new SettableClock();
    try (FakeSalesforce idle = FakeSalesforce.builder().clock(clock).start()) {
      idle.set(Situation.IDLE_LIMIT, true);
      TokenSet tokens = connect(idle);
      clock.now = clock.now.plus(Duration.ofDays(30));

      OAuthException refused =
          catchThrowableOfType(OAuthException.class, () -> flow(idle).refresh(tokens));

      assertThat(refused.topic()).contains("errors.md#refresh-token-past-its-policy");
    }
  }

  private static final class SettableClock extends Clock {
    private volatile Instant now = Instant.parse("2026-11-24T12:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void refusal_grantWithoutApiScope_isNoMatterForARefresh() throws Exception {
    try (FakeSalesforce without = FakeSalesforce.builder().scopes("id", "refresh_token").start()) {
      SalesforceApp app =
          SalesforceApp.builder(without.consumerKey(), without.consumerSecret())
              .scopes("id", "refresh_token")
              .build();
      SalesforceOAuthFlow flow = SalesforceOAuthFlow.of(app, LoginHost.custom(without.uri()));
      AuthorizationRequest request = flow.authorize();
      TokenSet tokens =
          flow.exchange(request, AuthorizationCallback.fromUri(without.approve(request.url())));

      SalesforceRefusal refusal = call(tokens);

      assertThat(refusal.isFixedByRefresh()).isFalse();
      assertThat(refusal.error().topic()).isEqualTo("errors.md#api-scope-missing");
    }
  }
}
