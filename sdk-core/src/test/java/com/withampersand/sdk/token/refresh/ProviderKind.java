package com.withampersand.sdk.token.refresh;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a provider makes of a refresh token that it was shown. */
enum ProviderKind {
  /** The refresh token stays as it is. */
  NO_ROTATION(true, false, false, false, false),
  /** The refresh token stays as it is, and the developer says so. */
  NO_ROTATION_BY_WORD(false, false, false, false, false),
  /** A refresh ends the token that it was made with. */
  ROTATION(true, true, false, false, false),
  /** Reuse of an ended token ends the whole grant. */
  FAMILY(true, true, true, false, false),
  /** The token used last is taken once more for a while; any other reuse ends the grant. */
  GRACE(true, true, true, true, false),
  /** {@link #NO_ROTATION}, and overlapping requests are rejected. */
  NO_ROTATION_OVERLAP(true, false, false, false, true),
  /** {@link #ROTATION}, and overlapping requests are rejected. */
  ROTATION_OVERLAP(true, true, false, false, true),
  /** {@link #FAMILY}, and overlapping requests are rejected. */
  FAMILY_OVERLAP(true, true, true, false, true);

  /** What the renewer says. */
  final boolean saysRotates;

  /** What is true. */
  final boolean rotates;

  final boolean endsFamily;
  final boolean hasGrace;
  final boolean rejectsOverlap;

  ProviderKind(
      boolean saysRotates,
      boolean rotates,
      boolean endsFamily,
      boolean hasGrace,
      boolean rejectsOverlap) {
    this.saysRotates = saysRotates;
    this.rotates = rotates;
    this.endsFamily = endsFamily;
    this.hasGrace = hasGrace;
    this.rejectsOverlap = rejectsOverlap;
  }

  @Nullable Duration grace(Policy policy) {
    return hasGrace ? Setting.grace(policy) : null;
  }
}
