package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The vectors are OpenSSL's, see {@code signatures.csv}. */
class SignatureCheckTest {
  private static final String NEW =
      "F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4C3D2E1F00";
  private static final String OTHER =
      "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";
  private static final Map<String, String> SECRETS =
      Map.of("new", NEW, "other", OTHER, "old", "7219388236431824532");

  private static final String ID =
      "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU";
  private static final String KNOWN_ID =
      "https://login.salesforce.com/id/00Dx0000000KNOWNEA/005x0000001KNOWNAA";
  private static final String SIGNATURE = "fdrDr/1OPEevrCJz8uytruTtbOof8WcPHSLzjSOw6+4=";
  private static final String SIGNATURE_BY_OTHER = "2jCdymmK4JwaEJTf9i3GSddifXY6BeK7F3AmtfEYtEE=";
  private static final String NEW_REFRESH_TOKEN = "5AepNEWREFRESHTOKEN";

  private final FakeSalesforce salesforce = FakeSalesforce.builder().consumerSecret(NEW).start();
  private final SalesforceOAuthFlow flow = flow(() -> Secret.of(NEW)).build();
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("00DOLD!ACCESS"), Instant.EPOCH)
          .refreshToken(Secret.of("5AepOLDREFRESHTOKEN"))
          .issuer(salesforce.uri())
          .clientId(salesforce.consumerKey())
          .attribute("id", KNOWN_ID)
          .attribute("instance_url", "https://acme.my.salesforce.com")
          .build();

  private final Logger logger = (Logger) LoggerFactory.getLogger("com.withampersand.sdk.oauth");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  private SalesforceOAuthFlow.Builder flow(Supplier<Secret> secret) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), secret)
            .scopes("api", "refresh_token")
            .build();
    return SalesforceOAuthFlow.builder(app, LoginHost.custom(salesforce.uri()));
  }

  /** Answers in turn, and the last answer ever after. */
  private static Supplier<Secret> secrets(String... inTurn) {
    Iterator<String> rest = List.of(inTurn).iterator();
    String[] current = new String[1];
    return () -> {
      current[0] = rest.hasNext() ? rest.next() : current[0];
      return Secret.of(current[0]);
    };
  }

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
  }

  @AfterEach
  void stop() {
    logger.setAdditive(true);
    logger.detachAppender(log);
    salesforce.close();
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private void answer(String furtherMembers) {
    salesforce.nextTokenRequest(
        Fault.respond(
            200,
            "application/json",
            "{\"access_token\":\"00DNEW!ACCESS\",\"refresh_token\":\""
                + NEW_REFRESH_TOKEN
                + "\""
                + furtherMembers
                + "}"));
  }

  private void answerSigned(String signature) {
    answer(
        ",\"id\":\""
            + ID
            + "\",\"issued_at\":\"1278448101416\",\"signature\":\""
            + signature
            + "\"");
  }

  @ParameterizedTest(name = "{5}")
  @CsvFileSource(resources = "signatures.csv", delimiter = ';', useHeadersInDisplayName = true)
  void refresh_signatureOfOpenssl_decidesWhetherTheIdentityIsTaken(
      String secret, String id, String issuedAt, String signature, boolean fits, String why) {
    SalesforceOAuthFlow checking = flow(() -> Secret.of(SECRETS.getOrDefault(secret, ""))).build();
    answer(
        ",\"id\":\""
            + id
            + "\",\"issued_at\":\""
            + issuedAt
            + "\",\"signature\":\""
            + signature
            + "\"");

    TokenSet refreshed = checking.refresh(tokens);

    assertThat(refreshed.refreshToken()).as(why).contains(Secret.of(NEW_REFRESH_TOKEN));
    assertThat(refreshed.attribute("id")).as(why).contains(fits ? id : KNOWN_ID);
    assertThat(warnings()).as(why).hasSize(fits ? 0 : 1);
  }

  @Test
  void refresh_timeAsANumber_isCheckedAsItWasWritten() {
    answer(
        ",\"id\":\"" + ID + "\",\"issued_at\":1278448101416,\"signature\":\"" + SIGNATURE + "\"");

    assertThat(flow.refresh(tokens).refreshToken()).contains(Secret.of(NEW_REFRESH_TOKEN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"signature\":\"nonsense\"",
        ",\"signature\":\"nonsense\",\"id\":\"https://login.salesforce.com/id/x/y\"",
        ",\"signature\":\"nonsense\",\"issued_at\":\"1278448101416\"",
        ",\"id\":\"https://login.salesforce.com/id/x/y\",\"issued_at\":\"1278448101416\"",
        ",\"id\":\"https://login.salesforce.com/id/x/y\",\"issued_at\":\"1\",\"signature\":null"
      })
  void refresh_answerThatCannotBeChecked_isTaken(String members) {
    answer(members);

    assertThat(flow.refresh(tokens).refreshToken()).contains(Secret.of(NEW_REFRESH_TOKEN));
  }

  @Test
  void refresh_signatureDoesNotFit_keepsTheTokensAndTheIdentityKnownBefore() {
    answer(
        ",\"instance_url\":\"https://evil.my.salesforce.com\",\"id\":\""
            + ID
            + "\",\"issued_at\":\"1278448101416\",\"signature\":\""
            + SIGNATURE_BY_OTHER
            + "\"");

    TokenSet refreshed = flow.refresh(tokens);

    assertThat(refreshed.accessToken()).isEqualTo(Secret.of("00DNEW!ACCESS"));
    assertThat(refreshed.refreshToken()).contains(Secret.of(NEW_REFRESH_TOKEN));
    assertThat(refreshed.attributes()).isEqualTo(tokens.attributes());
    assertThat(refreshed.secretAttributes()).isEqualTo(tokens.secretAttributes());
  }

  @Test
  void refresh_signatureDoesNotFit_warnsOnceAndNamesBothCauses() {
    answerSigned(SIGNATURE_BY_OTHER);

    flow.refresh(tokens);

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(
            "nother server answered",
            "another secret of this app",
            "host localhost",
            "client " + salesforce.consumerKey().substring(0, 12) + "…")
        .doesNotContain(NEW_REFRESH_TOKEN, "00DNEW!ACCESS", SIGNATURE_BY_OTHER);
  }

  @Test
  void exchange_signatureDoesNotFit_isRefusedAndTheAttemptUsedUp() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    answerSigned(SIGNATURE_BY_OTHER);

    ProtocolException refused =
        catchThrowableOfType(ProtocolException.class, () -> flow.exchange(request, callback));

    assertThat(refused.isOutcomeUnknown()).isTrue();
    assertThat(refused).hasMessageContaining("its tokens are not taken");
    assertThatExceptionOfType(CallbackException.class)
        .isThrownBy(() -> flow.exchange(request, callback));
  }

  private static final String SIGNED = ",\"id\":\"" + ID + "\",\"issued_at\":\"1278448101416\"";

  private TokenSet exchangeExpecting(String org, SalesforceOAuthFlow flow, String answerMembers) {
    AuthorizationRequest request =
        flow.authorize(AuthorizationOptions.builder().expectOrg(org).build());
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    answer(answerMembers);
    return flow.exchange(request, callback);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00Dx0000000BV7z", "00Dx0000000BV7zEAG"})
  void exchange_expectedOrgInASignedAnswer_isTaken(String org) {
    TokenSet exchanged =
        exchangeExpecting(org, flow, SIGNED + ",\"signature\":\"" + SIGNATURE + "\"");

    assertThat(SalesforceTokens.of(exchanged).organizationId()).contains("00Dx0000000BV7zEAG");
  }

  @Test
  void exchange_expectedOrgInAnAnswerWithoutSignature_isTaken() {
    TokenSet exchanged = exchangeExpecting("00Dx0000000BV7zEAG", flow, SIGNED);

    assertThat(SalesforceTokens.of(exchanged).organizationId()).contains("00Dx0000000BV7zEAG");
  }

  @Test
  void exchange_expectedOrgAndSignatureDoesNotFit_isRefusedEvenWithoutSignatureCheck() {
    SalesforceOAuthFlow lenient = flow(() -> Secret.of(NEW)).withoutSignatureCheck().build();

    for (SalesforceOAuthFlow any : List.of(flow, lenient)) {
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(
              () ->
                  exchangeExpecting(
                      "00Dx0000000BV7zEAG",
                      any,
                      SIGNED + ",\"signature\":\"" + SIGNATURE_BY_OTHER + "\""))
          .withMessageContaining("signature");
    }
    assertThat(salesforce.requests("/services/oauth2/revoke")).hasSize(2);
  }

  @Test
  void exchange_withoutSignatureCheckAndNoExpectedOrg_takesAnySignature() {
    SalesforceOAuthFlow lenient = flow(() -> Secret.of(NEW)).withoutSignatureCheck().build();
    AuthorizationRequest request = lenient.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    answerSigned(SIGNATURE_BY_OTHER);

    assertThat(lenient.exchange(request, callback).attribute("id")).contains(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"id\":\"https://login.salesforce.com/id/00D5g000004XyZaEAK/005x00000012Q9PAAU\"",
        ",\"id\":\"https://login.salesforce.com/id/00Dx0000000BV7zEAA/005x00000012Q9PAAU\"",
        ",\"id\":\"" + ID + "\",\"signature\":\"" + SIGNATURE + "\"",
      })
  void exchange_expectedOrgIsNotWhatTheAnswerNames_isRefusedAndRevoked(String members) {
    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> exchangeExpecting("00Dx0000000BV7z", flow, members));

    assertThat(refused.error()).isEqualTo("wrong_org");
    assertThat(salesforce.requests("/services/oauth2/revoke")).hasSize(1);
  }

  @Test
  void exchange_salesforcesOwnSignature_fits() {
    AuthorizationRequest request = flow.authorize();

    TokenSet exchanged =
        flow.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));

    assertThat(SalesforceTokens.of(exchanged).signature()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {SIGNATURE, SIGNATURE_BY_OTHER})
  void refresh_secretChangedWhileTheAnswerCame_fitsEither(String signature) {
    SalesforceOAuthFlow changing = flow(secrets(OTHER, NEW)).build();
    answerSigned(signature);

    TokenSet refreshed = changing.refresh(tokens);

    assertThat(salesforce.requests().get(0).form("client_secret")).contains(OTHER);
    assertThat(refreshed.attribute("id")).contains(ID);
  }

  @Test
  void refresh_secretChangedAndNeitherFits_saysSo() {
    SalesforceOAuthFlow changing = flow(secrets("first", "second")).build();
    answerSigned(SIGNATURE);

    changing.refresh(tokens);

    assertThat(warnings()).singleElement().asString().contains("neither the old nor the new");
  }

  @Test
  void refresh_withoutSignatureCheck_takesAnySignature() {
    SalesforceOAuthFlow lenient = flow(() -> Secret.of(NEW)).withoutSignatureCheck().build();
    answerSigned(SIGNATURE_BY_OTHER);

    assertThat(lenient.refresh(tokens).attribute("id")).contains(ID);
    assertThat(warnings()).isEmpty();
  }

  private SalesforceOAuthFlow alsoSignedWith(Supplier<Optional<Secret>> other) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), NEW)
            .scopes("api", "refresh_token")
            .alsoSignedWith(other)
            .build();
    return SalesforceOAuthFlow.of(app, LoginHost.custom(salesforce.uri()));
  }

  @Test
  void refresh_signedWithTheOtherOfTwoSecrets_fitsAndSendsItNowhere() {
    SalesforceOAuthFlow rotating = alsoSignedWith(() -> Optional.of(Secret.of(OTHER)));
    answerSigned(SIGNATURE_BY_OTHER);

    assertThat(rotating.refresh(tokens).attribute("id")).contains(ID);

    assertThat(warnings()).isEmpty();
    assertThat(salesforce.requests().toString()).doesNotContain(OTHER);
  }

  @Test
  void refresh_signedWithTheSecretThatIsSent_doesNotAskForAnother() {
    SalesforceOAuthFlow rotating =
        alsoSignedWith(
            () -> {
              throw new IllegalStateException("asked");
            });
    answerSigned(SIGNATURE);

    assertThat(rotating.refresh(tokens).attribute("id")).contains(ID);
    assertThat(warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "third", "null"})
  void refresh_signedWithNeitherOfTwo_keepsTheTokensAlone(String other) {
    @SuppressWarnings("NullAway")
    Supplier<Optional<Secret>> supplier =
        () ->
            switch (other) {
              case "none" -> Optional.empty();
              case "null" -> null;
              default -> Optional.of(Secret.of(other));
            };
    answerSigned(SIGNATURE_BY_OTHER);

    TokenSet refreshed = alsoSignedWith(supplier).refresh(tokens);

    assertThat(refreshed.refreshToken()).contains(Secret.of(NEW_REFRESH_TOKEN));
    assertThat(warnings()).singleElement().asString().contains("alsoSignedWith");
  }

  @Test
  void exchange_secretsThatCannotBeReadWhileTheAnswerComes_isRefusedAndRevoked() {
    AtomicBoolean isAway = new AtomicBoolean();
    SalesforceOAuthFlow sealed =
        flow(() -> {
              if (isAway.getAndSet(true)) {
                throw new IllegalStateException("CANARY: the vault is down");
              }
              return Secret.of(NEW);
            })
            .build();
    AuthorizationRequest request = sealed.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    answerSigned(SIGNATURE_BY_OTHER);

    AuthorizationResult result = sealed.complete(callback, request);

    assertThat(((AuthorizationResult.Failed) result).error())
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("could not be read (java.lang.IllegalStateException)")
        .hasMessageNotContaining("CANARY");
    assertThat(salesforce.requests("/services/oauth2/revoke")).hasSize(1);
  }
}
