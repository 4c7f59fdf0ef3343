package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;

import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a process named {@code me} may remember of a grant; nothing but what is said. */
final class SampleMemory {
  /** The process's time: one at which nothing is past that was never set. */
  static final NodeTime CLOCK = new NodeTime(Duration.ofDays(300).toNanos());

  static final Now NOW = new Now(CLOCK, Instant.EPOCH, "id", 1);

  private @Nullable Seen seen;
  private @Nullable GrantRow known;
  private List<Put> pending = List.of();
  private @Nullable Job job;
  private List<Exchange> open = List.of();
  private @Nullable Io io;
  private @Nullable Kept kept;
  private List<Waiter> waiters = List.of();
  private @Nullable Backoff backoff;
  private @Nullable Backoff away;
  private @Nullable NodeTime pollAt;
  private @Nullable NodeTime retryAt;

  static SampleMemory of() {
    return new SampleMemory();
  }

  static NodeTime in(Duration duration) {
    return CLOCK.plus(duration);
  }

  SampleMemory seen(Grant grant) {
    seen = new Seen(grant, SampleRows.traits(true, null), Duration.ZERO, CLOCK);
    return this;
  }

  SampleMemory seen(Seen description) {
    seen = description;
    return this;
  }

  SampleMemory known(GrantRow row) {
    known = row;
    return this;
  }

  SampleMemory pending(Put... puts) {
    pending = List.of(puts);
    return this;
  }

  SampleMemory job(Job working) {
    job = working;
    return this;
  }

  SampleMemory open(Exchange... exchanges) {
    open = List.of(exchanges);
    return this;
  }

  SampleMemory io(Io asked) {
    io = asked;
    return this;
  }

  SampleMemory kept(Kept tokens) {
    kept = tokens;
    return this;
  }

  SampleMemory waiters(Waiter... wanted) {
    waiters = List.of(wanted);
    return this;
  }

  SampleMemory backoff(Backoff pause) {
    backoff = pause;
    return this;
  }

  SampleMemory away(Backoff pause) {
    away = pause;
    return this;
  }

  SampleMemory pollAt(NodeTime time) {
    pollAt = time;
    return this;
  }

  SampleMemory retryAt(NodeTime time) {
    retryAt = time;
    return this;
  }

  Memory memory() {
    return new Memory(
        seen, known, pending, job, open, io, kept, waiters, backoff, away, pollAt, retryAt);
  }

  Draft draft() {
    return new Draft(memory(), NOW, POLICY);
  }

  /** Returns what the event leads to. */
  Step after(Event event) {
    return Protocol.step(memory(), event, NOW, POLICY);
  }
}
