package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateSignerTest {
  private static final Instant NOON = MovableClock.START;
  private static final Secret KEY = StateSigner.newKey();
  private static final Secret OTHER_KEY = StateSigner.newKey();
  private static final String BASE64_URL =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final MovableClock clock = new MovableClock();
  private final StateSigner signer = signer("k1", KEY).build();
  private final BrowserBinding binding = BrowserBinding.random();

  private StateSigner.Builder signer(String keyId, Secret key) {
    return StateSigner.builder(keyId, key).clock(clock).replayGuard(new InMemoryReplayGuard(clock));
  }

  private static Made sign(StateSigner signer, String payload, BrowserBinding binding) {
    Attempt attempt =
        new Attempt(
            Scopes.of("api"), signer.expiry(), StateSigner.requireShort(payload), null, null, null);
    return new Made(
        signer.sign(attempt, new byte[32], binding, false).state(), attempt.expiresAt());
  }

  private AuthorizationRequest verify(StateSigner signer, String state, BrowserBinding binding) {
    AuthorizationRequest request = signer.open(state, binding);
    request.markUsed(clock.instant());
    signer.markUsed(state, request.expiresAt());
    return request;
  }

  private record Made(String value, Instant expiresAt) {}

  private Reason reasonOfRefusal(StateSigner signer, String state, BrowserBinding binding) {
    try {
      verify(signer, state, binding);
    } catch (CallbackException e) {
      return e.reason();
    }
    throw new AssertionError("the state was accepted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "acme", "a.b=c&d e", "caf\u00e9 \u6771\u4eac \ud83d\ude80", "\u0000\n"})
  void verify_ownState_returnsThePayload(String payload) {
    Made signed = sign(signer, payload, binding);

    AuthorizationRequest verified = verify(signer, signed.value(), binding);

    assertThat(verified.payload()).isEqualTo(payload);
    assertThat(verified.state()).isEqualTo(signed.value());
    assertThat(verified.expiresAt()).isEqualTo(signed.expiresAt());
  }

  @Test
  void sign_anyPayload_isFitForAUrlAsItIs() {
    Made signed = sign(signer, "caf\u00e9 & more", binding);

    assertThat(signed.value()).matches("[A-Za-z0-9._~-]+");
    assertThat(signed.expiresAt()).isEqualTo(NOON.plus(Duration.ofMinutes(30)));
  }

  @Test
  void verify_stateOfAnotherNodeWithTheSameKey_isAccepted() {
    StateSigner otherNode = signer("k1", KEY).build();
    String state = sign(signer, "acme", binding).value();

    AuthorizationRequest verified = verify(otherNode, state, binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_stateOfAKeyThatIsAlsoAccepted_isAccepted() {
    StateSigner rotated = signer("k2", OTHER_KEY).alsoAccept("k1", KEY).build();
    String state = sign(signer, "acme", binding).value();

    AuthorizationRequest verified = verify(rotated, state, binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void sign_withFurtherKeys_signsWithItsOwn() {
    StateSigner rotated = signer("k2", OTHER_KEY).alsoAccept("k1", KEY).build();
    StateSigner newOnly = signer("k2", OTHER_KEY).build();
    String state = sign(rotated, "acme", binding).value();

    AuthorizationRequest verified = verify(newOnly, state, binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_stateOfAnUnknownKey_isTheOperatorsToFix() {
    StateSigner stranger = signer("k9", OTHER_KEY).build();
    String state = sign(stranger, "acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_KEY_UNKNOWN);
  }

  @Test
  void verify_stateOfAnotherKeyOfTheSameName_isTampered() {
    StateSigner forger = signer("k1", OTHER_KEY).build();
    String state = sign(forger, "acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_keyNameOfAnotherKnownKey_isTampered() {
    StateSigner twoKeys = signer("k1", KEY).alsoAccept("k2", OTHER_KEY).build();
    String state = sign(twoKeys, "acme", binding).value().replace("2.k1.", "2.k2.");

    assertThat(reasonOfRefusal(twoKeys, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_anyOneCharacterAltered_isNeverAccepted() {
    String state = sign(signer, "acme", binding).value();
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
    String state = sign(signer, "acme", binding).value();
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
    String state = sign(signer, "acme", binding).value();
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
    Throwable thrown = catchThrowable(() -> verify(signer, state, binding));
    return thrown instanceof CallbackException refused
        && Set.of(Reason.STATE_TAMPERED, Reason.STATE_KEY_UNKNOWN).contains(refused.reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "2.k1", "2.k1.AAAA", "2.k1..", "2.k1.AAAA.AAAA", "....", "3.k1.A.A"})
  void verify_stateThatNoSignerMade_isTampered(String state) {
    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_paddedSignature_isTampered() {
    String state = sign(signer, "acme", binding).value() + "=";

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_payloadOfOneStateWithTheSignatureOfAnother_isTampered() {
    String own = sign(signer, "acme", binding).value();
    String other = sign(signer, "evil", binding).value();
    String mixed = other.substring(0, other.lastIndexOf('.')) + own.substring(own.lastIndexOf('.'));

    assertThat(reasonOfRefusal(signer, mixed, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_foreign_tellsAnotherBrowserFromALostCookie() {
    Made state = sign(signer, "acme", binding);

    assertThatThrownBy(() -> verify(signer, state.value(), BrowserBinding.random()))
        .hasMessageStartingWith("The state was issued to another browser.");
    assertThatThrownBy(() -> verify(signer, state.value(), BrowserBinding.fromCookie(" ")))
        .hasMessageStartingWith("The browser did not send the cookie");
  }

  @Test
  void binding_equalsItsOwnValueAlone() {
    BrowserBinding same = BrowserBinding.fromCookie(" " + binding.cookieValue() + " ");

    assertThat(same).isEqualTo(binding).hasSameHashCodeAs(binding);
    assertThat(binding)
        .isNotEqualTo(BrowserBinding.random())
        .isNotEqualTo(BrowserBinding.fromCookie(null))
        .isNotEqualTo("a text");
    assertThat(binding.toString()).doesNotContain(binding.cookieValue());
    assertThat(BrowserBinding.fromCookie(null)).hasToString("BrowserBinding[no cookie]");
  }

  @Test
  void verify_otherBrowser_isForeign() {
    String state = sign(signer, "acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, BrowserBinding.random()))
        .isEqualTo(Reason.STATE_FOREIGN);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " "})
  void verify_browserWithoutItsCookie_isForeign(@Nullable String lost) {
    String state = sign(signer, "acme", binding).value();

    assertThat(reasonOfRefusal(signer, state, BrowserBinding.fromCookie(lost)))
        .isEqualTo(Reason.STATE_FOREIGN);
  }

  @Test
  void verify_cookieThatCameBackFromTheBrowser_isAccepted() {
    String state = sign(signer, "acme", binding).value();
    BrowserBinding back = BrowserBinding.fromCookie(binding.cookieValue());

    assertThat(verify(signer, state, back).payload()).isEqualTo("acme");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.k1.AAAA.BBBB", "1.k9.x.y"})
  void verify_stateOfTheFirstFormat_isExpiredByAnUpdate(String state) {
    assertThatExceptionOfType(CallbackException.class)
        .isThrownBy(() -> signer.open(state, binding))
        .withMessageContaining("earlier version of this SDK")
        .returns(Reason.STATE_EXPIRED, CallbackException::reason);
  }

  @Test
  void verify_megabytesOfState_isRefusedAtOnce() {
    String state = "2.k1." + "A".repeat(5_000_000) + ".A";

    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_TAMPERED);
  }

  @Test
  void verify_otherBrowserFirst_doesNotUseTheStateUp() {
    String state = sign(signer, "acme", binding).value();
    Reason refusal = reasonOfRefusal(signer, state, BrowserBinding.random());

    AuthorizationRequest verified = verify(signer, state, binding);

    assertThat(refusal).isEqualTo(Reason.STATE_FOREIGN);
    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_atTheInstantOfItsEnd_isExpired() {
    Made signed = sign(signer, "acme", binding);
    clock.set(signed.expiresAt());

    assertThat(reasonOfRefusal(signer, signed.value(), binding)).isEqualTo(Reason.STATE_EXPIRED);
  }

  @Test
  void sign_manyTimes_givesAsManyNoncesOf256Bits() {
    Set<String> nonces = new HashSet<>();
    StateSigner guarded =
        signer("k1", KEY).replayGuard(guard((nonce, end) -> nonces.add(nonce))).build();

    for (int i = 0; i < 1000; i++) {
      AuthorizationRequest verified =
          verify(guarded, sign(guarded, "acme", binding).value(), binding);
      assertThat(verified.payload()).isEqualTo("acme");
    }

    assertThat(nonces).hasSize(1000);
    assertThat(nonces).allMatch(nonce -> Base64.getUrlDecoder().decode(nonce).length * 8 == 256);
  }

  @Test
  void verify_justBeforeItsEnd_isAccepted() {
    Made signed = sign(signer, "acme", binding);
    clock.set(signed.expiresAt().minusNanos(1));

    AuthorizationRequest verified = verify(signer, signed.value(), binding);

    assertThat(verified.payload()).isEqualTo("acme");
  }

  @Test
  void verify_usedBefore_isReused() {
    String state = sign(signer, "acme", binding).value();
    AuthorizationRequest first = verify(signer, state, binding);

    assertThat(first.payload()).isEqualTo("acme");
    assertThat(reasonOfRefusal(signer, state, binding)).isEqualTo(Reason.STATE_REUSED);
  }

  @Test
  void verify_replayGuardOfOnesOwn_isAskedWithNonceAndEnd() {
    List<String> asked = new ArrayList<>();
    StateSigner guarded =
        signer("k1", KEY).replayGuard(guard((nonce, end) -> asked.add(nonce + " " + end))).build();
    Made signed = sign(guarded, "acme", binding);

    AuthorizationRequest verified = verify(guarded, signed.value(), binding);

    assertThat(verified.payload()).isEqualTo("acme");
    assertThat(asked).singleElement().asString().matches("[\\w-]{43} " + signed.expiresAt());
  }

  @Test
  void verify_replayGuardOfOnesOwnSaysNo_isReused() {
    StateSigner guarded = signer("k1", KEY).replayGuard(guard((nonce, end) -> false)).build();
    String state = sign(guarded, "acme", binding).value();

    assertThat(reasonOfRefusal(guarded, state, binding)).isEqualTo(Reason.STATE_REUSED);
  }

  @Test
  void verify_stateThatIsRefused_isNotShownToTheReplayGuard() {
    List<String> asked = new ArrayList<>();
    StateSigner guarded =
        signer("k1", KEY).replayGuard(guard((nonce, end) -> asked.add(nonce))).build();
    Made signed = sign(guarded, "acme", binding);
    clock.set(signed.expiresAt());

    Reason refusal = reasonOfRefusal(guarded, signed.value(), binding);

    assertThat(refusal).isEqualTo(Reason.STATE_EXPIRED);
    assertThat(asked).isEmpty();
  }

  /** What the guard has forgotten can be seen by turning the clock back. */
  @Test
  void verify_longAfterAnotherState_hasForgottenThatOne() {
    String early = sign(signer, "early", binding).value();
    AuthorizationRequest first = verify(signer, early, binding);
    clock.set(first.expiresAt().plus(Duration.ofMinutes(61)));
    AuthorizationRequest late = verify(signer, sign(signer, "late", binding).value(), binding);
    clock.set(NOON);

    AuthorizationRequest again = verify(signer, early, binding);

    assertThat(late.payload()).isEqualTo("late");
    assertThat(again.payload()).isEqualTo("early");
  }

  @Test
  void verify_anyRefusal_quotesNeitherStateNorKeyNorCookie() {
    String state = sign(signer, "acme", binding).value();

    Throwable foreign =
        catchThrowable(() -> verify(signer, state, BrowserBinding.fromCookie("other-cookie")));
    Throwable tampered = catchThrowable(() -> verify(signer, state + "x", binding));

    assertThat(foreign + " " + tampered)
        .doesNotContain(state)
        .doesNotContain("other-cookie")
        .doesNotContain(binding.cookieValue())
        .doesNotContain(KEY.reveal());
  }

  @Test
  void sign_payloadOf1024Bytes_isTaken() {
    Made signed = sign(signer, "\u00e9".repeat(512), binding);

    assertThat(verify(signer, signed.value(), binding).payload()).hasSize(512);
  }

  @Test
  void sign_longerPayload_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sign(signer, "\u00e9".repeat(512) + "x", binding))
        .withMessageContaining("1025 bytes");
  }

  @Test
  void sign_halfOfASurrogatePair_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sign(signer, "customer-\ud800", binding))
        .withMessageContaining("surrogate pair");
  }

  @Test
  void sign_stateThatNoUrlHasRoomFor_isRefusedBeforeTheUserIsSentOff() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sign(signer, "\u0001".repeat(1024), binding))
        .withMessageContaining("a URL has room for");
  }

  @Test
  void sign_browserWithoutCookie_isRefused() {
    BrowserBinding none = BrowserBinding.fromCookie(null);

    assertThatIllegalStateException().isThrownBy(() -> sign(signer, "acme", none));
  }

  @Test
  void sign_thousandTimes_neverMakesTheSameState() {
    Set<String> states = new HashSet<>();

    for (int i = 0; i < 1000; i++) {
      states.add(sign(signer, "acme", binding).value());
    }

    assertThat(states).hasSize(1000);
  }

  @Test
  void randomBinding_calledTwice_makes256RandomBitsEachTime() {
    BrowserBinding other = BrowserBinding.random();

    assertThat(other.cookieValue()).matches("[\\w-]{43}").isNotEqualTo(binding.cookieValue());
    assertThat(other).isNotEqualTo(binding);
    assertThat(other.toString()).doesNotContain(other.cookieValue());
  }

  @Test
  void build_noReplayGuardChosen_saysWhatToChoose() {
    StateSigner.Builder builder = StateSigner.builder("k1", KEY);

    assertThatIllegalStateException()
        .isThrownBy(builder::build)
        .withMessageContaining("ReplayGuard.forOneNode()")
        .withMessageContaining("JdbcReplayGuard");
  }

  @Test
  void newKey_calledTwice_makes256RandomBitsEachTime() {
    assertThat(Base64.getDecoder().decode(KEY.reveal())).hasSize(32);
    assertThat(KEY).isNotEqualTo(OTHER_KEY);
  }

  @Test
  void builder_keyWithALineEnd_isTaken() {
    StateSigner padded = signer("k1", Secret.of(KEY.reveal() + "\n")).build();
    String state = sign(signer, "acme", binding).value();

    assertThat(verify(padded, state, binding).payload()).isEqualTo("acme");
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

    Made signed = sign(shortLived, "acme", binding);

    assertThat(signed.expiresAt()).isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(15)));
  }

  @Test
  void verify_onAnotherNodeAfterTheFirst_isReusedWhereTheGuardIsShared() {
    ReplayGuard shared = sharedGuard();
    StateSigner first = signer("k1", KEY).replayGuard(shared).build();
    StateSigner second = signer("k1", KEY).replayGuard(shared).build();
    String state = sign(first, "acme", binding).value();
    AuthorizationRequest verified = verify(first, state, binding);

    assertThat(verified.payload()).isEqualTo("acme");
    assertThat(reasonOfRefusal(second, state, binding)).isEqualTo(Reason.STATE_REUSED);
  }

  private static ReplayGuard sharedGuard() {
    Set<String> used = ConcurrentHashMap.newKeySet();
    return guard((nonce, end) -> used.add(nonce));
  }

  private static ReplayGuard guard(BiPredicate<String, Instant> firstUse) {
    return new ReplayGuard() {
      @Override
      public boolean markUsed(String nonce, Instant expiresAt) {
        return firstUse.test(nonce, expiresAt);
      }

      @Override
      public void markUnused(String nonce) {}
    };
  }
}
