package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeDestination;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.net.ConnectException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String DESTINATION =
      "{\"id\":\"d-1\",\"name\":\"alerts\",\"type\":\"webhook\",\"metadata\":{},\"createTime\":\"2026-11-24T12:00:00Z\",\"secrets\":{\"webhookSigningKey\":\""
          + SECRET
          + "\"}}";

  private final ApiServer server = new ApiServer();
  private final Destinations destinations = server.client().destinations();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void signingSecret_isAskedForByName() {
    server.json(200, DESTINATION);

    Secret secret = destinations.signingSecret("al erts");

    assertThat(secret.reveal()).isEqualTo(SECRET);
    assertThat(secret.toString()).doesNotContain("MfKQ");
    assertThat(server.take())
        .isEqualTo("GET /v1/projects/my-project/destinations/al%20erts?includeSecrets=true");
  }

  @Test
  void signingSecret_serviceInTrouble_isAskedForAgain() {
    server.answer(503, "", "").json(200, DESTINATION);

    assertThat(destinations.signingSecret("alerts").reveal()).isEqualTo(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"secrets\":null}",
        "{\"secrets\":{}}",
        "{\"secrets\":{\"webhookSigningKey\":\"\"}}",
        "{\"secrets\":{\"webhookSigningKey\":7}}"
      })
  void signingSecret_notInTheAnswer_isSaid(String answer) {
    server.json(200, answer);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> destinations.signingSecret("alerts"))
        .withMessageStartingWith("Ampersand names no signing secret of destination alerts");
  }

  // The rotation, which is never repeated

  @Test
  void rotate_isOneGet() {
    server.json(200, DESTINATION);

    assertThat(destinations.rotateSigningSecret("alerts").reveal()).isEqualTo(SECRET);

    assertThat(server.take())
        .isEqualTo(
            "GET /v1/projects/my-project/destinations/alerts?rotate=true&includeSecrets=true");
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void rotate_serviceInTrouble_isSentOnce(int status) {
    String body = "{\"retryable\":true,\"detail\":\"Try again.\"}";
    server.problem(status, body).json(200, DESTINATION);

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> destinations.rotateSigningSecret("alerts"));

    assertThat(error.httpStatus()).isEqualTo(status);
    assertThat(server.requestCount()).isEqualTo(1);
    assertThat(server.waits).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"id\":", "{}", "<html>"})
  void rotate_answerUnusable_isAnUnknownOutcome(String answer) {
    server.json(200, answer);

    AmpersandException error =
        catchThrowableOfType(
            AmpersandException.class, () -> destinations.rotateSigningSecret("alerts"));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
  }

  @Test
  void rotate_answerLost_reachesTheServerOnceAndAFetchTells() {
    server.answer(
        new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    for (int i = 0; i < 5; i++) {
      server.json(200, DESTINATION);
    }

    AmpersandException error =
        catchThrowableOfType(
            AmpersandException.class, () -> destinations.rotateSigningSecret("alerts"));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(server.requestCount()).isEqualTo(1);
    assertThat(destinations.signingSecret("alerts").reveal()).isEqualTo(SECRET);
  }

  @Test
  void rotate_neverLeft_isNotSentAgainEither() {
    AtomicInteger attempts = new AtomicInteger();
    AmpersandClient unreachable =
        server
            .builder()
            .transport(
                request -> {
                  attempts.incrementAndGet();
                  throw new ConnectException("refused");
                })
            .build();

    AmpersandException error =
        catchThrowableOfType(
            AmpersandException.class,
            () -> unreachable.destinations().rotateSigningSecret("alerts"));

    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(attempts).hasValue(1);
  }

  @Test
  void fake_rotation_isSeenByEveryoneWhoFetches() {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        FakeAmpersand ampersand = FakeAmpersand.start(salesforce)) {
      FakeDestination alerts = ampersand.addDestination("alerts", URI.create("http://localhost/"));
      Destinations real =
          AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
              .baseUrl(ampersand.apiUri())
              .build()
              .destinations();
      Secret before = real.signingSecret("alerts");

      Secret after = real.rotateSigningSecret("alerts");

      assertThat(after).isNotEqualTo(before).isEqualTo(real.signingSecret("alerts"));
      assertThat(alerts.signingSecret()).isEqualTo(after.reveal());
      assertThatExceptionOfType(ApiException.class)
          .isThrownBy(() -> real.signingSecret("other"))
          .matches(error -> error.httpStatus() == 404);
    }
  }
}
