package com.withampersand.sdk.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontendTokensTest {
  private static final KeyPair KEYS = keys("RSA", 2048);
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static FrontendTokens.Builder builder() {
    return FrontendTokens.builder("kid-1", KEYS.getPrivate())
        .clock(Clock.fixed(NOON.plusMillis(999), ZoneOffset.UTC));
  }

  private static JsonNode part(Secret token, int index) throws IOException {
    return MAPPER.readTree(Base64.getUrlDecoder().decode(token.reveal().split("\\.", -1)[index]));
  }

  /** Verifies as RFC 7515 says, by the JDK's own verifier. */
  private static boolean verifies(Secret token, PublicKey key) throws GeneralSecurityException {
    int end = token.reveal().lastIndexOf('.');
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(key);
    verifier.update(token.reveal().substring(0, end).getBytes(UTF_8));
    return verifier.verify(Base64.getUrlDecoder().decode(token.reveal().substring(end + 1)));
  }

  @Test
  void sign_isWhatAmpersandAndTheJdkVerify() throws Exception {
    Secret token = builder().build().sign("acme", "ada");

    assertThat(verifies(token, KEYS.getPublic())).isTrue();
    assertThat(verifies(token, keys("RSA", 2048).getPublic())).isFalse();
    assertThat(part(token, 0))
        .isEqualTo(MAPPER.readTree("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"kid-1\"}"));
    long now = NOON.getEpochSecond();
    assertThat(part(token, 1))
        .isEqualTo(
            MAPPER.readTree(
                "{\"sub\":\"ada\",\"groupRef\":\"acme\",\"consumerRef\":\"ada\",\"iat\":%d,\"exp\":%d}"
                    .formatted(now, now + 300)));
    assertThat(token.reveal()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
  }

  @Test
  void sign_namesThatNeedEscaping_arriveUnchanged() throws Exception {
    String group = "a\"b\\c,\"groupRef\":\"other\"/ü 😀";

    Secret token = builder().build().sign(group, "ada");

    assertThat(part(token, 1).path("groupRef").asText()).isEqualTo(group);
    assertThat(verifies(token, KEYS.getPublic())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 600})
  void lifetime_upToTheLongest_isTaken(int seconds) throws Exception {
    Secret token = builder().lifetime(Duration.ofSeconds(seconds)).build().sign("acme", "ada");

    assertThat(part(token, 1).path("exp").asLong()).isEqualTo(NOON.getEpochSecond() + seconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT601S", "PT600.001S", "P1D", "PT0S", "PT0.9S", "-PT1S", "P400000D"})
  void lifetime_other_isRefused(String lifetime) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().lifetime(Duration.parse(lifetime)))
        .withMessageContaining("1 to 600 seconds");
  }

  @Test
  void key_otherThanRs256Takes_isRefusedInOneSentence() {
    KeyPair ec = keys("EC", 256);
    KeyPair small = keys("RSA", 1024);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrontendTokens.builder("kid", ec.getPrivate()))
        .withMessage("RS256 needs an RSA key, not one of algorithm EC");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrontendTokens.builder("kid", small.getPrivate()))
        .withMessage("the RSA key has 1024 bits, and Ampersand takes 2048 or more");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", "a\nb"})
  void names_blankOrWithControlCharacters_areRefused(String name) {
    FrontendTokens tokens = builder().build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrontendTokens.builder(name, KEYS.getPrivate()))
        .withMessageStartingWith("kid must not");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.sign(name, "ada"))
        .withMessageStartingWith("authenticatedGroup must not");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokens.sign("acme", name))
        .withMessageStartingWith("authenticatedConsumer must not");
  }

  @Test
  void print_showsNeitherKeyNorToken() {
    FrontendTokens tokens = builder().build();

    assertThat(tokens).hasToString("FrontendTokens[kid kid-1]");
    assertThat(tokens.sign("acme", "ada").toString()).startsWith("***(");
  }

  // Keys at Ampersand

  @Test
  void keys_createdAndRotated_bothVerifyUntilTheOldOneIsDeactivated() throws Exception {
    KeyPair next = keys("RSA", 3072);
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        FakeAmpersand ampersand = FakeAmpersand.start(salesforce)) {
      JwtKeys registered =
          AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
              .baseUrl(ampersand.apiUri())
              .build()
              .jwtKeys();
      String oldKid = registered.create("2026-10", KEYS.getPublic());
      String newKid = registered.create("2026-11", next.getPublic());

      Secret oldToken = FrontendTokens.builder(oldKid, KEYS.getPrivate()).build().sign("a", "b");
      Secret newToken = FrontendTokens.builder(newKid, next.getPrivate()).build().sign("a", "b");

      assertThat(verifies(oldToken, key(registered, oldToken))).isTrue();
      assertThat(verifies(newToken, key(registered, newToken))).isTrue();
      assertThat(registered.deactivate(oldKid).active()).isFalse();
      assertThat(registered.list())
          .extracting(JwtKey::label, JwtKey::active)
          .containsExactly(tuple("2026-10", false), tuple("2026-11", true));
      assertThat(registered.activate(oldKid).active()).isTrue();
      registered.delete(oldKid);
      assertThat(registered.find(oldKid)).isEmpty();
      assertThatExceptionOfType(ApiException.class)
          .isThrownBy(() -> registered.deactivate(oldKid))
          .matches(error -> error.httpStatus() == 404);
    }
  }

  /** Returns the key that Ampersand finds by what the token says. */
  private static PublicKey key(JwtKeys registered, Secret token) throws Exception {
    JwtKey key = registered.find(part(token, 0).path("kid").asText()).orElseThrow();
    String pem = String.valueOf(key.members().get("publicKeyPem"));
    String base64 = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----|\\s", "");
    return KeyFactory.getInstance("RSA")
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }

  @Test
  void create_keyOrLabelThatAmpersandRefuses_isNotSent() {
    try (ApiServer server = new ApiServer()) {
      JwtKeys registered = server.client().jwtKeys();

      assertThatIllegalArgumentException()
          .isThrownBy(() -> registered.create("label", keys("EC", 256).getPublic()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> registered.create("label", keys("RSA", 1024).getPublic()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> registered.create(" ", KEYS.getPublic()));
      assertThat(server.requestCount()).isZero();
    }
  }

  @Test
  void create_serviceInTrouble_isSentOnce() {
    try (ApiServer server = new ApiServer()) {
      server.answer(503, "", "").json(201, "{\"kid\":\"k\"}");

      assertThatExceptionOfType(ApiException.class)
          .isThrownBy(() -> server.client().jwtKeys().create("label", KEYS.getPublic()))
          .matches(ApiException::isOutcomeUnknown);
      assertThat(server.requestCount()).isEqualTo(1);
    }
  }
}
