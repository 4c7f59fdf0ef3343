package com.withampersand.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A destination of type {@code webhook}: an address to which {@link FakeAmpersand} sends webhooks,
 * signed as Svix does.
 *
 * <pre>{@code
 * FakeDestination alerts = ampersand.addDestination("alerts", receiver);
 * FakeWebhook failed = alerts.connectionError(connectionId, "Token refresh failed");
 * alerts.send(failed); // answers the receiver's status, such as 204
 * alerts.sendTwice(failed);
 * alerts.sendTampered(failed); // 401, if the receiver checks
 * }</pre>
 *
 * <p>Nothing is sent unless a test says so, and nothing is repeated. Each delivery is signed with
 * the secret of now and, for a day after a rotation, with those of before as well.
 *
 * <p>Safe to share between threads.
 */
public final class FakeDestination {
  private final FakeWebhookSecrets secrets;
  private final FakeConnections connections;
  private final BlockingClient client = new BlockingClient();
  private final Timestamps times;
  private final ObjectNode json;
  private final URI url;

  FakeDestination(ObjectNode json, URI url, FakeConnections connections, Timestamps times) {
    this.json = json;
    this.url = url;
    this.connections = connections;
    this.times = times;
    this.secrets = new FakeWebhookSecrets(times);
  }

  /** Returns the name. */
  public String name() {
    return json.path("name").asText();
  }

  /** Returns the signing secret of now, with {@code whsec_} in front. */
  public String signingSecret() {
    return secrets.current();
  }

  /** Replaces the signing secret, as a request with {@code rotate=true} does, and returns it. */
  public String rotateSigningSecret() {
    return secrets.rotate();
  }

  JsonNode json(boolean withSecrets) {
    ObjectNode copy = json.deepCopy();
    if (withSecrets) {
      copy.putObject("secrets").put("webhookSigningKey", signingSecret());
    }
    return copy;
  }

  /** Returns a webhook with a new id. */
  public FakeWebhook webhook(String body) {
    return new FakeWebhook("msg_" + Randoms.alphanumeric(27), body);
  }

  /**
   * Returns a notification with a new id.
   *
   * @param type such as {@code read.backfill.done}
   * @param data the members of {@code data}, as JSON writes them with braces around
   * @throws IllegalArgumentException if {@code data} is no JSON object
   */
  public FakeWebhook notification(String type, String data) {
    return notification(type, FakeJson.object(data));
  }

  private FakeWebhook notification(String type, ObjectNode data) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("notificationType", type);
    body.set("data", data);
    return webhook(body.toString());
  }

  /**
   * Returns a {@code connection.error}. The connection stays as it is: {@link
   * FakeAmpersand#setConnectionStatus} or a revoked grant changes it.
   *
   * @throws IllegalArgumentException if there is no such connection
   */
  public FakeWebhook connectionError(String connectionId, String... errors) {
    ObjectNode data = about(connectionId);
    Arrays.stream(errors).forEach(data.putArray("errors")::add);
    Arrays.stream(errors).forEach(data.putArray("error")::add);
    return notification("connection.error", data);
  }

  /**
   * Returns a {@code connection.refreshed}.
   *
   * @throws IllegalArgumentException if there is no such connection
   */
  public FakeWebhook connectionRefreshed(String connectionId) {
    return notification("connection.refreshed", about(connectionId));
  }

  private ObjectNode about(String connectionId) {
    JsonNode connection =
        connections
            .rows()
            .find(connectionId)
            .orElseThrow(
                () -> new IllegalArgumentException("there is no connection " + connectionId))
            .facts();
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.set("projectId", connection.path("projectId"));
    data.put("connectionId", connectionId);
    data.set("provider", connection.path("provider"));
    data.set("groupRef", connection.at("/group/groupRef"));
    data.set("consumerRef", connection.at("/consumer/consumerRef"));
    data.set("consumerName", connection.at("/consumer/consumerName"));
    return data;
  }

  /**
   * Returns the headers of a delivery of now: for a test that calls your code and no server.
   *
   * @return {@code svix-id}, {@code svix-timestamp} and {@code svix-signature}
   */
  public Map<String, String> headers(FakeWebhook webhook) {
    return headers(webhook, times.instant());
  }

  private Map<String, String> headers(FakeWebhook webhook, Instant at) {
    String timestamp = String.valueOf(at.getEpochSecond());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("svix-id", webhook.id());
    headers.put("svix-timestamp", timestamp);
    headers.put("svix-signature", secrets.sign(webhook, timestamp));
    return headers;
  }

  /**
   * Sends a webhook, and returns the status that it was answered with.
   *
   * @throws java.io.UncheckedIOException if no answer comes
   */
  public int send(FakeWebhook webhook) {
    return deliver(headers(webhook), webhook.body());
  }

  /**
   * Sends the very same delivery two times, as after an answer that was lost, and returns both
   * statuses.
   */
  public List<Integer> sendTwice(FakeWebhook webhook) {
    Map<String, String> headers = headers(webhook);
    return List.of(deliver(headers, webhook.body()), deliver(headers, webhook.body()));
  }

  /**
   * Sends webhooks from the last to the first, and returns their statuses in that order. Each was
   * signed before any was sent.
   */
  public List<Integer> sendInReverse(FakeWebhook... webhooks) {
    LinkedHashMap<FakeWebhook, Map<String, String>> signed = new LinkedHashMap<>();
    for (int i = webhooks.length - 1; i >= 0; i--) {
      signed.put(webhooks[i], headers(webhooks[i]));
    }
    return signed.entrySet().stream()
        .map(entry -> deliver(entry.getValue(), entry.getKey().body()))
        .toList();
  }

  /** Sends a webhook that was signed so long ago; in the future, if {@code age} is negative. */
  public int sendLate(FakeWebhook webhook, Duration age) {
    return deliver(headers(webhook, times.instant().minus(age)), webhook.body());
  }

  /** Sends a webhook whose body got one more space after it was signed. */
  public int sendTampered(FakeWebhook webhook) {
    return deliver(headers(webhook), webhook.body() + " ");
  }

  /** Sends a webhook without the headers of the signature. */
  public int sendUnsigned(FakeWebhook webhook) {
    return deliver(Map.of(), webhook.body());
  }

  private int deliver(Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body.getBytes(UTF_8)));
    headers.forEach(request::header);
    return client.send(request).statusCode();
  }

  /** Returns name and address. */
  @Override
  public String toString() {
    return "destination " + name() + " at " + url;
  }
}
