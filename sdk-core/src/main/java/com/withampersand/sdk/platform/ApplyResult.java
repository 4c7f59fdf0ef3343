package com.withampersand.sdk.platform;

import java.util.Collections;
import java.util.EnumSet;
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
  private final Set<ProviderAppField> fields;
  private final @Nullable RegisteredProviderApp app;

  ApplyResult(Outcome outcome, Set<ProviderAppField> fields, @Nullable RegisteredProviderApp app) {
    this.outcome = outcome;
    this.fields = Collections.unmodifiableSet(fields);
    this.app = app;
  }

  static ApplyResult created(@Nullable RegisteredProviderApp app) {
    return new ApplyResult(Outcome.CREATED, EnumSet.noneOf(ProviderAppField.class), app);
  }

  static ApplyResult unchanged(RegisteredProviderApp app) {
    return new ApplyResult(Outcome.UNCHANGED, EnumSet.noneOf(ProviderAppField.class), app);
  }

  /** Returns what becomes of it. */
  public Outcome outcome() {
    return outcome;
  }

  /** Returns the fields that are sent to bring it up to date; empty unless it is updated. */
  public Set<ProviderAppField> fields() {
    return fields;
  }

  /**
   * Returns the provider app as Ampersand holds it: after {@code apply} as it is now, after {@code
   * plan} as it was found, and empty there if it would be created.
   */
  public Optional<RegisteredProviderApp> app() {
    return Optional.ofNullable(app);
  }

  /** Returns outcome, fields and ID in one line. */
  @Override
  public String toString() {
    return outcome.name().toLowerCase(java.util.Locale.ROOT)
        + (fields.isEmpty() ? "" : " " + fields)
        + (app == null ? "" : " (provider app " + app.id() + ")");
  }
}
