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
    HttpResponse<String> connected = connect("acme");
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
    connect("acme");
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

  private HttpResponse<String> connect(String customer) throws Exception {
    HttpResponse<String> start =
        browser.send(
            HttpRequest.newBuilder(uri("/salesforce/connect"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("customer=" + customer))
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

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return browser.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create(
        "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
  }
}
