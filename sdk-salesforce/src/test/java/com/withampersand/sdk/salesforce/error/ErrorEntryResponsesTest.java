package com.withampersand.sdk.salesforce.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceClientCredentialsFlow;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each entry of the catalog, from where Salesforce sends it to the facts that a caller reads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrorEntryResponsesTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceApp app =
      SalesforceApp.builder(salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
          .scopes("api", "refresh_token")
          .build();
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.of(app, LoginHost.custom(salesforce.uri()));
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("00Dxx0000000001!AQold"), Instant.EPOCH)
          .refreshToken(Secret.of("5Aep861old"))
          .issuer(salesforce.uri())
          .clientId(salesforce.consumerKey())
          .build();

  @AfterAll
  void stop() {
    salesforce.close();
  }

  /** The facts of an error, whichever way it came. */
  private record Facts(
      String topic,
      Actor actor,
      String remedy,
      List<String> causes,
      Verdict verdict,
      Reason reason) {

    static Facts of(ErrorEntry entry) {
      EntryFacts facts = entry.facts();
      return new Facts(
          entry.topic(),
          facts.actor(),
          facts.remedy(),
          facts.causes(),
          facts.verdict(),
          facts.reason());
    }

    static Facts of(OAuthException exception) {
      return new Facts(
          exception.topic().orElse(""),
          exception.actor(),
          exception.remedy(),
          exception.causes(),
          exception.verdict(),
          exception.reason());
    }

    static Facts of(SalesforceError error) {
      return new Facts(
          error.topic(),
          error.actor(),
          error.remedy(),
          error.causes(),
          error.verdict(),
          error.reason());
    }
  }

  private Facts shown(ErrorSource place, String code, String description) {
    return switch (place) {
      case AUTHORIZE -> pasted(form(code, description).replace("+", "%20"));
      case CALLBACK -> callback(code, description);
      case ERROR_PAGE -> pasted(errorPage(code, description));
      case TOKEN, REFRESH -> refreshed(code, description);
      case EXCHANGE -> exchanged(code, description);
      case MINT -> minted(code, description);
      case REVOCATION -> pasted(form(code, description));
      case API -> called(code, description);
    };
  }

  private static String form(String code, String description) {
    String text = URLEncoder.encode(description, StandardCharsets.UTF_8);
    return "error=" + code + (text.isEmpty() ? "" : "&error_description=" + text);
  }

  /** What the browser shows, as the user's address bar or screen does. */
  private String errorPage(String code, String description) {
    if (code.isEmpty()) {
      return "You didn't " + description;
    }
    salesforce.failNextAuthorization(code, description);
    return catchThrowableOfType(
            IllegalStateException.class, () -> salesforce.approve(flow.authorize().url()))
        .toString();
  }

  private static Facts pasted(String text) {
    return Facts.of(SalesforceError.explain(text).orElseThrow());
  }

  private Facts callback(String code, String description) {
    AuthorizationCallback callback = AuthorizationCallback.fromQuery(form(code, description));
    return Facts.of(
        catchThrowableOfType(
            OAuthException.class, () -> flow.exchange(flow.authorize(), callback)));
  }

  private static String json(String codeName, String code, String textName, String description) {
    return description.isEmpty()
        ? "{\"%s\":\"%s\"}".formatted(codeName, code)
        : "{\"%s\":\"%s\",\"%s\":\"%s\"}".formatted(codeName, code, textName, description);
  }

  private Facts refreshed(String code, String description) {
    salesforce.nextTokenRequest(
        Fault.respond(
            400, "application/json", json("error", code, "error_description", description)));
    return Facts.of(catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens)));
  }

  private Facts exchanged(String code, String description) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    salesforce.nextTokenRequest(
        Fault.respond(
            400, "application/json", json("error", code, "error_description", description)));
    return Facts.of(
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback)));
  }

  private Facts minted(String code, String description) {
    LoginHost host = LoginHost.custom(salesforce.uri());
    SalesforceClientCredentialsFlow minting =
        SalesforceClientCredentialsFlow.builder(
                salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
            .alsoAt(host)
            .build();
    salesforce.nextTokenRequest(
        Fault.respond(
            400, "application/json", json("error", code, "error_description", description)));
    return Facts.of(catchThrowableOfType(OAuthException.class, () -> minting.mint(host)));
  }

  private static Facts called(String code, String description) {
    String body =
        code.startsWith("Bad_") || code.equals("Missing_OAuth_Token") || code.equals("Wrong_Org")
            ? code
            : "[" + json("errorCode", code, "message", description) + "]";
    return Facts.of(SalesforceRefusal.of(403, body).error());
  }

  static Stream<Arguments> patterns() {
    return Stream.of(ErrorEntry.values())
        .flatMap(
            entry ->
                entry.facts().patterns().stream()
                    .flatMap(
                        pattern ->
                            pattern.sources().stream()
                                .map(source -> Arguments.of(entry, pattern, source))));
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void eachPattern_fromEachSource_hasTheFactsOfItsEntry(
      ErrorEntry entry, ErrorPattern pattern, ErrorSource source) {
    String code = pattern.code().replace("*", "_OF_SOME_KIND");

    assertThat(shown(source, code, pattern.text())).isEqualTo(Facts.of(entry));
    assertThat(shown(source, code, pattern.text().toUpperCase(Locale.ROOT)))
        .isEqualTo(Facts.of(entry));
  }

  /** Written from Salesforce's side, and not from the catalog's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AUTHORIZE  | invalid_client_id | client identifier invalid | unknown-consumer-key | DEVELOPER | BLOCKED | WRONG_CREDENTIALS
          AUTHORIZE  | redirect_uri_missing | redirect_uri not provided | malformed-request | AMPERSAND | BLOCKED | MISCONFIGURED
          AUTHORIZE  | redirect_uri_mismatch | redirect_uri must match configuration | callback-not-registered | DEVELOPER | BLOCKED | MISCONFIGURED
          AUTHORIZE  | unsupported_response_type | response type not supported | response-type-not-supported | DEVELOPER | BLOCKED | MISCONFIGURED
          AUTHORIZE  | invalid_request | missing required code challenge | pkce-required | DEVELOPER | BLOCKED | MISCONFIGURED
          CALLBACK   | invalid_request | missing required code challenge | pkce-required | DEVELOPER | BLOCKED | MISCONFIGURED
          ERROR_PAGE | invalid_scope | the requested scope is not allowed | scope-not-allowed | DEVELOPER | BLOCKED | MISCONFIGURED
          CALLBACK   | invalid_scope | the requested scope is invalid, unknown, or malformed | scope-not-allowed | DEVELOPER | BLOCKED | MISCONFIGURED
          ERROR_PAGE | 1804 | requested scope is not allowed | scope-not-allowed | DEVELOPER | BLOCKED | MISCONFIGURED
          ERROR_PAGE | 1800 | There was a problem in setting up your remote access | remote-access-not-set-up | DEVELOPER | UNKNOWN | MISCONFIGURED
          ERROR_PAGE | '' | complete the approval process before it expired. | consent-took-too-long | END_USER | FINAL | REVOKED_OR_EXPIRED
          CALLBACK   | access_denied | end-user denied authorization | user-declined | END_USER | FINAL | DECLINED
          CALLBACK   | access-denied | end-user denied authorization | user-declined | END_USER | FINAL | DECLINED
          CALLBACK   | immediate_unsuccessful | '' | user-has-to-be-asked | END_USER | FINAL | DECLINED
          CALLBACK   | OAUTH_APP_ACCESS_DENIED | user is not admin approved to access this app | approval-by-an-administrator-missing | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          CALLBACK   | OAUTH_APP_BLOCKED | this app is blocked by admin | app-blocked | PROVIDER_ADMIN | BLOCKED | APP_BLOCKED
          CALLBACK   | OAUTH_EC_APP_NOT_FOUND | External client app is not installed in this org | external-client-app-not-installed | PROVIDER_ADMIN | BLOCKED | APP_BLOCKED
          ERROR_PAGE | OAUTH_AUTHORIZATION_BLOCKED | cross-org OAuth flows are not supported for this external client app | external-client-app-of-another-org | DEVELOPER | BLOCKED | MISCONFIGURED
          ERROR_PAGE | OAUTH_APPROVAL_ERROR_GENERIC | An unexpected error has occured during authentication. Please try again. | approval-error-without-a-reason | PROVIDER_ADMIN | UNKNOWN | OTHER
          ERROR_PAGE | invalid_client | app must be installed into org | app-not-installed | PROVIDER_ADMIN | BLOCKED | APP_BLOCKED
          ERROR_PAGE | invalid_app_access | user is not admin approved to access this app | approval-by-an-administrator-missing | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          CALLBACK   | inactive_user | '' | inactive-user | PROVIDER_ADMIN | BLOCKED | USER_INACTIVE
          CALLBACK   | inactive_org | '' | inactive-org | PROVIDER_ADMIN | BLOCKED | OTHER
          TOKEN      | invalid_client_id | client identifier invalid | unknown-consumer-key | DEVELOPER | BLOCKED | WRONG_CREDENTIALS
          TOKEN      | invalid_client | client identifier invalid | unknown-consumer-key | DEVELOPER | BLOCKED | WRONG_CREDENTIALS
          TOKEN      | invalid_client | invalid client credentials | wrong-consumer-secret | DEVELOPER | BLOCKED | WRONG_CREDENTIALS
          TOKEN      | invalid_client | app must be installed into org | app-not-installed | PROVIDER_ADMIN | BLOCKED | APP_BLOCKED
          TOKEN      | redirect_uri_mismatch | redirect_uri must match configuration | callback-not-registered | DEVELOPER | BLOCKED | MISCONFIGURED
          TOKEN      | unsupported_grant_type | grant type not supported | grant-type-not-supported | DEVELOPER | BLOCKED | MISCONFIGURED
          TOKEN      | invalid_request | scope parameter not supported | scope-in-a-token-request | DEVELOPER | BLOCKED | MISCONFIGURED
          TOKEN      | invalid_request | refresh_token scope is required and the connected app should be installed and preauthorized | jwt-bearer-not-set-up | DEVELOPER | BLOCKED | MISCONFIGURED
          EXCHANGE   | invalid_grant | expired authorization code | code-expired-or-used | END_USER | FINAL | REVOKED_OR_EXPIRED
          EXCHANGE   | invalid_grant | invalid authorization code | invalid-code | DEVELOPER | FINAL | MISCONFIGURED
          EXCHANGE   | invalid_grant | invalid code verifier | pkce-verifier-does-not-fit | DEVELOPER | FINAL | MISCONFIGURED
          EXCHANGE   | invalid_request | invalid code verifier | pkce-verifier-does-not-fit | DEVELOPER | FINAL | MISCONFIGURED
          TOKEN      | invalid_grant | token request is already being processed | refresh-under-way | NONE | PASSING | ALREADY_PROCESSING
          REFRESH    | invalid_grant | expired authorization code | refresh-under-way | NONE | PASSING | ALREADY_PROCESSING
          TOKEN      | invalid_grant | brand new words | grant-not-accepted | END_USER | UNKNOWN | OTHER
          TOKEN      | invalid_grant | expired access/refresh token | refresh-token-not-accepted | END_USER | FINAL | REVOKED_OR_EXPIRED
          TOKEN      | invalid_grant | token validity expired | refresh-token-past-its-policy | END_USER | FINAL | REVOKED_OR_EXPIRED
          TOKEN      | invalid_grant | inactive user | inactive-user | PROVIDER_ADMIN | BLOCKED | USER_INACTIVE
          TOKEN      | invalid_grant | inactive organization | inactive-org | PROVIDER_ADMIN | BLOCKED | OTHER
          TOKEN      | invalid_grant | authentication failure | authentication-failed | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          TOKEN      | invalid_grant | ip restricted | address-or-hour-not-allowed | PROVIDER_ADMIN | BLOCKED | IP_BLOCKED
          TOKEN      | invalid_grant | ip restricted or invalid login hours | address-or-hour-not-allowed | PROVIDER_ADMIN | BLOCKED | IP_BLOCKED
          TOKEN      | invalid_grant | user hasn't approved this consumer | consent-withdrawn | END_USER | UNKNOWN | REVOKED_OR_EXPIRED
          TOKEN      | invalid_grant | Audience validation failed | jwt-audience | DEVELOPER | BLOCKED | MISCONFIGURED
          TOKEN      | invalid_grant | audience is invalid | jwt-audience | DEVELOPER | BLOCKED | MISCONFIGURED
          MINT       | invalid_grant | expired authorization code | jwt-expired | DEVELOPER | PASSING | MISCONFIGURED
          MINT       | invalid_grant | user hasn't approved this consumer | user-not-preauthorized | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          MINT       | invalid_grant | no client credentials user enabled | client-credentials-not-set-up | PROVIDER_ADMIN | BLOCKED | MISCONFIGURED
          MINT       | invalid_grant | request not supported on this domain | login-host-does-not-serve-this | DEVELOPER | BLOCKED | WRONG_HOST_OR_APP
          TOKEN      | invalid_grant | External client app is not installed in this org | external-client-app-not-installed | PROVIDER_ADMIN | BLOCKED | APP_BLOCKED
          TOKEN      | invalid_grant | request not supported on this domain | login-host-does-not-serve-this | DEVELOPER | BLOCKED | WRONG_HOST_OR_APP
          TOKEN      | invalid_grant | no client credentials user enabled | client-credentials-not-set-up | PROVIDER_ADMIN | BLOCKED | MISCONFIGURED
          TOKEN      | invalid_grant | no valid scopes defined | client-credentials-not-set-up | PROVIDER_ADMIN | BLOCKED | MISCONFIGURED
          TOKEN      | invalid_grant | '' | grant-not-accepted | END_USER | UNKNOWN | OTHER
          TOKEN      | invalid_app_access | user is not admin approved to access this app | approval-by-an-administrator-missing | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          TOKEN      | rate_limit_exceeded | login rate exceeded | login-rate-exceeded | NONE | THROTTLED | TOO_MANY_REQUESTS
          TOKEN      | unknown_error | retry your request | salesforce-asks-to-retry | NONE | PASSING | PROVIDER_TROUBLE
          TOKEN      | server_error | '' | salesforce-in-trouble | NONE | PASSING | PROVIDER_TROUBLE
          TOKEN      | system_down | '' | salesforce-in-trouble | NONE | PASSING | PROVIDER_TROUBLE
          TOKEN      | use_dpop_nonce | '' | dpop-required | DEVELOPER | BLOCKED | MISCONFIGURED
          REVOCATION | invalid_token | '' | token-not-known | DEVELOPER | UNKNOWN | WRONG_HOST_OR_APP
          REVOCATION | unsupported_token_type | '' | token-not-known | DEVELOPER | UNKNOWN | WRONG_HOST_OR_APP
          API        | INVALID_SESSION_ID | Session expired or invalid | session-over | DEVELOPER | UNKNOWN | OTHER
          API        | INVALID_SESSION_ID | This session is not valid for use with the REST API | api-scope-missing | PROVIDER_ADMIN | UNKNOWN | USER_NOT_PERMITTED
          API        | REQUEST_LIMIT_EXCEEDED | TotalRequests Limit exceeded. | request-limit-reached | NONE | THROTTLED | TOO_MANY_REQUESTS
          API        | API_DISABLED_FOR_ORG | API is not enabled for this Organization or Partner | api-switched-off | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          API        | INSUFFICIENT_ACCESS_OR_READONLY | insufficient access rights on object id | permission-missing | PROVIDER_ADMIN | BLOCKED | USER_NOT_PERMITTED
          API        | SERVER_UNAVAILABLE | '' | salesforce-in-trouble | NONE | PASSING | PROVIDER_TROUBLE
          """)
  void eachErrorOfSalesforce_asItSendsIt_isExplained(
      ErrorSource place,
      String code,
      String description,
      String heading,
      Actor actor,
      Verdict verdict,
      Reason reason) {
    Facts facts = shown(place, code, description);

    assertThat(facts.topic()).isEqualTo("errors.md#" + heading);
    assertThat(facts.actor()).isEqualTo(actor);
    assertThat(facts.verdict()).isEqualTo(verdict);
    assertThat(facts.reason()).isEqualTo(reason);
  }

  /** Words of codes and of consent say nothing about a refresh token. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          invalid_grant | expired authorization code
          invalid_grant | invalid authorization code
          invalid_grant | invalid code verifier
          invalid_grant | ''
          invalid_grant | something new
          access_denied | end-user denied authorization
          immediate_unsuccessful | ''
          brand_new | complete the approval process before it expired
          """)
  void refresh_wordsThatAreNotKnownOfRefreshes_endNoGrant(String code, String description) {
    assertThat(refreshed(code, description).verdict()).isNotEqualTo(Verdict.FINAL);
  }

  /** A refusal that passes is never an end: the other request, or a later one, succeeds. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | invalid_grant | token request is already being processed | PASSING
          400 | invalid_grant | Token request is already being processed | PASSING
          401 | invalid_grant | token request is already being processed. | PASSING
          400 | invalid_grant | expired authorization code | PASSING
          400 | invalid_grant | Expired Authorization Code | PASSING
          400 | unknown_error | retry your request | PASSING
          400 | server_error | '' | PASSING
          503 | temporarily_unavailable | '' | PASSING
          503 | invalid_grant | expired access/refresh token | PASSING
          400 | rate_limit_exceeded | login rate exceeded | THROTTLED
          429 | invalid_grant | expired access/refresh token | THROTTLED
          400 | invalid_grant | ip restricted | BLOCKED
          400 | invalid_grant | invalid login hours | BLOCKED
          """)
  void refresh_refusalThatPasses_isNoEnd(
      int status, String code, String description, Verdict verdict) {
    salesforce.nextTokenRequest(
        Fault.respond(
            status, "application/json", json("error", code, "error_description", description)));

    OAuthException refused = catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));

    assertThat(refused.error()).isEqualTo(code);
    assertThat(refused.verdict()).isEqualTo(verdict);
    assertThat(refused.needsReauthorization()).isFalse();
    assertThat(refused.isRetryable()).isEqualTo(verdict != Verdict.BLOCKED);
  }

  /** Retryable says that this attempt can be used again, so it is false where it cannot. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | server_error | '' | false
          400 | unknown_error | retry your request | false
          400 | system_down | '' | false
          400 | invalid_grant | token request is already being processed | false
          400 | invalid_grant | ip restricted | false
          503 | temporarily_unavailable | '' | false
          429 | rate_limit_exceeded | login rate exceeded | true
          429 | server_error | '' | true
          """)
  void exchange_refusalThatPasses_isRetryableOnlyIfTheAttemptIs(
      int status, String code, String description, boolean retryable) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    salesforce.nextTokenRequest(
        Fault.respond(
            status, "application/json", json("error", code, "error_description", description)));

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(refused.error()).isEqualTo(code);
    assertThat(refused.isRetryable()).isEqualTo(retryable);
    if (retryable) {
      assertThat(flow.exchange(request, callback).refreshToken()).isPresent();
    } else {
      assertThatThrownBy(() -> flow.exchange(request, callback))
          .isInstanceOf(CallbackException.class);
    }
  }

  @Test
  void exchange_ipRestricted_namesTheListThatCoversCodeExchanges() {
    Facts facts = exchanged("invalid_grant", "ip restricted");

    assertThat(facts.causes().get(0)).contains("allowlist", "code exchanges");
    assertThat(facts.remedy()).contains("connect again");
  }

  /** What is known from revocations is not told of refreshes. */
  @ParameterizedTest
  @CsvSource({"invalid_token", "unsupported_token_type"})
  void refresh_codeOfRevocations_isNotExplainedAsOne(String code) {
    OAuthException refused =
        SalesforceError.refineRefresh(OAuthException.builder(code).httpStatus(400).build());

    assertThat(refused.topic()).isEmpty();
    assertThat(refused.verdict()).isEqualTo(Verdict.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403})
  void refine_invalidToken_isAnEndedSessionWhereACallIsRefused(int status) {
    OAuthException refusal = OAuthException.builder("invalid_token").httpStatus(status).build();

    assertThat(SalesforceError.refineCall(refusal).topic()).contains("errors.md#session-over");
    assertThat(SalesforceError.refine(refusal).topic()).contains("errors.md#token-not-known");
  }

  @Test
  void refresh_tooManyRequests_saysNothingAboutTheGrantWhateverTheWords() {
    salesforce.nextTokenRequest(
        Fault.respond(
            429,
            "application/json",
            json("error", "invalid_grant", "error_description", "expired access/refresh token")));

    OAuthException refused = catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));

    assertThat(refused.verdict()).isEqualTo(Verdict.THROTTLED);
  }
}
