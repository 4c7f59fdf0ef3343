package com.withampersand.sdk.webhook;

import com.withampersand.sdk.internal.Text;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook says, typed or not.
 *
 * <p>Names of members are found in any case, with underscores or without: {@code text("configURL")}
 * finds {@code configUrl} and {@code config_url}, too. A name that is there as it is asked for goes
 * first.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows type, id and time
 * alone: the rest is your customers' data.
 */
public final class WebhookMessage {
  private final String id;
  private final Instant sentAt;
  private final String type;
  private final String json;
  private final Map<String, @Nullable Object> members;

  WebhookMessage(
      String id, Instant sentAt, String type, String json, Map<String, @Nullable Object> members) {
    this.id = id;
    this.sentAt = sentAt;
    this.type = type;
    this.json = json;
    this.members = members;
  }

  /** Returns the id of the message, the same each time that it is delivered. */
  public String id() {
    return id;
  }

  /**
   * Returns when this delivery was signed, in whole seconds. A repeated delivery is signed anew.
   */
  public Instant sentAt() {
    return sentAt;
  }

  /**
   * Returns the type in Ampersand's own word, such as {@code connection.error} or {@code read};
   * empty if Ampersand names none.
   */
  public String type() {
    return type;
  }

  /** Returns the body as it was signed. */
  public String json() {
    return json;
  }

  /**
   * Returns the whole body, as texts, numbers, booleans, null, lists and maps; empty if it is no
   * JSON object. Fractions are doubles: where that is not exact enough, parse {@link #json()}.
   */
  public Map<String, @Nullable Object> members() {
    return members;
  }

  /** Returns the members of {@code data}, where notifications have theirs, or else all members. */
  public Map<String, @Nullable Object> data() {
    Map<String, @Nullable Object> data = PlainJson.map(members, "data");
    return data.isEmpty() ? members : data;
  }

  /**
   * Returns a text of {@link #data()}, or else of {@link #members()}; empty if it is missing, blank
   * or something else.
   */
  public Optional<String> text(String name) {
    return PlainJson.text(data(), name).or(() -> PlainJson.text(members, name));
  }

  /**
   * Returns what {@code errors} says, or {@code error}, which is its older name. Each is one line,
   * in which what looks like a token is replaced by asterisks.
   */
  List<String> errors() {
    List<String> errors = PlainJson.texts(data(), "errors");
    return (errors.isEmpty() ? PlainJson.texts(data(), "error") : errors)
        .stream().map(error -> Text.redacted(error, List.of())).toList();
  }

  /** Returns type, id and time. */
  @Override
  public String toString() {
    return "%s %s of %s"
        .formatted(Text.redacted(type, List.of()), Text.redacted(id, List.of()), sentAt);
  }
}
