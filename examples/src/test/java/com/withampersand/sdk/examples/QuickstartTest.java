package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuickstartTest {
  private static final String TOKEN = "/services/oauth2/token";

  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void main_runsToTheEnd() throws Exception {
    Quickstart.main(new String[0]);
  }

  @Test
  void ownCallback_exchangesWithPkceAndRefreshesOnce() throws Exception {
    Quickstart.ownCallback(salesforce, out);

    List<ReceivedRequest> toTokenEndpoint = salesforce.requests(TOKEN);
    assertThat(toTokenEndpoint)
        .extracting(request -> request.form("grant_type").orElse(""))
        .containsExactly("authorization_code", "refresh_token", "refresh_token");
    assertThat(toTokenEndpoint.get(0).form("code_verifier")).isPresent();
    assertThat(salesforce.grants()).extracting(IssuedGrant::refreshes).containsExactly(1);
  }

  @Test
  void ownCallback_callsAgainAfterTheSessionEnded() throws Exception {
    Quickstart.ownCallback(salesforce, out);

    assertThat(salesforce.requests("/services/data/v65.0/limits"))
        .as("a call, a refused call, its retry, and a call with a revoked token")
        .hasSize(4);
    assertThat(printed()).containsPattern("refresh +access token (\\S+) in place of (?!\\1)");
  }

  @Test
  void ownCallback_revokesAtSalesforceAndProvesIt() throws Exception {
    Quickstart.ownCallback(salesforce, out);

    assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(false);
    assertThat(salesforce.requests("/services/oauth2/revoke")).hasSize(1);
    assertThat(printed())
        .contains("the store says ABSENT")
        .contains("the access token answers 401, and a refresh answers invalid_grant");
  }

  @Test
  void ownCallback_printsNoSecret() throws Exception {
    Quickstart.ownCallback(salesforce, out);

    assertThat(printed())
        .doesNotContain(salesforce.consumerSecret())
        .doesNotContain(salesforce.grants().get(0).accessToken())
        .doesNotContain(salesforce.grants().get(0).refreshToken());
  }

  @Test
  void ownCallback_salesforceIsDown_throws() {
    salesforce.everyApiCall(Fault.respond(503));

    assertThatIOException()
        .isThrownBy(() -> Quickstart.ownCallback(salesforce, out))
        .withMessageContaining("503");
  }

  @Test
  void ampersandsCallback_registersOnceAndConnects() throws Exception {
    Quickstart.ampersandsCallback(salesforce, ampersand, out);

    assertThat(ampersand.providerAppIds()).hasSize(1);
    assertThat(printed())
        .contains("the provider app is created")
        .contains("has appeared, and is working")
        .contains("the provider app is unchanged");
  }

  @Test
  void ampersandsCallback_isRenewedByAmpersandAndConsentedToAgain() throws Exception {
    Quickstart.ampersandsCallback(salesforce, ampersand, out);

    assertThat(ampersand.connectionIds())
        .singleElement()
        .satisfies(id -> assertThat(ampersand.connectionStatus(id)).isEqualTo("working"));
    assertThat(salesforce.grants()).extracting(IssuedGrant::isAlive).containsExactly(false, true);
    assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
    assertThat(printed()).contains("revoked: NEEDS_CONSENT; after consent: WORKING");
  }

  @Test
  void ampersandsCallback_ampersandRefuses_throws() {
    ampersand.failNext(403);

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> Quickstart.ampersandsCallback(salesforce, ampersand, out));
  }
}
