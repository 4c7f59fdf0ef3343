package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Declined;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The routes that connect customers, over real HTTP. */
class ConnectTest {
  private static final String SESSION = "ampersand.connect.state=session";

  private static WebApplications applications;
  private static FakeSalesforce salesforce;

  @BeforeAll
  static void start() {
    applications = new WebApplications();
    salesforce = applications.salesforce();
  }

  @AfterAll
  static void stop() {
    applications.close();
  }

  @BeforeEach
  void reset() {
    applications.reset();
  }

  /** Returns an application with these properties, which is started once. */
  private static WebApplication application(String... properties) {
    return applications.with(properties);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void consent_connects(String state) throws Exception {
    WebApplication application = application("ampersand.connect.state=" + state);
    HttpResponse<String> begun = application.begin("acme");
    HttpResponse<String> page = application.consent(begun);

    assertThat(begun.statusCode()).isEqualTo(303);
    assertThat(WebApplication.location(begun).getQuery())
        .contains("code_challenge_method=S256", "login_hint=admin@acme.example");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).isEqualTo("Salesforce is connected.");
    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ACTIVE);
    assertThat(application.bean(WebApplication.Application.class).results)
        .singleElement()
        .isInstanceOf(Connected.class);
  }

  @Test
  void consent_nameOfAnyCharacters_isTheConnections() throws Exception {
    WebApplication application = application();
    application.consent(application.begin("A%26B%20%2F%20%C3%84%25"));

    assertThat(
            application
                .tokens()
                .status(new ConnectionKey("salesforce", "A&B / Ä%", "admin"))
                .kind())
        .isEqualTo(Kind.ACTIVE);
  }

  @Test
  void answers_tellNoOtherSiteAndAreNotKept() throws Exception {
    WebApplication application = application();
    HttpResponse<String> begun = application.begin("acme");
    HttpResponse<String> page = application.consent(begun);

    for (HttpResponse<String> answer : List.of(begun, page)) {
      assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
  }

  @ParameterizedTest
  @ValueSource(strings = {SESSION, "ampersand.connect.landing=/settings?tab=crm"})
  void answersToACallback_whateverBecomesOfIt_tellNoSiteAndNoPageTheCode(String property)
      throws Exception {
    WebApplication application = application(property);
    HttpResponse<String> begun = application.begin("acme");
    URI callback = salesforce.approve(WebApplication.location(begun));
    HttpResponse<String> other = application.begin("acme");
    URI denied = salesforce.deny(WebApplication.location(other));
    salesforce.nextTokenRequest(Fault.throttle(Duration.ofSeconds(1)));

    List<HttpResponse<String>> answers =
        List.of(
            application.back(callback, application.begin("evil")), // of another browser
            application.back(callback, begun), // which Salesforce throttles
            application.back(callback, begun), // connected
            application.back(callback, begun), // loaded twice
            application.back(denied, other));

    String code = callback.getRawQuery().replaceAll("(?:^|.*&)code=([^&]*).*", "$1");
    assertThat(code).hasSizeGreaterThan(20);
    for (HttpResponse<String> answer : answers) {
      assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(answer.headers().map() + answer.body())
          .doesNotContain(code, "href", "code=", "state=");
    }
    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void cookie_ofHttps_isForThisHostAlone() throws Exception {
    salesforce.registerCallback(URI.create("https://app.example.com/callback"));
    WebApplication application =
        application("ampersand.salesforce.callback=https://app.example.com/callback");
    HttpResponse<String> begun = application.begin("acme");

    assertThat(begun.headers().firstValue("Set-Cookie").orElseThrow())
        .matches("__Host-salesforce=[\\w-]{43}; Path=/; Secure; HttpOnly; SameSite=Lax");
    assertThat(application.consent(begun).body()).isEqualTo("Salesforce is connected.");
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
    "Origin, https://evil.example",
    "Origin, null"
  })
  void begin_pageOfAnotherSite_isRefused(String header, String value) throws Exception {
    WebApplication application = application();
    HttpResponse<String> answer =
        application.post("/salesforce/connect", "customer=acme", header, value);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("Location")).isEmpty();
  }

  @Test
  void begin_ownPage_isTaken() throws Exception {
    WebApplication application = application();
    String origin = application.uri("").toString();

    assertThat(
            application.post("/salesforce/connect", "customer=acme", "Origin", origin).statusCode())
        .isEqualTo(303);
    assertThat(
            application
                .post(
                    "/salesforce/connect",
                    "customer=acme",
                    "Origin",
                    "null",
                    "Sec-Fetch-Site",
                    "same-origin")
                .statusCode())
        .isEqualTo(303);
  }

  @Test
  void begin_byLink_isNotThere() throws Exception {
    WebApplication application = application();
    assertThat(application.get("/salesforce/connect?customer=acme").statusCode()).isIn(404, 405);
  }

  @Test
  void begin_noOneIsSignedIn_isRefused() throws Exception {
    WebApplication application = application();
    assertThat(application.post("/salesforce/connect", "host=acme").statusCode()).isEqualTo(403);
  }

  @Test
  void begin_hostIsTyped_goesThere() throws Exception {
    WebApplication application = application();
    HttpResponse<String> there =
        application.post("/salesforce/connect", "customer=acme&host=acme.lightning.force.com");
    HttpResponse<String> nowhere =
        application.post("/salesforce/connect", "customer=acme&host=evil.example");

    assertThat(WebApplication.location(there)).hasHost("acme.my.salesforce.com");
    assertThat(nowhere.statusCode()).isEqualTo(400);
    assertThat(nowhere.body()).contains("is no Salesforce My Domain");
  }

  @ParameterizedTest
  @CsvSource({
    "unruly, row 42 of the table of tenants",
    "greedy, cdp_query_api",
    "@LONG@, names of a connection are too long for a state"
  })
  @ExtendWith(OutputCaptureExtension.class)
  void begin_mistakeOfTheApplication_isLoggedAndNotShown(
      String customer, String sentence, CapturedOutput output) throws Exception {
    WebApplication application = application();
    HttpResponse<String> answer = application.begin(customer.replace("@LONG@", "x".repeat(1100)));

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).doesNotContainIgnoringCase(sentence);
    assertThat(output).containsIgnoringCase(sentence).contains("IllegalArgumentException");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u682A\u5F0F\u4F1A\u793E", "a+b", "%2B & 1%"})
  void consent_longNameOfAnyLanguage_isTheConnections(String part) throws Exception {
    String customer = part.repeat(57);
    WebApplication application = application();
    HttpResponse<String> begun =
        application.begin(URLEncoder.encode(customer, StandardCharsets.UTF_8));

    assertThat(begun.statusCode()).isEqualTo(303);
    assertThat(application.consent(begun).body()).isEqualTo("Salesforce is connected.");
    assertThat(
            application.tokens().status(new ConnectionKey("salesforce", customer, "admin")).kind())
        .isEqualTo(Kind.ACTIVE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_ofAnotherBrowser_isRefused(String state) throws Exception {
    WebApplication application = application("ampersand.connect.state=" + state);
    URI callback = salesforce.approve(WebApplication.location(application.begin("acme")));

    HttpResponse<String> page = application.back(callback, application.begin("evil"));

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).isEqualTo("Salesforce is not connected. Start again.");
    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ABSENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_loadedTwice_isRefusedAndTheGrantStays(String state) throws Exception {
    WebApplication application = application("ampersand.connect.state=" + state);
    HttpResponse<String> begun = application.begin("acme");
    URI callback = salesforce.approve(WebApplication.location(begun));

    application.back(callback, begun);
    HttpResponse<String> again = application.back(callback, begun);

    assertThat(again.statusCode()).isEqualTo(400);
    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ACTIVE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_loadedTwiceAtOnce_sendsTheCodeOnce(String state) throws Exception {
    WebApplication application = application("ampersand.connect.state=" + state);
    for (int i = 0; i < 50; i++) {
      HttpResponse<String> begun = application.begin("acme");
      URI callback = salesforce.approve(WebApplication.location(begun));
      salesforce.clearRequests();

      List<Integer> statuses = loadedAtOnce(application, callback, begun);

      assertThat(salesforce.requests("/services/oauth2/token")).hasSize(1);
      assertThat(statuses).containsExactlyInAnyOrder(200, 400);
    }
  }

  private static List<Integer> loadedAtOnce(
      WebApplication application, URI callback, HttpResponse<String> begun) throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    ExecutorService browsers = Executors.newFixedThreadPool(2);
    try {
      Callable<Integer> load =
          () -> {
            both.await();
            return application.back(callback, begun).statusCode();
          };
      Future<Integer> first = browsers.submit(load);
      Future<Integer> second = browsers.submit(load);
      return List.of(first.get(), second.get());
    } finally {
      browsers.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_salesforceCannotBeReached_isTakenWhenItIsReloaded(String state) throws Exception {
    WebApplication application = application("ampersand.connect.state=" + state);
    HttpResponse<String> begun = application.begin("acme");
    URI callback = salesforce.approve(WebApplication.location(begun));
    salesforce.nextTokenRequest(Fault.throttle(Duration.ofSeconds(1)));

    HttpResponse<String> first = application.back(callback, begun);
    HttpResponse<String> reloaded = application.back(callback, begun);

    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.body())
        .isEqualTo("Salesforce is not connected yet. Reload this page in a minute.");
    assertThat(reloaded.body()).isEqualTo("Salesforce is connected.");
  }

  @Test
  void callback_userDeclined_isToldSo() throws Exception {
    WebApplication application = application();
    HttpResponse<String> begun = application.begin("acme");

    HttpResponse<String> page =
        application.back(salesforce.deny(WebApplication.location(begun)), begun);

    assertThat(page.body()).isEqualTo("Salesforce is not connected, since access was declined.");
    assertThat(application.bean(WebApplication.Application.class).results)
        .singleElement()
        .isInstanceOf(Declined.class);
  }

  @Test
  void callback_tokensAreRefused_saysNothingOfTheDevelopersAffairs() throws Exception {
    WebApplication application =
        application("ampersand.salesforce.client-secret=" + "F0".repeat(32));
    HttpResponse<String> begun = application.begin("acme");
    URI callback = salesforce.approve(WebApplication.location(begun));

    HttpResponse<String> page = application.back(callback, begun);

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).isEqualTo("Salesforce is not connected. Start again.");
    assertThat(application.bean(WebApplication.Application.class).results)
        .singleElement()
        .isInstanceOf(Failed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?", "?code=c", "?state=s", "?code=c&state=s", "?code=%GG"})
  void callback_isNone_isRefused(String query) throws Exception {
    WebApplication application = application();
    HttpResponse<String> page = application.get("/callback" + query.replace("%GG", "%25GG"));

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).isEqualTo("Salesforce is not connected. Start again.");
  }

  @Test
  void landing_getsTheOutcomeAndNoCode() throws Exception {
    WebApplication application = application("ampersand.connect.landing=/settings?tab=crm");
    HttpResponse<String> page = application.consent(application.begin("acme"));

    assertThat(page.statusCode()).isEqualTo(303);
    assertThat(page.headers().firstValue("Location"))
        .hasValue("/settings?tab=crm&salesforce=connected");
  }

  @Test
  void contextPath_isPartOfTheCallback() throws Exception {
    salesforce.registerCallback(URI.create("http://localhost:8080/crm/callback"));
    WebApplication application =
        application(
            "server.servlet.context-path=/crm",
            "ampersand.salesforce.callback=http://localhost:8080/crm/callback");
    HttpResponse<String> begun = application.post("/crm/salesforce/connect", "customer=acme");

    assertThat(application.consent(begun).body()).isEqualTo("Salesforce is connected.");
  }

  @Test
  void pkceIsOff_sendsNone() throws Exception {
    WebApplication application = application(SESSION, "ampersand.salesforce.pkce=false");
    HttpResponse<String> begun = application.begin("acme");

    assertThat(WebApplication.location(begun).getQuery()).doesNotContain("code_challenge");
    assertThat(application.consent(begun).body()).isEqualTo("Salesforce is connected.");
    assertThat(application.bean(SalesforceOAuthFlow.class).app().callbackUri())
        .hasToString("http://localhost:8080/callback");
  }
}
