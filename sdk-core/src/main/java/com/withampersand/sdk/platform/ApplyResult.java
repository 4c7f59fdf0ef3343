package com.withampersand.sdk.platform;

import com.withampersand.sdk.internal.Text;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ProviderApps#apply apply} did, or what {@link ProviderApps#plan plan} says that it
 * would do.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ApplyResult {
  /** What becomes of the provider app. */
  public enum Outcome {
    /** It is registered anew. */
    CREATED,
    /** It is brought up to date. */
    UPDATED,
    /** It is as it should be, as far as can be seen. */
    UNCHANGED
  }

  private final Outcome outcome;
  private final boolean planned;
  private final Map<ProviderAppField, String> changes;
  private final @Nullable RegisteredProviderApp app;

  private ApplyResult(
      Outcome outcome,
      boolean planned,
      Map<ProviderAppField, String> changes,
      @Nullable RegisteredProviderApp app) {
    this.outcome = outcome;
    this.planned = planned;
    this.changes = Collections.unmodifiableMap(changes);
    this.app = app;
  }

  static ApplyResult wouldCreate() {
    return new ApplyResult(Outcome.CREATED, true, Map.of(), null);
  }

  static ApplyResult created(RegisteredProviderApp app) {
    return new ApplyResult(Outcome.CREATED, false, Map.of(), app);
  }

  static ApplyResult unchanged(RegisteredProviderApp app) {
    return new ApplyResult(Outcome.UNCHANGED, false, Map.of(), app);
  }

  /**
   * Returns the plan of an update.
   *
   * @param changes says of each field what becomes of it; empty for a secret
   */
  static ApplyResult wouldUpdate(
      Map<ProviderAppField, String> changes, RegisteredProviderApp current) {
    return new ApplyResult(Outcome.UPDATED, true, changes, current);
  }

  /** Returns what came of this plan. */
  ApplyResult updated(RegisteredProviderApp now) {
    return new ApplyResult(Outcome.UPDATED, false, changes, now);
  }

  /** Returns what becomes of it. */
  public Outcome outcome() {
    return outcome;
  }

  /** Returns the fields that are sent to bring it up to date; empty unless it is updated. */
  public Set<ProviderAppField> fields() {
    return changes.keySet();
  }

  /**
   * Returns the changes for people to read, such as {@code scopes: + id}; of a secret the name
   * alone. Empty unless it is updated.
   */
  public List<String> changes() {
    return changes.entrySet().stream()
        .map(
            change ->
                change.getKey() + (change.getValue().isEmpty() ? "" : ": " + change.getValue()))
        .toList();
  }

  /**
   * Returns the provider app as Ampersand holds it: after {@code apply} as it is now, after {@code
   * plan} as it was found, and empty there if it would be created.
   */
  public Optional<RegisteredProviderApp> app() {
    return Optional.ofNullable(app);
  }

  /** Returns outcome, changes and ID in one line. */
  @Override
  public String toString() {
    return verb()
        + (changes.isEmpty() ? "" : " " + String.join(", ", changes()))
        + (app == null ? "" : " (provider app " + Text.redacted(app.id(), List.of()) + ")");
  }

  private String verb() {
    return switch (outcome) {
      case CREATED -> planned ? "would create" : "created";
      case UPDATED -> planned ? "would update" : "updated";
      case UNCHANGED -> "unchanged";
    };
  }
}
