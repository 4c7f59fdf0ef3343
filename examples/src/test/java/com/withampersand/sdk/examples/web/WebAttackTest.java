package com.withampersand.sdk.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile person sends to the web example, beside what the other tests try. */
class WebAttackTest {
  private static final String MARKUP = "\"><script>alert(1)</script>";

  private final Server server = Server.bind(0);
  private final DemoSalesforce demo =
      DemoSalesforce.start(URI.create("http://localhost:" + server.port() + "/callback"));
  private final FakeSalesforce salesforce = demo.fake();
  private final Site site = Site.start(demo, server);
  private final Visitor visitor = new Visitor(site.address());

  WebAttackTest() throws IOException {}

  @AfterEach
  void close() {
    site.close();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Sends exactly these lines, and returns all that comes back. */
  private String raw(String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: localhost\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https",
        "Host: localhost\r\nForwarded: host=evil.example;proto=https",
        "Host: localhost\r\nX-Original-URL: //evil.example/",
        "Host: localhost\r\nReferer: https://evil.example/"
      })
  void headers_leadNoBrowserElsewhere(String headers) throws Exception {
    for (String path :
        new String[] {"/", "/callback?code=a&state=b", "/missing", "//evil.example/"}) {
      String answer = raw("GET " + path + " HTTP/1.1", headers);

      assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("evil.example");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "https://evil.example/",
        "//evil.example",
        "acme.my.salesforce.com.evil.example",
        "https://acme.my.salesforce.com@evil.example/",
        "https://evil.example/?acme.my.salesforce.com",
        "https://evil.example#acme.my.salesforce.com",
        "acme.my.salesforce.com\\@evil.example",
        "\u0430cme.my.salesforce.com",
        "acme.my.sa\u217Cesforce.com",
        "javascript:alert(1)",
        "acme\r\nLocation: https://evil.example/",
        MARKUP
      })
  void connect_hostThatIsNotSalesforces_isNotVisited(String host) throws Exception {
    HttpResponse<String> answer = visitor.submit("/connect", "host", host);

    String location = answer.headers().firstValue("Location").orElse("");
    assertThat(location).doesNotContain("evil", "javascript");
    assertThat(location.isEmpty() || location.equals("/") || URI.create(location).getHost() != null)
        .isTrue();
    assertThat(answer.body()).doesNotContain("<script");
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
  }

  @Test
  void callback_parametersOfAHundredKilobytes_areRefusedAndNotEchoed() throws Exception {
    for (String name : new String[] {"code", "state", "error", "error_description", "other"}) {
      HttpResponse<String> answer =
          visitor.get("/callback?" + name + "=" + "A".repeat(100_000) + "&state=x");

      assertThat(answer.statusCode()).as(name).isBetween(400, 499);
      assertThat(answer.body().length()).as(name).isLessThan(20_000);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "error_description", "error_uri", "iss", "x"})
  void callback_lineEndsAndMarkup_makeNeitherHeadersNorElements(String name) throws Exception {
    for (String text : new String[] {"a\r\nSet-Cookie: owned=1\r\n\r\n", MARKUP}) {
      HttpResponse<String> answer = visitor.get("/callback?" + name + "=" + encode(text));

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.headers().allValues("Set-Cookie")).noneMatch(one -> one.contains("owned"));
      assertThat(answer.body()).doesNotContain("<script", "Set-Cookie: owned");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"&code=another", "&state=another", "&error=access_denied"})
  void callback_genuineWithAParameterOnTop_connectsNoOne(String more) throws Exception {
    URI callback = salesforce.approve(visitor.connect("acme"));

    HttpResponse<String> answer = visitor.get(URI.create(callback + more));

    assertThat(answer.statusCode()).isBetween(300, 499);
    assertThat(visitor.get("/").body()).contains("Status: </span>Not connected<");
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
  }

  @Test
  void twoTabs_finishedInTheOtherOrder_connectEachItsOwnOrg() throws Exception {
    URI first = salesforce.approve(visitor.connect("acme"));
    URI second = salesforce.approve(visitor.connect("globex"));

    visitor.get(second);
    assertThat(visitor.get("/").body()).contains("Globex");
    visitor.get(first);

    assertThat(visitor.get("/").body()).contains("Acme Corporation").doesNotContain("Globex");
  }

  @Test
  void twoTabs_codeOfOneWithTheStateOfTheOther_connectNoOne() throws Exception {
    URI first = salesforce.approve(visitor.connect("acme"));
    URI second = salesforce.approve(visitor.connect("globex"));
    String code = first.getRawQuery().replaceAll("(?:^|.*&)code=([^&]*).*", "$1");
    String mixed = second.getRawQuery().replaceAll("code=[^&]*", "code=" + code);

    HttpResponse<String> answer = visitor.get("/callback?" + mixed);

    assertThat(answer.statusCode()).isBetween(300, 499);
    assertThat(visitor.get("/").body()).contains("Status: </span>Not connected<");
  }

  @Test
  void cookies_thatAreOversizedRepeatedOrOdd_areNoSession() throws Exception {
    String name = visitorCookie();
    for (String value : new String[] {"A".repeat(8000), "", "../../etc", "%00", MARKUP}) {
      String answer =
          raw(
              "GET / HTTP/1.1",
              "Host: localhost:" + server.port(),
              "Cookie: " + name + "=" + value + "; " + name + "=x");

      assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("<script", "etc");
    }
  }

  private String visitorCookie() throws Exception {
    visitor.get("/");
    return visitor.cookies().keySet().iterator().next();
  }
}
