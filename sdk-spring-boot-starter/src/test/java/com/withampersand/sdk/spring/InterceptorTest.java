package com.withampersand.sdk.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.RestClient;

/** Calls of customers' orgs by Spring's client. */
class InterceptorTest {
  private static final String LIMITS = "/services/data/v65.0/limits";
  private static final String RECORDS = "/services/data/v65.0/sobjects/Account";

  private FakeSalesforce salesforce;
  private WebApplication application;
  private RestClient client;

  @BeforeEach
  void start() throws Exception {
    salesforce = FakeSalesforce.start();
    application = WebApplication.start(salesforce);
    application.consent(application.begin("acme"));
    client = application.context().getBean("salesforceRestClient", RestClient.class);
    salesforce.clearRequests();
  }

  @AfterEach
  void stop() {
    application.close();
    salesforce.close();
  }

  private String limits() {
    return String.valueOf(
        client
            .get()
            .uri(LIMITS)
            .attributes(SalesforceInterceptor.customer(Starter.ACME))
            .retrieve()
            .body(String.class));
  }

  @Test
  void call_goesToTheOrgWithItsToken() {
    assertThat(limits()).contains("DailyApiRequests");
    assertThat(salesforce.requests(LIMITS)).hasSize(1);
  }

  @Test
  void call_sessionEnded_isRefreshedAndRepeatedOnceWithItsBody() {
    salesforce.answer("POST", RECORDS, call -> FakeResponse.json("{\"id\":\"001\"}"));
    salesforce.expireSessions();

    String answer =
        client
            .post()
            .uri(RECORDS)
            .attributes(SalesforceInterceptor.customer(Starter.ACME))
            .body(Map.of("Name", "Ada"))
            .retrieve()
            .body(String.class);

    assertThat(answer).isEqualTo("{\"id\":\"001\"}");
    assertThat(salesforce.requests(RECORDS))
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.body()).isEqualTo("{\"Name\":\"Ada\"}"));
    assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
  }

  @Test
  void call_otherRefusal_isReturnedWholeAndNotRepeated() {
    String refusal =
        "[{\"errorCode\":\"INSUFFICIENT_ACCESS\",\"message\":\"" + "no ".repeat(40_000) + "\"}]";
    salesforce.answer("GET", LIMITS, call -> FakeResponse.json(403, refusal));

    String seen =
        client
            .get()
            .uri(LIMITS)
            .attributes(SalesforceInterceptor.customer(Starter.ACME))
            .exchange((request, response) -> new String(response.getBody().readAllBytes(), UTF_8));

    assertThat(seen).isEqualTo(refusal);
    assertThat(salesforce.requests(LIMITS)).hasSize(1);
  }

  @Test
  void call_grantEnded_throwsWhatTheTokensThrow() {
    salesforce.revokeAll();

    assertThatThrownBy(this::limits)
        .isInstanceOfSatisfying(
            OAuthException.class, e -> assertThat(e.needsReauthorization()).isTrue());
    assertThat(salesforce.requests(LIMITS)).hasSize(1);
  }

  @Test
  void call_unknownCustomer_throwsAndSendsNothing() {
    assertThatThrownBy(
            () ->
                client
                    .get()
                    .uri(LIMITS)
                    .attributes(
                        SalesforceInterceptor.customer(
                            new ConnectionKey("salesforce", "other", "admin")))
                    .retrieve()
                    .body(String.class))
        .isInstanceOf(NotConnectedException.class);
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void call_redirect_isNotFollowed() {
    try (FakeSalesforce other = FakeSalesforce.start()) {
      salesforce.answer(
          "GET",
          LIMITS,
          call -> FakeResponse.json(302, "{}").header("Location", other.uri() + LIMITS));

      HttpStatusCode status =
          client
              .get()
              .uri(LIMITS)
              .attributes(SalesforceInterceptor.customer(Starter.ACME))
              .exchange((request, response) -> response.getStatusCode());

      assertThat(status.value()).isEqualTo(302);
      assertThat(other.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://evil.example/services", "//evil.example/services", "services/data"})
  void call_isNoPath_isRefused(String address) {
    assertThatThrownBy(
            () ->
                client
                    .get()
                    .uri(address)
                    .attributes(SalesforceInterceptor.customer(Starter.ACME))
                    .retrieve()
                    .body(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a path");
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void call_namesNoCustomer_isRefused() {
    assertThatThrownBy(() -> client.get().uri(LIMITS).retrieve().body(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no customer");
  }

  @Test
  void tokens_areSeenByNoOtherInterceptor() {
    List<String> seen = new ArrayList<>();
    RestClient watched =
        client
            .mutate()
            .requestInterceptors(
                all ->
                    all.add(
                        0,
                        (request, body, execution) -> {
                          try {
                            return execution.execute(request, body);
                          } finally {
                            seen.add(request.getURI() + " " + request.getHeaders());
                          }
                        }))
            .build();

    watched
        .get()
        .uri(LIMITS)
        .attributes(SalesforceInterceptor.customer(Starter.ACME))
        .retrieve()
        .toBodilessEntity();

    assertThat(seen)
        .singleElement()
        .asString()
        .startsWith(LIMITS)
        .doesNotContainIgnoringCase("bearer");
  }
}
