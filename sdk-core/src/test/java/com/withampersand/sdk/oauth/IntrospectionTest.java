package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntrospectionTest {
  private static final String ACTIVE =
      "{\"active\":true,\"scope\":\"write:all read\",\"client_id\":\"client-1\",\"username\":\"ada@example.com\","
          + "\"sub\":\"https://example.com/id/1\",\"token_type\":\"access_token\",\"exp\":1795521600,\"iat\":1795514400}";

  private final TokenServer server = new TokenServer();
  private final TestApp app = new TestApp();
  private final AuthorizationCodeFlow flow =
      server.flow(app).introspectionEndpoint(server.uri("/introspect")).build();
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("THE/ACCESS+TOKEN"), Instant.EPOCH)
          .refreshToken(Secret.of("THE-REFRESH-TOKEN"))
          .build();

  @AfterEach
  void stop() {
    server.close();
  }

  private Introspection answered(String json) {
    server.answer(200, "application/json", json);
    return flow.introspect(tokens);
  }

  @Test
  void rfc7662_section2_1_request_isAFormWithTheTokenAndTheClientsCredentials() {
    answered(ACTIVE);

    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod() + " " + request.getTarget()).isEqualTo("POST /introspect");
    assertThat(TokenServer.form(request))
        .isEqualTo(
            Map.of(
                "token", "THE/ACCESS+TOKEN",
                "client_id", "client id&1",
                "client_secret", TestApp.SECRET));
  }

  @Test
  void introspect_clientThatProvesItselfInAHeader_doesSoHere() {
    server.answer(200, "application/json", ACTIVE);
    server
        .flow(app)
        .clientAuthentication(ClientAuthentication.CLIENT_SECRET_BASIC)
        .introspectionEndpoint(server.uri("/introspect"))
        .build()
        .introspect(tokens);

    RecordedRequest request = server.takeRequest();
    assertThat(request.getHeaders().get("Authorization")).startsWith("Basic ");
    assertThat(TokenServer.form(request)).containsOnlyKeys("token");
  }

  @Test
  void rfc7662_section2_2_active_isTyped() {
    Introspection introspection = answered(ACTIVE);

    assertThat(introspection.isActive()).isTrue();
    assertThat(introspection.expiry()).isEqualTo(Expiry.known(Instant.ofEpochSecond(1795521600)));
    assertThat(introspection.scopes()).isEqualTo(Scopes.of("read", "write:all"));
    assertThat(introspection.clientId()).contains("client-1");
    assertThat(introspection.username()).contains("ada@example.com");
    assertThat(introspection.subject()).contains("https://example.com/id/1");
    assertThat(introspection.claim("token_type")).contains("access_token");
  }

  @Test
  void rfc7662_section2_2_notActive_saysNothingElse() {
    Introspection introspection = answered("{\"active\":false}");

    assertThat(introspection.isActive()).isFalse();
    assertThat(introspection.expiry()).isEqualTo(Expiry.unknown());
    assertThat(introspection.scopes()).isEmpty();
    assertThat(introspection.username()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"soon\"",
        "\"\"",
        "null",
        "true",
        "{}",
        "[1795521600]",
        "-1795521600",
        "1795521600000",
        "999999999999999999999999",
        "1e999999999",
        "\"NaN\"",
        "\"0x10\""
      })
  void expiry_noTimeInSeconds_isUnknown(String exp) {
    assertThat(answered("{\"active\":true,\"exp\":" + exp + "}").expiry())
        .isEqualTo(Expiry.unknown());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1795521600", "\"1795521600\"", "1795521600.75"})
  void expiry_numberInAnyForm_isKnown(String exp) {
    assertThat(answered("{\"active\":true,\"exp\":" + exp + "}").expiry())
        .isEqualTo(Expiry.known(Instant.ofEpochSecond(1795521600)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"active\":\"maybe\"}",
        "{\"active\":null}",
        "",
        "<html>",
        "{\"active\":tr"
      })
  void introspect_answerThatDoesNotTell_isAClearError(String body) {
    ProtocolException error = catchThrowableOfType(ProtocolException.class, () -> answered(body));

    assertThat(error).hasMessageContaining("introspection").hasMessageContaining("host localhost");
    assertThat(error.isOutcomeUnknown()).isFalse();
  }

  @Test
  void introspect_refused_isExplainedAndShowsNoToken() {
    server.answer(
        401,
        "application/json",
        "{\"error\":\"invalid_client\",\"error_description\":\"not THE/ACCESS+TOKEN\"}");

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.introspect(tokens));

    assertThat(refused.error()).isEqualTo("invalid_client");
    assertThat(refused).hasMessageNotContaining("ACCESS+TOKEN");
  }

  @Test
  void introspect_serverInTrouble_mayBeRepeated() {
    server.answer(503, "text/html", "<html>");

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> flow.introspect(tokens));

    assertThat(error.isRetryable()).isTrue();
  }

  @Test
  void r04_toString_showsNothingOfTheAnswerButItsOutcome() {
    assertThat(answered(ACTIVE))
        .hasToString("Introspection[active, expiry known 2026-11-24T12:00:00Z]");
    assertThat(answered("{\"active\":false}")).hasToString("Introspection[not active]");
  }

  @Test
  void introspect_withoutEndpoint_isUnsupported() {
    AuthorizationCodeFlow without = server.flow(app).build();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> without.introspect(tokens));
  }

  @Test
  void r05_introspectionEndpoint_unsafe_isRefused() {
    URI plain = URI.create("http://example.com/introspect");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.flow(app).introspectionEndpoint(plain));
  }
}
