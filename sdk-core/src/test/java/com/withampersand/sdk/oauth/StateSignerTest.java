package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.StateSigner.ReplayGuard;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateSignerTest {
  private static final Instant NOON = MovableClock.START;
  private static final Secret KEY = StateSigner.newKey();
  private static final Secret OTHER_KEY = StateSigner.newKey();
  private static final String BASE64_URL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final MovableClock clock = new MovableClock();
  private final StateSigner signer = signer("k1", KEY).build();
  private final String binding = signer.newBinding();

  private StateSigner.Builder signer(String keyId, Secret key) {
    return StateSigner.builder(keyId, key).clock(clock);
  }

  private static AuthorizationCallback.Approved callback(String state) {
    return (AuthorizationCallback.Approved)
        AuthorizationCallback.parse(URI.create("https://app.example/cb?code=abc&state=" + state));
  }

  private static Reason reasonOfRefusal(StateSigner signer, String state, String binding) {
    try {
      signer.verify(callback(state), binding);
    } catch (CallbackException e) {
      return e.reason();
    }
    throw new AssertionError("the state was accepted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "acme", "a.b=c&d e", "caf\u00e9 \u6771\u4eac \ud83d\ude80", "\u0000\n"})
  void verify_ownState_returnsThePayload(String payload) {
    SignedState signed = signer.sign(payload, binding);

    SignedState verified = signer.verify(callback(signed.value()), binding);

    assertThat(verified.payload()).isEqualTo(payload);
    assertThat(verified.value()).isEqualTo(signed.value());
    assertThat(verified.expiresAt()).isEqualTo(signed.expiresAt());
  }

  @Test
  void sign_anyPayload_isFitForAUrlAsItIs() {
    SignedState signed = signer.sign("caf\u00e9 & more", binding);

    assertThat(signed.value()).matches("[A-Za-z0-9._~-]+");
    assertThat(signed.payload()).isEqualTo("caf\u00e9 & more");
    assertThat(signed.expiresAt()).isEqualTo(NOON.plus(Duration.ofMinutes(30)));
  }

  @Test
  void verify_stateOfAnotherNodeWithTheSameKey_isAccepted() {
    StateSigner otherNode = signer("k1", KEY).build();
    String state = signer.sign("acme", binding).value();

    SignedState verified = otherNode.verify(callback(state), binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_stateOfAKeyThatIsAlsoAccepted_isAccepted() {
    StateSigner rotated = signer("k2", OTHER_KEY).alsoAccept("k1", KEY).build();
    String state = signer.sign("acme", binding).value();

    SignedState verified = rotated.verify(callback(state), binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void sign_withFurtherKeys_signsWithItsOwn() {
    StateSigner rotated = signer("k2", OTHER_KEY).alsoAccept("k1", KEY).build();
    StateSigner newOnly = signer("k2", OTHER_KEY).build();
    String state = rotated.sign("acme", binding).value();

    SignedState verified = newOnly.verify(callback(state), binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_stateOfAnUnknownKey_isForeign() {
    StateSigner stranger = signer("k9", OTHER_KEY).build();
    String state = stranger.sign("acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_FOREIGN);
  }

  @Test
  void verify_stateOfAnotherKeyOfTheSameName_isTampered() {
    StateSigner forger = signer("k1", OTHER_KEY).build();
    String state = forger.sign("acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_keyNameOfAnotherKnownKey_isTampered() {
    StateSigner twoKeys = signer("k1", KEY).alsoAccept("k2", OTHER_KEY).build();
    String state = twoKeys.sign("acme", binding).value().replace("1.k1.", "1.k2.");

    assertThat(reasonOfRefusal(twoKeys, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_anyOneCharacterAltered_isNeverAccepted() {
    String state = signer.sign("acme", binding).value();
    List<Integer> accepted = new ArrayList<>();

    for (int i = 0; i < state.length(); i++) {
      char other = state.charAt(i) == 'A' ? 'B' : 'A';
      String altered = state.substring(0, i) + other + state.substring(i + 1);
      if (!isRefusedAsAltered(altered)) {
        accepted.add(i);
      }
    }

    assertThat(accepted).isEmpty();
  }

  @Test
  void verify_otherBase64SpellingOfTheSameBytes_isNeverAccepted() {
    String state = signer.sign("acme", binding).value();
    int lastOfContent = state.lastIndexOf('.') - 1;
    int lastOfSignature = state.length() - 1;
    List<String> accepted = new ArrayList<>();

    for (int position : List.of(lastOfContent, lastOfSignature)) {
      for (int i = 0; i < BASE64_URL.length(); i++) {
        String altered =
            state.substring(0, position) + BASE64_URL.charAt(i) + state.substring(position + 1);
        if (!altered.equals(state) && !isRefusedAsAltered(altered)) {
          accepted.add(altered);
        }
      }
    }

    assertThat(accepted).isEmpty();
  }

  @Test
  void verify_anyOneCharacterCutOrAdded_isNeverAccepted() {
    String state = signer.sign("acme", binding).value();
    List<Integer> accepted = new ArrayList<>();

    for (int i = 0; i < state.length(); i++) {
      if (!isRefusedAsAltered(state.substring(0, i) + state.substring(i + 1))
          || !isRefusedAsAltered(state.substring(0, i) + "A" + state.substring(i))) {
        accepted.add(i);
      }
    }

    assertThat(accepted).isEmpty();
  }

  private boolean isRefusedAsAltered(String state) {
    Throwable thrown = catchThrowable(() -> signer.verify(callback(state), binding));
    return thrown instanceof CallbackException refused
        && Set.of(Reason.STATE_TAMPERED, Reason.STATE_FOREIGN).contains(refused.reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1.k1", "1.k1.AAAA", "1.k1..", "1.k1.AAAA.AAAA", "....", "2.k1.A.A"})
  void verify_stateThatNoSignerMade_isTampered(String state) {
    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_paddedSignature_isTampered() {
    String state = signer.sign("acme", binding).value() + "%3D";

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_payloadOfOneStateWithTheSignatureOfAnother_isTampered() {
    String own = signer.sign("acme", binding).value();
    String other = signer.sign("evil", binding).value();
    String mixed = other.substring(0, other.lastIndexOf('.')) + own.substring(own.lastIndexOf('.'));

    assertThat(reasonOfRefusal(signer, mixed, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_otherBrowser_isForeign() {
    String state = signer.sign("acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, signer.newBinding())).isEqualTo(Reason.STATE_FOREIGN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void verify_browserWithoutItsCookie_isForeign(String lost) {
    String state = signer.sign("acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, lost)).isEqualTo(Reason.STATE_FOREIGN);
  }

  @Test
  void verify_otherBrowserFirst_doesNotUseTheStateUp() {
    String state = signer.sign("acme", binding).value();
    Reason refusal = reasonOfRefusal(signer, state, signer.newBinding());

    SignedState verified = signer.verify(callback(state), binding);

    assertThat(refusal).isEqualTo(Reason.STATE_FOREIGN);
    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_atTheInstantOfItsEnd_isExpired() {
    SignedState signed = signer.sign("acme", binding);
    clock.set(signed.expiresAt());

    assertThat(reasonOfRefusal(signer, signed.value(), binding)).isEqualTo(Reason.STATE_EXPIRED);
  }

  @Test
  void verify_justBeforeItsEnd_isAccepted() {
    SignedState signed = signer.sign("acme", binding);
    clock.set(signed.expiresAt().minusNanos(1));

    SignedState verified = signer.verify(callback(signed.value()), binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_usedBefore_isReused() {
    String state = signer.sign("acme", binding).value();
    SignedState first = signer.verify(callback(state), binding);

    assertThat(first.payload()).isEqualTo("acme");
    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_REUSED);
  }

  @Test
  void verify_replayGuardOfOnesOwn_isAskedWithNonceAndEnd() {
    List<String> asked = new ArrayList<>();
    StateSigner guarded =
        signer("k1", KEY).replayGuard((nonce, end) -> asked.add(nonce + " " + end)).build();
    SignedState signed = guarded.sign("acme", binding);

    SignedState verified = guarded.verify(callback(signed.value()), binding);

    assertThat(verified.payload()).isEqualTo("acme");
    assertThat(asked).singleElement().asString().matches("[\\w-]{43} " + signed.expiresAt());
  }

  @Test
  void verify_replayGuardOfOnesOwnSaysNo_isReused() {
    StateSigner guarded = signer("k1", KEY).replayGuard((nonce, end) -> false).build();
    String state = guarded.sign("acme", binding).value();

    assertThat(reasonOfRefusal(guarded, state, binding)).isEqualTo(Reason.STATE_REUSED);
  }

  @Test
  void verify_stateThatIsRefused_isNotShownToTheReplayGuard() {
    List<String> asked = new ArrayList<>();
    StateSigner guarded = signer("k1", KEY).replayGuard((nonce, end) -> asked.add(nonce)).build();
    SignedState signed = guarded.sign("acme", binding);
    clock.set(signed.expiresAt());

    Reason refusal = reasonOfRefusal(guarded, signed.value(), binding);

    assertThat(refusal).isEqualTo(Reason.STATE_EXPIRED);
    assertThat(asked).isEmpty();
  }

  /** What the guard has forgotten can be seen by turning the clock back. */
  @Test
  void verify_longAfterAnotherState_hasForgottenThatOne() {
    String early = signer.sign("early", binding).value();
    SignedState first = signer.verify(callback(early), binding);
    clock.set(first.expiresAt());
    SignedState late = signer.verify(callback(signer.sign("late", binding).value()), binding);
    clock.set(NOON);

    SignedState again = signer.verify(callback(early), binding);

    assertThat(late.payload()).isEqualTo("late");
    assertThat(again.payload()).isEqualTo("early");
  }

  @Test
  void verify_callbackWithoutState_isMissing() {
    AuthorizationCallback.Approved callback =
        (AuthorizationCallback.Approved) AuthorizationCallback.parse("code=abc");

    assertThatExceptionOfType(CallbackException.class)
        .isThrownBy(() -> signer.verify(callback, binding))
        .returns(Reason.STATE_MISSING, CallbackException::reason);
  }

  @Test
  void verify_anyRefusal_quotesNeitherStateNorKeyNorCookie() {
    String state = signer.sign("acme", binding).value();

    Throwable foreign = catchThrowable(() -> signer.verify(callback(state), "other-cookie"));
    Throwable tampered = catchThrowable(() -> signer.verify(callback(state + "x"), binding));

    assertThat(foreign + " " + tampered)
        .doesNotContain(state)
        .doesNotContain("other-cookie")
        .doesNotContain(binding)
        .doesNotContain(KEY.reveal());
  }

  @Test
  void sign_payloadOf1024Bytes_isTaken() {
    SignedState signed = signer.sign("\u00e9".repeat(512), binding);

    assertThat(signer.verify(callback(signed.value()), binding).payload()).hasSize(512);
  }

  @Test
  void sign_longerPayload_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> signer.sign("\u00e9".repeat(512) + "x", binding))
        .withMessageContaining("1025 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void sign_blankBinding_isRefused(String blank) {
    assertThatIllegalArgumentException().isThrownBy(() -> signer.sign("acme", blank));
  }

  @Test
  void sign_thousandTimes_neverMakesTheSameState() {
    Set<String> states = new HashSet<>();

    for (int i = 0; i < 1000; i++) {
      states.add(signer.sign("acme", binding).value());
    }

    assertThat(states).hasSize(1000);
  }

  @Test
  void newBinding_calledTwice_makes256RandomBitsEachTime() {
    String other = signer.newBinding();

    assertThat(other).matches("[\\w-]{43}").isNotEqualTo(binding);
  }

  @Test
  void newKey_calledTwice_makes256RandomBitsEachTime() {
    assertThat(Base64.getDecoder().decode(KEY.reveal())).hasSize(32);
    assertThat(KEY).isNotEqualTo(OTHER_KEY);
  }

  @Test
  void builder_keyWithALineEnd_isTaken() {
    StateSigner padded = signer("k1", Secret.of(KEY.reveal() + "\n")).build();
    String state = signer.sign("acme", binding).value();

    assertThat(padded.verify(callback(state), binding).payload()).isEqualTo("acme");
  }

  @Test
  void builder_shortKey_isRefusedWithoutQuotingIt() {
    String shortKey = Base64.getEncoder().encodeToString(new byte[31]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateSigner.builder("k1", Secret.of(shortKey)))
        .withMessageContaining("31 bytes, fewer than 32")
        .withMessageNotContaining(shortKey);
  }

  @Test
  void builder_keyThatIsNoBase64_isRefusedWithoutQuotingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateSigner.builder("k1", Secret.of("hunter22!".repeat(5))))
        .withMessageContaining("not base64")
        .withMessageNotContaining("hunter22")
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "k.1", "k 1", "k/1", "\u00e91", "k1\n"})
  void builder_oddKeyName_isRefused(String keyId) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateSigner.builder(keyId, KEY))
        .withMessageContaining("letters, digits, hyphens and underscores");
  }

  @Test
  void alsoAccept_nameThatIsThereAlready_isRefused() {
    StateSigner.Builder builder = StateSigner.builder("k1", KEY);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.alsoAccept("k1", OTHER_KEY))
        .withMessage("there are two keys named k1");
  }

  @Test
  void lifetime_shorterThan15Minutes_isRefused() {
    StateSigner.Builder builder = StateSigner.builder("k1", KEY);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.lifetime(Duration.ofMinutes(15).minusNanos(1)))
        .withMessageContaining("15 minutes or more");
  }

  @Test
  void lifetime_beyondAllTime_isRefused() {
    StateSigner.Builder builder = StateSigner.builder("k1", KEY);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.lifetime(ChronoUnit.FOREVER.getDuration()))
        .withMessageContaining("100 years at most");
  }

  @Test
  void lifetime_of15Minutes_isNotShortenedByPartsOfASecond() {
    clock.set(NOON.plusMillis(999));
    StateSigner shortLived = signer("k1", KEY).lifetime(Duration.ofMinutes(15)).build();

    SignedState signed = shortLived.sign("acme", binding);

    assertThat(signed.expiresAt()).isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
  }

  @Test
  void toString_signedState_showsItsEndAlone() {
    SignedState signed = signer.sign("acme", binding);

    assertThat(signed).hasToString("SignedState[until 2026-11-24T12:30:00Z]");
  }

  @Test
  void authorize_onTheNodeOfTheCallback_givesTheSameUrlAndExchangesTheCode()
      throws IOException, InterruptedException {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().body("{\"access_token\":\"at-1\"}").build());
      ReplayGuard shared = sharedGuard();
      Node first = new Node(server, signer("k1", KEY).replayGuard(shared).build(), clock);
      Node second = new Node(server, signer("k1", KEY).replayGuard(shared).build(), clock);
      SignedState signed = first.signer.sign("acme", binding);
      URI url = first.authorize(signed).url();

      AuthorizationCallback callback = callback(signed.value());
      SignedState verified = second.signer.verify(second.flow.approved(callback), binding);
      AuthorizationRequest request = second.authorize(verified);
      TokenSet tokens = second.flow.exchange(request, callback);

      assertThat(request.url()).isEqualTo(url);
      assertThat(tokens.accessToken().reveal()).isEqualTo("at-1");
      assertThat(String.valueOf(server.takeRequest().getBody())).contains("code=abc");
    }
  }

  @Test
  void verify_onAnotherNodeAfterTheFirst_isReusedWhereTheGuardIsShared() {
    ReplayGuard shared = sharedGuard();
    StateSigner first = signer("k1", KEY).replayGuard(shared).build();
    StateSigner second = signer("k1", KEY).replayGuard(shared).build();
    String state = first.sign("acme", binding).value();
    SignedState verified = first.verify(callback(state), binding);

    assertThat(verified.payload()).isEqualTo("acme");
    assertThat(reasonOfRefusal(second, state, binding)).isEqualTo(Reason.STATE_REUSED);
  }

  private static ReplayGuard sharedGuard() {
    Set<String> used = ConcurrentHashMap.newKeySet();
    return (nonce, end) -> used.add(nonce);
  }

  /** One of several machines that serve the same app. */
  private static final class Node {
    private final StateSigner signer;
    private final AuthorizationCodeFlow flow;

    Node(MockWebServer server, StateSigner signer, Clock clock) {
      this.signer = signer;
      this.flow =
          AuthorizationCodeFlow.builder(
                  new App(), server.url("/authorize").uri(), server.url("/token").uri())
              .clock(clock)
              .build();
    }

    AuthorizationRequest authorize(SignedState state) {
      return flow.authorize(AuthorizationOptions.builder().state(state).build());
    }
  }

  private static final class App implements ProviderApp {
    @Override
    public String provider() {
      return "example";
    }

    @Override
    public String clientId() {
      return "client-1";
    }

    @Override
    public Secret clientSecret() {
      return Secret.of("client-secret-1");
    }

    @Override
    public URI callbackUri() {
      return URI.create("https://app.example/cb");
    }

    @Override
    public Scopes scopes() {
      return Scopes.of("api", "refresh_token");
    }
  }
}
