package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AmpersandGrantsTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey GRACE = new ConnectionKey("salesforce", "acme", "grace");
  private static final Duration AMPLE = Duration.ofMinutes(1);
  private static final TokenSet TOKENS =
      TokenSet.builder(Secret.of("access"), Instant.parse("2026-11-24T12:00:00Z"))
          .refreshToken(Secret.of("refresh"))
          .build();

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final AmpersandClient client = client().build();
  private final AmpersandGrants grants = AmpersandGrants.of(client);

  private AmpersandClient.Builder client() {
    return AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
        .baseUrl(ampersand.apiUri());
  }

  @BeforeEach
  void registerTheApp() {
    ampersand.addProviderApp(
        "salesforce",
        salesforce.consumerKey(),
        salesforce.consumerSecret(),
        "api",
        "id",
        "refresh_token");
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  /** Lets Ada connect through Ampersand, and returns the id of her connection. */
  private String connected() {
    ampersand.complete(salesforce.approve(client.connections().connectUrl(ConnectRequest.of(ADA))));
    String id = client.connections().find(ADA).orElseThrow().id();
    ampersand.clearRequests();
    return id;
  }

  private List<ReceivedRequest> imports() {
    return ampersand.requests("/v1/projects/" + ampersand.projectId() + "/connections:generate");
  }

  // take

  @Test
  void take_grant_isImportedAndFound() {
    String id = grants.take(ADA, TOKENS, AMPLE);

    assertThat(ampersand.connectionIds()).containsExactly(id);
    assertThat(grants.find(ADA)).contains(id);
    assertThat(grants.find(GRACE)).isEmpty();
    assertThat(imports()).hasSize(1);
  }

  @Test
  void take_importHasToSayMore_isMadeByTheFunction() {
    AmpersandGrants more =
        AmpersandGrants.of(
            client,
            (key, tokens) -> ConnectionImport.builder(key, tokens).workspaceRef("acme").build());

    more.take(ADA, TOKENS, AMPLE);

    assertThat(imports().get(0).body()).contains("\"providerWorkspaceRef\":\"acme\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 422})
  void take_refusedAsADuplicate_returnsTheConnectionThatIsThere(int status) {
    String id = grants.take(ADA, TOKENS, AMPLE);
    ampersand.failNext(status);

    assertThat(grants.take(ADA, TOKENS, AMPLE)).isEqualTo(id);
    assertThat(ampersand.connectionIds()).containsExactly(id);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 422})
  void take_refusedAndNoSuchConnection_throwsTheRefusal(int status) {
    grants.take(GRACE, TOKENS, AMPLE);
    ampersand.failNext(status);

    ApiException refusal =
        catchThrowableOfType(ApiException.class, () -> grants.take(ADA, TOKENS, AMPLE));

    assertThat(refusal.httpStatus()).isEqualTo(status);
    assertThat(refusal.isOutcomeUnknown()).isFalse();
  }

  @Test
  void take_refusedForAnotherReason_looksForNothing() {
    grants.take(ADA, TOKENS, AMPLE);
    ampersand.clearRequests();
    ampersand.failNext(403);

    ApiException refusal =
        catchThrowableOfType(ApiException.class, () -> grants.take(ADA, TOKENS, AMPLE));

    assertThat(refusal.httpStatus()).isEqualTo(403);
    assertThat(ampersand.requests()).hasSize(1);
  }

  @Test
  void take_maybeADuplicateAndAmpersandDoesNotSay_outcomeIsUnknown() {
    ampersand.failNext(409);
    ampersand.nextRequest(Fault.respond(500));

    AmpersandException failure =
        catchThrowableOfType(AmpersandException.class, () -> grants.take(ADA, TOKENS, AMPLE));

    assertThat(failure.isOutcomeUnknown()).isTrue();
    assertThat(failure.getSuppressed())
        .singleElement()
        .satisfies(refusal -> assertThat(((ApiException) refusal).httpStatus()).isEqualTo(409));
  }

  @Test
  void take_answerLost_outcomeIsUnknownAndTheConnectionIsFound() {
    ampersand.nextRequest(Fault.loseAnswer());

    TransportException lost =
        catchThrowableOfType(TransportException.class, () -> grants.take(ADA, TOKENS, AMPLE));

    assertThat(lost.isOutcomeUnknown()).isTrue();
    assertThat(grants.find(ADA)).contains(ampersand.connectionIds().get(0));
    assertThat(imports()).hasSize(1);
  }

  @Test
  @Timeout(60)
  void take_noAnswerWithinTheLimit_isGivenUp() {
    AmpersandGrants patient = AmpersandGrants.of(client().callTimeout(Duration.ofHours(1)).build());
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));

    TransportException late =
        catchThrowableOfType(
            TransportException.class, () -> patient.take(ADA, TOKENS, Duration.ofMillis(300)));
    gate.release();

    assertThat(late.isOutcomeUnknown()).isTrue();
    assertThat(imports()).hasSize(1);
  }

  @Test
  void take_retryWouldGoOverTheLimit_isNotMade() {
    List<Duration> waits = new ArrayList<>();
    AmpersandGrants patient = AmpersandGrants.of(client().pause(waits::add).build());
    ampersand.nextRequest(Fault.problem(429, true).header("Retry-After", "20"));
    ampersand.nextRequest(Fault.problem(429, true).header("Retry-After", "20"));

    ApiException throttled =
        catchThrowableOfType(
            ApiException.class, () -> patient.take(ADA, TOKENS, Duration.ofSeconds(15)));
    String id = patient.take(ADA, TOKENS, Duration.ofMinutes(1));

    assertThat(throttled.httpStatus()).isEqualTo(429);
    assertThat(waits).as("only the second time").hasSize(1);
    assertThat(ampersand.connectionIds()).containsExactly(id);
  }

  @Test
  void take_eachRequest_isGivenWhatIsLeftAndNoMore() {
    List<Duration> timeouts = new ArrayList<>();
    HttpTransport unreachable =
        request -> {
          timeouts.add(request.timeout());
          throw new ConnectException("refused");
        };
    AmpersandGrants far =
        AmpersandGrants.of(client().transport(unreachable).pause(wait -> {}).build());

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> far.take(ADA, TOKENS, Duration.ofSeconds(20)));
    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> far.take(ADA, TOKENS, Duration.ofDays(400_000)));

    assertThat(timeouts).hasSize(6);
    assertThat(timeouts.subList(0, 3)).allMatch(t -> t.compareTo(Duration.ofSeconds(20)) <= 0);
    assertThat(timeouts.subList(3, 6)).allMatch(Duration.ofSeconds(30)::equals);
  }

  @Test
  void take_functionTakesLongerThanTheLimit_sendsNothing() {
    Duration limit = Duration.ofMillis(50);
    AmpersandGrants slow =
        AmpersandGrants.of(
            client,
            (key, tokens) -> {
              spin(limit);
              return ConnectionImport.builder(key, tokens).build();
            });

    TransportException late =
        catchThrowableOfType(TransportException.class, () -> slow.take(ADA, TOKENS, limit));

    assertThat(late.isOutcomeUnknown()).isFalse();
    assertThat(late.isRetryable()).isTrue();
    assertThat(ampersand.requests()).isEmpty();
  }

  private static void spin(Duration time) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT-9999999999H"})
  void take_noTime_sendsNothing(Duration limit) {
    TransportException late =
        catchThrowableOfType(TransportException.class, () -> grants.take(ADA, TOKENS, limit));

    assertThat(late.isOutcomeUnknown()).isFalse();
    assertThat(ampersand.requests()).isEmpty();
  }

  private void assertNotPrepared(
      BiFunction<ConnectionKey, TokenSet, ConnectionImport> imports, String said) {
    AmpersandGrants wrong = AmpersandGrants.of(client, imports);

    ForeignGrantException failure =
        catchThrowableOfType(
            ForeignGrantException.class, () -> wrong.take(ADA, TOKENS, Duration.ofSeconds(9)));

    assertThat(failure).hasMessageContaining(said).hasMessageContaining("acme");
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // what a function without null checks returns
  void take_functionIsWrong_saysSoAndSendsNothing() {
    assertNotPrepared((key, tokens) -> null, "returned null");
    assertNotPrepared((key, tokens) -> ConnectionImport.builder(GRACE, tokens).build(), "grace");
    assertNotPrepared(
        (key, tokens) -> {
          throw new IllegalStateException("a bug");
        },
        "threw java.lang.IllegalStateException");
    assertNotPrepared(
        (key, tokens) -> {
          throw new TransportException("no answer", true, true, null);
        },
        "TransportException");
  }

  // find

  @Test
  void find_severalConnections_namesThemInAnExceptionOfOurs() {
    String first = grants.take(ADA, TOKENS, AMPLE);
    String second = grants.take(ADA, TOKENS, AMPLE);

    ProtocolException several =
        catchThrowableOfType(ProtocolException.class, () -> grants.find(ADA));

    assertThat(several).hasMessageContainingAll(first, second, "Delete all but one");
    assertThat(several.isOutcomeUnknown()).isFalse();
  }

  @Test
  void find_answerListsConnectionsOfOthers_takesNoneOfThem() {
    try (ApiServer server = new ApiServer()) {
      server
          .json(200, "[" + ApiServer.CONNECTION + "]")
          .json(200, "[" + ApiServer.CONNECTION + "]");
      AmpersandGrants careful = AmpersandGrants.of(server.client());

      assertThat(careful.find(GRACE)).isEmpty();
      assertThat(careful.find(ADA)).contains("c-1");
    }
  }

  @Test
  void find_besideAConnectionWhoseNameNoKeyCanHave_findsTheOther() {
    String odd = ApiServer.CONNECTION.replace("\"ada\"", "\"a\\u0007da\"");
    try (ApiServer server = new ApiServer()) {
      server.json(200, "[" + odd + "," + ApiServer.CONNECTION + "]");
      server.json(200, "[" + odd + "]");

      assertThat(AmpersandGrants.of(server.client()).find(ADA)).contains("c-1");
      Connection connection = server.client().connections().list(ConnectionFilter.all()).get(0);
      assertThat(connection.id()).isEqualTo("c-1");
      assertThatIllegalArgumentException()
          .isThrownBy(connection::key)
          .withMessageContaining("control character");
    }
  }

  // tokens

  @Test
  void tokens_forced_areOthers() {
    String id = connected();
    TokenSet before = grants.tokens(id, false);

    assertThat(grants.tokens(id, false).accessToken()).isEqualTo(before.accessToken());
    assertThat(grants.tokens(id, true).accessToken()).isNotEqualTo(before.accessToken());
  }

  @Test
  void tokens_grantEnded_needsConsent() {
    String id = connected();
    salesforce.revokeAll();

    assertNeedsConsent(id);
  }

  @Test
  void tokens_connectionDeleted_needsConsentAndSays404() {
    String id = connected();
    client.connections().delete(id);

    OAuthException gone = assertNeedsConsent(id);

    assertThat(gone.httpStatus()).hasValue(404);
  }

  private OAuthException assertNeedsConsent(String id) {
    OAuthException ended =
        catchThrowableOfType(OAuthException.class, () -> grants.tokens(id, false));
    assertThat(ended.verdict()).isEqualTo(Verdict.FINAL);
    assertThat(ended.reason()).isEqualTo(Reason.REVOKED_OR_EXPIRED);
    assertThat(ended.actor()).isEqualTo(Actor.END_USER);
    assertThat(ended.remedy()).isEqualTo("Connect again.");
    assertThat(ended).hasMessageContaining(id);
    return ended;
  }

  @Test
  void tokens_projectIsWrong_endsNoGrant() {
    String id = connected();
    AmpersandGrants elsewhere = AmpersandGrants.of(client.inProject("mistyped"));

    ApiException failure =
        catchThrowableOfType(ApiException.class, () -> elsewhere.tokens(id, false));

    assertThat(failure.httpStatus()).isEqualTo(404);
  }

  @Test
  void tokens_connectionByApiKey_saysThatItHasNone() {
    try (ApiServer server = new ApiServer()) {
      server.json(200, ApiServer.CONNECTION.replace("oauth2/authorizationCode", "apiKey"));

      ProtocolException none =
          catchThrowableOfType(
              ProtocolException.class,
              () -> AmpersandGrants.of(server.client()).tokens("c-1", false));

      assertThat(none).hasMessageContainingAll("c-1", "apiKey");
    }
  }

  // delete

  @Test
  void delete_connection_isGoneAndMayBeRepeated() {
    String id = connected();

    grants.delete(id);

    assertThat(ampersand.connectionIds()).isEmpty();
    assertThatCode(() -> grants.delete(id)).doesNotThrowAnyException();
  }

  @Test
  void delete_projectIsWrong_isNoSuccess() {
    String id = connected();
    AmpersandGrants elsewhere = AmpersandGrants.of(client.inProject("mistyped"));

    ApiException failure = catchThrowableOfType(ApiException.class, () -> elsewhere.delete(id));

    assertThat(failure.httpStatus()).isEqualTo(404);
    assertThat(ampersand.connectionIds()).containsExactly(id);
  }

  @Test
  void tokens_ofAConnection_nameProviderAndWorkspace() {
    AmpersandGrants more =
        AmpersandGrants.of(
            client,
            (key, tokens) -> ConnectionImport.builder(key, tokens).workspaceRef("acme").build());
    String id = more.take(ADA, TOKENS, AMPLE);

    TokenSet tokens =
        client.connections().getWithAccessToken(id, Refresh.NEVER).tokens().orElseThrow();

    assertThat(tokens.attribute("ampersand_provider")).contains("salesforce");
    assertThat(tokens.attribute("ampersand_workspace")).contains("acme");
  }
}
