package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile person sends to the routes of the starter, beside what the other tests try. */
class ConnectAttackTest {
  private static final String MARKUP = "\"><script>alert(1)</script>";

  private static FakeSalesforce salesforce;
  private static WebApplication application;

  @BeforeAll
  static void start() {
    salesforce = FakeSalesforce.start();
    application = WebApplication.start(salesforce);
  }

  @AfterAll
  static void stop() {
    application.close();
    salesforce.close();
  }

  @BeforeEach
  void reset() {
    application.reset();
    salesforce.clearRequests();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  private static void assertNoOneIsConnected() {
    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ABSENT);
    assertThat(salesforce.requests("/services/oauth2/token")).isEmpty();
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
        "javascript:alert(1)",
        "acme\r\nLocation: https://evil.example/",
        MARKUP
      })
  void begin_hostThatIsNotSalesforces_isRefusedAsPlainText(String host) throws Exception {
    HttpResponse<String> answer =
        application.post("/salesforce/connect", "customer=acme&host=" + encode(host));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(location(answer)).isEmpty();
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "X-Forwarded-Host, evil.example",
    "X-Forwarded-Prefix, //evil.example",
    "Forwarded, host=evil.example;proto=https",
    "X-Original-URL, //evil.example/",
    "Referer, https://evil.example/"
  })
  void headers_leadNoBrowserElsewhere(String header, String value) throws Exception {
    HttpResponse<String> begun =
        application.post("/salesforce/connect", "customer=acme", header, value);
    HttpResponse<String> back = application.get("/callback?code=a&state=b", header, value);

    assertThat(URI.create(location(begun)).getHost()).isEqualTo(salesforce.uri().getHost());
    assertThat(location(begun)).doesNotContain("evil.example");
    assertThat(location(back)).isEmpty();
    assertThat(back.body()).doesNotContain("evil.example");
  }

  @Test
  void begin_customerTwice_isOneOfThem_andTheConsentIsForThatOneAlone() throws Exception {
    HttpResponse<String> begun =
        application.post("/salesforce/connect", "customer=acme&customer=victim");
    application.consent(begun);

    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ACTIVE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"&code=another", "&state=another"})
  void callback_parameterTwice_connectsNoOne(String more) throws Exception {
    HttpResponse<String> begun = application.begin("acme");
    URI callback = salesforce.approve(WebApplication.location(begun));

    HttpResponse<String> answer = application.back(URI.create(callback + more), begun);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertNoOneIsConnected();
  }

  @Test
  void callback_customerInTheAddress_isNotListenedTo() throws Exception {
    HttpResponse<String> begun = application.begin("other");
    URI callback = salesforce.approve(WebApplication.location(begun));

    application.back(URI.create(callback + "&customer=acme"), begun);

    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ABSENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "state", "error", "error_description", "error_uri", "iss", "x"})
  void callback_oversizedLineEndsOrMarkup_isRefusedAndNotEchoed(String name) throws Exception {
    for (String text :
        new String[] {"A".repeat(6000), "a\r\nSet-Cookie: owned=1\r\n\r\n", MARKUP}) {
      HttpResponse<String> answer = application.get("/callback?" + name + "=" + encode(text));

      assertThat(answer.statusCode()).isBetween(400, 499);
      assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
      assertThat(answer.body().length()).isLessThan(2000);
      assertThat(answer.body()).doesNotContain("owned");
    }
    assertNoOneIsConnected();
  }

  @Test
  void callback_codeOfOneAttemptWithTheStateOfAnother_connectsNoOne() throws Exception {
    HttpResponse<String> first = application.begin("other");
    HttpResponse<String> second = application.begin("acme");
    String code = parameter(salesforce.approve(WebApplication.location(first)), "code");
    URI callback = salesforce.approve(WebApplication.location(second));
    String mixed = callback.toString().replace(parameter(callback, "code"), code);

    application.back(URI.create(mixed), second);

    assertThat(application.tokens().status(Starter.ACME).kind()).isEqualTo(Kind.ABSENT);
  }

  private static String parameter(URI uri, String name) {
    return uri.getRawQuery().replaceAll("(?:^|.*&)" + name + "=([^&]*).*", "$1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "TRACE"})
  void begin_otherMethods_beginNothing(String method) throws Exception {
    HttpResponse<String> answer =
        application.send(
            HttpRequest.newBuilder(application.uri("/salesforce/connect?customer=acme"))
                .method(method, HttpRequest.BodyPublishers.noBody()));

    assertThat(location(answer)).isEmpty();
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
  }
}
