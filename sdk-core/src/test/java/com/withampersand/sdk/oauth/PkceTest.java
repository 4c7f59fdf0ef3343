package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PkceTest {
  /** The octets, the verifier and the challenge of RFC 7636, appendix B. */
  private static final int[] OCTETS = {
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77,
    105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121
  };

  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  private final TokenServer server = new TokenServer();
  private final TestApp app = new TestApp();
  private final AuthorizationCodeFlow plain = server.flow(app).build();
  private final AuthorizationCodeFlow flow = server.flow(app).withPkce().build();

  @SuppressWarnings("serial")
  private static final class FixedRandom extends SecureRandom {
    @Override
    public void nextBytes(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) OCTETS[i];
      }
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Map<String, String> query(AuthorizationRequest request) {
    return TokenServer.decode(request.url().getRawQuery());
  }

  private static String challengeIn(AuthorizationRequest request) {
    return String.valueOf(query(request).get("code_challenge"));
  }

  private static AuthorizationCallback.Approved callback(AuthorizationRequest request) {
    return (AuthorizationCallback.Approved)
        AuthorizationCallback.fromParameters(
            Map.of("code", new String[] {"CODE"}, "state", new String[] {request.state()}));
  }

  /** Exchanges, and returns the verifier that was sent. */
  private String exchange(AuthorizationCodeFlow by, AuthorizationRequest request) {
    server.tokens();
    by.exchange(request, callback(request));
    return server.takeForm().getOrDefault("code_verifier", "none");
  }

  private static String s256(String verifier) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }

  @Test
  void rfc7636_appendixB_octets_becomeItsVerifierAndChallenge() {
    AuthorizationCodeFlow fixed = server.flow(app).withPkce().random(new FixedRandom()).build();
    AuthorizationRequest request = fixed.authorize();

    assertThat(query(request))
        .containsEntry("code_challenge", CHALLENGE)
        .containsEntry("code_challenge_method", "S256");
    assertThat(exchange(fixed, request)).isEqualTo(VERIFIER);
  }

  @Test
  void r01_withoutBeingTold_noPkceTravels() {
    AuthorizationRequest request = plain.authorize();

    assertThat(query(request)).doesNotContainKeys("code_challenge", "code_challenge_method");
    assertThat(exchange(plain, request)).isEqualTo("none");
    assertThat(request.toJson().reveal()).doesNotContain("code_verifier");
  }

  @Test
  void withPkce_everyRequest_hasAVerifierOfItsOwn() throws Exception {
    AuthorizationRequest first = flow.authorize();
    AuthorizationRequest second = flow.authorize();

    String verifier = exchange(flow, second);

    assertThat(challengeIn(first)).isNotEqualTo(challengeIn(second));
    assertThat(s256(verifier)).isEqualTo(challengeIn(second));
    assertThat(verifier).matches("[A-Za-z0-9._~-]{43,128}").isNotEqualTo(second.state());
  }

  @Test
  void withPkce_refresh_carriesNoVerifier() {
    server.tokens().tokens();
    AuthorizationRequest request = flow.authorize();

    flow.refresh(flow.exchange(request, callback(request)));

    assertThat(server.takeForm()).containsKey("code_verifier");
    assertThat(server.takeForm()).doesNotContainKey("code_verifier");
  }

  @Test
  void withPkce_savedAndReadElsewhere_keepsItsVerifier() throws Exception {
    AuthorizationRequest request = flow.authorize();

    AuthorizationRequest read = AuthorizationRequest.fromJson(request.toJson());

    AuthorizationCodeFlow otherNode = server.flow(app).withPkce().build();
    assertThat(s256(exchange(otherNode, read))).isEqualTo(challengeIn(request));
  }

  @Test
  void withPkce_usedTwice_isRefusedBeforeAnythingIsSent() {
    AuthorizationRequest request = flow.authorize();
    exchange(flow, request);

    assertThatExceptionOfType(CallbackException.class)
        .isThrownBy(() -> flow.exchange(request, callback(request)));
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void withPkce_turnedOnOrOffWhileTheUserConsents_theRequestDecides() throws Exception {
    AuthorizationRequest before = plain.authorize();
    AuthorizationRequest after = flow.authorize();

    assertThat(exchange(flow, before)).isEqualTo("none");
    assertThat(s256(exchange(plain, after))).isEqualTo(challengeIn(after));
  }

  private static StateSigner.Builder signer(String keyId, Secret key) {
    return StateSigner.builder(keyId, key).replayGuard(ReplayGuard.forOneNode());
  }

  private static AuthorizationOptions bound(BrowserBinding binding) {
    return AuthorizationOptions.builder().binding(binding).build();
  }

  @Test
  void withPkce_signedState_everyNodeHasTheSameVerifier() throws Exception {
    Secret key = StateSigner.newKey();
    BrowserBinding binding = BrowserBinding.random();
    AuthorizationCodeFlow sender =
        server.flow(app).withPkce().states(signer("k1", key).build()).build();
    AuthorizationCodeFlow receiver =
        server
            .flow(app)
            .withPkce()
            .states(signer("k2", StateSigner.newKey()).alsoAccept("k1", key).build())
            .build();

    AuthorizationRequest sent = sender.authorize(bound(binding));
    AuthorizationRequest recovered = receiver.recover(callback(sent), binding);

    assertThat(s256(exchange(receiver, recovered))).isEqualTo(challengeIn(sent));
  }

  @Test
  void withPkce_turnedOnOrOffWhileTheUserConsents_theSignedStateDecides() throws Exception {
    StateSigner signer = signer("k1", StateSigner.newKey()).build();
    BrowserBinding binding = BrowserBinding.random();
    AuthorizationCodeFlow without = server.flow(app).states(signer).build();
    AuthorizationCodeFlow with = server.flow(app).withPkce().states(signer).build();
    AuthorizationRequest before = without.authorize(bound(binding));
    AuthorizationRequest after = with.authorize(bound(binding));

    assertThat(exchange(with, with.recover(callback(before), binding))).isEqualTo("none");
    assertThat(s256(exchange(without, without.recover(callback(after), binding))))
        .isEqualTo(challengeIn(after));
  }

  @Test
  void withPkce_signedState_verifierDependsOnStateAndKey() {
    BrowserBinding binding = BrowserBinding.random();
    AuthorizationCodeFlow one = signing(signer("k1", StateSigner.newKey()));
    AuthorizationCodeFlow fixed =
        signing(signer("k1", StateSigner.newKey()).random(new FixedRandom()));
    AuthorizationCodeFlow fixedOtherKey =
        signing(signer("k1", StateSigner.newKey()).random(new FixedRandom()));

    assertThat(challengeIn(one.authorize(bound(binding))))
        .isNotEqualTo(challengeIn(one.authorize(bound(binding))));
    assertThat(challengeIn(fixed.authorize(bound(binding))))
        .isNotEqualTo(challengeIn(fixedOtherKey.authorize(bound(binding))));
  }

  private AuthorizationCodeFlow signing(StateSigner.Builder signer) {
    return server.flow(app).withPkce().states(signer.build()).build();
  }

  @Test
  void r04_withPkce_verifierIsNowhereShown() {
    AuthorizationCodeFlow fixed = server.flow(app).withPkce().random(new FixedRandom()).build();
    AuthorizationRequest request = fixed.authorize();
    server.answer(
        400,
        "application/json",
        "{\"error\":\"invalid_grant\",\"error_description\":\"bad verifier " + VERIFIER + "\"}");

    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> fixed.exchange(request, callback(request)));

    assertThat(request.toString() + request.toJson() + refused + refused.description())
        .contains("bad verifier")
        .doesNotContain(VERIFIER)
        .doesNotContain(CHALLENGE);
    assertThat(request.toJson().reveal()).contains(VERIFIER);
  }
}
