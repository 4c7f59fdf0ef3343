package com.withampersand.sdk.salesforce.error;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import java.net.URLEncoder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceErrorTest {
  private static final String PAGE =
      "https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?";
  private static final String CODE =
      "aPrxkP5Zc0Kz2cJ8aYw4pQ7rT1uV3xB6nM9sD2fG5hJ8kL0qW3eR6tY9uI2oP5aS8dF1gH4j%3D%3D";
  private static final String STATE = "q7Zt-state-of-this-attempt_9";

  private static SalesforceError explained(String pasted) {
    return SalesforceError.explain(pasted).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          https://app.example.com/cb?error=access_denied&error_description=end-user+denied+authorization&state=x | user-declined
          https://app.example.com/cb?error=access-denied&error_description=end-user%20denied%20authorization | user-declined
          https://app.example.com/cb?tenant=1&ERROR=OAUTH_APP_BLOCKED&error_description=this+app+is+blocked+by+admin#_=_ | app-blocked
          https://api.withampersand.com/callbacks/v1/oauth?error=invalid_request&error_description=missing%20required%20code%20challenge | pkce-required
          http://localhost:8080/callback#error=invalid_scope&error_description=the+requested+scope+is+not+allowed | scope-not-allowed
          https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?error=invalid_scope&error_description=the+requested+scope+is+not+allowed | scope-not-allowed
          https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?error_description=app+must+be+installed+into+org&error=invalid_client | app-not-installed
          https://acme.lightning.force.com/one/one.app#/alohaRedirect/setup/secur/RemoteAccessErrorPage.apexp?error=OAUTH_EC_APP_NOT_FOUND&error_description=External+client+app+is+not+installed+in+this+org | external-client-app-not-installed
          https://acme.my.salesforce.com/login?startURL=%2Fsetup%2Fsecur%2FRemoteAccessErrorPage.apexp%3Ferror%3Dinvalid_scope%26error_description%3Dthe%2Brequested%2Bscope | scope-not-allowed
          https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?error=1804&error_description=requested+scope+is+not+allowed | scope-not-allowed
          https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?error=1800 | remote-access-not-set-up
          1800 | remote-access-not-set-up
          1804 : requested scope is not allowed | scope-not-allowed
          ErrorCode: 1800 | remote-access-not-set-up
          error=invalid_client_id&error_description=client%20identifier%20invalid | unknown-consumer-key
          error=redirect_uri_mismatch&error_description=redirect_uri%20must%20match%20configuration | callback-not-registered
          error=redirect_uri_mismatch | callback-not-registered
          https://app.example.com/cb?state=e&error=whatever&error_description=external+client+app+is+not+installed | external-client-app-not-installed
          https://app.example.com/cb?state=client&error=whatever&error_description=external+client+app+is+not+installed | external-client-app-not-installed
          <html><body><pre>error=invalid_client_id&amp;error_description=client%20identifier%20invalid</pre></body></html> | unknown-consumer-key
          error=invalid_scope&error_description=100% of the scopes | scope-not-allowed
          OAUTH_APPROVAL_ERROR_GENERIC : An unexpected error has occured during authentication. Please try again. | approval-error-without-a-reason
          An unexpected error has occurred during authentication. Please try again. | approval-error-without-a-reason
          <h1>We can't authorize you because of an OAuth error.</h1><p>OAUTH_APPROVAL_ERROR_GENERIC</p> | approval-error-without-a-reason
          You didn't complete the approval process before it expired. Start again. | consent-took-too-long
          You didn&#39;t complete the approval process before it expired. | consent-took-too-long
          There was a problem in setting up your remote access | remote-access-not-set-up
          {"error":"invalid_grant","error_description":"expired access/refresh token"} | refresh-token-not-accepted
          {"error":"invalid_grant"} | grant-not-accepted
          [{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}] | session-over
          WARN 400 invalid_grant: expired authorization code (attempt 1) | code-expired-or-used
          The provider refused: invalid_client (invalid client credentials). Copy the Consumer Secret again. | wrong-consumer-secret
          Bad_OAuth_Token | session-over
          The user's call ended with "API_DISABLED_FOR_ORG" | api-switched-off
          look at https://app.example.com/cb?error=invalid_client_id&error_description=client+identifier+invalid for example | unknown-consumer-key
          """)
  void explain_whatOperatorsPaste_findsTheEntry(String pasted, String heading) {
    assertThat(explained(pasted).topic()).isEqualTo("errors.md#" + heading);
    assertThat(explained("\n  " + pasted + " \r\n").isKnown()).isTrue();
  }

  /** Salesforce's own code and text win over the words of the tool that printed them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          E, ERROR -- omniauth: (salesforce) Authentication failure! invalid_credentials: OAuth2::Error, invalid_grant: ip restricted | address-or-hour-not-allowed
          (salesforce) Authentication failure! invalid_credentials: OAuth2::Error, invalid_grant: | grant-not-accepted
          { [invalid_grant: authentication failure] name: 'invalid_grant' } | authentication-failed
          Client error: `POST https://login.salesforce.com/services/oauth2/token` resulted in a `400 Bad Request` response: {"error":"invalid_grant","error_description":"expired authorization code"} | code-expired-or-used
          Error retrieving records from Salesforce: response:\\n{\\"error\\":\\"invalid_grant\\",\\"error_description\\":\\"authentication failure\\"}\\n | authentication-failed
          Malformed request https://na57.salesforce.com/services/async/38.0/job. Response content: {u'exceptionMessage': u'Invalid session id', u'exceptionCode': u'InvalidSessionId'} | session-over
          SalesforceExpiredSession: Expired session for https://x. Response content: [{'message': 'Session expired or invalid', 'errorCode': 'INVALID_SESSION_ID'}] | session-over
          SalesforceError: {u'message': u'The users password has expired, you must call SetPassword before attempting any other API operations', u'errorCode': u'INVALID_OPERATION_WITH_EXPIRED_PASSWORD'} | password-expired
          [LoginFault [ApiFault  exceptionCode='INVALID_LOGIN' exceptionMessage='Invalid username, password, security token; or user locked out.' ] ] at com.sforce.ws.bind.TypeMapper.readSingle(TypeMapper.java:627) | authentication-failed
          [AsyncApiException  exceptionCode='InvalidSessionId' exceptionMessage='Invalid session id' ] | session-over
          {"xmlns"=>"http://www.force.com/2009/06/asyncapi/dataload", "exceptionCode"=>["InvalidSessionId"], "exceptionMessage"=>["Invalid session id"]} | session-over
          Error in catch_errors(httr_response) : InvalidSessionId: Unable to find session id | session-over
          BulkApiError: [400] Bulk API HTTP Error result: <?xml version="1.0" encoding="UTF-8"?><error xmlns="http://www.force.com/2009/06/asyncapi/dataload"> <exceptionCode>InvalidSessionId</exceptionCode> <exceptionMessage>Invalid session id</exceptionMessage></error> | session-over
          javax.xml.ws.soap.SOAPFaultException: INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. at org.apache.cxf.jaxws.JaxWsClientProxy.invoke(JaxWsClientProxy.java:161) | session-over
          Savon::SOAP::Fault: (sf:INVALID_SESSION_ID) INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session | session-over
          INVALID_SESSION_ID: This session is not valid for use with the REST API at HttpApi.getError (/jsforce/node_modules/jsforce/lib/http-api.js:250:13) | api-scope-missing
          Invoke Action Error: System.HttpResponse[Status=Unauthorized, StatusCode=401] [{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}] | api-scope-missing
          Restforce::ResponseError (INVALID_OPERATION_WITH_EXPIRED_PASSWORD: The users password has expired, you must call SetPassword before attempting any other API operations): | password-expired
          REQUEST_LIMIT_EXCEEDED: ConcurrentRequests (Concurrent API Requests) Limit exceeded. at r.getError (jsforce.js:1:72641) | concurrent-request-limit
          newrelic_logging.LoginException: sfdc token request failed. http-status-code:400, reason: {"error":"invalid_grant","error_description":"user hasn't approved this consumer"}, full response <Response [400]> | consent-withdrawn
          [invalid_token_response] An error occurred while attempting to retrieve the OAuth 2.0 Access Token Response: 400 Bad Request: [{"error":"invalid_client","error_description":"invalid client credentials"}] | wrong-consumer-secret
          Error authenticating with the refresh token due to: ip restricted | address-or-hour-not-allowed
          curl: (22) The requested URL returned error: 400 {"error":"redirect_uri_mismatch","error_description":"redirect_uri must match configuration"} | callback-not-registered
          < HTTP/1.1 401 Unauthorized < WWW-Authenticate: Bearer realm="x", error="invalid_token" | session-over
          {:faultcode=>"UNKNOWN_EXCEPTION", :faultstring=>"UNKNOWN_EXCEPTION: Destination URL not reset. The URL returned from login must be set in the SforceService"} | wrong-api-host
          [ERROR] Exception: URL_NOT_RESET: Destination URL not reset. The URL returned from login must be set Traceback (most recent call last): | wrong-api-host
          2026-11-26 08:00:01 WARN server_error_handler - upstream said invalid_grant (token validity expired) | refresh-token-past-its-policy
          Faraday::ParsingError: Empty input (after ) at line 1, column 1 in '<html><body><span>We are down for maintenance.</span><br>Sorry for the inconvenience. We'll be back shortly. | salesforce-in-trouble
          <html><title>Down For Maintenance</title></html> | salesforce-in-trouble
          <OAuth><error>invalid_grant</error><error_description>expired access/refresh token</error_description></OAuth> | refresh-token-not-accepted
          Login failed, expired authorization code? Cause: invalid_grant: ip restricted | address-or-hour-not-allowed
          server_error while calling Salesforce, response 400: {"error":"invalid_client"} | wrong-consumer-secret
          expired authorization code? The body was {'error': 'invalid_grant', 'error_description': 'something new'} | grant-not-accepted
          "Bad_OAuth_Token" | session-over
          expired access/refresh token | refresh-token-not-accepted
          Token request is already being processed | refresh-under-way
          """)
  void explain_whatToolsPrint_findsSalesforcesOwnWords(String pasted, String id) {
    assertThat(explained(pasted).entry().id()).isEqualTo(id);
  }

  /** OmniAuth's words for any failure are one of Salesforce's texts. */
  @Test
  void explain_toolWordsWithoutAnErrorOfSalesforce_areNoError() {
    assertThat(SalesforceError.explain("(salesforce) Authentication failure! csrf_detected: x"))
        .isEmpty();
  }

  @Test
  void ofResponse_pageFullOfWords_isNotSearched() {
    assertThat(SalesforceError.ofResponse("<p>invalid_client_id redirect_uri_mismatch</p>"))
        .isEmpty();
    assertThat(SalesforceError.ofResponse("<p>We are down for maintenance.</p>"))
        .hasValueSatisfying(error -> assertThat(error.entry()).isEqualTo(ErrorEntry.UNAVAILABLE));
  }

  @Test
  void remedyFor_user_isNeverTheDevelopersOrTheAdminsText() {
    assertThat(explained("invalid_client: invalid client credentials").remedyFor(Actor.END_USER))
        .contains("Contact its support");
    assertThat(explained("OAUTH_APP_BLOCKED").remedyFor(Actor.END_USER))
        .isEqualTo("Ask your Salesforce admin for help: App blocked.");
    assertThat(explained("SERVER_UNAVAILABLE").remedyFor(Actor.END_USER))
        .contains("Try again later");
    assertThat(explained("OAUTH_APP_BLOCKED").remedyFor(Actor.PROVIDER_ADMIN))
        .contains("Connected Apps OAuth Usage");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "https://app.example.com/cb?code=aPrx&state=x",
        "https://app.example.com/cb?error=&error_description=&state=x",
        "https://login.salesforce.com/services/oauth2/authorize?response_type=code&scope=api+refresh_token",
        "{\"access_token\":\"00D!AQ\",\"id\":\"https://login.salesforce.com/id/00D/005\"}",
        "{\"error",
        "[]",
        "client_secret: 1234567890",
        "Everything is fine since 1800, said the forbidden error.",
        "1800 of them",
        "%",
        "%%%=%&&&???###"
      })
  void explain_noError_isEmpty(String pasted) {
    assertThat(SalesforceError.explain(pasted)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://app.example.com/cb?error=brand_new&error_description=something+unheard+of&state=x | brand_new | something unheard of
          {"error":"brand_new","error_description":"something unheard of"} | brand_new | something unheard of
          OAUTH_BRAND_NEW : something unheard of | OAUTH_BRAND_NEW | something unheard of
          """)
  void explain_unknownError_staysIntact(String pasted, String code, String description) {
    SalesforceError error = explained(pasted);

    assertThat(error.code()).contains(code);
    assertThat(error.description()).contains(description);
    assertThat(error.isKnown()).isFalse();
    assertThat(error.topic()).isEqualTo("errors.md#any-other-error");
    assertThat(error.actor()).isEqualTo(Actor.DEVELOPER);
  }

  /** Each value decodes to asterisks, which the replacement of another one contains. */
  @Test
  void explain_secretsThatDecodeToAsterisks_areNotReplacedAgainAndAgain() {
    String pasted =
        "https://app.example.com/cb?error=x&error_description=****************"
            + "&sid=%2A%2A".repeat(45);

    assertThat(explained(pasted).description()).contains("****************");
  }

  @Test
  void explain_secretsInTheDescription_areHidden() {
    String pasted =
        "?error=x&error_description=got+aPrxCode+and+State123+and+State123&code=aPrxCode&state=State123";

    assertThat(explained(pasted).description()).contains("got *** and *** and ***");
  }

  @Test
  void explain_moreSecretsThanAnyAddressHas_showsNoDescription() {
    StringBuilder pasted = new StringBuilder("?error=x&error_description=secret77");
    for (int i = 0; i < 100; i++) {
      pasted.append("&code=secret").append(i);
    }

    assertThat(explained(pasted.toString()).description()).isEmpty();
  }

  @Test
  void explain_knownError_hasTheFactsThatItsExceptionHas() {
    SalesforceError error = explained("error=invalid_grant&error_description=inactive+user");

    OAuthException exception =
        SalesforceError.refine(
            OAuthException.builder("invalid_grant").description("inactive user").build());

    assertThat(error)
        .returns(Optional.of("invalid_grant"), SalesforceError::code)
        .returns(Optional.of("inactive user"), SalesforceError::description)
        .returns(exception.remedy(), SalesforceError::remedy)
        .returns(exception.causes(), SalesforceError::causes)
        .returns(exception.actor(), SalesforceError::actor)
        .returns(exception.needsReauthorization(), SalesforceError::needsReauthorization)
        .returns(exception.isRetryable(), SalesforceError::isRetryable)
        .returns(exception.verdict(), SalesforceError::verdict)
        .returns(exception.reason(), SalesforceError::reason)
        .returns(exception.topic().orElseThrow(), SalesforceError::topic);
    assertThat(error)
        .hasToString(
            "invalid_grant (inactive user). "
                + error.meaning()
                + " "
                + error.remedy()
                + " [see errors.md#inactive-user]");
  }

  @Test
  void explain_wordsWithoutACode_hasNoneAndKeepsNoText() {
    SalesforceError error =
        explained("I saw: You didn't complete the approval process before it expired, with abc");

    assertThat(error.code()).isEmpty();
    assertThat(error.description()).isEmpty();
    assertThat(error.toString())
        .startsWith("An error without a code. ")
        .endsWith(" [see " + error.page() + "]")
        .doesNotContain("abc");
    assertThat(error.page()).endsWith(error.topic());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.com/cb?error=brand_new&code=CODE&state=STATE",
        "https://app.example.com/cb?code=CODE&state=STATE&error=brand_new&error_description=words",
        "https://app.example.com/cb?error=brand_new&error_description=bad+STATE+and+CODE&state=STATE&code=CODE",
        "https://app.example.com/cb?error=brand_new&error_description=see+code%3DCODE+and+state%3DSTATE",
        "https://app.example.com/cb?error=code%3DCODE",
        "error=brand_new&error_description=code=CODE state=STATE",
        "{\"error\":\"brand_new\",\"error_description\":\"code=CODE and state = STATE&\",\"state\":\"STATE\"}",
        "invalid_grant: code CODE of state STATE",
        "OAUTH_BRAND_NEW : code=CODE state=STATE",
        "refresh with code CODE and state STATE said inactive user"
      })
  void explain_codesAndStates_areNotShownAgain(String pasted) {
    String text = pasted.replace("CODE", CODE).replace("STATE", STATE);

    SalesforceError error = explained(text);

    assertThat(error.toString() + error.code() + error.description())
        .doesNotContain(CODE, CODE.replace("%3D", "="), CODE.substring(0, 40), STATE);
  }

  @Test
  void explain_controlCharacters_areTakenOut() {
    SalesforceError error =
        explained(
            "error=brand%0D%0Anew%1b%5B31m&error_description=two%0D%0Alines%00%E2%80%AEand+more");

    assertThat(error.code()).contains("brand new [31m");
    assertThat(error.description()).contains("two lines and more");
  }

  @Test
  void explain_longText_isCut() {
    String words = "word+".repeat(4000);

    SalesforceError error = explained("error=brand_new&error_description=" + words);
    SalesforceError beyond = explained("1800 : " + "x".repeat(1 << 14) + " error=brand_new");

    assertThat(error.description().orElseThrow()).hasSizeLessThan(310);
    assertThat(beyond.code()).contains("1800");
  }

  @Test
  void explain_hostileText_bringsNoException() {
    List<String> hostile =
        List.of(
            "error=".repeat(100_000),
            "a_".repeat(100_000),
            "A_a".repeat(100_000),
            "?state=ab&error=x&error_description=" + "ab".repeat(100_000),
            "[".repeat(100_000),
            "{\"error\":".repeat(100_000),
            "{\"error\":{\"error\":[]}}",
            "[[{\"error\":null}]]",
            "error=%" + "%ff%fe".repeat(10_000),
            "error=\uD800&error_description=\uDFFF",
            " : ".repeat(100_000),
            "OAUTH_" + "A_".repeat(100_000) + " : x",
            "\u0000\u0001\u0002");

    for (String text : hostile) {
      assertThatCode(() -> SalesforceError.explain(text).map(SalesforceError::toString))
          .as(text.substring(0, 3))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void explain_errorPage_knowsEveryCode() {
    assertThat(ErrorEntry.values())
        .flatExtracting(entry -> entry.facts().patterns())
        .filteredOn(pattern -> pattern.text().isEmpty())
        .allSatisfy(
            pattern ->
                assertThat(
                        explained(
                                PAGE
                                    + "error="
                                    + URLEncoder.encode(pattern.code().replace("*", ""), UTF_8))
                            .isKnown())
                    .isTrue());
  }
}
