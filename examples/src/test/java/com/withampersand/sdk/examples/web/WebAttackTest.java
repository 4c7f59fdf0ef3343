package com.withampersand.sdk.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile person tries on a customer's browser, or with one of their own. */
class WebAttackTest {
  private static final String EVIL = "evil.example";
  private static final String MARKUP = "\"'><script>alert(1)</script>";
  private static final String NEW_LINES = "x\r\nX-Evil: 1\r\n\r\n<script>";
  private static final String HUGE = "a".repeat(100 * 1024);
  private static final Pattern ACTION = Pattern.compile("action=\"([^\"]+)\"");

  private final FakeSalesforce salesforce;
  private final Site site;
  private final Visitor customer;

  WebAttackTest() throws IOException {
    Server server = Server.bind(0);
    DemoSalesforce demo =
        DemoSalesforce.start(URI.create("http://localhost:" + server.port() + "/callback"));
    salesforce = demo.fake();
    site = Site.start(demo, server);
    customer = new Visitor(site.address());
  }

  @AfterEach
  void close() {
    site.close();
  }

  private String home() throws Exception {
    return customer.get("/").body();
  }

  private void connect() throws Exception {
    customer.get(salesforce.approve(customer.connect("acme")));
    assertThat(home()).contains("Status: </span>Connected<");
  }

  private void assertNothingWasConnected() throws Exception {
    assertThat(home()).contains("Status: </span>Not connected<");
    assertThat(salesforce.grants()).noneMatch(IssuedGrant::isAlive);
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
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1 | Host: evil.example",
        "GET /callback?code=a HTTP/1.1 | Host: evil.example",
        "POST /connect HTTP/1.1 | Host: evil.example",
        "GET http://evil.example/ HTTP/1.1 | Host: evil.example",
        "GET //evil.example/ HTTP/1.1 | Host: evil.example",
        "GET /\\evil.example HTTP/1.1 | Host: evil.example",
        "GET / HTTP/1.0 | X-Forwarded-Host: evil.example"
      })
  void request_ofAnotherHost_leadsToThisOneOrNowhere(String request, String header)
      throws Exception {
    String answer = customer.raw(request, header);

    assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain(EVIL);
    assertThat(answer.lines().filter(line -> line.startsWith("Location:")).toList())
        .allMatch(("Location: " + site.address())::equals);
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
  void wholeWay_withHeadersOfAProxy_staysHere(String header, String value) throws Exception {
    customer.headers().put(header, value);

    URI consent = customer.connect("acme");
    HttpResponse<String> back = customer.get(salesforce.approve(consent));

    assertThat(consent.getAuthority()).isEqualTo(salesforce.org().uri().getAuthority());
    assertThat(parameter(consent, "redirect_uri"))
        .isEqualTo("redirect_uri=" + encode(site.address() + "callback"));
    assertThat(Visitor.location(back)).hasToString("/");
    assertThat(customer.everything()).doesNotContain(EVIL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"return_to", "next", "redirect_uri", "RelayState", "startURL", "host"})
  void wholeWay_withAReturnAddress_ignoresIt(String name) throws Exception {
    String address = name + "=https%3A%2F%2Fevil.example";

    HttpResponse<String> begun =
        customer.send(
            "POST",
            site.address().resolve("/connect?" + address),
            "form_token=" + customer.formToken() + "&host=acme&" + address);
    URI callback = salesforce.approve(Visitor.location(begun));
    HttpResponse<String> back = customer.get(URI.create(callback + "&" + address));

    assertThat(Visitor.location(back)).hasToString("/");
    assertThat(customer.everything()).doesNotContain(EVIL);
    assertThat(home()).contains("Status: </span>Connected<");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme.my.salesforce.com.evil.example",
        "acme.my.salesforce.com@evil.example",
        "https://acme.my.salesforce.com:443@evil.example/",
        "https://evil.example\\@acme.my.salesforce.com",
        "https://evil.example#acme.my.salesforce.com",
        "https://evil.example?.my.salesforce.com",
        "https://admin:pw@acme.my.salesforce.com",
        "https://acme.my.salesforce.com:8443",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\u0430cme.my.salesforce.com",
        "acme.my.s\u0430lesforce.com",
        "acme\u3002my\u3002salesforce\u3002com\u3002evil\u3002example",
        "xn--cme-8cd.my.salesforce.com",
        "acme\u0000.my.salesforce.com",
        "acme\r\nLocation: https://evil.example",
        "acme%0d%0aLocation:%20https://evil.example"
      })
  void connect_hostThatLooksLikeSalesforces_isRefused(String typed) throws Exception {
    HttpResponse<String> answer = customer.submit("/connect", "host", typed);

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(Visitor.location(answer)).hasToString("/");
    assertThat(home()).contains("That is not a Salesforce org");
  }

  @Test
  void connect_addressThatLeadsOn_leadsToItsHostAlone() throws Exception {
    URI consent =
        customer.connect("https://acme.my.salesforce.com/secur/logout.jsp?retUrl=//evil.example#@");

    assertThat(consent.getAuthority()).isEqualTo(salesforce.org().uri().getAuthority());
    assertThat(consent.toString()).doesNotContain(EVIL);
  }

  @Test
  void callbacks_ofTwoTabs_inTheOtherOrder_areEachTaken() throws Exception {
    URI acme = salesforce.approve(customer.connect("acme"));
    URI globex = salesforce.org("globex").approve(customer.connect("globex"));

    assertThat(customer.get(globex).statusCode()).isEqualTo(303);
    assertThat(home()).contains("<h1 id=\"connection\">Globex</h1>");
    assertThat(customer.get(acme).statusCode()).isEqualTo(303);
    assertThat(home()).contains("<h1 id=\"connection\">Acme Corporation</h1>");
  }

  @Test
  void callback_codeOfAnothersAttempt_connectsNoOne() throws Exception {
    URI attackers = salesforce.approve(new Visitor(site.address()).connect("acme"));
    URI customers = salesforce.approve(customer.connect("acme"));

    customer.get("/callback?" + parameter(attackers, "code") + "&" + parameter(customers, "state"));

    assertNothingWasConnected();
  }

  @Test
  void callback_anotherCustomerHasSignedIn_connectsNoOne() throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    Visitor other = new Visitor(site.address());
    other.get("/");
    String session = other.cookies().get("ampersand_session");
    String before = customer.cookies().put("ampersand_session", session);

    HttpResponse<String> answer = customer.get(callback);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertNothingWasConnected();
    customer.cookies().put("ampersand_session", before);
    assertNothingWasConnected();
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "iss", "error_description", "other"})
  void callback_hugeParameter_isRefused(String name) throws Exception {
    String state = parameter(customer.connect("acme"), "state");

    HttpResponse<String> answer =
        customer.get("/callback?code=a&error=b&" + state + "&" + name + "=" + HUGE);

    assertThat(answer.statusCode()).isBetween(303, 499);
    assertThat(answer.body()).hasSizeLessThan(10_000);
    assertThat(home()).hasSizeLessThan(10_000);
    assertNothingWasConnected();
  }

  @ParameterizedTest
  @ValueSource(strings = {"form_token", "host", "other"})
  void form_hugeField_isRefused(String name) throws Exception {
    HttpResponse<String> answer = customer.submit("/connect", "host", "acme", name, HUGE);

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(home()).hasSizeLessThan(10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ampersand_session", "ampersand_browser"})
  void callback_hugeCookie_isRefused(String name) throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));
    customer.cookies().put(name, HUGE);

    assertThat(customer.get(callback).statusCode()).isEqualTo(400);
    assertNothingWasConnected();
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "iss"})
  void callback_parameterTwice_isRefusedAndUsesNothingUp(String name) throws Exception {
    URI callback = salesforce.approve(customer.connect("acme"));

    HttpResponse<String> answer =
        customer.get("/callback?%s=1&%s=2&%s".formatted(name, name, callback.getRawQuery()));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
    assertThat(customer.get(callback).statusCode()).isEqualTo(303);
    assertThat(home()).contains("Status: </span>Connected<");
  }

  @Test
  void form_fieldTwice_countsByItsFirst() throws Exception {
    String token = customer.formToken();

    for (String form :
        List.of(
            "form_token=wrong&host=acme&form_token=" + token,
            "form_token=" + token + "&host=evil.example&host=acme")) {
      HttpResponse<String> answer = customer.send("POST", site.address().resolve("/connect"), form);

      assertThat(Visitor.location(answer).toString()).isIn("none", "/");
    }
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
    HttpResponse<String> answer = customer.get(URI.create(site.address() + "callback?" + query));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("This sign-in cannot be used");
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "error_description", "error_uri", "iss"})
  void callback_newLinesAndMarkup_endUpInNoHeaderAndNoElement(String name) throws Exception {
    String state = parameter(customer.connect("acme"), "state");
    String own = name.equals("state") ? "" : "&" + state;
    String other = name.startsWith("error_") || name.equals("iss") ? "error=a&" : "";

    customer.get("/callback?" + other + name + "=" + encode(MARKUP) + own);
    customer.get("/callback?" + name + "=" + encode(NEW_LINES));
    home();

    assertThat(customer.everything()).doesNotContain("<script", "x-evil", "X-Evil");
  }

  @Test
  void cookiesAndPaths_withMarkup_areNotSentBack() throws Exception {
    customer.cookies().put("ampersand_browser", MARKUP);
    customer.cookies().put("ampersand_session", MARKUP);

    customer.get("/" + encode(MARKUP));
    customer.get("/callback?code=a&state=" + encode(MARKUP));
    customer.send("POST", "/connect?" + encode(MARKUP));
    home();

    assertThat(customer.everything()).doesNotContain("<script", "%3Cscript");
    assertThat(customer.raw("GET /<script>?<script> HTTP/1.1", "Host: <script>"))
        .doesNotContain("<script");
    assertThat(customer.raw("<script> / HTTP/1.1", "Host: " + site.address().getAuthority()))
        .doesNotContain("<script");
  }

  @Test
  void userNameWithMarkup_isText() throws Exception {
    URI consent = customer.connect("acme");

    customer.get(salesforce.org().addUser(MARKUP + "@acme.example").approve(consent));

    assertThat(home())
        .contains("Status: </span>Connected<", Html.escape(MARKUP))
        .doesNotContain("<script");
  }

  @Test
  void answerOfTheApi_withMarkup_isText() throws Exception {
    connect();
    salesforce
        .org()
        .nextRequest(
            request -> request.path().endsWith("/limits"), Fault.apiError(403, MARKUP, MARKUP));

    customer.submit("/call");

    assertThat(home()).contains("Salesforce refused the call").doesNotContain("<script");
  }

  @Test
  void everyForm_sentByAnotherSite_doesNothing() throws Exception {
    String before = home();
    connect();
    String page = home();
    String token = customer.formToken();
    List<String> actions = actions(before + page);
    customer.headers().put("Origin", "https://evil.example");
    customer.headers().put("Sec-Fetch-Site", "cross-site");

    for (String action : actions) {
      URI withToken = site.address().resolve(action + "?form_token=" + token);
      customer.cookies().put("form_token", token);
      assertThat(customer.send("POST", withToken, "host=globex").statusCode()).isEqualTo(403);
      assertThat(customer.get(withToken).statusCode()).isEqualTo(405);
    }

    assertThat(actions).hasSizeGreaterThanOrEqualTo(6);
    assertThat(home()).isEqualTo(page);
  }

  private static List<String> actions(String pages) {
    return ACTION.matcher(pages).results().map(result -> result.group(1)).distinct().toList();
  }
}
