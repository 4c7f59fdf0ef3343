package com.withampersand.sdk.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The example over real HTTP, in the profile test: on the fakes, without any setting. */
class CrmApplicationTest {
  private final HttpClient browser = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;
  private FakeSalesforce salesforce;

  @BeforeEach
  void start() {
    context =
        SpringApplication.run(
            CrmApplication.class,
            "--spring.profiles.active=test",
            "--server.port=0",
            "--spring.datasource.url=jdbc:h2:mem:crm");
    salesforce = context.getBean(FakeSalesforce.class);
  }

  @AfterEach
  void stop() {
    context.close();
  }

  @Test
  void customer_connectsAndIsCalled_alsoAfterItsSessionEnded() throws Exception {
    HttpResponse<String> connected = connect();
    salesforce.expireSessions();
    HttpResponse<String> limits = get("/limits?customer=acme");

    assertThat(connected.body()).isEqualTo("Salesforce is connected.");
    assertThat(limits.statusCode()).isEqualTo(200);
    assertThat(limits.body()).contains("DailyApiRequests");
    assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
    assertThat(get("/status?customer=acme").body()).isEqualTo("\"ACTIVE\"");
    assertThat(get("/status?customer=other").body()).isEqualTo("\"ABSENT\"");
  }

  @Test
  void health_customerNeedsConsent_staysUp() throws Exception {
    connect();
    salesforce.revokeAll();
    salesforce.expireSessions();
    get("/limits?customer=acme");

    assertThat(get("/actuator/health").body())
        .contains("\"needConsent\":1")
        .startsWith("{\"components\":{\"ampersand\":{\"details\":{\"needConsent\"");
    assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
    assertThat(get("/actuator/metrics/ampersand.refresh?tag=outcome:revoked_or_expired").body())
        .contains("\"statistic\":\"COUNT\",\"value\":1.0");
  }

  /** Submits the form of the page, which connects the customer acme. */
  private HttpResponse<String> connect() throws Exception {
    String page = get("/").body();
    HttpResponse<String> start =
        browser.send(
            HttpRequest.newBuilder(uri(first("action=\"(.*?)\"", page)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(fields(page)))
                .build(),
            BodyHandlers.ofString());
    URI callback =
        salesforce.approve(URI.create(start.headers().firstValue("Location").orElseThrow()));
    String cookie = start.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    return browser.send(
        HttpRequest.newBuilder(uri(callback.getRawPath() + "?" + callback.getRawQuery()))
            .header("Cookie", cookie)
            .build(),
        BodyHandlers.ofString());
  }

  private static String fields(String page) {
    return Pattern.compile("<input .*?/>")
        .matcher(page)
        .results()
        .map(input -> first("name=\"(.*?)\"", input.group()) + "=" + value(input.group()))
        .collect(Collectors.joining("&"));
  }

  /** What a user types is empty here. */
  private static String value(String input) {
    return input.contains("value=") ? first("value=\"(.*?)\"", input) : "";
  }

  private static String first(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return browser.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create(
        "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
  }
}
