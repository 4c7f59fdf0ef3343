package com.withampersand.sdk.platform;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.platform.Ask.Came;
import com.withampersand.sdk.platform.Ask.Failed;
import com.withampersand.sdk.platform.Ask.Outcome;
import com.withampersand.sdk.platform.ConnectionCache.Entry;
import com.withampersand.sdk.platform.ConnectionReader.Found;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.platform.KnownConnection.Times;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Ampersand about connections: at most once at a time about each, on threads of its own, so
 * that an ask does not depend on who waits for it.
 */
final class SharedAsks {
  private static final Logger log = LoggerFactory.getLogger(SharedAsks.class);

  private final ConnectionReader reader;
  private final ConnectionCache cache;
  private final AskThreads threads;
  private final Times times;
  private final Clock clock;

  /** Why Ampersand is asked about no connection at all, if it could not be reached. */
  private final AtomicReference<@Nullable Pause> outage = new AtomicReference<>();

  SharedAsks(
      ConnectionReader reader,
      ConnectionCache cache,
      AskThreads threads,
      Times times,
      Clock clock) {
    this.reader = reader;
    this.cache = cache;
    this.threads = threads;
    this.times = times;
    this.clock = clock;
  }

  /** Returns why Ampersand is not to be asked about a connection now, if it is not. */
  Optional<Pause> pause(KnownConnection known, long now) {
    return outage(now).or(() -> known.pause(now));
  }

  private Optional<Pause> outage(long now) {
    return Optional.ofNullable(outage.get()).filter(pause -> pause.isOn(now));
  }

  /**
   * Returns the ask that is under way, or starts one.
   *
   * @param known what the caller knows; empty is returned if the entry holds something else by now
   */
  Optional<Ask> join(ConnectionKey key, Entry entry, KnownConnection known) {
    if (known.ask() != null) {
      return Optional.of(known.ask());
    }
    Ask ask = Ask.of(known.needsForce());
    if (!entry.replace(known, known.asking(ask))) {
      return Optional.empty();
    }
    try {
      threads.run(() -> run(key, entry, ask));
    } catch (RuntimeException | Error e) {
      finish(entry, ask, () -> failed(key, entry, unexpected(e)));
    }
    return Optional.of(ask);
  }

  private void run(ConnectionKey key, Entry entry, Ask ask) {
    finish(entry, ask, () -> outcome(key, entry, ask));
    cache.trim(clock.millis());
  }

  /** Ends an ask, whatever happens: one that stayed would hold up its connection. */
  private static void finish(Entry entry, Ask ask, Supplier<Outcome> outcome) {
    try {
      ask.outcome().complete(outcome.get());
    } catch (Throwable e) {
      entry.update(KnownConnection::notAsking);
      ask.outcome().completeExceptionally(e);
    }
  }

  private Outcome outcome(ConnectionKey key, Entry entry, Ask ask) {
    Optional<Pause> on = outage(clock.millis());
    if (on.isPresent()) {
      entry.update(KnownConnection::notAsking);
      return new Failed(on.get());
    }
    try {
      Refresh refresh = ask.forced() ? Refresh.FORCE : Refresh.IF_EXPIRED;
      return came(entry, reader.read(key, entry.known().id(), refresh));
    } catch (AmpersandException e) {
      return failed(key, entry, e);
    } catch (Throwable e) {
      return failed(key, entry, unexpected(e));
    }
  }

  private Outcome came(Entry entry, Found found) {
    Instant now = clock.instant();
    outage.set(null);
    entry.update(known -> known.answered(found, times, now));
    return new Came(found.tokens());
  }

  private Outcome failed(ConnectionKey key, Entry entry, AmpersandException failure) {
    Instant now = clock.instant();
    if (isUnreachable(failure)) {
      outage.updateAndGet(
          before ->
              before != null && before.isOn(now.toEpochMilli())
                  ? before
                  : Pause.after(failure, before, times.backoff(), now));
    }
    log.debug("{}: {}", key, failure.getMessage());
    while (true) {
      KnownConnection known = entry.known();
      Pause pause = Pause.after(failure, known.pause(), times.backoff(), now);
      if (entry.replace(known, known.failed(pause))) {
        return new Failed(pause);
      }
    }
  }

  /**
   * Tells whether a failure says that any other ask would fail as well. Other failures may be about
   * one connection only: Ampersand may have asked its provider.
   */
  private static boolean isUnreachable(AmpersandException failure) {
    return failure instanceof ApiException refused
        ? refused.httpStatus() == 429
        : failure instanceof TransportException && !failure.isOutcomeUnknown();
  }

  private static TransportException unexpected(Throwable cause) {
    return new TransportException(
        "Ampersand could not be asked: "
            + cause.getClass().getName()
            + ". See the cause; it may come from the supplier of the API key or from the transport.",
        true,
        true,
        cause);
  }
}
