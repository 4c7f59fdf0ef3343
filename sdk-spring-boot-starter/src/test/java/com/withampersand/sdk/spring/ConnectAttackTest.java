package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.refresh.FreshTokens;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile person tries at the routes that connect customers. */
class ConnectAttackTest {
  private static final String EVIL = "evil.example";
  private static final String MARKUP = "\"'><script>alert(1)</script>";
  private static final String NEW_LINES = "x\r\nX-Evil: 1\r\n\r\n<script>";
  private static final String HUGE = "a".repeat(100 * 1024);
  private static final String REFUSED = "Salesforce is not connected. Start again.";
  private static final String NEW_COOKIE = "salesforce=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax";
  private static final ConnectionKey GLOBEX = new ConnectionKey("salesforce", "globex", "admin");

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
    applications
        .running()
        .forEach(application -> application.bean(FreshTokens.class).forget(GLOBEX));
  }

  /** Returns an application with these properties, which is started once. */
  private static WebApplication application(String... properties) {
    return applications.with(properties);
  }

  private static WebApplication withState(String state) {
    return application("ampersand.connect.state=" + state);
  }

  private static URI approved(HttpResponse<String> begun) {
    return salesforce.approve(WebApplication.location(begun));
  }

  private static Kind kind(WebApplication application, ConnectionKey key) {
    return application.tokens().status(key).kind();
  }

  private static int exchanges() {
    return salesforce.requests("/services/oauth2/token").size();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String parameter(URI uri, String name) {
    for (String pair : uri.getRawQuery().split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return pair;
      }
    }
    throw new IllegalArgumentException(name);
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-Host, evil.example",
    "X-Forwarded-Proto, https",
    "X-Forwarded-Prefix, //evil.example",
    "Forwarded, host=evil.example;proto=https",
    "X-Original-URL, //evil.example/",
    "Referer, https://evil.example/"
  })
  void wholeWay_withHeadersOfAProxy_isThatOfTheProperties(String header, String value)
      throws Exception {
    WebApplication application = application("ampersand.connect.landing=/settings");
    HttpResponse<String> begun =
        application.post("/salesforce/connect", "customer=acme", header, value);
    URI callback = approved(begun);
    HttpResponse<String> back =
        application.get(
            "/callback?" + callback.getRawQuery(),
            "Cookie",
            WebApplication.cookie(begun),
            header,
            value);

    assertThat(WebApplication.location(begun).getAuthority())
        .isEqualTo(salesforce.uri().getAuthority());
    assertThat(parameter(WebApplication.location(begun), "redirect_uri"))
        .isEqualTo("redirect_uri=" + encode("http://localhost:8080/callback"));
    assertThat(WebApplication.location(back)).hasToString("/settings?salesforce=connected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /callback?code=a&state=b HTTP/1.1",
        "GET http://evil.example/callback?code=a&state=b HTTP/1.1",
        "GET //evil.example/callback HTTP/1.1",
        "POST /salesforce/connect?customer=acme HTTP/1.1"
      })
  void request_ofAnotherHost_doesNotLeadThere(String request) throws Exception {
    String answer = application().raw(request, "Host: evil.example", "Origin: http://evil.example");

    assertThat(answer).startsWith("HTTP/1.1 ");
    assertThat(answer.lines().filter(line -> line.startsWith("Location:")))
        .allMatch(line -> line.startsWith("Location: " + salesforce.uri() + "/services/oauth2/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"return_to", "next", "redirect_uri", "RelayState", "landing", "salesforce"})
  void wholeWay_withAReturnAddress_ignoresIt(String name) throws Exception {
    WebApplication application = application("ampersand.connect.landing=/settings");
    String address = "&" + name + "=https%3A%2F%2Fevil.example";
    HttpResponse<String> begun =
        application.post("/salesforce/connect?x" + address, "customer=acme" + address);
    HttpResponse<String> back = application.back(URI.create(approved(begun) + address), begun);

    assertThat(WebApplication.location(begun).toString()).doesNotContain(EVIL);
    assertThat(WebApplication.location(back)).hasToString("/settings?salesforce=connected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme.my.salesforce.com.evil.example",
        "acme.my.salesforce.com@evil.example",
        "https://acme.my.salesforce.com:443@evil.example/",
        "https://evil.example\\@acme.my.salesforce.com",
        "https://evil.example#acme.my.salesforce.com",
        "https://admin:pw@acme.my.salesforce.com",
        "//evil.example",
        "javascript:alert(1)",
        "\u0430cme.my.salesforce.com",
        "acme\u3002my\u3002salesforce\u3002com\u3002evil\u3002example",
        "acme\r\nLocation: https://evil.example",
        "acme%0d%0aLocation:%20https://evil.example",
        MARKUP
      })
  void begin_hostThatLooksLikeSalesforces_isRefusedInPlainText(String typed) throws Exception {
    HttpResponse<String> answer =
        application().post("/salesforce/connect", "customer=acme&host=" + encode(typed));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().map())
        .doesNotContainKeys("location", "set-cookie", "x-evil")
        .containsEntry("content-type", List.of("text/plain;charset=UTF-8"))
        .containsEntry("x-content-type-options", List.of("nosniff"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callbacks_ofTwoTabs_inTheOtherOrder_areEachTakenForTheirOwn(String state) throws Exception {
    WebApplication application = withState(state);
    HttpResponse<String> first = application.begin("acme");
    HttpResponse<String> second =
        application.post(
            "/salesforce/connect", "customer=globex", "Cookie", WebApplication.cookie(first));
    URI acme = approved(first);

    application.back(approved(second), first);
    assertThat(kind(application, GLOBEX)).isEqualTo(Kind.ACTIVE);
    assertThat(kind(application, Starter.ACME)).isEqualTo(Kind.ABSENT);
    application.back(acme, first);
    assertThat(kind(application, Starter.ACME)).isEqualTo(Kind.ACTIVE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_codeOfAnothersAttempt_connectsNoOne(String state) throws Exception {
    WebApplication application = withState(state);
    URI attackers = approved(application.begin("globex"));
    HttpResponse<String> begun = application.begin("acme");
    URI customers = approved(begun);

    HttpResponse<String> page =
        application.back(
            URI.create(
                "/callback?" + parameter(attackers, "code") + "&" + parameter(customers, "state")),
            begun);

    assertThat(page.body()).isEqualTo(REFUSED);
    assertThat(kind(application, Starter.ACME)).isEqualTo(Kind.ABSENT);
    assertThat(kind(application, GLOBEX)).isEqualTo(Kind.ABSENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_anotherUserHasSignedIn_isRefusedAndUsesNothingUp(String state) throws Exception {
    WebApplication application = withState(state);
    HttpResponse<String> begun =
        application.post("/salesforce/connect", "customer=acme", "X-User", "ada");
    String path = "/callback?" + approved(begun).getRawQuery();
    String cookie = WebApplication.cookie(begun);
    int before = exchanges();

    HttpResponse<String> page = application.get(path, "Cookie", cookie, "X-User", "bob");

    assertThat(page.body()).isEqualTo(REFUSED);
    assertThat(exchanges()).isEqualTo(before);
    assertThat(kind(application, Starter.ACME)).isEqualTo(Kind.ABSENT);
    assertThat(application.get(path, "Cookie", cookie, "X-User", "ada").body())
        .isEqualTo("Salesforce is connected.");
  }

  /** The cookie of a session that is {@code SameSite=Strict} does not come back from Salesforce. */
  @Test
  void callback_noOneIsSignedIn_isTaken() throws Exception {
    WebApplication application = application();
    HttpResponse<String> begun =
        application.post("/salesforce/connect", "customer=acme", "X-User", "ada");

    assertThat(application.consent(begun).body()).isEqualTo("Salesforce is connected.");
    assertThat(WebApplication.cookie(begun)).doesNotContain("ada");
  }

  @Test
  void begin_anotherUserHasSignedIn_getsACookieOfTheirOwn() throws Exception {
    WebApplication application = application();
    HttpResponse<String> adas =
        application.post("/salesforce/connect", "customer=acme", "X-User", "ada");
    String cookie = WebApplication.cookie(adas);
    HttpResponse<String> again =
        application.post("/salesforce/connect", "customer=acme", "X-User", "ada", "Cookie", cookie);
    HttpResponse<String> bobs =
        application.post(
            "/salesforce/connect", "customer=globex", "X-User", "bob", "Cookie", cookie);

    assertThat(WebApplication.cookie(again)).isEqualTo(cookie);
    assertThat(WebApplication.cookie(bobs)).isNotEqualTo(cookie);
    assertThat(application.back(approved(adas), bobs).body()).isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "\"a b\"",
        "<script>",
        "x%0d%0aX-Evil:1",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.x"
      })
  void begin_strangeCookie_isReplaced(String value) throws Exception {
    HttpResponse<String> begun =
        application().post("/salesforce/connect", "customer=acme", "Cookie", "salesforce=" + value);

    assertThat(begun.statusCode()).isEqualTo(303);
    assertThat(begun.headers().firstValue("Set-Cookie").orElseThrow()).matches(NEW_COOKIE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"signed", "session"})
  void callback_ofNoAttempt_startsNoSession(String state) throws Exception {
    for (String query : List.of("code=a&state=b", "error=a&state=b", "error=a")) {
      HttpResponse<String> page = withState(state).get("/callback?" + query);

      assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
    }
  }

  private static List<String> attempts(HttpSession session) {
    return Collections.list(session.getAttributeNames()).stream()
        .filter(name -> name.startsWith("com.withampersand.sdk.request."))
        .toList();
  }

  private static HttpResponse<String> beginAgain(
      WebApplication application, HttpResponse<String> begun) throws Exception {
    return application.post(
        "/salesforce/connect", "customer=acme", "Cookie", WebApplication.cookie(begun));
  }

  private static HttpSession session(WebApplication application, HttpResponse<String> begun)
      throws Exception {
    beginAgain(application, begun);
    return application.bean(WebApplication.Application.class).session();
  }

  @Test
  void begin_moreAttemptsThanABrowserHasTabs_keepsTheLatestTwenty() throws Exception {
    WebApplication application = withState("session");
    HttpResponse<String> first = application.begin("acme");
    HttpSession session = session(application, first);
    session.setAttribute("other", "stays");
    List<HttpResponse<String>> later = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      later.add(beginAgain(application, first));
    }

    assertThat(attempts(session)).hasSize(20);
    assertThat(session.getAttribute("other")).isEqualTo("stays");
    assertThat(application.back(approved(first), first).body()).isEqualTo(REFUSED);
    assertThat(application.back(approved(later.get(0)), first).body())
        .isEqualTo("Salesforce is connected.");
    assertThat(application.back(approved(later.get(19)), first).body())
        .isEqualTo("Salesforce is connected.");
  }

  @Test
  void begin_manyAtOnce_keepsTwenty() throws Exception {
    WebApplication application = withState("session");
    HttpResponse<String> first = application.begin("acme");
    HttpSession session = session(application, first);
    ExecutorService browsers = Executors.newFixedThreadPool(8);
    try {
      List<Callable<HttpResponse<String>>> posts =
          Collections.nCopies(60, () -> beginAgain(application, first));
      for (Future<HttpResponse<String>> post : browsers.invokeAll(posts)) {
        assertThat(post.get().statusCode()).isEqualTo(303);
      }
    } finally {
      browsers.shutdownNow();
    }

    assertThat(attempts(session)).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"expires_at\":\"2026-01-01T00:00:00Z\"", "\"version\":2,\"a\":\"b\""})
  void begin_attemptThatIsOverOrCannotBeRead_isForgotten(String member) throws Exception {
    WebApplication application = withState("session");
    HttpResponse<String> first = application.begin("acme");
    HttpSession session = session(application, first);
    String name = attempts(session).get(0);
    String kept = String.valueOf(session.getAttribute(name));
    session.setAttribute(
        name, kept.replaceFirst("\"expires_at\":\"[^\"]+\"", Matcher.quoteReplacement(member)));

    beginAgain(application, first);

    assertThat(attempts(session)).hasSize(2).doesNotContain(name);
  }

  /** While an application is upgraded, one session is read by both versions of the SDK. */
  @Test
  void callback_attemptThatALaterVersionWrote_isRefusedAndLeftToIt() throws Exception {
    WebApplication application = withState("session");
    HttpResponse<String> begun = application.begin("acme");
    URI callback = approved(begun);
    String id = AuthorizationCallback.fromUri(callback).requestId().orElseThrow();
    HttpSession session = session(application, begun);
    String name = "com.withampersand.sdk.request." + id;
    String kept = String.valueOf(session.getAttribute(name));
    String later = kept.replace("\"version\":1", "\"version\":2");
    session.setAttribute(name, later);

    HttpResponse<String> page = application.back(callback, begun);

    assertThat(later).isNotEqualTo(kept);
    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).isEqualTo(REFUSED);
    assertThat(session.getAttribute(name)).isEqualTo(later);
  }

  @ParameterizedTest
  @CsvSource({
    "signed, access_denied",
    "signed, temporarily_unavailable",
    "session, access_denied",
    "session, temporarily_unavailable"
  })
  void callback_userGoesBackAndConsentsAfterAll_isTaken(String state, String error)
      throws Exception {
    WebApplication application = withState(state);
    HttpResponse<String> begun =
        application.post("/salesforce/connect", "customer=acme", "X-User", "ada");
    URI callback = approved(begun);
    URI refused = URI.create("/callback?error=" + error + "&" + parameter(callback, "state"));
    String path = "/callback?" + callback.getRawQuery();
    String cookie = WebApplication.cookie(begun);

    assertThat(application.back(refused, begun).body()).startsWith("Salesforce is not connected");
    assertThat(application.get(path, "Cookie", cookie, "X-User", "bob").body()).isEqualTo(REFUSED);
    assertThat(application.get(path, "Cookie", cookie, "X-User", "ada").body())
        .isEqualTo("Salesforce is connected.");
    assertThat(application.back(callback, begun).body()).isEqualTo(REFUSED);
  }

  /** Loads a callback that Salesforce throttles, and does something else in the meantime. */
  private static HttpResponse<String> throttled(
      WebApplication application, HttpResponse<String> begun, Callable<?> meanwhile)
      throws Exception {
    URI callback = approved(begun);
    ExecutorService browser = Executors.newSingleThreadExecutor();
    try (Gate gate = new Gate()) {
      salesforce.nextTokenRequest(
          Fault.holdRequest(gate).and(Fault.throttle(Duration.ofSeconds(1))));
      Future<HttpResponse<String>> page = browser.submit(() -> application.back(callback, begun));
      gate.awaitArrived(1);
      meanwhile.call();
      gate.release();
      return page.get();
    } finally {
      browser.shutdownNow();
    }
  }

  @Test
  void callback_throttledWhileOthersBegin_keepsTwenty() throws Exception {
    WebApplication application = withState("session");
    HttpResponse<String> begun = application.begin("acme");
    HttpSession session = session(application, begun);

    HttpResponse<String> page =
        throttled(
            application,
            begun,
            () -> {
              for (int i = 0; i < 20; i++) {
                beginAgain(application, begun);
              }
              return null;
            });

    assertThat(page.statusCode()).isEqualTo(503);
    assertThat(attempts(session)).hasSize(20);
    assertThat(application.consent(begun).body()).isEqualTo("Salesforce is connected.");
  }

  @Test
  void callback_throttledWhileTheUserSignsOut_isAnsweredAsWithoutThat() throws Exception {
    WebApplication application = withState("session");
    HttpResponse<String> begun = application.begin("acme");
    HttpSession session = session(application, begun);

    HttpResponse<String> page =
        throttled(application, begun, Executors.callable(session::invalidate));

    assertThat(page.statusCode()).isEqualTo(503);
    assertThat(application.consent(begun).body()).isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "iss"})
  void callback_parameterTwice_isRefusedAndUsesNothingUp(String name) throws Exception {
    for (String state : List.of("signed", "session")) {
      WebApplication application = withState(state);
      HttpResponse<String> begun = application.begin("acme");
      URI callback = approved(begun);
      String twice = "/callback?%s=1&%s=2&%s".formatted(name, name, callback.getRawQuery());

      assertThat(application.back(URI.create(twice), begun).body()).isEqualTo(REFUSED);
      assertThat(application.back(callback, begun).body()).isEqualTo("Salesforce is connected.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "POST", "OPTIONS", "PUT"})
  void callback_byAnotherMethod_usesNothingUp(String method) throws Exception {
    WebApplication application = application();
    HttpResponse<String> begun = application.begin("acme");
    URI callback = approved(begun);

    HttpResponse<String> answer =
        application.send(
            HttpRequest.newBuilder(application.uri("/callback?" + callback.getRawQuery()))
                .method(method, BodyPublishers.noBody())
                .header("Cookie", WebApplication.cookie(begun))
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "GET"));

    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(application.back(callback, begun).body()).isEqualTo("Salesforce is connected.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example/callback?code=a&state=b",
        "http://evil.example",
        "HTTP://",
        "code=%ff&state=b",
        "code=%00&state=%00",
        "%63ode=a&code=b&state=c"
      })
  void callback_strangeQuery_isToldTheSameAsAnyForgedOne(String query) throws Exception {
    HttpResponse<String> page = application().get("/callback?" + query);

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.body()).isEqualTo(REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "error_description", "iss", "other"})
  void callback_hugeParameter_isRefused(String name) throws Exception {
    for (int length : List.of(7000, HUGE.length())) {
      HttpResponse<String> page =
          application().get("/callback?" + name + "=" + HUGE.substring(0, length));

      assertThat(page.statusCode()).isEqualTo(400);
      assertThat(page.body()).hasSizeLessThan(1000);
    }
  }

  @Test
  void begin_hugeOrRepeatedHost_goesNowhereElse() throws Exception {
    WebApplication application = application();

    HttpResponse<String> huge =
        application.post("/salesforce/connect", "customer=acme&host=" + HUGE);
    HttpResponse<String> twice =
        application.post("/salesforce/connect", "customer=acme&host=acme&host=evil.example");
    HttpResponse<String> inQuery =
        application.post("/salesforce/connect?host=evil.example", "customer=acme&host=acme");

    assertThat(huge.statusCode()).isEqualTo(400);
    assertThat(huge.body()).hasSizeLessThan(1000);
    assertThat(WebApplication.location(twice)).hasHost("acme.my.salesforce.com");
    assertThat(inQuery.statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "error_description", "error_uri", "iss"})
  void callback_newLinesAndMarkup_areNotSentBack(String name) throws Exception {
    WebApplication application = application();
    HttpResponse<String> begun = application.begin("acme");
    String state = "&" + parameter(WebApplication.location(begun), "state");
    String other = name.startsWith("error_") || name.equals("iss") ? "error=a&" : "";

    for (String value : List.of(MARKUP, NEW_LINES)) {
      for (String attempt : List.of("", state)) {
        String query = other + name + "=" + encode(value) + attempt;
        HttpResponse<String> page = application.back(URI.create("/callback?" + query), begun);

        assertThat(page.headers().map()).doesNotContainKeys("x-evil", "set-cookie");
        assertThat(page.body()).doesNotContain("<script");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /callback?<script>alert(1)</script> HTTP/1.1",
        "GET /<script>alert(1)</script> HTTP/1.1",
        "<script> /callback HTTP/1.1"
      })
  void request_thatIsBroken_isNotSentBack(String request) throws Exception {
    assertThat(application().raw(request, "Host: localhost"))
        .startsWith("HTTP/1.1 400")
        .doesNotContain("<script");
  }

  @Test
  void texts_canBeFramedByNoOne() throws Exception {
    WebApplication application = application();

    for (HttpResponse<String> page :
        List.of(
            application.get("/callback"),
            application.consent(application.begin("acme")),
            application.post("/salesforce/connect", ""))) {
      assertThat(page.headers().firstValue("Content-Security-Policy"))
          .hasValue("default-src 'none'; frame-ancestors 'none'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost:@PORT@",
        "http://localhost",
        "http://localhost:@PORT@.evil.example",
        "http://evil.example:@PORT@",
        "http://localhost:@PORT@/",
        "http://localhost:@PORT@ http://evil.example",
        "file://"
      })
  void begin_originThatIsAlmostOurs_isRefused(String origin) throws Exception {
    WebApplication application = application();
    String port = String.valueOf(application.uri("").getPort());

    HttpResponse<String> answer =
        application.post(
            "/salesforce/connect", "customer=acme", "Origin", origin.replace("@PORT@", port));

    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "", "same-origin,cross-site", "SAME-ORIGIN"})
  void begin_otherSiteWithOurOrigin_isRefused(String site) throws Exception {
    WebApplication application = application();

    HttpResponse<String> answer =
        application.post(
            "/salesforce/connect",
            "customer=acme",
            "Origin",
            application.uri("").toString(),
            "Sec-Fetch-Site",
            site);

    assertThat(answer.statusCode()).isEqualTo(403);
  }
}
