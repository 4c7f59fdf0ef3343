package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must always hold, whatever else changes. */
class RulesTest {
  private final TokenServer server = new TokenServer();
  private final MovableClock clock = new MovableClock();
  private final TestApp app = new TestApp();
  private final AuthorizationCodeFlow flow = server.flow(app).clock(clock).build();
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("OLD-ACCESS"), MovableClock.START)
          .refreshToken(Secret.of("OLD/REFRESH+TOKEN"))
          .build();

  @AfterEach
  void stop() {
    server.close();
  }

  private static AuthorizationCallback approved(String code, String state) {
    return AuthorizationCallback.fromParameters(
        Map.of("code", new String[] {code}, "state", new String[] {state}));
  }

  private Map<String, String> exchangeAndRefreshForms() {
    server.tokens().tokens();
    AuthorizationRequest request = flow.authorize();
    flow.refresh(flow.exchange(request, approved("CODE", request.state())));
    Map<String, String> both = server.takeForm();
    both.putAll(server.takeForm());
    return both;
  }

  @Test
  void r01_pkceIsOff() {
    assertThat(flow.authorize().url().getRawQuery()).doesNotContain("code_challenge");
    assertThat(exchangeAndRefreshForms()).doesNotContainKey("code_verifier");
  }

  @Test
  void r03_scopeNeverTravelsInATokenRequest() {
    assertThat(exchangeAndRefreshForms()).doesNotContainKey("scope");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"invalid_grant\",\"error_description\":\"bad %s\"}",
        "{\"error\":\"%s\"}",
        "[{\"errorCode\":\"invalid_grant\",\"message\":\"bad %s\"}]",
        "error=invalid_grant&error_description=bad+%s",
        "<html>%s</html>",
        "{\"error\":\"%s",
        "%s"
      })
  void r04_providerEchoesWhatItWasSent_nothingOfItIsShown(String body) {
    List<String> secrets =
        List.of("OLD/REFRESH+TOKEN", "OLD%2FREFRESH%2BTOKEN", TestApp.SECRET, "OLD-ACCESS");

    for (String secret : secrets) {
      server.answer(400, "application/json", body.replace("%s", secret));
      AmpersandException error =
          catchThrowableOfType(AmpersandException.class, () -> flow.refresh(tokens));

      assertThat(everythingShownBy(error)).isNotEmpty().noneMatch(text -> text.contains(secret));
    }
  }

  /** Long ones look like a token, and would be hidden without being known. */
  @Test
  void r04_providerEchoesShortCredentials_nothingOfThemIsShown() {
    app.clientId = "blog";
    app.secret = Secret.of("hush-hush");
    String header =
        Base64.getEncoder().encodeToString("blog:hush-hush".getBytes(StandardCharsets.US_ASCII));
    AuthorizationCodeFlow basic =
        server.flow(app).clientAuthentication(ClientAuthentication.CLIENT_SECRET_BASIC).build();
    server.answer(401, "application/json", "{\"error\":\"bad header Basic " + header + "\"}");

    OAuthException error = catchThrowableOfType(OAuthException.class, () -> basic.refresh(tokens));

    assertThat(server.takeRequest().getHeaders().get("Authorization")).isEqualTo("Basic " + header);
    assertThat(everythingShownBy(error)).isNotEmpty().noneMatch(text -> text.contains(header));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OLD%252FREFRESH%252BTOKEN",
        "OLD&#x2F;REFRESH&#43;TOKEN",
        "OLD\\\\/REFRESH+TOKEN",
        "OLD\\\\u002FREFRESH\\\\u002BTOKEN",
        "OLD/REFRESH TOKEN"
      })
  void r04_providerEchoesTheRefreshTokenEscapedForSomethingElse_nothingOfItIsShown(String echo) {
    server.answer(
        400,
        "application/json",
        "{\"error\":\"invalid_grant\",\"error_description\":\"bad " + echo + "\"}");

    OAuthException error = catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));

    assertThat(everythingShownBy(error)).isNotEmpty().noneMatch(text -> text.contains("REFRESH"));
  }

  private static List<String> everythingShownBy(Throwable error) {
    Stream<String> own =
        error instanceof OAuthException refused
            ? Stream.of(
                refused.error(),
                refused.description().orElse(""),
                refused.remedy(),
                error.toString())
            : Stream.of(error.toString());
    return Stream.concat(
            own,
            Stream.ofNullable(error.getCause()).flatMap(cause -> everythingShownBy(cause).stream()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/token",
        "http://127.0.0.1.example.com/token",
        "http://localhost@example.com/t"
      })
  void r05_secretsTravelOverHttpsOrStayOnThisMachine(String endpoint) {
    URI safe = URI.create("https://example.com/authorize");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationCodeFlow.builder(app, safe, URI.create(endpoint)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/x",
        "http://127.0.0.1.example.com/x",
        "http://localhost@example.com/x"
      })
  void r05_theOtherEndpointsAreHttpsOrOnThisMachineToo(String endpoint) {
    URI address = URI.create(endpoint);
    URI safe = URI.create("https://example.com/token");
    AuthorizationCodeFlow.Builder builder = AuthorizationCodeFlow.builder(app, safe, safe);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationCodeFlow.builder(app, address, safe));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.revocationEndpoint(address));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.introspectionEndpoint(address));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void r06_redirectsAreNotFollowed(int status) {
    try (TokenServer elsewhere = new TokenServer()) {
      elsewhere.tokens();
      server.answer(
          new MockResponse.Builder()
              .code(status)
              .setHeader("Location", elsewhere.uri("/token").toString())
              .build());

      ProtocolException error =
          catchThrowableOfType(ProtocolException.class, () -> flow.refresh(tokens));

      assertThat(error).hasMessageContaining("redirect");
      assertThat(elsewhere.requestCount()).isZero();
    }
  }

  @Test
  void r06_clientThatFollowsRedirects_isRefused() {
    HttpClient client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

    assertThatIllegalArgumentException().isThrownBy(() -> HttpTransport.over(client));
  }

  @Test
  void r08_answerLost_isNotSentAgain() {
    server.answer(
        new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> flow.refresh(tokens));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void r09_answerIsMergedIntoWhatThereWas() {
    server.answer(200, "application/json", "{\"access_token\":\"NEW\"}");

    TokenSet refreshed =
        flow.refresh(
            tokens.toBuilder()
                .attribute("instance_url", "https://x.example")
                .attribute("id", "me")
                .build());

    assertThat(refreshed.refreshToken()).isEqualTo(tokens.refreshToken());
    assertThat(refreshed.attributes())
        .containsEntry("instance_url", "https://x.example")
        .containsEntry("id", "me");
  }

  @Test
  void r12_expiryIsKnownEstimatedOrUnknown_andSaysWhich() {
    AuthorizationCodeFlow estimating =
        server.flow(app).clock(clock).sessionLength(Duration.ofMinutes(30)).build();
    server
        .answer(200, "application/json", "{\"access_token\":\"a\",\"expires_in\":60}")
        .answer(200, "application/json", "{\"access_token\":\"a\"}")
        .answer(200, "application/json", "{\"access_token\":\"a\"}");

    assertThat(estimating.refresh(tokens).expiry())
        .isEqualTo(Expiry.known(MovableClock.START.plusSeconds(60)));
    assertThat(estimating.refresh(tokens).expiry())
        .isEqualTo(Expiry.estimated(MovableClock.START.plusSeconds(1800)));
    assertThat(flow.refresh(tokens).expiry()).isEqualTo(Expiry.unknown());
  }

  @Test
  void r14_answerLongerThanAMebibyte_isNotReadToItsEnd() {
    String filler = "x".repeat(1 << 20);
    server.answer(
        200, "application/json", "{\"access_token\":\"a\",\"filler\":\"" + filler + "\"}");

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> flow.refresh(tokens));

    assertThat(error).hasMessageContaining("longer than");
    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @Test
  void r14_endlessAnswer_endsTheCallAtTheBound() {
    server.answer(
        new MockResponse.Builder()
            .setHeader("Content-Type", "application/json")
            .body("{\"x\":\"" + "y".repeat(3 << 20))
            .setHeader("Content-Length", Long.toString(Long.MAX_VALUE))
            .onResponseEnd(SocketEffect.Stall.INSTANCE)
            .build());

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> flow.refresh(tokens));

    assertThat(error).hasMessageContaining("longer than");
  }

  @Test
  @Timeout(20)
  void r13_slowBody_isStoppedByTheCallsOneDeadline() {
    AuthorizationCodeFlow hasty = server.flow(app).longestExchange(Duration.ofMillis(300)).build();
    server.answer(
        new MockResponse.Builder()
            .setHeader("Content-Type", "application/json")
            .body(TokenServer.TOKENS)
            .throttleBody(1, 1, TimeUnit.SECONDS)
            .build());

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> hasty.refresh(tokens));

    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @Test
  void r15_noThirdPartyTypeIsInAPublicSignature() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("com.withampersand.sdk");

    List<String> leaks =
        classes.stream()
            .filter(RulesTest::isApi)
            .flatMap(
                type ->
                    signatures(type)
                        .filter(RulesTest::isThirdParty)
                        .map(used -> type.getName() + " shows " + used))
            .toList();

    assertThat(classes.stream().filter(RulesTest::isApi)).hasSizeGreaterThan(20);
    assertThat(leaks).isEmpty();
  }

  private static boolean isApi(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && !type.getPackageName().endsWith(".internal")
        && !type.getPackageName().endsWith(".testkit")
        && type.getEnclosingClass().map(RulesTest::isApi).orElse(true);
  }

  private static Stream<String> signatures(JavaClass type) {
    Stream<JavaClass> members =
        Stream.concat(
            type.getCodeUnits().stream()
                .filter(unit -> isVisible(unit.getModifiers()))
                .flatMap(
                    unit ->
                        Stream.concat(
                            unit.getAllInvolvedRawTypes().stream(),
                            unit.getRawParameterTypes().stream())),
            type.getFields().stream()
                .filter(field -> isVisible(field.getModifiers()))
                .flatMap(field -> field.getAllInvolvedRawTypes().stream()));
    Stream<JavaClass> parents =
        Stream.concat(type.getRawInterfaces().stream(), type.getRawSuperclass().stream());
    return Stream.concat(members, parents).map(used -> used.getBaseComponentType().getName());
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static boolean isThirdParty(String type) {
    return type.contains(".")
        && !type.startsWith("java.")
        && !type.startsWith("javax.")
        && !type.startsWith("com.withampersand.");
  }

  @Test
  void r16_stateHas256BitsAndIsNewEachTime() {
    Set<String> states = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String state = flow.authorize().state();
      assertThat(Base64.getUrlDecoder().decode(state)).hasSize(32);
      states.add(state);
    }

    assertThat(states).hasSize(1000);
  }

  private Reason reasonOf(AuthorizationRequest request, AuthorizationCallback callback) {
    return catchThrowableOfType(CallbackException.class, () -> flow.exchange(request, callback))
        .reason();
  }

  @Test
  void r16_codeWithoutState_isNotTaken() {
    assertThat(reasonOf(flow.authorize(), AuthorizationCallback.fromQuery("code=CODE")))
        .isEqualTo(Reason.STATE_MISSING);
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void r16_codeWithAnotherState_isNotTakenAndDoesNotUseTheRequestUp() {
    AuthorizationRequest request = flow.authorize();
    server.tokens();

    assertThat(reasonOf(request, approved("CODE", flow.authorize().state())))
        .isEqualTo(Reason.STATE_MISMATCH);
    assertThat(server.requestCount()).isZero();
    assertThat(flow.exchange(request, approved("CODE", request.state()))).isNotNull();
  }

  @Test
  void r16_state_isGoodOnce() {
    server.tokens();
    AuthorizationRequest request = flow.authorize();
    flow.exchange(request, approved("CODE", request.state()));

    assertThat(reasonOf(request, approved("CODE", request.state()))).isEqualTo(Reason.STATE_REUSED);
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void r16_state_isGoodOnceAmongThreads() throws Exception {
    int threads = 2;
    List<AuthorizationRequest> requests = Stream.generate(flow::authorize).limit(200).toList();
    AtomicInteger arrived = new AtomicInteger();
    AtomicInteger claimed = new AtomicInteger();
    Callable<Boolean> claims =
        () -> {
          int expected = 0;
          for (AuthorizationRequest request : requests) {
            expected += threads;
            arrived.incrementAndGet();
            // A barrier wakes them one after the other: they would never meet.
            while (arrived.get() < expected && !Thread.interrupted()) {
              Thread.onSpinWait();
            }
            claimed.addAndGet(isClaimed(request) ? 1 : 0);
          }
          return true;
        };
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      executor.invokeAll(Collections.nCopies(threads, claims), 60, TimeUnit.SECONDS);
    } finally {
      executor.shutdownNow();
    }

    assertThat(claimed).hasValue(requests.size());
  }

  private static boolean isClaimed(AuthorizationRequest request) {
    try {
      request.markUsed(MovableClock.START);
      return true;
    } catch (CallbackException e) {
      return false;
    }
  }

  @Test
  void r16_state_livesFifteenMinutesOrMoreAndThenEnds() {
    server.tokens();
    AuthorizationRequest inTime = flow.authorize();
    AuthorizationRequest late = flow.authorize();
    clock.advance(Duration.ofMinutes(15));

    assertThat(flow.exchange(inTime, approved("CODE", inTime.state()))).isNotNull();

    clock.advance(Duration.ofMinutes(15));
    assertThat(reasonOf(late, approved("CODE", late.state()))).isEqualTo(Reason.STATE_EXPIRED);
  }

  @Test
  void r16_providersErrorWithoutState_isShown() {
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery(
            "error=invalid_request&error_description=missing+required+code+challenge");

    OAuthException error =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(flow.authorize(), callback));

    assertThat(error.description()).contains("missing required code challenge");
  }
}
