package com.withampersand.sdk.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.WebhookException.Reason;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.webhook.AmpersandEvent.AsyncWriteEnded;
import com.withampersand.sdk.webhook.AmpersandEvent.BackfillDone;
import com.withampersand.sdk.webhook.AmpersandEvent.ByUrl;
import com.withampersand.sdk.webhook.AmpersandEvent.Change;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionChanged;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionFailed;
import com.withampersand.sdk.webhook.AmpersandEvent.Entry;
import com.withampersand.sdk.webhook.AmpersandEvent.Inline;
import com.withampersand.sdk.webhook.AmpersandEvent.InstallationChanged;
import com.withampersand.sdk.webhook.AmpersandEvent.Other;
import com.withampersand.sdk.webhook.AmpersandEvent.ReadPaused;
import com.withampersand.sdk.webhook.AmpersandEvent.ReadResult;
import com.withampersand.sdk.webhook.AmpersandEvent.Result;
import com.withampersand.sdk.webhook.AmpersandEvent.SubscribeFailed;
import com.withampersand.sdk.webhook.AmpersandEvent.SubscribeResult;
import com.withampersand.sdk.webhook.AmpersandEvent.TriggeredReadEnded;
import com.withampersand.sdk.webhook.AmpersandEvent.WebhookDisabled;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads events. What lacks something that its type needs is an {@link Other}, never an error. */
final class EventReader {
  private EventReader() {}

  /**
   * Reads a body whose signature fits.
   *
   * @throws WebhookException if it is no JSON
   */
  static AmpersandEvent read(Delivery delivery, byte[] body) {
    JsonNode node;
    try {
      node = Json.read(body);
    } catch (IllegalArgumentException e) {
      throw new WebhookException(
          Reason.BODY,
          "The signature is genuine, but the body is no JSON: this is no event of Ampersand's. Check which"
              + " destination the secret belongs to.");
    }
    Map<String, @Nullable Object> members = PlainJson.members(node);
    WebhookMessage message =
        new WebhookMessage(
            delivery.id(), delivery.sentAt(), type(members), new String(body, UTF_8), members);
    return typed(message).orElseGet(() -> new Other(message));
  }

  /** Notifications name their type, results the action that they come from. */
  private static String type(Map<String, @Nullable Object> members) {
    return PlainJson.text(members, "notificationType")
        .or(() -> PlainJson.text(members, "action"))
        .orElse("");
  }

  private static Optional<AmpersandEvent> typed(WebhookMessage message) {
    return switch (message.type().toLowerCase(Locale.ROOT)) {
      case "read" -> result(message).map(r -> new ReadResult(message, objectName(message), r));
      case "subscribe" ->
          result(message).map(r -> new SubscribeResult(message, objectName(message), r));
      case "connection.error" ->
          message
              .text("connectionId")
              .map(id -> new ConnectionFailed(message, id, message.errors()));
      case "connection.created" -> connection(message, Change.CREATED);
      case "connection.refreshed" -> connection(message, Change.REFRESHED);
      case "connection.updated" -> connection(message, Change.UPDATED);
      case "connection.deleted" -> connection(message, Change.DELETED);
      case "installation.created" -> installation(message, Change.CREATED);
      case "installation.updated" -> installation(message, Change.UPDATED);
      case "installation.deleted" -> installation(message, Change.DELETED);
      case "read.backfill.done" -> Optional.of(new BackfillDone(message, objectName(message)));
      case "read.schedule.paused" -> Optional.of(new ReadPaused(message, message.errors()));
      case "read.triggered.done" -> triggeredRead(message, true);
      case "read.triggered.error" -> triggeredRead(message, false);
      case "write.async.done" -> asyncWrite(message);
      case "subscribe.create.error" -> Optional.of(new SubscribeFailed(message, message.errors()));
      case "destination.webhook.disabled" ->
          Optional.of(new WebhookDisabled(message, message.text("destinationName").orElse("")));
      default -> Optional.empty();
    };
  }

  private static Optional<AmpersandEvent> connection(WebhookMessage message, Change change) {
    return message.text("connectionId").map(id -> new ConnectionChanged(message, change, id));
  }

  private static Optional<AmpersandEvent> installation(WebhookMessage message, Change change) {
    return message.text("installationId").map(id -> new InstallationChanged(message, change, id));
  }

  private static Optional<AmpersandEvent> triggeredRead(WebhookMessage message, boolean success) {
    return Optional.of(
        new TriggeredReadEnded(message, objectName(message), success, message.errors()));
  }

  private static Optional<AmpersandEvent> asyncWrite(WebhookMessage message) {
    if (!(PlainJson.member(message.data(), "success") instanceof Boolean success)) {
      return Optional.empty();
    }
    List<String> recordIds = PlainJson.texts(message.data(), "successfulRecordIds");
    return Optional.of(
        new AsyncWriteEnded(message, objectName(message), success, recordIds, message.errors()));
  }

  private static String objectName(WebhookMessage message) {
    return message.text("objectName").orElse("");
  }

  /** An event whose records are neither here nor anywhere has to be looked at. */
  private static Optional<Result> result(WebhookMessage message) {
    Map<String, @Nullable Object> info = PlainJson.map(message.members(), "resultInfo");
    if (PlainJson.text(info, "type").orElse("").equalsIgnoreCase("url")) {
      return PlainJson.text(info, "downloadUrl").flatMap(EventReader::address).map(ByUrl::new);
    }
    return PlainJson.maps(message.members(), "result")
        .map(entries -> new Inline(entries.stream().map(Entry::new).toList()));
  }

  private static Optional<URI> address(String text) {
    try {
      URI uri = new URI(text);
      boolean isWeb = "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null;
      return isWeb ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      // The event is kept as it is; the parser's error would quote the URL, which is a credential.
      return Optional.empty();
    }
  }
}
