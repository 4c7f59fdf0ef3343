package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The figures of the guide on rotation: 200 threads find that a session has ended. */
@Timeout(120)
class RotatingGrantTest {
  private static final int THREADS = 200;
  private static final String LIMITS = "/services/data/v65.0/limits";
  private static final ConnectionKey ACME = new ConnectionKey("salesforce", "acme", "admin");

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final FakeSalesforce salesforce =
      FakeSalesforce.builder()
          .refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE)
          .start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final IssuedGrant grant = acme.issueGrant();
  private final HttpClient client = salesforce.httpClient();

  @AfterEach
  void stop() {
    threads.shutdownNow();
    salesforce.close();
  }

  private List<Future<Integer>> onEachThread(Callable<Integer> call) throws InterruptedException {
    return threads.invokeAll(Collections.nCopies(THREADS, call));
  }

  private static int count(List<Future<Integer>> answers, int status) throws Exception {
    int count = 0;
    for (Future<Integer> answer : answers) {
      count += answer.get() == status ? 1 : 0;
    }
    return count;
  }

  private HttpResponse<String> refresh(String refreshToken)
      throws IOException, InterruptedException {
    String form =
        "grant_type=refresh_token&refresh_token="
            + refreshToken
            + "&client_id="
            + salesforce.consumerKey()
            + "&client_secret="
            + salesforce.consumerSecret();
    return client.send(
        HttpRequest.newBuilder(acme.myDomain().resolve("/services/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void plainClient_eachThreadRefreshes_grantEnds() throws Exception {
    String stored = grant.refreshToken();

    List<Future<Integer>> answers = onEachThread(() -> refresh(stored).statusCode());

    assertThat(count(answers, 200)).isEqualTo(1);
    assertThat(count(answers, 400)).isEqualTo(199);
    HttpResponse<String> after = refresh(grant.refreshToken());
    assertThat(after.body()).as("the newest token").contains("expired access/refresh token");
  }

  private FreshTokens process(TokenStore store, TokenCipher cipher) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api refresh_token")
            .build();
    return FreshTokens.builder(store, cipher)
        .renewer(SalesforceOAuthFlow.builder(app).transport(HttpTransport.over(client)).build())
        .build();
  }

  @Test
  void freshTokens_twoProcesses_sendOneRefreshAndAllCallsSucceed() throws Exception {
    TokenStore store = new InMemoryTokenStore();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
    try (FreshTokens one = process(store, cipher);
        FreshTokens two = process(store, cipher)) {
      one.save(
          ACME,
          TokenSet.builder(Secret.of(grant.accessToken()), Instant.now())
              .refreshToken(Secret.of(grant.refreshToken()))
              .issuer(acme.myDomain())
              .clientId(salesforce.consumerKey())
              .attribute("instance_url", acme.instanceUri().toString())
              .build());
      List<SalesforceHttp> processes =
          List.of(SalesforceHttp.of(one, client), SalesforceHttp.of(two, client));
      salesforce.expireSessions();

      AtomicInteger turn = new AtomicInteger();
      List<Future<Integer>> answers =
          onEachThread(
              () ->
                  processes
                      .get(turn.getAndIncrement() % 2)
                      .at(ACME)
                      .send(LIMITS, HttpRequest.Builder::GET)
                      .statusCode());

      assertThat(count(answers, 200)).isEqualTo(THREADS);
      assertThat(grant.presented()).containsExactly(1);
      assertThat(two.status(ACME).kind()).isEqualTo(Kind.ACTIVE);
    }
  }
}
