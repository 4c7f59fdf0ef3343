package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Grants without a user, at any provider of RFC 6749 and RFC 7523. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientGrantFlowTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final String BEARER =
      "{\"access_token\":\"ACCESS-TOKEN\",\"token_type\":\"Bearer\",\"scope\":\"api\"}";

  private final TokenServer server = new TokenServer();
  private final KeyPair pair = newPair();

  @AfterEach
  void requireNothingLeft() {
    while (server.requestCount() > taken) {
      server.takeRequest();
      taken++;
    }
  }

  private int taken;

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private ClientGrantFlow.Builder jwt() {
    return ClientGrantFlow.jwtBearer("client", server.uri("/token"), RsaKey.of(pair.getPrivate()))
        .revocationEndpoint(server.uri("/revoke"))
        .clock(Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private ClientGrantFlow.Builder own() {
    return ClientGrantFlow.clientCredentials(
        "client", server.uri("/token"), () -> Secret.of("SECRET"));
  }

  private Map<String, String> form() {
    taken++;
    return server.takeForm();
  }

  private TokenSet minted() {
    server.answer(200, "application/json", BEARER);
    TokenSet tokens = jwt().build().mint("user@acme.com");
    form();
    return tokens;
  }

  @Test
  void mint_jwt_isVerifiedByTheJdkAndSaysWhatRfc7523Asks() throws Exception {
    server.answer(200, "application/json", BEARER);
    jwt().audience(URI.create("https://as.example")).build().mint("user@acme.com");

    Map<String, String> form = form();
    assertThat(form.keySet()).containsExactlyInAnyOrder("grant_type", "assertion");
    String[] jwt = String.valueOf(form.get("assertion")).split("\\.", -1);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(pair.getPublic());
    verifier.update((jwt[0] + "." + jwt[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(verifier.verify(Base64.getUrlDecoder().decode(jwt[2]))).isTrue();
    JsonNode header = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(jwt[0]));
    JsonNode claims = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(jwt[1]));
    assertThat(header.get("alg").asText()).isEqualTo("RS256");
    assertThat(claims.get("iss").asText()).isEqualTo("client");
    assertThat(claims.get("sub").asText()).isEqualTo("user@acme.com");
    assertThat(claims.get("aud").asText()).isEqualTo("https://as.example");
    assertThat(claims.get("exp").isIntegralNumber()).isTrue();
    assertThat(claims.get("exp").asLong()).isEqualTo(NOW.plusSeconds(90).getEpochSecond());
  }

  @Test
  void mint_jwt_audienceIsTheTokenEndpointIfNoneIsSet() throws Exception {
    server.answer(200, "application/json", BEARER);
    jwt().build().mint("user@acme.com");

    String[] jwt = String.valueOf(form().get("assertion")).split("\\.", -1);
    assertThat(new String(Base64.getUrlDecoder().decode(jwt[1]), StandardCharsets.UTF_8))
        .contains(server.uri("/token").toString());
  }

  @ParameterizedTest
  @CsvSource({"CLIENT_SECRET_POST, true", "CLIENT_SECRET_BASIC, false"})
  void mint_ownCredentials_travelAsTheProviderWantsThem(
      ClientAuthentication authentication, boolean isInBody) {
    server.answer(200, "application/json", BEARER);
    own().clientAuthentication(authentication).build().mint();

    Map<String, String> form = form();
    assertThat(form).containsEntry("grant_type", "client_credentials").doesNotContainKey("scope");
    assertThat(form.containsKey("client_secret")).isEqualTo(isInBody);
  }

  @Test
  void mint_ofTheOtherKind_saysWhatToCall() {
    assertThatIllegalStateException()
        .isThrownBy(() -> jwt().build().mint())
        .withMessageContaining("mint(subject)");
    assertThatIllegalStateException()
        .isThrownBy(() -> own().build().mint("user"))
        .withMessageContaining("mint()");
  }

  @Test
  void mint_refreshTokenThatNoOneAskedFor_isNotKept() {
    server.tokens();

    assertThat(own().build().mint().refreshToken()).isEmpty();
    form();
  }

  @Test
  void tokens_areOwnedByTheirKindAndClientAlone() {
    TokenSet tokens = minted();
    ClientGrantFlow flow = jwt().build();

    assertThat(flow.owns(tokens)).isTrue();
    assertThat(flow.canRenew(tokens)).isTrue();
    assertThat(flow.rotates(tokens)).isFalse();
    assertThat(own().build().owns(tokens)).isFalse();
    assertThat(flow.owns(tokens.toBuilder().clientId("other").build())).isFalse();
    assertThat(flow.owns(tokens.toBuilder().issuer(URI.create("https://x.example")).build()))
        .isFalse();
    assertThat(flow.owns(tokens.toBuilder().grantType("authorization_code").build())).isFalse();
  }

  @Test
  void refresh_foreignTokens_sendsNothing() {
    TokenSet foreign = minted().toBuilder().issuer(URI.create("https://x.example")).build();

    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(() -> jwt().build().refresh(foreign));
    assertThat(server.requestCount()).isEqualTo(taken);
  }

  @Test
  void refresh_keepsConsentSubjectAndWhatTheAnswerLeavesOut() {
    TokenSet before = minted();
    server.answer(
        200, "application/json", "{\"access_token\":\"SECOND\",\"token_type\":\"Bearer\"}");

    TokenSet after = jwt().build().refresh(before);

    assertThat(after.accessToken()).isEqualTo(Secret.of("SECOND"));
    assertThat(after.consentId()).isEqualTo(before.consentId());
    assertThat(after.subject()).contains("user@acme.com");
    assertThat(after.scopes()).isEqualTo(before.scopes());
    form();
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_grant, expired access/refresh token",
    "invalid_grant, ''",
    "invalid_client, ''",
    "some_new_error, ''",
    "access_denied, ''",
  })
  void refresh_whateverTheRefusal_isNeverTheEnd(String error, String description) {
    TokenSet tokens = minted();
    server.answer(
        400,
        "application/json",
        "{\"error\":\"%s\",\"error_description\":\"%s\"}".formatted(error, description));
    ClientGrantFlow final_ =
        jwt().refineErrors(refusal -> refusal.toBuilder().verdict(Verdict.FINAL).build()).build();

    OAuthException refusal =
        catchThrowableOfType(OAuthException.class, () -> final_.refresh(tokens));

    assertThat(refusal.verdict()).isEqualTo(Verdict.BLOCKED);
    assertThat(refusal.needsReauthorization()).isFalse();
    form();
  }

  @Test
  void refresh_wordsThatAreNotKnown_passAndAreRetried() {
    TokenSet tokens = minted();
    server.answer(400, "application/json", "{\"error\":\"some_new_error\"}");

    OAuthException refusal =
        catchThrowableOfType(OAuthException.class, () -> jwt().build().refresh(tokens));

    assertThat(refusal.verdict()).isEqualTo(Verdict.PASSING);
    assertThat(refusal.isRetryable()).isTrue();
    form();
  }

  @Test
  void mint_answerThatCannotBeUsed_isRefused() {
    server.answer(200, "application/json", "{\"access_token\":\"A\",\"token_type\":\"mac\"}");

    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> own().build().mint());
    form();
  }

  @Test
  void mint_secretOrSignerThatFails_isNotSentAndMayBeRetried() {
    ClientGrantFlow noSecret =
        ClientGrantFlow.clientCredentials(
                "client",
                server.uri("/token"),
                () -> {
                  throw new IllegalStateException("CANARY");
                })
            .build();
    ClientGrantFlow noSignature =
        ClientGrantFlow.jwtBearer(
                "client",
                server.uri("/token"),
                input -> {
                  throw new IllegalStateException("CANARY");
                })
            .build();

    for (TransportException failure :
        new TransportException[] {
          catchThrowableOfType(TransportException.class, noSecret::mint),
          catchThrowableOfType(TransportException.class, () -> noSignature.mint("user"))
        }) {
      assertThat(failure.isRetryable()).isTrue();
      assertThat(failure.isOutcomeUnknown()).isFalse();
      assertThat(failure).hasMessageNotContaining("CANARY").hasNoCause();
    }
    assertThat(server.requestCount()).isEqualTo(taken);
  }

  @Test
  void mint_secretThatChanges_isReadForEachRequest() {
    AtomicInteger number = new AtomicInteger();
    ClientGrantFlow flow =
        ClientGrantFlow.clientCredentials(
                "client", server.uri("/token"), () -> Secret.of("S" + number.incrementAndGet()))
            .build();
    for (String expected : new String[] {"S1", "S2"}) {
      server.answer(200, "application/json", BEARER);
      flow.mint();
      assertThat(form()).containsEntry("client_secret", expected);
    }
  }

  @Test
  void mint_messages_showNeitherJwtNorSecret() {
    for (int status : new int[] {400, 500}) {
      server.answer(
          status, "application/json", "{\"error\":\"x\",\"error_description\":\"SECRET\"}");
      Exception failure = catchThrowableOfType(Exception.class, () -> own().build().mint());
      assertThat(failure.toString()).doesNotContain("SECRET");
      form();
    }
    ClientGrantFlow flow = jwt().build();
    server.answer(502, "text/html", "<html>");
    Exception failure = catchThrowableOfType(Exception.class, () -> flow.mint("user@acme.com"));
    assertThat(failure.toString()).contains("user@acme.com").doesNotContain("eyJ");
    form();
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_grant, expired access/refresh token",
    "invalid_grant, ''",
    "access_denied, ''",
    "login_required, ''",
    "some_new_error, ''",
    "unauthorized_client, ''",
  })
  void refusals_atMintAndRefresh_askNoUserAndEndNothing(String error, String description) {
    TokenSet tokens = minted();
    ClientGrantFlow flow = jwt().build();
    String json = "{\"error\":\"%s\",\"error_description\":\"%s\"}".formatted(error, description);
    for (Runnable request :
        new Runnable[] {() -> flow.mint("user@acme.com"), () -> flow.refresh(tokens)}) {
      server.answer(400, "application/json", json);

      OAuthException refusal = catchThrowableOfType(OAuthException.class, request::run);

      assertThat(refusal.actor()).isNotEqualTo(Actor.END_USER);
      assertThat(refusal.needsReauthorization()).isFalse();
      assertThat(refusal.verdict()).isNotIn(Verdict.FINAL, Verdict.UNKNOWN);
      assertThat(refusal.remedy()).doesNotContainIgnoringCase("connect again");
      form();
    }
  }

  @Test
  void refusals_thatEchoTokensOrSecrets_showNone() {
    TokenSet tokens = own(server).mint();
    form();
    String echo = "{\"error\":\"x\",\"error_description\":\"ACCESS-TOKEN and SECRET\"}";
    server.answer(400, "application/json", echo);
    Exception refresh = catchThrowableOfType(Exception.class, () -> own().build().refresh(tokens));
    form();
    server.answer(400, "application/json", echo);
    ClientGrantFlow revoking = own().revocationEndpoint(server.uri("/revoke")).build();
    Exception revoke = catchThrowableOfType(Exception.class, () -> revoking.revoke(tokens));
    form();

    for (Exception failure : new Exception[] {refresh, revoke}) {
      assertThat(failure.toString()).doesNotContain("SECRET").doesNotContain("ACCESS-TOKEN");
    }
  }

  private ClientGrantFlow own(TokenServer server) {
    server.answer(200, "application/json", BEARER);
    return own().build();
  }

  @Test
  void refresh_answerThatFailsItsCheck_keepsTheTokensAndNoAttribute() {
    TokenSet tokens = own(server).mint();
    form();
    ClientGrantFlow strict =
        own()
            .verifyTokens(
                (answer, secret) -> {
                  throw new ProtocolException("The signature does not fit.", true);
                })
            .build();
    String answer = "{\"access_token\":\"SECOND\",\"token_type\":\"Bearer\",\"id\":\"other\"}";

    server.answer(200, "application/json", answer);
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(strict::mint);
    form();
    server.answer(200, "application/json", answer);
    TokenSet refreshed = strict.refresh(tokens);
    form();

    assertThat(refreshed.accessToken()).isEqualTo(Secret.of("SECOND"));
    assertThat(refreshed.attribute("id")).isEmpty();
  }

  @Test
  void issuer_withQuery_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> jwt().issuer(URI.create("https://as.example/?a=b")));
  }

  @Test
  void revoke_endsTheAccessTokenAndSendsNoSecret() {
    TokenSet tokens = minted();
    server.answer(200, "text/plain", "");

    jwt().build().revoke(tokens);

    assertThat(form()).containsEntry("token", "ACCESS-TOKEN").doesNotContainKey("client_secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "-PT1S", "PT2H"})
  void assertionLifetime_noSensibleOne_isRefused(Duration lifetime) {
    assertThatIllegalArgumentException().isThrownBy(() -> jwt().assertionLifetime(lifetime));
  }

  @Test
  void builder_blankClient_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ClientGrantFlow.clientCredentials(" ", server.uri("/t"), () -> Secret.of("s")));
  }
}
