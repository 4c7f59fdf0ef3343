package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandProxy;
import com.withampersand.sdk.platform.ConnectRequest;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fragments of the guides on Ampersand's proxy and on the fakes. */
@Timeout(60)
class CallThroughProxyTest {
  private static final String QUERY = "/services/data/v65.0/query";

  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final HttpClient http = salesforce.httpClient();
  private AmpersandClient client;

  @BeforeEach
  void connect() {
    // region client
    AmpersandClient client =
        AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
            .transport(HttpTransport.over(salesforce.httpClient()))
            .build();
    // endregion
    this.client = client;
    String app =
        ampersand.addProviderApp(
            "salesforce",
            salesforce.consumerKey(),
            salesforce.consumerSecret(),
            "api",
            "refresh_token");
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");
    ConnectRequest request =
        ConnectRequest.builder(key).providerAppId(app).workspaceRef("acme").build();
    ampersand.complete(salesforce.approve(client.connections().connectUrl(request)));
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("{\"done\":true}"));
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  @Test
  void call_byTheRealAddress_isAnsweredByTheOrg() throws Exception {
    ampersand.addInstallation("sync-accounts", ampersand.connectionIds().get(0));

    HttpResponse<String> accounts = CallThroughProxy.call(client, http);

    assertThat(accounts.statusCode()).isEqualTo(200);
    assertThat(accounts.body()).isEqualTo("{\"done\":true}");
  }

  @Test
  void throttled_askedOfTheRateLimiter_isSaidInAHeader() throws Exception {
    String installation =
        ampersand.addInstallation("sync-accounts", ampersand.connectionIds().get(0));

    int status =
        CallThroughProxy.throttled(client, http)
            .forInstallation(installation)
            .send(QUERY, HttpRequest.Builder::GET)
            .statusCode();

    assertThat(status).isEqualTo(200);
    assertThat(ampersand.requests(QUERY).get(0).header("X-Amp-Rate-Limiter-Mode")).isPresent();
  }

  @Test
  void nextProxyCall_throttledWithoutTheLimiter_isReturned() throws Exception {
    // region tests
    String connection = ampersand.connectionIds().get(0); // of a FakeAmpersand
    String installation = ampersand.addInstallation("sync-accounts", connection);
    AmpersandProxy proxy =
        AmpersandProxy.builder(client, http).baseUrl(ampersand.apiProxyUri()).build();

    ampersand.nextProxyCall(
        Fault.respond(429).header("X-Amp-Retryable", "true").header("X-Amp-Retry-After", "7"));
    // endregion

    assertThat(
            proxy.forInstallation(installation).send(QUERY, HttpRequest.Builder::GET).statusCode())
        .isEqualTo(429);
  }
}
