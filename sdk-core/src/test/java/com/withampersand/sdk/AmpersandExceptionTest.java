package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AmpersandExceptionTest {
  private static final Violation NO_CLIENT_ID =
      new Violation("clientId", "It is blank.", "Copy it from the provider.");
  private static final Violation NO_SCOPES =
      new Violation("scopes", "There are none.", "Name at least one.");

  private static final String[] OAUTH_FIELDS = {
    "error", "description", "httpStatus", "context", "actor", "remedy", "verdict", "reason"
  };

  private static OAuthException refusal() {
    return OAuthException.builder("invalid_grant")
        .description("expired token")
        .httpStatus(400)
        .context("refresh, host login.example.com, refresh token ***(ba7816bf)")
        .actor(Actor.END_USER)
        .remedy("Let the user consent again.")
        .verdict(Verdict.FINAL)
        .reason(com.withampersand.sdk.Reason.REVOKED_OR_EXPIRED)
        .build();
  }

  private static ApiException apiRefusal() {
    Problem problem =
        Problem.of(
            Map.of(
                "requestId",
                "r-1",
                "context",
                Map.of("sizes", List.of(1, 2.5, true)),
                "x",
                List.of()));
    return new ApiException(
        "Refused.", 503, problem, Instant.parse("2026-11-24T12:00:00Z"), true, true);
  }

  private static List<AmpersandException> everyLeaf() {
    IOException cause = new IOException("connection reset");
    return List.of(
        apiRefusal(),
        new CallbackException(Reason.STATE_EXPIRED, "The user came too late."),
        new ForeignGrantException("Another app's grant."),
        new InvalidProviderAppException(List.of(NO_CLIENT_ID, NO_SCOPES)),
        new NotConnectedException(new ConnectionKey("salesforce", "acme", "ada")),
        refusal(),
        new ProtocolException("A web page was answered.", true, cause),
        new TokenStoreException("The store is full.", true, cause),
        new TransportException("No answer came.", true, true, cause),
        new WebhookException(WebhookException.Reason.SIGNATURE, "No signature fits."));
  }

  @Test
  void oauthException_withEverything_messageEndsWithTheFacts() {
    OAuthException exception = refusal();

    assertThat(exception)
        .hasMessage(
            "The provider refused: invalid_grant (expired token). Let the user consent again."
                + " [refresh, host login.example.com, refresh token ***(ba7816bf), status 400, see "
                + "guides/when-it-fails.md#provider-refused]");
  }

  @Test
  void oauthException_withCodeAlone_hasDefaults() {
    OAuthException exception = OAuthException.builder("odd_code").build();

    assertThat(exception)
        .hasMessage(
            "The provider refused: odd_code. Look the code up in the provider's documentation."
                + " [see guides/when-it-fails.md#provider-refused]")
        .returns(Actor.DEVELOPER, OAuthException::actor)
        .returns(false, OAuthException::needsReauthorization)
        .returns(false, OAuthException::isRetryable)
        .returns(false, OAuthException::isOutcomeUnknown);
    assertThat(exception.description()).isEmpty();
    assertThat(exception.httpStatus()).isEmpty();
  }

  @Test
  void oauthException_withStatusButNoContext_messageEndsWithTheStatus() {
    OAuthException exception = OAuthException.builder("odd_code").httpStatus(401).build();

    assertThat(exception.getMessage())
        .endsWith("documentation. [status 401, see " + exception.page() + "]");
  }

  @Test
  void oauthException_withContextButNoStatus_messageEndsWithTheContext() {
    OAuthException exception = OAuthException.builder("odd_code").context("authorization").build();

    assertThat(exception.getMessage())
        .endsWith("documentation. [authorization, see " + exception.page() + "]");
  }

  @Test
  void oauthExceptionBuilder_everythingSet_isKept() {
    OAuthException exception = refusal();

    assertThat(exception.description()).contains("expired token");
    assertThat(exception.httpStatus()).hasValue(400);
    assertThat(exception)
        .returns("invalid_grant", OAuthException::error)
        .returns(Actor.END_USER, OAuthException::actor)
        .returns("Let the user consent again.", OAuthException::remedy)
        .returns(Verdict.FINAL, OAuthException::verdict)
        .returns(com.withampersand.sdk.Reason.REVOKED_OR_EXPIRED, OAuthException::reason)
        .returns(true, OAuthException::needsReauthorization)
        .returns(false, OAuthException::isRetryable);
  }

  @Test
  void forCall_anyLeaf_isANewExceptionThatNamesTheConnection() {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");

    assertThat(everyLeaf())
        .allSatisfy(
            leaf -> {
              AmpersandException told = leaf.forCall(key, true, Duration.ofSeconds(7));

              assertThat(told).isNotSameAs(leaf).hasSameClassAs(leaf).hasCause(leaf);
              assertThat(told.getMessage()).contains(key.toString());
              assertThat(told.connection()).contains(key);
            });
  }

  @Test
  void message_ofAnyLeaf_namesItsPageOnceAtTheEnd() {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");

    assertThat(everyLeaf())
        .allSatisfy(
            leaf -> {
              AmpersandException told = leaf.forCall(key, true, null);

              assertThat(leaf.getMessage()).containsOnlyOnce("see " + leaf.page());
              assertThat(leaf.toString()).endsWith("see " + leaf.page() + "]");
              assertThat(told.getMessage()).containsOnlyOnce("see " + leaf.page());
              assertThat(told.page()).isEqualTo(leaf.page());
            });
    assertThat(everyLeaf()).extracting(AmpersandException::page).doesNotHaveDuplicates();
  }

  @Test
  void page_ofARefusalWithATopic_isTheTopic() {
    OAuthException refused = OAuthException.builder("odd_code").topic("errors.md#odd").build();

    assertThat(refused.page()).isEqualTo("errors.md#odd");
    assertThat(refused.getMessage()).endsWith("[see errors.md#odd]");
  }

  @Test
  void oauthExceptionToBuilder_builtAgain_keepsEverything() {
    OAuthException exception = refusal();

    OAuthException again = exception.toBuilder().build();

    assertThat(again)
        .hasMessage(exception.getMessage())
        .usingRecursiveComparison()
        .comparingOnlyFields(OAUTH_FIELDS)
        .isEqualTo(exception);
  }

  @Test
  void oauthExceptionToBuilder_oneThingChanged_changesThatAlone() {
    OAuthException exception = refusal();

    OAuthException refined = exception.toBuilder().remedy("Ask the administrator.").build();

    assertThat(refined)
        .hasMessage(
            "The provider refused: invalid_grant (expired token). Ask the administrator."
                + " [refresh, host login.example.com, refresh token ***(ba7816bf), status 400, see "
                + "guides/when-it-fails.md#provider-refused]")
        .returns(true, OAuthException::needsReauthorization);
  }

  @Test
  void oauthExceptionToBuilder_withoutDescriptionAndStatus_staysWithout() {
    OAuthException exception = OAuthException.builder("odd_code").build();

    OAuthException again = exception.toBuilder().build();

    assertThat(again.description()).isEmpty();
    assertThat(again.httpStatus()).isEmpty();
  }

  @Test
  void invalidProviderApp_severalViolations_namesEachWithItsRemedy() {
    InvalidProviderAppException exception =
        new InvalidProviderAppException(List.of(NO_CLIENT_ID, NO_SCOPES));

    assertThat(exception)
        .hasMessage(
            "The provider app is set up wrong: clientId: It is blank. Copy it from the provider."
                + " | scopes: There are none. Name at least one."
                + " [see guides/when-it-fails.md#invalid-app]");
    assertThat(exception.violations()).containsExactly(NO_CLIENT_ID, NO_SCOPES);
  }

  @Test
  void invalidProviderApp_noViolation_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new InvalidProviderAppException(List.of()))
        .withMessageContaining("at least one violation");
  }

  @Test
  void invalidProviderApp_listChangedAfterwards_keepsItsOwn() {
    List<Violation> violations = new ArrayList<>(List.of(NO_CLIENT_ID));
    InvalidProviderAppException exception = new InvalidProviderAppException(violations);

    violations.add(NO_SCOPES);

    assertThat(exception.violations()).containsExactly(NO_CLIENT_ID);
  }

  @Test
  void callbackException_anyReason_isNotRetryable() {
    CallbackException exception = new CallbackException(Reason.STATE_REUSED, "It was used before.");

    assertThat(exception)
        .hasMessage("It was used before. [see guides/when-it-fails.md#callback-unusable]")
        .returns(Reason.STATE_REUSED, CallbackException::reason)
        .returns(false, CallbackException::isRetryable);
  }

  @Test
  void transportException_outcomeUnknown_saysSo() {
    TransportException exception = new TransportException("No answer came.", false, true, null);

    assertThat(exception)
        .hasNoCause()
        .returns(false, TransportException::isRetryable)
        .returns(true, TransportException::isOutcomeUnknown);
  }

  @Test
  void protocolException_withoutCause_isNeverRetryable() {
    ProtocolException exception = new ProtocolException("A web page was answered.", true);

    assertThat(exception)
        .hasNoCause()
        .returns(false, ProtocolException::isRetryable)
        .returns(true, ProtocolException::isOutcomeUnknown);
  }

  @Test
  void everyLeaf_ofTheSealedRoot_isAmongThoseThatAreSerialized() {
    List<Class<?>> permitted = Arrays.asList(AmpersandException.class.getPermittedSubclasses());

    assertThat(everyLeaf()).extracting(Object::getClass).containsAll(permitted);
  }

  @ParameterizedTest
  @MethodSource("everyLeaf")
  void serialization_ofEveryLeaf_keepsWhatAllHave(AmpersandException exception)
      throws IOException, ClassNotFoundException {
    AmpersandException copy = throughSerialization(exception);

    assertThat(copy)
        .hasSameClassAs(exception)
        .hasToString(exception.toString())
        .returns(exception.isRetryable(), AmpersandException::isRetryable)
        .returns(exception.isOutcomeUnknown(), AmpersandException::isOutcomeUnknown);
    assertThat(String.valueOf(copy.getCause())).isEqualTo(String.valueOf(exception.getCause()));
  }

  @Test
  void serialization_ofApiException_keepsItsOwnFields() throws IOException, ClassNotFoundException {
    ApiException exception = apiRefusal();

    ApiException copy = throughSerialization(exception);

    assertThat(copy)
        .returns(exception.problem(), ApiException::problem)
        .returns(exception.retryAfter(), ApiException::retryAfter)
        .returns(503, ApiException::httpStatus);
  }

  @Test
  void serialization_ofOAuthException_keepsItsOwnFields()
      throws IOException, ClassNotFoundException {
    OAuthException exception = refusal();

    OAuthException copy = throughSerialization(exception);

    assertThat(copy)
        .usingRecursiveComparison()
        .comparingOnlyFields(OAUTH_FIELDS)
        .isEqualTo(exception);
  }

  @Test
  void serialization_ofCallbackException_keepsTheReason()
      throws IOException, ClassNotFoundException {
    CallbackException copy =
        throughSerialization(
            new CallbackException(Reason.STATE_EXPIRED, "The user came too late."));

    assertThat(copy.reason()).isEqualTo(Reason.STATE_EXPIRED);
  }

  @Test
  void serialization_ofInvalidProviderApp_keepsTheViolations()
      throws IOException, ClassNotFoundException {
    InvalidProviderAppException copy =
        throughSerialization(new InvalidProviderAppException(List.of(NO_CLIENT_ID, NO_SCOPES)));

    assertThat(copy.violations()).containsExactly(NO_CLIENT_ID, NO_SCOPES);
  }

  @SuppressWarnings("unchecked")
  private static <T extends AmpersandException> T throughSerialization(T exception)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(exception);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
