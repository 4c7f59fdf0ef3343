package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeAmpersandProxyTest {
  private static final String QUERY = "/services/data/v65.0/query";

  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final FakeOrg beta = salesforce.addOrg("beta");
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private String connection = "";

  @BeforeEach
  void connect() throws Exception {
    ampersand.addProviderApp(
        "salesforce",
        salesforce.consumerKey(),
        salesforce.consumerSecret(),
        "api",
        "refresh_token");
    String body =
        """
        {"projectIdOrName":"%s","provider":"salesforce","groupRef":"b","consumerRef":"jane",
         "providerWorkspaceRef":"beta"}
        """
            .formatted(ampersand.projectId());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(ampersand.apiUri() + "/oauth-connect"))
            .header("X-Api-Key", ampersand.apiKey())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    String url = client.send(request, BodyHandlers.ofString()).body();
    ampersand.complete(beta.approve(URI.create(url)));
    connection = ampersand.connectionIds().get(0);
    beta.answer(
        "POST",
        QUERY,
        call ->
            FakeResponse.json(201, call.request().body() + call.request().query("q").orElse(""))
                .header("Sforce-Limit-Info", "api-usage=1/100"));
    headers.put("X-Amp-Proxy-Version", "1");
    headers.put("X-Amp-Project-Id", ampersand.projectId());
    headers.put("X-Api-Key", ampersand.apiKey());
    headers.put("X-Amp-Installation-Id", ampersand.addInstallation("sync", connection));
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private HttpResponse<String> call(HttpClient by, URI proxy) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(proxy + QUERY + "?q=a%20%26b"))
            .header("Content-Type", "text/csv")
            .header("Authorization", "Bearer stray")
            .POST(BodyPublishers.ofString("body "));
    headers.forEach(request::header);
    return by.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> call() throws Exception {
    return call(client, ampersand.apiProxyUri());
  }

  @Test
  void call_ofAnInstallation_reachesItsOrgWithATokenAndWithoutTheKey() throws Exception {
    HttpResponse<String> response = call();

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("body a &b");
    assertThat(response.headers().firstValue("Sforce-Limit-Info")).contains("api-usage=1/100");
    assertThat(beta.requests(QUERY))
        .singleElement()
        .satisfies(
            received -> {
              assertThat(received.bearer()).contains(beta.grants().get(0).accessToken());
              assertThat(received.header("Content-Type")).contains("text/csv");
              assertThat(received.headers().toString()).doesNotContainIgnoringCase("x-a", "stray");
            });
  }

  @Test
  void call_atTheRealName_isServedUntilAmpersandIsClosed() throws Exception {
    URI real = URI.create("https://proxy.withampersand.com");

    assertThat(call(salesforce.httpClient(), real).statusCode()).isEqualTo(201);
    ampersand.close();

    assertThatIOException().isThrownBy(() -> call(salesforce.httpClient(), real));
    assertThatIOException().isThrownBy(this::call);
  }

  @Test
  void call_byIntegrationAndGroup_findsTheInstallation() throws Exception {
    headers.remove("X-Amp-Installation-Id");
    headers.put("X-Amp-Integration-Name", "sync");
    headers.put("X-Amp-Group-Ref", "b");

    assertThat(call().statusCode()).isEqualTo(201);
  }

  @Test
  void call_sessionHasEnded_isSentOnAgainWithAFreshToken() throws Exception {
    salesforce.expireSessions();

    assertThat(call().statusCode()).isEqualTo(201);
    assertThat(ampersand.refreshCount(connection)).isEqualTo(1);
  }

  @Test
  void call_grantHasEnded_isAnsweredAsSalesforceAnswers() throws Exception {
    beta.revokeAll();

    assertThat(call().statusCode()).isEqualTo(401);
    assertThat(ampersand.connectionStatus(connection)).isEqualTo("bad_credentials");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Amp-Project-Id, acme-staging, 404",
    "X-Amp-Installation-Id, unknown, 404",
    "X-Amp-Proxy-Version, 2, 400",
    "X-Api-Key, unknown, 401"
  })
  void call_wrongHeader_isRefusedByAProblem(String name, String value, int status)
      throws Exception {
    headers.put(name, value);

    HttpResponse<String> response = call();

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("subsystem").asText()).isEqualTo("api");
    assertThat(beta.requests(QUERY)).isEmpty();
  }

  @Test
  void call_salesforceDoesNotAnswer_isABadGateway() throws Exception {
    beta.nextApiCall(Fault.dropRequest());

    assertThat(call().statusCode()).isEqualTo(502);
  }

  @Test
  void nextProxyCall_fault_doesNotMeetRequestsToTheApi() throws Exception {
    ampersand.nextProxyCall(Fault.respond(429));
    ampersand.failNext(503);

    assertThat(call().statusCode()).isEqualTo(429);
    assertThat(call().statusCode()).isEqualTo(201);
  }

  @Test
  void addInstallation_unknownConnection_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ampersand.addInstallation("sync", "no"));
  }
}
