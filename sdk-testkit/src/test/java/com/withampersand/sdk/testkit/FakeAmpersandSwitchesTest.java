package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static com.withampersand.sdk.testkit.ApiClient.each;
import static com.withampersand.sdk.testkit.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeAmpersandSwitchesTest {
  private static final String APP =
      "{\"provider\":\"salesforce\",\"clientId\":\"key\",\"clientSecret\":\"secret\"}";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final ApiClient client = new ApiClient(ampersand);
  private final String apps = client.project("/provider-apps");

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  @Test
  void nextRequest_respond_answersInTurnWithoutCarryingOut() throws Exception {
    ampersand.nextRequest(Fault.respond(200, "text/html", "<h1>Hello</h1>").header("X-A", "b"));
    ampersand.nextRequest(Fault.respond(503));

    HttpResponse<String> first = client.post(apps, APP);
    HttpResponse<String> second = client.post(apps, APP);
    HttpResponse<String> third = client.get(apps);

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo("<h1>Hello</h1>");
    assertThat(first.headers().firstValue("Content-Type")).contains("text/html");
    assertThat(first.headers().firstValue("X-A")).contains("b");
    assertThat(second.statusCode()).isEqualTo(503);
    assertThat(second.headers().firstValue("Content-Type")).isEmpty();
    assertThat(third.body()).isEqualTo("[]");
    assertThat(ampersand.requests()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void failNextAndProblem_answerAProblemDocument(int status) throws Exception {
    ampersand.failNext(status);
    ampersand.nextRequest(Fault.problem(status, true));

    HttpResponse<String> first = client.get(apps);

    assertThat(first.statusCode()).isEqualTo(status);
    assertThat(first.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(first).path("status").asInt()).isEqualTo(status);
    assertThat(at(first, "/retryable")).isEqualTo("false");
    assertThat(at(client.get(apps), "/retryable")).isEqualTo("true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "Tue, 24 Nov 2026 12:00:00 GMT"})
  void nextRequest_problemWithRetryAfter_setsTheHeader(String retryAfter) throws Exception {
    ampersand.nextRequest(Fault.problem(429, true).header("Retry-After", retryAfter));

    HttpResponse<String> response = client.post(apps, APP);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains(retryAfter);
    assertThat(json(response).has("retryAfter")).isFalse();
    assertThat(ampersand.providerAppIds()).isEmpty();
  }

  @Test
  void nextRequest_dropRequest_cutsWithoutCarryingOut() throws Exception {
    ampersand.nextRequest(Fault.dropRequest());

    assertThatIOException().isThrownBy(() -> client.post(apps, APP));

    assertThat(ampersand.providerAppIds()).isEmpty();
    assertThat(ampersand.requests()).hasSize(1);
    assertThat(client.post(apps, APP).statusCode()).isEqualTo(200);
  }

  @Test
  void nextRequest_loseAnswer_carriesOutAndCuts() throws Exception {
    ampersand.nextRequest(Fault.loseAnswer());

    assertThatIOException().isThrownBy(() -> client.post(apps, APP));

    assertThat(ampersand.providerAppIds()).hasSize(1);
    assertThat(each(client.get(apps), "/clientId")).containsExactly("key");
  }

  @Test
  void nextRequest_truncateAnswer_carriesOutAndCutsInTheBody() throws Exception {
    ampersand.nextRequest(Fault.truncateAnswer());

    assertThatIOException().isThrownBy(() -> client.post(apps, APP));

    assertThat(ampersand.providerAppIds()).hasSize(1);
    assertThat(client.get(apps).statusCode()).isEqualTo(200);
  }

  @Test
  void nextRequest_holdRequest_isNotCarriedOutBeforeTheRelease() throws Exception {
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<HttpResponse<String>> held = pool.submit(() -> client.post(apps, APP));
      gate.awaitArrived(1);
      ampersand.addProviderApp("salesforce", "theirs", "secret");
      gate.release();

      assertThat(held.get().statusCode()).isEqualTo(200);
      assertThat(each(client.get(apps), "/clientId")).containsExactly("theirs", "key");
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void nextRequest_holdRequest_doesNotKeepTheFakeFromClosing() {
    ampersand.nextRequest(Fault.holdRequest(new Gate()));

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(() -> client.send(client.request(apps).timeout(Duration.ofMillis(50))));

    ampersand.close();
    assertThatIOException().isThrownBy(() -> client.get(apps));
  }

  @Test
  void everyRequest_delayAnswer_lastsUntilItIsEnded() throws Exception {
    ampersand.everyRequest(request -> true, Fault.delayAnswer(Duration.ofMinutes(1)));

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(() -> client.send(client.request(apps).GET().timeout(Duration.ofMillis(200))));

    ampersand.everyRequest(request -> true, Fault.none());
    assertThat(client.get(apps).body()).isEqualTo("[]");
  }

  @Test
  void extendAnswers_addsMembersAndValuesThatNobodyKnows() throws Exception {
    String id = connected();
    ampersand.extendAnswers(true);

    JsonNode connection = json(client.get(client.connection(id) + "?includeRefreshToken=true"));
    JsonNode list = json(client.get(apps));
    JsonNode catalog = json(client.get("/providers"));
    JsonNode problem = json(client.get(client.connection("none")));

    assertThat(connection.path("status").asText()).isEqualTo("added_later");
    assertThat(connection.path("authScheme").asText()).isEqualTo("added_later");
    assertThat(connection.has("addedLater")).isTrue();
    assertThat(connection.path("group").has("addedLater")).isTrue();
    assertThat(connection.at("/oauth2AuthorizationCode/accessToken").has("addedLater")).isTrue();
    assertThat(list.path(0).has("addedLater")).isTrue();
    assertThat(catalog.fieldNames()).toIterable().doesNotContain("addedLater");
    assertThat(catalog.at("/salesforce/authType").asText()).isEqualTo("added_later");
    assertThat(catalog.at("/salesforce/oauth2Opts/authURLParams")).hasSize(1);
    assertThat(problem.path("status").asInt()).isEqualTo(404);
    assertThat(problem.has("addedLater")).isTrue();
    assertThat(client.connect("acme", "jane").body()).startsWith(salesforce.uri().toString());
    assertThat(ampersand.connectionStatus(id)).isEqualTo("working");
    ampersand.extendAnswers(false);
    assertThat(at(client.get(client.connection(id)), "/status")).isEqualTo("working");
  }

  private String connected() throws Exception {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
    URI url = URI.create(client.connect("acme", "jane").body());
    ampersand.complete(salesforce.approve(url));
    return ampersand.connectionIds().get(0);
  }

  @Test
  void switches_leaveTheCallbackAlone() throws Exception {
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
    URI callback = salesforce.approve(URI.create(client.connect("acme", "jane").body()));
    ampersand.nextRequest(Fault.problem(503, true));

    ampersand.complete(callback);

    assertThat(ampersand.connectionIds()).hasSize(1);
    assertThat(client.get(apps).statusCode()).isEqualTo(503);
  }

  @Test
  void nextRequestsAndEveryRequest_meetFaultsAsSalesforcesDo() throws Exception {
    ampersand.nextRequests(2, Fault.none().header("X-A", "b"));
    ampersand.everyRequest(request -> request.path().endsWith(apps), Fault.respond(503));

    HttpResponse<String> both = client.get(apps);
    HttpResponse<String> one = client.get(client.project("/connections"));
    ampersand.everyRequest(request -> true, Fault.none());
    HttpResponse<String> none = client.get(apps);

    assertThat(both.statusCode()).isEqualTo(503);
    assertThat(both.headers().firstValue("X-A")).contains("b");
    assertThat(one.statusCode()).isEqualTo(200);
    assertThat(one.headers().firstValue("X-A")).contains("b");
    assertThat(none.statusCode()).isEqualTo(200);
    assertThat(none.headers().firstValue("X-A")).isEmpty();
  }
}
