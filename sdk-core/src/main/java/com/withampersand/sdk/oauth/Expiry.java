package com.withampersand.sdk.oauth;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When an access token ends, and how sure that is. No date is ever made up: where a provider names
 * none and none is estimated, it is {@link Certainty#UNKNOWN}.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class Expiry {
  /** How sure an expiry is. */
  public enum Certainty {
    /** The provider said so: {@code expires_in}, or a claim of the token itself. */
    KNOWN,
    /**
     * Reckoned from the session length that the flow was told. The provider may end the token
     * sooner or later.
     */
    ESTIMATED,
    /** Nothing is known. The provider's refusal is the only judge. */
    UNKNOWN
  }

  private static final Expiry NONE = new Expiry(Certainty.UNKNOWN, null);

  private final Certainty certainty;
  private final @Nullable Instant instant;

  private Expiry(Certainty certainty, @Nullable Instant instant) {
    this.certainty = certainty;
    this.instant = instant;
  }

  /** Returns the expiry that the provider named. */
  public static Expiry known(Instant instant) {
    return new Expiry(Certainty.KNOWN, Objects.requireNonNull(instant, "instant"));
  }

  /** Returns an expiry reckoned from a usual session length. */
  public static Expiry estimated(Instant instant) {
    return new Expiry(Certainty.ESTIMATED, Objects.requireNonNull(instant, "instant"));
  }

  /** Returns the expiry of a token of which nothing is known. */
  public static Expiry unknown() {
    return NONE;
  }

  /** Returns how sure this is. */
  public Certainty certainty() {
    return certainty;
  }

  /** Returns the instant from which the token is not expected to work; empty if unknown. */
  public Optional<Instant> instant() {
    return Optional.ofNullable(instant);
  }

  /** Tells whether the token is expected not to work any more at {@code now}; false if unknown. */
  public boolean isPast(Instant now) {
    return instant != null && !now.isBefore(instant);
  }

  /** Tells whether the other object is the same instant with the same certainty. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Expiry expiry
        && certainty == expiry.certainty
        && Objects.equals(instant, expiry.instant);
  }

  @Override
  public int hashCode() {
    return Objects.hash(certainty, instant);
  }

  /** Returns certainty and instant, such as {@code estimated 2026-11-24T12:30:00Z}. */
  @Override
  public String toString() {
    return switch (certainty) {
      case KNOWN -> "known " + instant;
      case ESTIMATED -> "estimated " + instant;
      case UNKNOWN -> "unknown";
    };
  }
}
