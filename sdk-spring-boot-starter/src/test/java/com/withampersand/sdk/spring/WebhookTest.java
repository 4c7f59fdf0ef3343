package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeDestination;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeWebhook;
import com.withampersand.sdk.webhook.AmpersandEvent;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionFailed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

/** The route of webhooks, which Ampersand's fake calls over real HTTP. */
class WebhookTest {
  private FakeSalesforce salesforce;
  private FakeAmpersand ampersand;
  private ConfigurableApplicationContext context;
  private FakeDestination destination;

  @EnableAutoConfiguration
  static class Application {
    final List<AmpersandEvent> events = new ArrayList<>();
    final List<String> failed = new ArrayList<>();
    volatile boolean fails;

    @EventListener
    synchronized void on(AmpersandEvent event) {
      if (fails) {
        throw new IllegalStateException("the work failed");
      }
      events.add(event);
    }

    @EventListener
    synchronized void on(ConnectionFailed event) {
      failed.add(event.connectionId());
    }
  }

  @BeforeEach
  void start() {
    salesforce = FakeSalesforce.start();
    ampersand = FakeAmpersand.start(salesforce);
    destination =
        ampersand.addDestination("first", URI.create("http://localhost:1/ampersand/webhook"));
    context =
        SpringApplication.run(
            Application.class,
            "--server.port=0",
            "--spring.datasource.generate-unique-name=true",
            "--ampersand.tokens.store=ampersand",
            "--ampersand.project=" + ampersand.projectName(),
            "--ampersand.api-key=" + ampersand.apiKey(),
            "--ampersand.api-url=" + ampersand.apiUri(),
            "--ampersand.webhook.secrets=" + destination.signingSecret());
  }

  @AfterEach
  void stop() {
    context.close();
    ampersand.close();
    salesforce.close();
  }

  @Test
  void genuine_isPublishedAsItsType() throws Exception {
    FakeWebhook webhook = failed("connection-1");

    assertThat(post(webhook)).isEqualTo(204);
    assertThat(application().events).singleElement().isInstanceOf(ConnectionFailed.class);
    assertThat(application().failed).containsExactly("connection-1");
  }

  @Test
  void tampered_isRefused() throws Exception {
    FakeWebhook genuine = failed("connection-1");

    assertThat(post(destination.headers(genuine), genuine.body() + " ")).isEqualTo(401);
    assertThat(post(Map.of(), genuine.body())).isEqualTo(400);
    assertThat(application().events).isEmpty();
  }

  @Test
  void listenerFails_isDeliveredAgain() throws Exception {
    FakeWebhook webhook = failed("connection-1");
    application().fails = true;

    int first = post(webhook);
    application().fails = false;

    assertThat(first).isEqualTo(500);
    assertThat(post(webhook)).isEqualTo(204);
    assertThat(application().events).hasSize(1);
  }

  private FakeWebhook failed(String connectionId) {
    return destination.notification(
        "connection.error",
        "{\"connectionId\": \"%s\", \"provider\": \"salesforce\", \"errors\": [\"it broke\"]}"
            .formatted(connectionId));
  }

  private Application application() {
    return context.getBean(Application.class);
  }

  private int post(FakeWebhook webhook) throws Exception {
    return post(destination.headers(webhook), webhook.body());
  }

  private int post(Map<String, String> headers, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://localhost:"
                        + context.getEnvironment().getProperty("local.server.port")
                        + "/ampersand/webhook"))
            .POST(BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).statusCode();
  }
}
