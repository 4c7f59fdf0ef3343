package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiAnswersTest {
  private static final String QUERY = "/services/data/v65.0/query";
  private static final String ACCOUNT = "/services/data/v65.0/sobjects/Account/";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceClient client = new SalesforceClient(salesforce);
  private final IssuedGrant grant = salesforce.issueGrant();

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.get(path, grant.accessToken());
  }

  // Handlers

  @Test
  void answer_query_seesTheRequestAndTheUser() throws Exception {
    salesforce.answer(
        "GET",
        QUERY,
        call ->
            FakeResponse.json(
                "{\"query\":\"%s\",\"org\":\"%s\",\"user\":\"%s\"}"
                    .formatted(
                        call.request().query("q").orElse(""),
                        call.org().name(),
                        call.user().username())));

    HttpResponse<String> response = get(QUERY + "?q=SELECT+Id+FROM+Account");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(member(response, "query")).contains("SELECT Id FROM Account");
    assertThat(member(response, "org")).contains("first-org");
    assertThat(member(response, "user")).contains(salesforce.username());
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/json");
    assertThat(response.headers().firstValue("Sforce-Limit-Info")).contains("api-usage=1/15000");
  }

  @Test
  void answer_methodAndBody_areTheRequests() throws Exception {
    salesforce.answer(
        "PATCH",
        ACCOUNT + "*",
        call -> FakeResponse.empty(204).header("X-Got", call.request().body()));

    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(salesforce.uri().resolve(ACCOUNT + "001"))
                .header("Authorization", "Bearer " + grant.accessToken())
                .method("PATCH", BodyPublishers.ofString("{}")));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.headers().firstValue("X-Got")).contains("{}");
    assertThat(get(ACCOUNT + "001").statusCode()).isEqualTo(404);
  }

  @Test
  void answer_tokenIsNotGood_isRefusedAndTheHandlerIsNotAsked() throws Exception {
    salesforce.answer(
        "GET",
        QUERY,
        call -> {
          throw new AssertionError("asked");
        });
    salesforce.expireSessions();

    assertThat(get(QUERY).statusCode()).isEqualTo(401);
    assertThat(get(QUERY).body()).contains("INVALID_SESSION_ID");
    assertThat(client.get(QUERY, "").statusCode()).isEqualTo(401);
  }

  @Test
  void answer_handlerFails_is500WithTheReason() throws Exception {
    salesforce.answer(
        "GET",
        QUERY,
        call -> {
          throw new IOException("no data");
        });

    assertThat(get(QUERY).statusCode()).isEqualTo(500);
    assertThat(get(QUERY).body()).contains("no data");
  }

  @Test
  void answer_twice_theLaterCounts() throws Exception {
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("1"));
    salesforce.answer(
        "GET", QUERY, call -> FakeResponse.error(400, "MALFORMED_QUERY", "unexpected"));

    HttpResponse<String> response = get(QUERY);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .startsWith("[{")
        .contains("\"errorCode\":\"MALFORMED_QUERY\"", "\"message\":\"unexpected\"");
  }

  @Test
  void answer_ofAnOrg_goesBeforeSalesforces() throws Exception {
    FakeOrg acme = salesforce.addOrg("acme");
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("\"all\""));
    acme.answer("GET", QUERY, call -> FakeResponse.json("\"" + call.org().name() + "\""));

    HttpResponse<String> ofAcme =
        new SalesforceClient(salesforce, acme.uri()).get(QUERY, acme.issueGrant().accessToken());

    assertThat(ofAcme.body()).isEqualTo("\"acme\"");
    assertThat(get(QUERY).body()).isEqualTo("\"all\"");
  }

  @Test
  void answer_patterns_standForSegments() throws Exception {
    salesforce.answer("GET", ACCOUNT + "*", call -> FakeResponse.json("1"));
    salesforce.answer("GET", "/services/apexrest/**", call -> FakeResponse.json("2"));

    assertThat(get(ACCOUNT + "001").body()).isEqualTo("1");
    assertThat(get(ACCOUNT + "001/Contacts").statusCode()).isEqualTo(404);
    assertThat(get("/services/apexrest/a/b").body()).isEqualTo("2");
  }

  @Test
  void answer_ofLimits_replacesTheBuiltIn() throws Exception {
    salesforce.answer("GET", "/services/data/v65.0/limits", call -> FakeResponse.json("{}"));

    assertThat(get("/services/data/v65.0/limits").body()).isEqualTo("{}");
  }

  @Test
  void answer_pathsThatAreNoApis_areRefused() {
    for (String path : List.of("services", QUERY + "?q=1", "/services/oauth2/token", "/id/1/2")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> salesforce.answer("GET", path, call -> FakeResponse.empty(200)));
    }
  }

  @Test
  void answer_atARealName_isServed() throws Exception {
    FakeOrg acme = salesforce.addOrg("acme");
    acme.answer("GET", QUERY, call -> FakeResponse.json("\"" + call.request().host() + "\""));
    SalesforceClient real =
        new SalesforceClient(
            salesforce, URI.create("https://acme.my.salesforce.com"), salesforce.httpClient());

    assertThat(real.get(QUERY, acme.issueGrant().accessToken()).body())
        .isEqualTo("\"acme.my.salesforce.com\"");
  }

  // Faults

  @Test
  void failNext_failsTheNextCallAndNoTokenRequest() throws Exception {
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("1"));
    salesforce.failNext(503);

    int refreshed = client.refresh(grant.refreshToken()).statusCode();

    assertThat(refreshed).isEqualTo(200);
    assertThat(get(QUERY).statusCode()).isEqualTo(503);
    assertThat(get(QUERY).statusCode()).isEqualTo(200);
  }

  @Test
  void nextApiCalls_throttle_saysWhenToComeBack() throws Exception {
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("1"));
    salesforce.nextApiCalls(2, Fault.throttle(Duration.ofSeconds(7)));

    List<HttpResponse<String>> answers = List.of(get(QUERY), get(QUERY), get(QUERY));

    assertThat(answers).extracting(HttpResponse::statusCode).containsExactly(429, 429, 200);
    assertThat(answers.get(0).headers().firstValue("Retry-After")).contains("7");
  }

  @Test
  void everyApiCall_andEveryTokenRequest_areApart() throws Exception {
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("1"));
    salesforce.everyApiCall(Fault.apiError(403, "REQUEST_LIMIT_EXCEEDED", "no more"));
    salesforce.everyTokenRequest(Fault.respond(500));

    HttpResponse<String> refused = get(QUERY);
    salesforce.everyApiCall(Fault.none());

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("REQUEST_LIMIT_EXCEEDED");
    assertThat(get(QUERY).statusCode()).isEqualTo(200);
    assertThat(client.refresh(grant.refreshToken()).statusCode()).isEqualTo(500);
  }

  @Test
  void everyRequest_thatFits_meetsTheFault() throws Exception {
    salesforce.everyRequest(
        request -> request.path().endsWith("/userinfo"), Fault.none().header("X-A", "b"));

    assertThat(get("/services/oauth2/userinfo").headers().firstValue("X-A")).contains("b");
    assertThat(get("/services/data").headers().firstValue("X-A")).isEmpty();
  }

  @Test
  void nextRequest_lostAnswer_theHandlerWasAsked() {
    Gate asked = new Gate();
    asked.release();
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("1"));
    salesforce.nextRequest(Fault.holdAnswer(asked).and(Fault.truncateAnswer()));

    assertThatIOException().isThrownBy(() -> get(QUERY));

    assertThat(asked.arrived()).isPositive();
  }

  @Test
  void delayedCall_isAnsweredAfterTheDelay() throws Exception {
    Gate done = new Gate();
    done.release();
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("1"));
    salesforce.nextApiCall(Fault.holdAnswer(done).and(Fault.delayAnswer(Duration.ofMinutes(1))));

    Future<HttpResponse<String>> delayed = client.getLater(QUERY, grant.accessToken());
    done.awaitArrived(1);

    assertThat(get(QUERY).statusCode()).isEqualTo(200);
    assertThat(delayed).isNotDone();
  }
}
