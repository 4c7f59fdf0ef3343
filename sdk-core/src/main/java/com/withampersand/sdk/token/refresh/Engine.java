package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.TokenStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all grants of one {@link FreshTokens} share, and the grants that this process knows. */
final class Engine {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);
  private static final int REQUESTS = 64;
  private static final int STORE_WORK = 8;
  private static final int RECIPIENT_CALLS = 16;
  private static final int EVICTION_STEPS = 64;

  final TokenStore store;
  final TokenStore guardedStore;
  final Opener opener;
  final Policy policy;
  final Breaker breaker;
  final @Nullable GrantRecipient recipient;
  final Threads threads;
  final Lane storeWork;
  final Lane recipientCalls;
  final Room requests = new Room(REQUESTS);
  final Listeners listeners;
  final Clock wall;
  final Duration storeLimit;
  private final LongSupplier nanos;
  private final int cacheSize;
  private final Duration cacheExpiry;
  private final ConcurrentMap<ConnectionKey, GrantWorker> workers = new ConcurrentHashMap<>();
  private final AtomicLong size = new AtomicLong();
  private volatile @Nullable Iterator<GrantWorker> hand;
  private final java.util.concurrent.locks.ReentrantLock eviction =
      new java.util.concurrent.locks.ReentrantLock();
  private final AtomicBoolean expiring = new AtomicBoolean();
  private volatile boolean closed;

  Engine(FreshTokens.Builder builder, Policy policy) {
    this.store = builder.store;
    this.guardedStore = new GuardedStore(builder.store);
    this.policy = policy;
    this.breaker = new Breaker();
    this.nanos = builder.nanos;
    this.opener =
        new Opener(
            builder.sealer,
            new Owners(builder.renewers, builder.ownerOf, builder.issuerOf),
            breaker,
            this::nodeTime);
    this.recipient = builder.recipient;
    this.threads = new Threads(builder.executor, builder.timers);
    this.storeWork = new Lane(threads::executeSurely, STORE_WORK);
    this.recipientCalls = new Lane(threads::executeSurely, RECIPIENT_CALLS);
    this.listeners = new Listeners(List.copyOf(builder.listeners));
    this.wall = builder.clock;
    this.storeLimit = builder.storeLimit;
    this.cacheSize = builder.cacheSize;
    this.cacheExpiry = builder.cacheExpiry;
  }

  NodeTime nodeTime() {
    return new NodeTime(nanos.getAsLong());
  }

  long nanoTime() {
    return nanos.getAsLong();
  }

  Now now() {
    return new Now(nodeTime(), wallTime(), Ids.next(), ThreadLocalRandom.current().nextDouble());
  }

  /** Returns the time of the clock that was given, or, since an event must not be lost, another. */
  private Instant wallTime() {
    try {
      return Objects.requireNonNull(wall.instant(), "the clock returned null");
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      log.warn("The clock failed; the system's is used", t);
      return Instant.now();
    }
  }

  /** Returns the renewer of tokens that were found to be owned. */
  TokenRenewer renewer(ConnectionKey key, TokenSet tokens) {
    return opener
        .owners()
        .owner(key, tokens)
        .orElseThrow(
            () ->
                new com.withampersand.sdk.ForeignGrantException(
                    "No renewer owns this grant any more. Nothing was sent."));
  }

  GrantRecipient recipient() {
    if (recipient == null) {
      throw new IllegalStateException(
          "no recipient was named: build FreshTokens with recipient(...) to hand grants over");
    }
    return recipient;
  }

  @Nullable GrantWorker known(ConnectionKey key) {
    return workers.get(key);
  }

  /** Lets a caller ask about a grant, of a worker that has not retired. */
  Asked ask(ConnectionKey key, GrantWorker.Asking asking) {
    boolean makesRoom = true;
    while (true) {
      GrantWorker worker = worker(key, makesRoom);
      Optional<Map.Entry<Integer, Call>> call = worker.ask(asking);
      if (call.isPresent()) {
        return new Asked(worker, call.get().getKey(), call.get().getValue());
      }
      forget(worker);
      makesRoom = false;
    }
  }

  /** A call that a worker has taken. */
  record Asked(GrantWorker worker, int id, Call call) {}

  private GrantWorker worker(ConnectionKey key, boolean makesRoom) {
    GrantWorker known = workers.get(key);
    if (known != null) {
      return known;
    }
    GrantWorker made = new GrantWorker(key, this);
    known = workers.putIfAbsent(key, made);
    if (known != null) {
      return known;
    }
    if (size.incrementAndGet() > cacheSize && makesRoom) {
      makeRoom(made);
    }
    expireLater();
    return made;
  }

  /** Forgets a worker that has retired. */
  void forget(GrantWorker worker) {
    if (workers.remove(worker.key(), worker)) {
      size.decrementAndGet();
    }
  }

  /** Walks on around the cache, as the hand of a clock, and evicts what was not used lately. */
  private void makeRoom(GrantWorker made) {
    if (!eviction.tryLock()) {
      return;
    }
    try {
      for (int i = 0; i < EVICTION_STEPS && size.get() > cacheSize; i++) {
        Iterator<GrantWorker> present = hand;
        if (present == null || !present.hasNext()) {
          present = workers.values().iterator();
          hand = present;
          if (!present.hasNext()) {
            return;
          }
        }
        GrantWorker candidate = present.next();
        if (candidate != made && !candidate.wasUsed() && candidate.retire()) {
          forget(candidate);
        }
      }
    } finally {
      eviction.unlock();
    }
  }

  /** Forgets what was not used for long, so that its tokens leave the memory. */
  void expire() {
    long oldest = nanoTime() - cacheExpiry.toNanos();
    for (GrantWorker worker : workers.values()) {
      if (worker.lastStep() - oldest < 0 && worker.retire()) {
        forget(worker);
      }
    }
  }

  /** Forgets by a timer, for as long as there is something to forget. */
  private void expireLater() {
    if (expiring.compareAndSet(false, true)) {
      threads.later(
          () -> {
            expire();
            expiring.set(false);
            if (!workers.isEmpty() && !closed) {
              expireLater();
            }
          },
          cacheExpiry);
    }
  }

  Iterable<GrantWorker> workers() {
    return workers.values();
  }

  long size() {
    return size.get();
  }

  boolean isClosed() {
    return closed;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this FreshTokens is closed");
    }
  }

  void close() {
    closed = true;
  }

  static boolean isThrottle(Throwable failure) {
    return failure instanceof AmpersandException e && e.retryAfter().isPresent();
  }
}
