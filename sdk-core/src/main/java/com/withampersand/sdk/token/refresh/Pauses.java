package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Memory.Backoff;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long nothing is tried after a failure, and what a caller is told meanwhile. The provider and
 * the recipient are backed off from for one second, then two, four and so on, up to the pause of
 * the policy, less some jitter. A store that does not answer is away for half a second at first and
 * for eight at most; any answer of it ends that. Apart from these, a doubt that someone asked about
 * is tried again at an instant of its own.
 */
final class Pauses {
  static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final long SHORTEST_AWAY = 500;
  private static final Duration LONGEST_AWAY = Duration.ofSeconds(8);

  private final Now now;
  private final Policy policy;
  private @Nullable Backoff backoff;
  private @Nullable Backoff away;
  private @Nullable NodeTime retryAt;

  Pauses(Memory memory, Now now, Policy policy) {
    this.now = now;
    this.policy = policy;
    this.backoff = memory.backoff();
    this.away = memory.away();
    this.retryAt = memory.retryAt();
  }

  @Nullable Backoff backoff() {
    return backoff;
  }

  @Nullable Backoff away() {
    return away;
  }

  @Nullable NodeTime retryAt() {
    return retryAt;
  }

  /** Ends what failures of the grant led to. */
  void end() {
    backoff = null;
    retryAt = null;
  }

  // The provider and the recipient

  boolean isBackingOff() {
    return backoff != null && !now.isPast(backoff.until());
  }

  /** Returns what a caller is told in the pause that lasts. */
  Failure duringBackoff() {
    Backoff present = Objects.requireNonNull(backoff);
    return present.failure().in(now.until(present.until()));
  }

  /** Returns what was refused when the last pause began; null if nothing was. */
  @Nullable Refusal refusal() {
    return backoff == null ? null : backoff.failure().refusal();
  }

  /** Begins a pause that is longer than the one before, and returns what callers are told. */
  Failure backOff(Failure.Kind kind, @Nullable Throwable cause) {
    return backOff(Failure.later(kind, cause, SHORTEST));
  }

  /** Begins such a pause after a failure, and returns the failure with the pause in it. */
  Failure backOff(Failure failed) {
    int failures = backoff == null ? 0 : backoff.failures();
    Duration longest = policy.backoff();
    Duration pause = SHORTEST.multipliedBy(1L << Math.min(failures, 10));
    pause = now.jittered(pause.compareTo(longest) < 0 ? pause : longest);
    Failure failure = failed.in(pause);
    backoff = new Backoff(failures + 1, now.in(pause), failure);
    return failure;
  }

  /** Begins a pause of this length, as if nothing had failed before. */
  void backOff(Duration pause, Failure failure) {
    backoff = new Backoff(1, now.in(pause), failure);
  }

  void endBackoff() {
    backoff = null;
  }

  // The store

  boolean isAway() {
    return away != null && !now.isPast(away.until());
  }

  /** Returns what a caller is told while the store is away. */
  Failure whileAway() {
    Backoff present = Objects.requireNonNull(away);
    return present.failure().in(now.until(present.until()));
  }

  /** Notes that the store did not answer. */
  void goAway(@Nullable Throwable cause) {
    int failures = away == null ? 0 : away.failures();
    Duration pause = Duration.ofMillis(SHORTEST_AWAY << Math.min(failures, 10));
    pause = pause.compareTo(LONGEST_AWAY) < 0 ? pause : LONGEST_AWAY;
    Failure failure = Failure.later(Failure.Kind.STORE, cause, pause);
    away = new Backoff(failures + 1, now.in(pause), failure);
  }

  /** Returns what a caller is told after a read or write that failed. */
  Failure storeFailed(@Nullable Throwable cause) {
    return Failure.later(
        Failure.Kind.STORE, cause, away == null ? SHORTEST : now.until(away.until()));
  }

  void endAway() {
    away = null;
  }

  // A doubt

  void retryAt(NodeTime time) {
    retryAt = time;
  }

  void endRetry() {
    retryAt = null;
  }
}
