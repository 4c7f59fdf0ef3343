package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Problem;
import com.withampersand.sdk.Problem.Issue;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.platform.Connection.Health;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of answers that are no success, or none that the API's description knows. */
class RefusalTest {
  private static final String WHOLE =
      "{\"type\":\"about:blank\",\"href\":\"https://docs/p\",\"title\":\"Bad Request\",\"status\":418,\"detail\":\"The input is wrong.\","
          + "\"instance\":\"urn:1\",\"subsystem\":\"api\",\"time\":\"2024-04-22T18:55:28.456076Z\",\"requestId\":\"89eb1ffb-2a54#87715\","
          + "\"causes\":[\"one\",\"two\",3],\"remedy\":\"Shorten it.\",\"supportEmail\":\"s@example.com\",\"supportPhone\":\"+1\","
          + "\"supportUrl\":\"https://support\",\"retryable\":false,\"retryAfter\":\"2026-11-24T12:00:00Z\",\"context\":{\"name\":\"Rick\"},"
          + "\"issues\":[{\"in\":\"body\",\"name\":\"items[0].id\",\"detail\":\"is no number\",\"value\":\"abc\"},{\"title\":\"odd\"},7],"
          + "\"later\":{\"x\":[1,true,null]}}";

  private final ApiServer server = new ApiServer();
  private final AmpersandClient client = server.builder().maxRetries(0).build();

  @AfterEach
  void stop() {
    server.close();
  }

  private ApiException refused() {
    return catchThrowableOfType(ApiException.class, () -> client.projects().list());
  }

  private ProtocolException unusable() {
    return catchThrowableOfType(ProtocolException.class, () -> client.projects().list());
  }

  @Test
  void problem_whole_isTyped() {
    server.problem(400, WHOLE);

    ApiException error = refused();

    Problem problem = error.problem();
    assertThat(problem.type()).contains("about:blank");
    assertThat(problem.href()).contains("https://docs/p");
    assertThat(problem.title()).contains("Bad Request");
    assertThat(problem.detail()).contains("The input is wrong.");
    assertThat(problem.instance()).contains("urn:1");
    assertThat(problem.subsystem()).contains("api");
    assertThat(problem.time()).contains(Instant.parse("2024-04-22T18:55:28.456076Z"));
    assertThat(problem.requestId()).contains("89eb1ffb-2a54#87715");
    assertThat(problem.causes()).containsExactly("one", "two");
    assertThat(problem.remedy()).contains("Shorten it.");
    assertThat(problem.supportEmail()).contains("s@example.com");
    assertThat(problem.supportPhone()).contains("+1");
    assertThat(problem.supportUrl()).contains("https://support");
    assertThat(problem.retryable()).contains(false);
    assertThat(problem.retryAfter()).contains(Instant.parse("2026-11-24T12:00:00Z"));
    assertThat(problem.context()).isEqualTo(Map.of("name", "Rick"));
    assertThat(problem.issues())
        .containsExactly(
            new Issue("body", "items[0].id", "is no number"), new Issue("", "", "odd"));
    assertThat(problem.members()).containsEntry("later", Map.of("x", List.of(1, true)));
    assertThat(error.httpStatus()).as("HTTP's counts").isEqualTo(400);
    assertThat(error.retryAt()).contains(Instant.parse("2026-11-24T12:00:00Z"));
  }

  @Test
  void message_saysWhatFailedWhyWhatToDoAndTheFacts() {
    server.problem(400, WHOLE);

    assertThat(refused())
        .hasMessage(
            "The listing of projects was refused: The input is wrong (body items[0].id: is no number; : odd). Shorten it."
                + " [host localhost:"
                + server.client().baseUrl().getPort()
                + ", status 400, request id 89eb1ffb-2a54#87715] [see guides/when-it-fails.md#api-refused]");
  }

  @Test
  void problem_membersOfOtherTypes_countAsMissing() {
    server.problem(
        422,
        "{\"title\":7,\"detail\":null,\"time\":\"noon\",\"causes\":\"one\",\"retryable\":\"yes\",\"retryAfter\":12,\"issues\":{},\"context\":[],\"requestId\":[]}");

    Problem problem = refused().problem();

    assertThat(problem.title()).isEmpty();
    assertThat(problem.detail()).isEmpty();
    assertThat(problem.time()).isEmpty();
    assertThat(problem.causes()).isEmpty();
    assertThat(problem.retryable()).isEmpty();
    assertThat(problem.retryAfter()).isEmpty();
    assertThat(problem.issues()).isEmpty();
    assertThat(problem.context()).isEmpty();
    assertThat(problem.requestId()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "502 | text/html                | <html>CANARY</html>  | a web page",
        "502 | text/html                | <!doctype html>CANARY | a web page",
        "503 | text/plain               | CANARY               | plain text",
        "500 | application/problem+json | {\"detail\":\"CANARY | broken or unexpected JSON",
        "504 | ''                       | ''                   | an empty answer",
        "404 | application/json         | [1]                  | broken or unexpected JSON",
        "400 | application/problem+json | {}                   | broken or unexpected JSON"
      })
  void noProblemDocument_isSaidInWordsThatQuoteNothing(
      int status, String contentType, String body, String seen) {
    server.answer(status, contentType, body);

    ApiException error = refused();

    assertThat(error.httpStatus()).isEqualTo(status);
    assertThat(error.problem()).isEqualTo(Problem.none());
    assertThat(error).hasMessageContaining(seen).hasMessageNotContaining("CANARY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | Check the credential",
        "403 | not for this",
        "404 | the base URL",
        "400 | Correct what the request says",
        "422 | Correct what the request says",
        "429 | try again later",
        "500 | Try again later",
        "418 | Ampersand's documentation"
      })
  void noRemedyFromAmpersand_isGivenByTheStatus(int status, String remedy) {
    server.problem(status, "{\"title\":\"No\"}");

    assertThat(refused()).hasMessageContaining(remedy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'title':'No room'}                   | was refused: No room. ",
        "{'title':'No','detail':'Not now.'}    | was refused: Not now. ",
        "{'requestId':'r-1'}                   | was refused: no reason given. ",
        "{'title':' ','detail':null,'x':1}     | was refused: no reason given. "
      })
  void message_ofAProblem_saysTheMostSpecificReason(String problem, String reason) {
    server.problem(503, problem.replace('\'', '"'));

    assertThat(refused()).hasMessageContaining(reason);
  }

  @Test
  void problem_longAndOfSeveralLines_isWholeOnOneLineWhileTheMessageIsShort() {
    String detail = "first line\n" + "long words ".repeat(100) + "end";
    server.problem(
        400,
        "{\"detail\":\"%1$s\",\"remedy\":\"%1$s\",\"requestId\":\"%1$s\",\"issues\":[{\"detail\":\"%1$s\"}]}"
            .formatted(detail.replace("\n", "\\n")));

    ApiException error = refused();

    String line = detail.replace("\n", " ");
    assertThat(error.problem().detail()).contains(line);
    assertThat(error.problem().issues()).extracting(Issue::detail).containsExactly(line);
    assertThat(error.getMessage()).doesNotContain("\n").hasSizeLessThan(1500);
  }

  @Test
  void problem_thatNamesThingsByTheirIds_showsThem() {
    String project = "proj_9f7c3e2a-61b8-4f5c-8d1a-eb24f3b05d79";
    String request = "req-89eb1ffb-2a54-4105-aaae-7bf990f1aa69";
    server.problem(
        404,
        "{\"detail\":\"there is no project %s\",\"requestId\":\"%s\"}".formatted(project, request));

    assertThat(refused()).hasMessageContaining(project).hasMessageContaining(request);
  }

  @Test
  void redirect_isNotFollowed() {
    try (ApiServer other = new ApiServer()) {
      server.answer(
          new MockResponse.Builder()
              .code(307)
              .setHeader("Location", other.baseUrl().toString())
              .build());

      assertThat(unusable()).hasMessageContaining("redirect").hasMessageContaining("status 307");
      assertThat(other.requestCount()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>CANARY</html>", "", "{\"id\":", "{\"id\":1}", "\"text\"", "[] x"})
  void success_thatIsNoList_isOutsideTheSpecification(String body) {
    server.json(200, body);

    assertThat(unusable()).hasMessageContaining("base URL").hasMessageNotContaining("CANARY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "null", "7", ""})
  void success_thatIsNoObject_isOutsideTheSpecification(String body) {
    server.json(200, body);

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> client.projects().get());

    assertThat(error).hasMessageContaining("base URL");
    assertThat(error.isOutcomeUnknown()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"text\"", "[[]]", "{\"id\":null,\"name\":[]}"})
  void success_listOfOtherThings_isOutsideTheSpecification(String item) {
    server.json(200, "[" + item + "]");

    assertThat(unusable()).hasMessageContaining("lacks its member \"id\"");
  }

  @Test
  void success_catalogOfOtherThings_isReadAsFarAsItGoes() {
    server.json(
        200, "{\"a\":null,\"b\":7,\"c\":[{}],\"d\":{\"oauth2Opts\":[null],\"displayName\":{}}}");

    assertThat(client.providers().list())
        .extracting(ProviderInfo::name)
        .containsExactly("a", "b", "c", "d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>CANARY</html>", "\n<!doctype html>CANARY"})
  void deletion_answeredWithAWebPage_isNotTakenForDone(String page) {
    server.answer(200, "text/html", page);

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> client.providerApps().delete("pa-1"));

    assertThat(error).hasMessageContaining("a web page").hasMessageNotContaining("CANARY");
    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}"})
  void update_answeredWithSomethingElse_leavesTheOutcomeUnknown(String body) {
    server.json(200, body);
    ConnectionChange change = ConnectionChange.builder().workspaceRef("acme").build();

    ProtocolException error =
        catchThrowableOfType(
            ProtocolException.class, () -> client.connections().update("c-1", change));

    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @Test
  void success_withoutTheMembersThatMatter_namesTheOneThatIsMissing() {
    server.json(200, "[{\"id\":\"p\"}]");

    assertThat(unusable()).hasMessageContaining("\"name\"");
  }

  @Test
  void creation_answeredWithAWebPage_leavesTheOutcomeUnknown() {
    server.answer(200, "text/html", "<html>");

    ProtocolException error =
        catchThrowableOfType(
            ProtocolException.class, () -> client.providerApps().create(new DeclaredApp()));

    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "login.salesforce.com",
        "javascript:alert(1)",
        "javascript://example.com/%0Aalert(1)",
        "http://login.salesforce.com/services/oauth2/authorize",
        "http://192.0.2.1/",
        "https://user:secret@login.salesforce.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https:///path",
        "https://exa mple.com",
        "https://a\nhttps://b",
        "<html>"
      })
  void connectUrl_thatIsNoWebAddress_isNotHandedOn(String text) {
    server.text(text);
    ConnectRequest request = ConnectRequest.of(new ConnectionKey("salesforce", "acme", "ada"));

    ProtocolException error =
        catchThrowableOfType(
            ProtocolException.class, () -> client.connections().connectUrl(request));

    assertThat(error).hasMessageContaining("not an https URL");
  }

  @Test
  void answer_cutWithinTheBody_isNoAnswer() {
    server.answer(
        new MockResponse.Builder()
            .body("[" + " ".repeat(10_000) + "]")
            .onResponseBody(new SocketEffect.CloseSocket())
            .build());

    assertThat(catchThrowableOfType(TransportException.class, () -> client.projects().list()))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "working, WORKING",
    "created, CREATED",
    "bad_credentials, NEEDS_CONSENT",
    "paused_by_admin, UNKNOWN",
    "Working, UNKNOWN"
  })
  void health_eachStatus_isOneVerdictAndStaysReadable(String status, Health health) {
    server.json(200, ApiServer.CONNECTION.replace("\"working\"", "\"" + status + "\""));

    Connection connection = client.connections().get("c-1");

    assertThat(connection.health()).isEqualTo(health);
    assertThat(connection.status()).isEqualTo(status);
  }

  @Test
  void anyText_thatEchoesASecret_isShownWithoutIt() {
    String echo =
        "{\"detail\":\"bad credential %s of %s\",\"%s\":1,\"issues\":[{\"in\":\"body\",\"name\":\"clientSecret\",\"value\":\"%s\"}],\"context\":{\"sent\":[\"%s\"]}}"
            .formatted(
                ApiServer.KEY,
                DeclaredApp.SECRET,
                DeclaredApp.SECRET,
                DeclaredApp.SECRET,
                ApiServer.KEY);
    server.answer(
        new MockResponse.Builder()
            .code(400)
            .headers(Headers.of("Content-Type", "application/problem+json"))
            .body(echo)
            .build());

    ApiException error =
        catchThrowableOfType(
            ApiException.class, () -> client.providerApps().create(new DeclaredApp()));

    assertThat(error.getMessage() + error.problem())
        .doesNotContain("CANARY")
        .contains("bad credential");
  }

  @Test
  void secretWithQuotes_echoedAsItStoodInTheBody_isShownNowhere() {
    DeclaredApp app = new DeclaredApp();
    app.secret = Secret.of("CANARY\"with\\quotes");
    server.problem(
        400,
        "{\"detail\":\"got {\\\"clientSecret\\\":\\\"CANARY\\\\\\\"with\\\\\\\\quotes\\\"}\"}");

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> client.providerApps().create(app));

    assertThat(error.problem().detail()).contains("got {\"clientSecret\":\"***\"}");
  }

  @Test
  void tokensImported_echoed_areShownNowhere() {
    server.problem(422, "{\"detail\":\"ACCESS-CANARY-12345 and REFRESH-CANARY-12345\"}");
    ConnectionImport tokens =
        ConnectionImport.builder(
                new ConnectionKey("salesforce", "acme", "ada"),
                com.withampersand.sdk.oauth.TokenSet.builder(
                        Secret.of("ACCESS-CANARY-12345"), Instant.EPOCH)
                    .refreshToken(Secret.of("REFRESH-CANARY-12345"))
                    .build())
            .build();

    ApiException error =
        catchThrowableOfType(
            ApiException.class, () -> client.connections().importConnection(tokens));

    assertThat(error.getMessage() + error.problem() + tokens).doesNotContain("CANARY");
  }
}
