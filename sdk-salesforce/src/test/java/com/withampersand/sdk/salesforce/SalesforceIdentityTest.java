package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceIdentityTest {
  private static final String TOKEN = "00Dx!THEACCESSTOKEN";
  private static final String ID_PATH = "/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU";
  private static final String USER_INFO =
      "{\"sub\":\"https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU\","
          + "\"user_id\":\"005x00000012Q9PAAU\",\"organization_id\":\"00Dx0000000BV7zEAG\","
          + "\"preferred_username\":\"ada@acme.example\",\"name\":\"Ada Lovelace\",\"email\":\"ada@acme.example\","
          + "\"email_verified\":true,\"language\":\"en_US\",\"user_type\":\"STANDARD\",\"active\":true,"
          + "\"utcOffset\":-28800000,\"urls\":{\"rest\":\"https://acme.my.salesforce.com/\"}}";
  private static final String IDENTITY =
      "{\"id\":\"https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU\","
          + "\"user_id\":\"005x00000012Q9PAAU\",\"organization_id\":\"00Dx0000000BV7zEAG\","
          + "\"username\":\"ada@acme.example\",\"display_name\":\"Ada Lovelace\",\"active\":false}";

  private final MockWebServer login = new MockWebServer();
  private final MockWebServer instance = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    login.start();
    instance.start();
  }

  @AfterEach
  void stop() {
    login.close();
    instance.close();
  }

  private static String address(MockWebServer server) {
    return "http://localhost:" + server.getPort();
  }

  private SalesforceOAuthFlow flow() {
    return flow(HttpTransport.shared());
  }

  private SalesforceOAuthFlow flow(HttpTransport transport) {
    SalesforceApp app =
        SalesforceApp.builder("consumer-key", "CONSUMERSECRET")
            .scopes("api", "id", "refresh_token")
            .build();
    return SalesforceOAuthFlow.builder(app, LoginHost.custom(URI.create(address(login))))
        .transport(transport)
        .build();
  }

  private TokenSet tokens() {
    return tokens(address(login) + ID_PATH, address(instance));
  }

  private static TokenSet tokens(String id, String instanceUrl) {
    return TokenSet.builder(Secret.of(TOKEN), Instant.EPOCH)
        .refreshToken(Secret.of("5AepREFRESH"))
        .attribute("id", id)
        .attribute("instance_url", instanceUrl)
        .build();
  }

  private static void answer(MockWebServer server, int status, String contentType, String body) {
    server.enqueue(
        new MockResponse.Builder()
            .code(status)
            .setHeader("Content-Type", contentType)
            .body(body)
            .build());
  }

  private static void assertAsked(MockWebServer server, String path) throws InterruptedException {
    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod() + " " + request.getTarget()).isEqualTo("GET " + path);
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + TOKEN);
    assertThat(request.getHeaders().get("Accept")).isEqualTo("application/json");
    assertThat(request.getHeaders().get("User-Agent")).startsWith("ampersand-sdk-java/");
    assertThat(request.getBodySize()).isZero();
  }

  @Test
  void userInfo_onTheWire_goesToTheInstanceWithTheAccessTokenAlone() throws Exception {
    answer(instance, 200, "application/json", USER_INFO);

    SalesforceIdentity identity = flow().userInfo(tokens());

    assertAsked(instance, "/services/oauth2/userinfo");
    assertThat(login.getRequestCount()).isZero();
    assertThat(identity.userId()).isEqualTo("005x00000012Q9PAAU");
    assertThat(identity.organizationId()).isEqualTo("00Dx0000000BV7zEAG");
    assertThat(identity.username()).contains("ada@acme.example");
    assertThat(identity.displayName()).contains("Ada Lovelace");
    assertThat(identity.email()).contains("ada@acme.example");
    assertThat(identity.language()).contains("en_US");
    assertThat(identity.userType()).contains("STANDARD");
    assertThat(identity.isActive()).isTrue();
    assertThat(identity.attribute("utcOffset")).contains("-28800000");
    assertThat(identity.attribute("urls")).isEmpty();
  }

  /** RFC 6750, section 3: in the body, or in the challenge with an empty body. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          401 | `` | {"error":"invalid_token","error_description":"The access token expired"}
          401 | `` | {"error":"invalid_token"}
          400 | `` | {"error":"invalid_token"}
          400 | Bearer error="invalid_token" | ``
          401 | Bearer realm="x", error="invalid_token" | ``
          403 | Bearer error="invalid_token" | ``
          401 | Token;Bearer error="invalid_token" | ``
          401 | Bearer error="invalid_token" | <html>Unauthorized</html>
          403 | `` | Bad_OAuth_Token
          403 | `` | "Bad_OAuth_Token"
          401 | `` | [{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]
          """)
  void userInfoAndIdentity_endedToken_isAnEndedSession(int status, String challenge, String body) {
    MockResponse.Builder answer = new MockResponse.Builder().code(status).body(body);
    if (!challenge.isEmpty()) {
      List.of(challenge.split(";", -1))
          .forEach(header -> answer.addHeader("WWW-Authenticate", header));
    }
    MockResponse refusal = answer.build();
    instance.enqueue(refusal);
    login.enqueue(refusal);

    OAuthException atUserInfo =
        catchThrowableOfType(OAuthException.class, () -> flow().userInfo(tokens()));
    OAuthException atIdentity =
        catchThrowableOfType(OAuthException.class, () -> flow().identity(tokens()));

    assertThat(atUserInfo.topic()).contains(ErrorEntry.SESSION_ENDED.topic());
    assertThat(atIdentity.topic()).contains(ErrorEntry.SESSION_ENDED.topic());
    assertThat(atUserInfo.needsReauthorization()).isFalse();
  }

  @Test
  void userInfo_noInstanceKnown_goesToTheLoginHost() throws Exception {
    answer(login, 200, "application/json", USER_INFO);

    flow().userInfo(TokenSet.builder(Secret.of(TOKEN), Instant.EPOCH).build());

    assertAsked(login, "/services/oauth2/userinfo");
  }

  @Test
  void identity_onTheWire_goesToTheIdentityUrl() throws Exception {
    answer(login, 200, "application/json", IDENTITY);

    SalesforceIdentity identity = flow().identity(tokens());

    assertAsked(login, ID_PATH);
    assertThat(identity.userId()).isEqualTo("005x00000012Q9PAAU");
    assertThat(identity.username()).contains("ada@acme.example");
    assertThat(identity.displayName()).contains("Ada Lovelace");
    assertThat(identity.isActive()).isFalse();
    assertThat(identity.email()).isEmpty();
  }

  @Test
  void identity_loginHostDoesNotKnowTheUser_asksTheInstance() throws Exception {
    answer(login, 404, "text/plain", "Bad_Id");
    answer(instance, 200, "application/json", IDENTITY);

    SalesforceIdentity identity = flow().identity(tokens());

    assertAsked(instance, ID_PATH);
    assertThat(identity.userId()).isEqualTo("005x00000012Q9PAAU");
  }

  @Test
  void identity_noHostKnowsTheUser_isBadId() {
    answer(login, 404, "text/plain", "Bad_Id");
    answer(instance, 404, "text/plain", "Bad_Id");

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow().identity(tokens()));

    assertThat(refused.error()).isEqualTo("Bad_Id");
    assertThat(instance.getRequestCount()).isEqualTo(1);
  }

  @Test
  void identity_refusedOtherwise_doesNotAskTheInstance() {
    answer(login, 403, "text/plain", "Bad_OAuth_Token");

    assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> flow().identity(tokens()));

    assertThat(instance.getRequestCount()).isZero();
  }

  @Test
  void identity_tokensWithoutIdentityUrl_isAMistake() {
    TokenSet none = TokenSet.builder(Secret.of(TOKEN), Instant.EPOCH).build();

    assertThatIllegalArgumentException().isThrownBy(() -> flow().identity(none));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.com",
        "https://login.salesforce.com.evil.com",
        "https://login.salesforce.com@evil.com",
        "http://login.salesforce.com",
        "https://acme.my.site.com",
        "https://acme_one.evil.com"
      })
  void r05_foreignIdentityUrlOrInstance_receivesNothing(String host) {
    TokenSet tokens = tokens(host + ID_PATH, host);
    List<String> sent = new ArrayList<>();
    SalesforceOAuthFlow flow = flow(recording(sent));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow.identity(tokens))
        .withMessageContaining("no token is sent there");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow.userInfo(tokens))
        .withMessageContaining("no token is sent there");
    assertThat(sent).isEmpty();
  }

  /** The user is unknown at the login host, so that the instance would be asked next. */
  @Test
  void r05_identity_loginHostDoesNotKnowTheUser_foreignInstanceReceivesNothing() {
    answer(login, 404, "text/plain", "Bad_Id");
    TokenSet tokens = tokens(address(login) + ID_PATH, "https://evil.com");
    List<String> sent = new ArrayList<>();
    SalesforceOAuthFlow flow = flow(recording(sent));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow.identity(tokens))
        .withMessageContaining("no token is sent there");
    assertThat(sent).containsExactly("GET " + address(login) + ID_PATH);
  }

  private static HttpTransport recording(List<String> sent) {
    return request -> {
      sent.add(request.method() + " " + request.uri());
      assertThat(request.uri().getHost()).isEqualTo("localhost");
      return HttpTransport.shared().send(request);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "403; text/plain; Bad_OAuth_Token; Bad_OAuth_Token",
        "403; text/html; Bad_OAuth_Token; Bad_OAuth_Token",
        "403; text/plain; Missing_OAuth_Token; Missing_OAuth_Token",
        "404; text/plain; Wrong_Org; Wrong_Org",
        "401; application/json; [{\"errorCode\":\"INVALID_SESSION_ID\",\"message\":\"Session expired\"}]; INVALID_SESSION_ID",
        "400; application/json; {\"error\":\"invalid_request\",\"error_description\":\"x\"}; invalid_request"
      })
  void userInfo_refusedInAnyForm_isTheWordThatSalesforceSays(
      int status, String type, String body, String error) {
    answer(instance, status, type, body);

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow().userInfo(tokens()));

    assertThat(refused.error()).isEqualTo(error);
    assertThat(refused.httpStatus()).hasValue(status);
    assertThat(refused)
        .hasMessageContaining("user info request, host localhost")
        .hasMessageContaining("access token ***(")
        .hasMessageNotContaining("THEACCESSTOKEN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "200; text/html; <html>log in</html>",
        "200; text/plain; Bad_OAuth_Token",
        "200; application/json; {\"user_id\":\"005x00000012Q9PAAU\"}",
        "200; application/json; {\"organization_id\":\"00Dx0000000BV7zEAG\"}",
        "200; application/json; {\"user_id\":",
        "200; application/json; ''",
        "403; text/html; <html>no</html>",
        "404; text/plain; 00Dx!THEACCESSTOKEN"
      })
  void userInfo_answerThatTellsNothing_isAClearError(int status, String type, String body) {
    answer(instance, status, type, body);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow().userInfo(tokens()))
        .withMessageNotContaining("THEACCESSTOKEN");
  }

  @Test
  void r14_userInfo_endlessAnswer_isBounded() {
    answer(instance, 200, "application/json", "{\"a\":\"" + "x".repeat(1 << 20) + "\"}");

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow().userInfo(tokens()))
        .withMessageContaining("longer than");
  }

  @Test
  void r06_userInfo_redirect_isNotFollowed() {
    instance.enqueue(
        new MockResponse.Builder()
            .code(302)
            .setHeader("Location", address(login) + "/services/oauth2/userinfo")
            .build());

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow().userInfo(tokens()))
        .withMessageContaining("redirect");
    assertThat(login.getRequestCount()).isZero();
  }

  @Test
  void userInfo_maintenance_mayBeTriedAgain() {
    answer(instance, 503, "text/html", "<html>maintenance</html>");

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> flow().userInfo(tokens()));

    assertThat(error.isRetryable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"active\":false,\"exp\":3600}",
        "{\"active\":true}",
        "{\"active\":true,\"exp\":99999999999}",
        "{\"active\":true,\"exp\":0}"
      })
  void r12_withKnownExpiry_noEndThatCanBeTrue_changesNothing(String body) {
    TokenSet tokens = tokens();
    answer(login, 200, "application/json", body);

    assertThat(flow().withKnownExpiry(tokens)).isEqualTo(tokens);
  }

  @Test
  void r04_toString_showsUserAndOrganisationAlone() {
    answer(instance, 200, "application/json", USER_INFO);

    assertThat(flow().userInfo(tokens()))
        .hasToString("SalesforceIdentity[org 00Dx0000000BV7zEAG, user 005x00000012Q9PAAU]");
  }
}
