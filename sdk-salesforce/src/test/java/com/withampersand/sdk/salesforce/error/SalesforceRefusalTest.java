package com.withampersand.sdk.salesforce.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceRefusalTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          401 | [{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}] | true | session-over
          401 | [{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid","fields":[]}] | true | session-over
          401 | {"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"} | true | session-over
          401 | [{"errorCode":"INVALID_SESSION_ID"}] | true | session-over
          403 | [{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}] | true | session-over
          403 | Bad_OAuth_Token | true | session-over
          401 | Bad_OAuth_Token | true | session-over
          401 | [{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}] | false | api-scope-missing
          403 | [{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}] | false | api-scope-missing
          401 | [{"message":"Connected app is not attached to Agent"}] | false | app-not-attached-to-the-agent
          401 | {"error":"Connected app is not attached to Agent"} | false | app-not-attached-to-the-agent
          401 | Connected app is not attached to Agent | false | app-not-attached-to-the-agent
          401 | Something else in plain words | true | any-other-error
          503 | Something else in plain words | false | salesforce-in-trouble
          401 | [{"message":"INVALID_HEADER_TYPE","errorCode":"INVALID_AUTH_HEADER"}] | false | authorization-header-missing
          403 | Missing_OAuth_Token | false | authorization-header-missing
          403 | [{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}] | false | request-limit-reached
          403 | [{"message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}] | false | concurrent-request-limit
          403 | [{"message":"API is not enabled","errorCode":"API_DISABLED_FOR_ORG"}] | false | api-switched-off
          403 | [{"message":"API is currently disabled","errorCode":"API_CURRENTLY_DISABLED"}] | false | api-currently-disabled
          403 | [{"message":"insufficient access rights","errorCode":"INSUFFICIENT_ACCESS_OR_READONLY"}] | false | permission-missing
          403 | [{"message":"no","errorCode":"FORBIDDEN"}] | false | permission-missing
          400 | [{"message":"operation performed with inactive user [005]","errorCode":"INACTIVE_OWNER_OR_USER"}] | false | any-other-error
          401 | [{"message":"set the login hours, or the code verifier","errorCode":"CUSTOM_RULE"}] | true | any-other-error
          404 | Bad_Id | false | identity-not-found
          503 | [{"message":"down","errorCode":"SERVER_UNAVAILABLE"}] | false | salesforce-in-trouble
          503 | <html><body>We are down for maintenance.</body></html> | false | salesforce-in-trouble
          503 | `` | false | salesforce-in-trouble
          401 | `` | true | any-other-error
          401 | <html><body>Unauthorized</body></html> | true | any-other-error
          401 | [{"message":"?","errorCode":"BRAND_NEW"}] | true | any-other-error
          401 | [{"message":"Session expired or inv | true | any-other-error
          401 | [] | true | any-other-error
          403 | `` | false | any-other-error
          403 | <html><body>Forbidden</body></html> | false | any-other-error
          403 | [{"message":"?","errorCode":"BRAND_NEW"}] | false | any-other-error
          404 | [{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}] | false | any-other-error
          500 | [{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}] | true | session-over
          200 | [{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}] | false | session-over
          400 | {"exceptionCode":"InvalidSessionId","exceptionMessage":"Invalid session id"} | true | session-over
          400 | {"code":"InvalidSessionId"} | true | session-over
          400 | <?xml version="1.0" encoding="UTF-8"?><error xmlns="http://www.force.com/2009/06/asyncapi/dataload"><exceptionCode>InvalidSessionId</exceptionCode><exceptionMessage>Invalid session id</exceptionMessage></error> | true | session-over
          400 | <error xmlns="http://www.force.com/2009/06/asyncapi/dataload"> <exceptionCode> InvalidSessionId </exceptionCode> <exceptionMessage>Unable to find session id</exceptionMessage> </error> | true | session-over
          500 | <?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | true | session-over
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>sf:REQUEST_LIMIT_EXCEEDED</faultcode><faultstring>TotalRequests Limit exceeded.</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | false | request-limit-reached
          400 | {"exceptionCode":"InvalidBatch","exceptionMessage":"Session expired or invalid"} | false | any-other-error
          401 | [{"message":"INVALID_JWT_FORMAT","errorCode":"INVALID_JWT_FORMAT"}] | true | session-over
          401 | {"error":"invalid_token","error_description":"The access token expired"} | true | session-over
          401 | {"error":"invalid_token"} | true | session-over
          400 | {"code":"aPrxUnknown"} | false | any-other-error
          401 | <?xml version="1.0" encoding="UTF-8"?><Errors><Error><errorCode>INVALID_SESSION_ID</errorCode><message>Session expired or invalid</message></Error></Errors> | true | session-over
          400 | <error xmlns="http://www.force.com/2009/06/asyncapi/dataload"> <exceptionCode>InvalidSessionId</exceptionCode> <exceptionMessage>Unable to find session id</exceptionMessage></error> | true | session-over
          400 | {"exceptionCode":"InvalidSessionId","exceptionMessage":"Invalid session id"} | true | session-over
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | true | session-over
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash: abc</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | true | session-over
          200 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode></soapenv:Fault></soapenv:Body></soapenv:Envelope> | false | session-over
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode><faultstring>INVALID_SESSION_ID: This session is not valid for use with the API</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | false | api-scope-missing
          403 | [{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}] | false | api-scope-missing
          403 | "Bad_OAuth_Token" | true | session-over
          403 | {"error":"invalid_token","error_description":"Jwt is expired"} | true | session-over
          400 | [{"errorCode":"INVALID_JWT_FORMAT","message":"INVALID_JWT_FORMAT"}] | true | session-over
          401 | Jwt is expired | true | any-other-error
          401 | [{"channel":"/meta/connect","error":"401::Authentication invalid","successful":false}] | true | session-over
          400 | [{"errorCode":"URL_NOT_RESET","message":"Destination URL not reset. The URL returned from login must be set"}] | false | wrong-api-host
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>UNKNOWN_EXCEPTION</faultcode><faultstring>UNKNOWN_EXCEPTION: Destination URL not reset. The URL returned from login must be set in the SforceService</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | false | wrong-api-host
          403 | [{"message":"The users password has expired, you must call SetPassword before attempting any other API operations","errorCode":"INVALID_OPERATION_WITH_EXPIRED_PASSWORD"}] | false | password-expired
          403 | [{"message":"The REST API is not enabled for this Organization.","errorCode":"API_DISABLED_FOR_ORG"}] | false | api-switched-off
          403 | [{"message":"API is disabled for this User","errorCode":"API_CURRENTLY_DISABLED"}] | false | api-switched-off
          403 | [{"message":"The operation you requested isn't allowed due to a security policy in your organization. Contact your administrator.","errorCode":"TXN_SECURITY_NO_ACCESS"}] | false | transaction-security
          403 | [{"message":"ConcurrentPerOrgLongTxn Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}] | false | concurrent-request-limit
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid username, password, security token; or user locked out.</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | false | authentication-failed
          500 | <soapenv:Envelope><soapenv:Body><soapenv:Fault><faultcode>LOGIN_MUST_USE_SECURITY_TOKEN</faultcode><faultstring>Invalid username, password, security token; or user locked out. Are you at a new location?</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope> | false | security-token-required
          400 | [{"message":"unable to obtain exclusive access to this record","errorCode":"UNABLE_TO_LOCK_ROW"}] | false | record-locked
          400 | [{"message":"Session expired or invalid","errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION"}] | false | any-other-error
          400 | [{"message":"We are down for maintenance","errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION"}] | false | any-other-error
          400 | [{"message":"access_denied","errorCode":"access_denied"}] | false | any-other-error
          503 | <html><body><center><td><span>We are down for maintenance.</span><br><br>Sorry for the inconvenience. We'll be back shortly.</td></center></body></html> | false | salesforce-in-trouble
          200 | <html><body><center><td><span>We are down for maintenance.</span><br><br>Sorry for the inconvenience. We'll be back shortly.</td></center></body></html> | false | salesforce-in-trouble
          401 | <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"><html><title>Down For Maintenance</title></html> | false | salesforce-in-trouble
          200 | <html><body>Salesforce is undergoing scheduled maintenance</body></html> | false | salesforce-in-trouble
          404 | <html><body>down for maintenance</body></html> | false | salesforce-in-trouble
          500 | <html></html> | false | any-other-error
          200 | {"records":[]} | false | any-other-error
          """)
  void of_answer_isJudged(int status, String body, boolean cured, String heading) {
    SalesforceRefusal refusal = SalesforceRefusal.of(status, body);

    assertThat(refusal.isFixedByRefresh()).isEqualTo(cured);
    assertThat(refusal.error().topic()).isEqualTo("errors.md#" + heading);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer error=\"invalid_token\"",
        "Bearer realm=\"x\", error=\"invalid_token\", error_description=\"The access token expired\"",
        "Bearer realm=\"x\", error=invalid_token",
        "BEARER ERROR = \"INVALID_TOKEN\"",
        "DPoP error=\"invalid_token\", algs=\"ES256\""
      })
  void of_invalidTokenInTheChallengeAlone_isFixedByRefresh(String challenge) {
    HttpHeaders headers =
        HttpHeaders.of(Map.of("www-authenticate", List.of(challenge)), (name, value) -> true);

    for (int status : new int[] {400, 401, 403}) {
      assertThat(SalesforceRefusal.of(status, headers, "").isFixedByRefresh()).isTrue();
    }
  }

  @Test
  void of_challengeBesideSalesforcesOwnReason_theReasonDecides() {
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of("WWW-Authenticate", List.of("Bearer error=\"invalid_token\"")),
            (name, value) -> true);
    String body =
        "[{\"message\":\"This session is not valid for use with the REST API\",\"errorCode\":\"INVALID_SESSION_ID\"}]";

    assertThat(SalesforceRefusal.of(401, headers, body).isFixedByRefresh()).isFalse();
  }

  @Test
  void of_byteOrderMark_isSkipped() {
    assertThat(
            SalesforceRefusal.of(
                    400, "\uFEFF<error><exceptionCode>InvalidSessionId</exceptionCode></error>")
                .isFixedByRefresh())
        .isTrue();
  }

  @Test
  void of_jsonWithAnAuthorizationCode_doesNotShowIt() {
    assertThat(SalesforceRefusal.of(400, "{\"code\":\"aPrxSecretCode\"}").toString())
        .doesNotContain("aPrx");
  }

  @Test
  void of_bodyOfAMebibyteAndMore_isTakenForNothing() {
    String answer =
        "[{\"message\":\"This session is not valid for use with the REST API\",\"errorCode\":\"INVALID_SESSION_ID\"}]";
    String longest = answer + " ".repeat((1 << 20) - answer.length());

    assertThat(SalesforceRefusal.of(401, longest).isFixedByRefresh()).isFalse();
    assertThat(SalesforceRefusal.of(401, longest + " ").isFixedByRefresh()).isTrue();
  }

  @Test
  void of_unknownError_keepsItsWordsWithoutSecrets() {
    SalesforceError error =
        SalesforceRefusal.of(
                403,
                "[{\"message\":\"no\\r\\n00D5g000000aaaa!AQkAQHtoken.of.a.session0123456789 sid=4711\",\"errorCode\":\"BRAND_NEW\"}]")
            .error();

    assertThat(error.code()).contains("BRAND_NEW");
    assertThat(error.description().orElseThrow())
        .startsWith("no ")
        .doesNotContain("AQkAQH", "4711", "\r", "\n");
  }

  @Test
  void of_pageOrLine_keepsNeitherCodeNorWords() {
    for (String body : List.of("<html>4711</html>", "", "the session 4711 is odd", "s4711")) {
      SalesforceError error = SalesforceRefusal.of(403, body).error();

      assertThat(error.code()).isEmpty();
      assertThat(error.description()).isEmpty();
    }
  }

  @Test
  void of_unknownWord_isKeptAsACode() {
    assertThat(SalesforceRefusal.of(403, "Brand_New_Word").error().code())
        .contains("Brand_New_Word");
  }

  @Test
  void toString_saysTheVerdictFirst() {
    assertThat(SalesforceRefusal.of(403, "Bad_OAuth_Token").toString())
        .startsWith("Status 403, fixed by a refresh: Bad_OAuth_Token. ");
    assertThat(SalesforceRefusal.of(403, "Missing_OAuth_Token").toString())
        .startsWith("Status 403, not fixed by a refresh: Missing_OAuth_Token. ");
  }
}
