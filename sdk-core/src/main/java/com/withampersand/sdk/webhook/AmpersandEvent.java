package com.withampersand.sdk.webhook;

import com.withampersand.sdk.ConnectionKey;
import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that Ampersand tells by a webhook, after {@link WebhookVerifier#verify} has checked it.
 *
 * <p>What is not typed here is in {@link #message()}: Ampersand adds members and types. An event of
 * a type that this version does not know, or without what its type needs, is an {@link Other}.
 * Later versions may return a type of its own for it, so treat {@code Other} by its {@link
 * #type()}, and what you do not know as done.
 *
 * <p>Immutable, and safe to share between threads. No {@code toString} shows customers' data.
 */
public sealed interface AmpersandEvent {

  /** Returns everything that the webhook says. */
  WebhookMessage message();

  /**
   * Returns the id of the event. It is the same each time that the event is delivered: keep it for
   * a few days, and drop events that you have seen.
   */
  default String id() {
    return message().id();
  }

  /** Returns the type in Ampersand's own word; empty if Ampersand names none. */
  default String type() {
    return message().type();
  }

  /** Returns when this delivery was signed, in whole seconds. It says nothing about order. */
  default Instant sentAt() {
    return message().sentAt();
  }

  /**
   * Returns whose connection it is about; empty if the event does not name provider, group and
   * consumer, as results of reads and subscriptions may not: they have {@link #groupRef()}.
   */
  default Optional<ConnectionKey> connection() {
    Optional<String> provider = message().text("provider");
    Optional<String> group = message().text("groupRef");
    Optional<String> consumer = message().text("consumerRef");
    try {
      return provider.isEmpty() || group.isEmpty() || consumer.isEmpty()
          ? Optional.empty()
          : Optional.of(new ConnectionKey(provider.get(), group.get(), consumer.get()));
    } catch (IllegalArgumentException e) {
      // Not the name of a connection; the message still has the words.
      return Optional.empty();
    }
  }

  /** Returns the group, which is your customer; empty if Ampersand names none. */
  default Optional<String> groupRef() {
    return message().text("groupRef");
  }

  /** Returns the ID of the installation; empty if Ampersand names none. */
  default Optional<String> installation() {
    return message().text("installationId");
  }

  /** What has happened to a thing. */
  enum Change {
    /** It was made. */
    CREATED,
    /** It was changed. */
    UPDATED,
    /** A connection's tokens were refreshed, or its user consented again: it works. */
    REFRESHED,
    /** It was deleted. */
    DELETED
  }

  /**
   * Records that a read action has read.
   *
   * @param objectName the object, such as {@code Contact}; empty if Ampersand names none
   */
  record ReadResult(WebhookMessage message, String objectName, Result result)
      implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * Records that have changed, by a subscribe action.
   *
   * @param objectName the object, such as {@code Contact}; empty if Ampersand names none
   */
  record SubscribeResult(WebhookMessage message, String objectName, Result result)
      implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code connection.error}: a connection does not work. {@code
   * AmpersandClient.connections().reconnection(connectionId)} returns its status, and where its
   * user consents again.
   *
   * @param errors what Ampersand says about it, each in one line; may be empty
   */
  record ConnectionFailed(WebhookMessage message, String connectionId, List<String> errors)
      implements AmpersandEvent {
    /** Copies the errors. */
    public ConnectionFailed {
      errors = List.copyOf(errors);
    }

    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code connection.created}, {@code connection.refreshed}, {@code connection.updated} or {@code
   * connection.deleted}. A connection that was refreshed works: a {@link ConnectionFailed} of
   * before is over. As events come in any order, ask Ampersand for its status where it matters.
   */
  record ConnectionChanged(WebhookMessage message, Change change, String connectionId)
      implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /** {@code installation.created}, {@code installation.updated} or {@code installation.deleted}. */
  record InstallationChanged(WebhookMessage message, Change change, String installationId)
      implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code read.backfill.done}: all records of before have been read.
   *
   * @param objectName the object; empty if Ampersand names none
   */
  record BackfillDone(WebhookMessage message, String objectName) implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code read.schedule.paused}: an installation's scheduled reads are paused.
   *
   * @param errors why, each in one line; may be empty
   */
  record ReadPaused(WebhookMessage message, List<String> errors) implements AmpersandEvent {
    /** Copies the errors. */
    public ReadPaused {
      errors = List.copyOf(errors);
    }

    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code read.triggered.done} or {@code read.triggered.error}: a read that was asked for has
   * ended.
   *
   * @param objectName the object; empty if Ampersand names none
   * @param success whether it is done
   * @param errors why it is not, each in one line; may be empty
   */
  record TriggeredReadEnded(
      WebhookMessage message, String objectName, boolean success, List<String> errors)
      implements AmpersandEvent {
    /** Copies the errors. */
    public TriggeredReadEnded {
      errors = List.copyOf(errors);
    }

    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code write.async.done}: an asynchronous write has ended.
   *
   * @param objectName the object; empty if Ampersand names none
   * @param success whether all of it was written
   * @param recordIds what was written, by the provider's ids
   * @param errors what was not, each in one line; may be empty
   */
  record AsyncWriteEnded(
      WebhookMessage message,
      String objectName,
      boolean success,
      List<String> recordIds,
      List<String> errors)
      implements AmpersandEvent {
    /** Copies the lists. */
    public AsyncWriteEnded {
      recordIds = List.copyOf(recordIds);
      errors = List.copyOf(errors);
    }

    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code subscribe.create.error}: no changes will come, since the provider refused the
   * subscription.
   *
   * @param errors why, each in one line; may be empty
   */
  record SubscribeFailed(WebhookMessage message, List<String> errors) implements AmpersandEvent {
    /** Copies the errors. */
    public SubscribeFailed {
      errors = List.copyOf(errors);
    }

    @Override
    public String toString() {
      return message.toString();
    }
  }

  /**
   * {@code destination.webhook.disabled}: Ampersand has stopped delivering to an address that did
   * not answer with 2xx for too long.
   *
   * @param destinationName the destination's name; empty if Ampersand names none
   */
  record WebhookDisabled(WebhookMessage message, String destinationName) implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /** An event of a type that this version does not know, or without what its type needs. */
  record Other(WebhookMessage message) implements AmpersandEvent {
    @Override
    public String toString() {
      return message.toString();
    }
  }

  /** The records of a {@link ReadResult} or a {@link SubscribeResult}: here, or to be fetched. */
  sealed interface Result {}

  /** Records that came along. Further ones may come in further events. */
  record Inline(List<Entry> entries) implements Result {
    /** Copies the entries. */
    public Inline {
      entries = List.copyOf(entries);
    }

    /** Returns how many there are. */
    @Override
    public String toString() {
      return entries.size() + " entries";
    }
  }

  /**
   * Records that are too large for a webhook, as one above 300 KB is. Fetch them by a GET within 15
   * minutes, without any credential: the URL is one, so keep it out of logs. {@link #toString()}
   * shows its host alone.
   */
  record ByUrl(URI downloadUrl) implements Result {
    @Override
    public String toString() {
      return "records at " + downloadUrl.getHost();
    }
  }

  /**
   * One record.
   *
   * @param members everything that is said about it, null included
   */
  record Entry(Map<String, @Nullable Object> members) {
    /** Copies the members. */
    public Entry {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** Returns the fields, by the provider's names in lower case, without those that are mapped. */
    public Map<String, @Nullable Object> fields() {
      return PlainJson.map(members, "fields");
    }

    /** Returns the mapped fields, by your names. */
    public Map<String, @Nullable Object> mappedFields() {
      return PlainJson.map(members, "mappedFields");
    }

    /** Returns the record as the provider has it. */
    public Map<String, @Nullable Object> raw() {
      return PlainJson.map(members, "raw");
    }

    /**
     * Returns what happened to the record, in a subscription: {@code create}, {@code update},
     * {@code delete}, or a later word.
     */
    public Optional<String> eventType() {
      return PlainJson.text(members, "subscribeEventType");
    }

    /** Returns nothing of the record. */
    @Override
    public String toString() {
      return "entry with " + members.size() + " members";
    }
  }
}
