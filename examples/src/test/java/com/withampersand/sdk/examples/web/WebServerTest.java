package com.withampersand.sdk.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.salesforce.SalesforceApp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every response has, and what is refused before it reaches the customers' pages. */
class WebServerTest {
  private final Server server = Server.bind(0);
  private final int port = server.port();
  private final Site site =
      Site.start(
          DemoSalesforce.start(URI.create("http://localhost:" + port + "/callback")), server);
  private final Visitor visitor = new Visitor(site.address());

  WebServerTest() throws IOException {}

  @AfterEach
  void close() {
    site.close();
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /, 200",
    "GET, /style.css, 200",
    "GET, /icon.svg, 200",
    "GET, /callback, 400",
    "GET, /missing, 404",
    "GET, /%2e%2e/style.css, 404",
    "POST, /call, 403",
    "PUT, /, 405"
  })
  void everyResponse_hasTheStrictHeaders(String method, String path, int status) throws Exception {
    HttpResponse<String> response = visitor.send(method, path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(header(response, "Content-Security-Policy"))
        .startsWith("default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';")
        .contains("frame-ancestors 'none'", "form-action 'self' http://localhost:")
        .doesNotContain("script-src", "unsafe", "*");
    assertThat(header(response, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(response, "Content-Type")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/callback", "/missing", "/call"})
  void pages_areKeptByNoCache(String path) throws Exception {
    assertThat(header(visitor.get(path), "Cache-Control")).isEqualTo("no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/style.css", "/icon.svg"})
  void head_isAGetWithoutABody(String path) throws Exception {
    visitor.get("/");
    HttpResponse<String> get = visitor.get(path);

    HttpResponse<String> head = visitor.send("HEAD", path);

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "Content-Length")).isEqualTo(header(get, "Content-Length"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | / | GET, HEAD",
        "GET | /connect | POST",
        "HEAD | /disconnect | POST",
        "HEAD | /callback | GET",
        "POST | /callback | GET",
        "DELETE | /style.css | GET, HEAD"
      })
  void otherMethods_areRefusedWithThoseThatThereAre(String method, String path, String allow)
      throws Exception {
    HttpResponse<String> response = visitor.send(method, path);

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "Allow")).isEqualTo(allow);
  }

  @Test
  void cookies_areOutOfReachOfScriptsAndOtherSites() throws Exception {
    HttpResponse<String> first = visitor.get("/");

    assertThat(first.headers().allValues("Set-Cookie"))
        .hasSize(2)
        .allMatch(cookie -> cookie.endsWith("; Path=/; HttpOnly; SameSite=Lax"));
    assertThat(visitor.get("/").headers().allValues("Set-Cookie")).isEmpty();
  }

  @Test
  void cookies_overHttps_areSecure() throws Exception {
    Server bound = Server.bind(0);
    SalesforceApp app =
        SalesforceApp.builder("key", "secret")
            .scopes("api", "refresh_token")
            .callback(URI.create("https://product.example/callback"))
            .build();
    try (Site secure = Site.start(new RealSalesforce(app, HttpClient.newHttpClient()), bound)) {
      assertThat(secure.address()).hasToString("https://product.example/");
      Visitor behindProxy = new Visitor(URI.create("http://localhost:" + bound.port()));

      HttpResponse<String> page = behindProxy.get("/");

      assertThat(page.headers().allValues("Set-Cookie"))
          .hasSize(2)
          .allMatch(cookie -> cookie.startsWith("__Host-ampersand_"))
          .allMatch(cookie -> cookie.endsWith("; Path=/; HttpOnly; SameSite=Lax; Secure"));
    }
  }

  @Test
  void cookieOfAnUnknownSession_getsANewOne() throws Exception {
    visitor.cookies().put("ampersand_session", "unknown");

    HttpResponse<String> page = visitor.get("/");

    assertThat(page.headers().allValues("Set-Cookie")).hasSize(2);
    assertThat(visitor.cookies()).doesNotContainEntry("ampersand_session", "unknown");
  }

  @Test
  void anotherNameOfThisMachine_leadsToTheOneOfTheCallback() throws Exception {
    HttpResponse<String> response = visitor.get(URI.create("http://127.0.0.1:" + port + "/"));

    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(Visitor.location(response)).isEqualTo(site.address());
    assertThat(response.headers().allValues("Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"%zz=1, 400", "form_token=%E0%A4%A, 400", "a=b, 403"})
  void form_unreadable_isRefused(String form, int status) throws Exception {
    assertThat(visitor.send("POST", site.address().resolve("/call"), form).statusCode())
        .isEqualTo(status);
  }

  @Test
  void form_tooLong_isRefused() throws Exception {
    String form = "host=" + "a".repeat(9000);

    assertThat(visitor.send("POST", site.address().resolve("/connect"), form).statusCode())
        .isEqualTo(413);
  }
}
