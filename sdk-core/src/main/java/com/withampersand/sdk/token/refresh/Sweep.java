package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.StoreTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One walk over the rows that are due. Used once, by one thread. */
final class Sweep {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);
  private static final int PAGE = 100;

  /** Of a million grants of a host that is away, each would bring an exception with its trace. */
  private static final int MOST_FAILURES = 1_000;

  private final Engine engine;
  private final SweepOptions options;
  private final Duration longestWait;
  private final NodeTime end;
  private final Queue<Begun> begun = new ArrayDeque<>();
  private final List<KeepAliveReport.Failure> lasting = new ArrayList<>();
  private final List<KeepAliveReport.Failure> passing = new ArrayList<>();
  private long seen;
  private long refreshed;
  private long settled;
  private long notDue;
  private long foreign;
  private long failed;
  private Row.@Nullable Cursor last;

  private record Begun(ConnectionKey key, GrantWorker worker, int id, Call call) {}

  Sweep(Engine engine, SweepOptions options, Duration longestWait) {
    this.engine = engine;
    this.options = options;
    this.longestWait = longestWait;
    this.end = engine.nodeTime().plus(options.deadline());
    this.last = options.after();
  }

  KeepAliveReport run() {
    boolean isComplete = false;
    try {
      isComplete = walk();
      while (!begun.isEmpty()) {
        finishFirst();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isComplete = false;
    }
    for (Begun left : begun) {
      left.worker().left(left.id(), false);
    }
    return new KeepAliveReport(
        seen, refreshed, settled, notDue, foreign, failed, failures(), last, isComplete);
  }

  private List<KeepAliveReport.Failure> failures() {
    return Stream.concat(lasting.stream(), passing.stream()).limit(MOST_FAILURES).toList();
  }

  private boolean walk() throws InterruptedException {
    StoreTime start = null;
    while (true) {
      List<Row> page;
      try {
        page = engine.guardedStore.due(last, PAGE);
      } catch (TokenStoreException e) {
        if (seen == 0) {
          throw e;
        }
        log.warn("A sweep ended after {} grants: the store did not list more", seen, e);
        return false;
      }
      if (page.isEmpty()) {
        return true;
      }
      StoreTime present = page.get(0).readAt();
      start = start == null ? present : start;
      for (Row row : page) {
        if (row.lookAt().compareTo(start) > 0) {
          // What became due meanwhile, by the writes of this sweep above all, is for the next one.
          return true;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (!engine.nodeTime().isBefore(end) || engine.isClosed()) {
          return false;
        }
        begin(row);
        last = row.cursor();
      }
    }
  }

  private void begin(Row row) throws InterruptedException {
    seen++;
    if (begun.size() >= options.parallelism()) {
      finishFirst();
    }
    GrantRow opened = engine.opener.open(row);
    Engine.Asked asked =
        engine.ask(row.key(), id -> new Event.Swept(Waiter.of(id, Why.KEEP_ALIVE), opened));
    begun.add(new Begun(row.key(), asked.worker(), asked.id(), asked.call()));
  }

  private void finishFirst() throws InterruptedException {
    Begun first = begun.element();
    if (!first.call().await(longestWait)) {
      first.worker().left(first.id(), true);
    }
    begun.remove();
    count(first);
    tellProgress(first.key(), options.progress());
  }

  private static void tellProgress(ConnectionKey key, Consumer<? super ConnectionKey> progress) {
    try {
      progress.accept(key);
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      log.warn("The progress listener of a sweep failed at {}", key, t);
    }
  }

  private void count(Begun one) {
    Outcome outcome = one.call().outcome();
    if (outcome == null) {
      Failure failure = one.call().failure();
      RuntimeException exception =
          Failures.exception(
              one.key(),
              failure == null ? Failure.later(Failure.Kind.PROVIDER, null, null) : failure);
      failed++;
      keep(new KeepAliveReport.Failure(one.key(), exception));
      log.warn("{} was not kept alive: {}", one.key(), exception.toString());
      return;
    }
    switch (outcome.kind()) {
      case REFRESHED -> refreshed++;
      case DONE -> settled++;
      case FOREIGN -> foreign++;
      default -> notDue++;
    }
  }

  /** Users who have to connect again must not be lost among the grants of a host that is away. */
  private void keep(KeepAliveReport.Failure failure) {
    boolean isPassing =
        failure.exception() instanceof AmpersandException known && known.isRetryable();
    List<KeepAliveReport.Failure> failures = isPassing ? passing : lasting;
    if (failures.size() < MOST_FAILURES) {
      failures.add(failure);
    }
  }
}
