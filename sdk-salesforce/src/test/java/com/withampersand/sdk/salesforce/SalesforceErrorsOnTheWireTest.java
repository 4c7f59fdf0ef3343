package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the catalogue, from where Salesforce shows it to the facts that a caller reads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SalesforceErrorsOnTheWireTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceApp app =
      SalesforceApp.builder(salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
          .scopes("api", "refresh_token")
          .build();
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.of(app, LoginHost.other(salesforce.uri()));
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("00Dxx0000000001!AQold"), Instant.EPOCH)
          .refreshToken(Secret.of("5Aep861old"))
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
      boolean reconnect,
      boolean retry) {

    static Facts of(Topic topic) {
      return new Facts(
          topic.link(),
          topic.actor(),
          topic.remedy(),
          topic.causes(),
          topic.needsReauthorization(),
          topic.retryable());
    }

    static Facts of(OAuthException exception) {
      return new Facts(
          exception.topic().orElse(""),
          exception.actor(),
          exception.remedy(),
          exception.causes(),
          exception.needsReauthorization(),
          exception.isRetryable());
    }

    static Facts of(SalesforceError error) {
      return new Facts(
          error.topic(),
          error.actor(),
          error.remedy(),
          error.causes(),
          error.needsReauthorization(),
          error.isRetryable());
    }
  }

  private Facts shown(Place place, String code, String description) {
    return switch (place) {
      case AUTHORIZE -> pasted(form(code, description).replace("+", "%20"));
      case CALLBACK -> callback(code, description);
      case ERROR_PAGE -> pasted(errorPage(code, description));
      case TOKEN -> refreshed(code, description);
      case REVOCATION -> revoked(code, description);
      case REST -> called(code, description);
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
    AuthorizationCallback callback = AuthorizationCallback.parse(form(code, description));
    return Facts.of(catchThrowableOfType(OAuthException.class, () -> flow.approved(callback)));
  }

  private static String json(String codeName, String code, String textName, String description) {
    return description.isEmpty()
        ? "{\"%s\":\"%s\"}".formatted(codeName, code)
        : "{\"%s\":\"%s\",\"%s\":\"%s\"}".formatted(codeName, code, textName, description);
  }

  private Facts refreshed(String code, String description) {
    salesforce.failNextTokenRequest(
        400, "application/json", json("error", code, "error_description", description));
    return Facts.of(catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens)));
  }

  private Facts revoked(String code, String description) {
    byte[] body = form(code, description).getBytes(StandardCharsets.UTF_8);
    HttpTransport refusing = request -> new HttpTransport.Response(400, Map.of(), body);
    SalesforceOAuthFlow refused =
        SalesforceOAuthFlow.builder(app, LoginHost.other(salesforce.uri()))
            .transport(refusing)
            .build();
    return Facts.of(catchThrowableOfType(OAuthException.class, () -> refused.revoke(tokens)));
  }

  private static Facts called(String code, String description) {
    String body =
        code.startsWith("Bad_") || code.equals("Missing_OAuth_Token") || code.equals("Wrong_Org")
            ? code
            : "[" + json("errorCode", code, "message", description) + "]";
    return Facts.of(SalesforceRefusal.of(403, body).error());
  }

  static Stream<Arguments> rows() {
    return SalesforceErrors.topics().stream()
        .flatMap(
            topic ->
                topic.signs().stream()
                    .flatMap(
                        sign ->
                            sign.places().stream().map(place -> Arguments.of(topic, sign, place))));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachRow_whereverItIsShown_bringsItsFacts(Topic topic, Sign sign, Place place) {
    String code = sign.code().replace("*", "_OF_SOME_KIND");

    assertThat(shown(place, code, sign.words())).isEqualTo(Facts.of(topic));
    assertThat(shown(place, code, sign.words().toUpperCase(Locale.ROOT)))
        .isEqualTo(Facts.of(topic));
  }

  /** Written from Salesforce's side, and not from the catalogue's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AUTHORIZE  | invalid_client_id | client identifier invalid | unknown-consumer-key | DEVELOPER | false | false
          AUTHORIZE  | redirect_uri_missing | redirect_uri not provided | malformed-request | AMPERSAND | false | false
          AUTHORIZE  | redirect_uri_mismatch | redirect_uri must match configuration | callback-not-registered | DEVELOPER | false | false
          AUTHORIZE  | unsupported_response_type | response type not supported | flow-switched-off | PROVIDER_ADMIN | false | false
          AUTHORIZE  | invalid_request | missing required code challenge | pkce-required | DEVELOPER | false | false
          CALLBACK   | invalid_request | missing required code challenge | pkce-required | DEVELOPER | false | false
          ERROR_PAGE | invalid_scope | the requested scope is not allowed | scope-not-allowed | DEVELOPER | false | false
          CALLBACK   | invalid_scope | the requested scope is invalid, unknown, or malformed | scope-not-allowed | DEVELOPER | false | false
          ERROR_PAGE | 1804 | requested scope is not allowed | scope-not-allowed | DEVELOPER | false | false
          ERROR_PAGE | 1800 | There was a problem in setting up your remote access | remote-access-not-set-up | DEVELOPER | false | false
          ERROR_PAGE | '' | complete the approval process before it expired. | consent-took-too-long | END_USER | true | false
          CALLBACK   | access_denied | end-user denied authorization | user-declined | END_USER | true | false
          CALLBACK   | access-denied | end-user denied authorization | user-declined | END_USER | true | false
          CALLBACK   | immediate_unsuccessful | '' | user-has-to-be-asked | END_USER | true | false
          CALLBACK   | OAUTH_APP_ACCESS_DENIED | user is not admin approved to access this app | approval-by-an-administrator-missing | PROVIDER_ADMIN | false | false
          CALLBACK   | OAUTH_APP_BLOCKED | this app is blocked by admin | app-blocked | PROVIDER_ADMIN | false | false
          CALLBACK   | OAUTH_EC_APP_NOT_FOUND | External client app is not installed in this org | external-client-app-not-installed | PROVIDER_ADMIN | false | false
          ERROR_PAGE | OAUTH_AUTHORIZATION_BLOCKED | cross-org OAuth flows are not supported for this external client app | external-client-app-of-another-organisation | DEVELOPER | false | false
          ERROR_PAGE | OAUTH_APPROVAL_ERROR_GENERIC | An unexpected error has occured during authentication. Please try again. | approval-error-without-a-reason | PROVIDER_ADMIN | false | false
          ERROR_PAGE | invalid_client | app must be installed into org | app-not-installed | PROVIDER_ADMIN | false | false
          ERROR_PAGE | invalid_app_access | user is not admin approved to access this app | approval-by-an-administrator-missing | PROVIDER_ADMIN | false | false
          CALLBACK   | inactive_user | '' | inactive-user | PROVIDER_ADMIN | true | false
          CALLBACK   | inactive_org | '' | inactive-organisation | PROVIDER_ADMIN | true | false
          TOKEN      | invalid_client_id | client identifier invalid | unknown-consumer-key | DEVELOPER | false | false
          TOKEN      | invalid_client | client identifier invalid | unknown-consumer-key | DEVELOPER | false | false
          TOKEN      | invalid_client | invalid client credentials | wrong-consumer-secret | DEVELOPER | false | false
          TOKEN      | invalid_client | app must be installed into org | app-not-installed | PROVIDER_ADMIN | false | false
          TOKEN      | redirect_uri_mismatch | redirect_uri must match configuration | callback-not-registered | DEVELOPER | false | false
          TOKEN      | unsupported_grant_type | grant type not supported | grant-type-not-supported | DEVELOPER | false | false
          TOKEN      | invalid_request | scope parameter not supported | scope-in-a-token-request | DEVELOPER | false | false
          TOKEN      | invalid_request | refresh_token scope is required and the connected app should be installed and preauthorized | jwt-bearer-not-set-up | DEVELOPER | false | false
          TOKEN      | invalid_grant | expired authorization code | code-expired-or-used | END_USER | true | false
          TOKEN      | invalid_grant | invalid authorization code | invalid-code | DEVELOPER | true | false
          TOKEN      | invalid_grant | invalid code verifier | pkce-verifier-does-not-fit | DEVELOPER | true | false
          TOKEN      | invalid_request | invalid code verifier | pkce-verifier-does-not-fit | DEVELOPER | true | false
          TOKEN      | invalid_grant | expired access/refresh token | refresh-token-not-accepted | END_USER | true | false
          TOKEN      | invalid_grant | token validity expired | refresh-token-past-its-policy | END_USER | true | false
          TOKEN      | invalid_grant | inactive user | inactive-user | PROVIDER_ADMIN | true | false
          TOKEN      | invalid_grant | inactive organization | inactive-organisation | PROVIDER_ADMIN | true | false
          TOKEN      | invalid_grant | authentication failure | authentication-failed | PROVIDER_ADMIN | true | false
          TOKEN      | invalid_grant | ip restricted | address-or-hour-not-allowed | PROVIDER_ADMIN | false | false
          TOKEN      | invalid_grant | ip restricted or invalid login hours | address-or-hour-not-allowed | PROVIDER_ADMIN | false | false
          TOKEN      | invalid_grant | user hasn't approved this consumer | consent-withdrawn | END_USER | true | false
          TOKEN      | invalid_grant | Audience validation failed | jwt-bearer-not-set-up | DEVELOPER | false | false
          TOKEN      | invalid_grant | audience is invalid | jwt-bearer-not-set-up | DEVELOPER | false | false
          TOKEN      | invalid_grant | External client app is not installed in this org | external-client-app-not-installed | PROVIDER_ADMIN | false | false
          TOKEN      | invalid_grant | request not supported on this domain | login-host-does-not-serve-this | DEVELOPER | false | false
          TOKEN      | invalid_grant | no client credentials user enabled | client-credentials-not-set-up | PROVIDER_ADMIN | false | false
          TOKEN      | invalid_grant | no valid scopes defined | client-credentials-not-set-up | PROVIDER_ADMIN | false | false
          TOKEN      | invalid_grant | '' | grant-not-accepted | END_USER | true | false
          TOKEN      | invalid_app_access | user is not admin approved to access this app | approval-by-an-administrator-missing | PROVIDER_ADMIN | false | false
          TOKEN      | rate_limit_exceeded | login rate exceeded | login-rate-exceeded | NOBODY | false | true
          TOKEN      | unknown_error | retry your request | salesforce-asks-to-retry | NOBODY | false | true
          TOKEN      | server_error | '' | salesforce-in-trouble | NOBODY | false | true
          TOKEN      | system_down | '' | salesforce-in-trouble | NOBODY | false | true
          TOKEN      | use_dpop_nonce | '' | dpop-required | DEVELOPER | false | false
          REVOCATION | invalid_token | '' | token-not-known | DEVELOPER | false | false
          REVOCATION | unsupported_token_type | '' | token-not-known | DEVELOPER | false | false
          REST       | INVALID_SESSION_ID | Session expired or invalid | session-over | DEVELOPER | false | false
          REST       | INVALID_SESSION_ID | This session is not valid for use with the REST API | api-scope-missing | DEVELOPER | true | false
          REST       | REQUEST_LIMIT_EXCEEDED | TotalRequests Limit exceeded. | request-limit-reached | NOBODY | false | true
          REST       | API_DISABLED_FOR_ORG | API is not enabled for this Organization or Partner | api-switched-off | PROVIDER_ADMIN | false | false
          REST       | INSUFFICIENT_ACCESS_OR_READONLY | insufficient access rights on object id | permission-missing | PROVIDER_ADMIN | false | false
          REST       | SERVER_UNAVAILABLE | '' | salesforce-in-trouble | NOBODY | false | true
          """)
  void eachErrorOfSalesforce_asItSendsIt_isExplained(
      Place place,
      String code,
      String description,
      String heading,
      Actor actor,
      boolean reconnect,
      boolean retry) {
    Facts facts = shown(place, code, description);

    assertThat(facts.topic()).isEqualTo("errors.md#" + heading);
    assertThat(facts.actor()).isEqualTo(actor);
    assertThat(facts.reconnect()).isEqualTo(reconnect);
    assertThat(facts.retry()).isEqualTo(retry);
  }
}
