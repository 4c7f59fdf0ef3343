package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.TokenStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What all grants of one {@link FreshTokens} share, and the grants that this process knows. */
final class Engine {
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
    this.recipientCalls = new Lane(threads.executor(), RECIPIENT_CALLS);
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
    return new Now(
        nodeTime(), wall.instant(), Ids.next(), ThreadLocalRandom.current().nextDouble());
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

  GrantWorker worker(ConnectionKey key) {
    GrantWorker known = workers.get(key);
    if (known != null) {
      return known;
    }
    GrantWorker made = new GrantWorker(key, this);
    known = workers.putIfAbsent(key, made);
    if (known != null) {
      return known;
    }
    if (size.incrementAndGet() > cacheSize) {
      makeRoom();
    }
    return made;
  }

  /** Forgets a worker that has retired. */
  void forget(GrantWorker worker) {
    if (workers.remove(worker.key(), worker)) {
      size.decrementAndGet();
    }
  }

  /** Walks on around the cache, as the hand of a clock, and evicts what was not used lately. */
  private void makeRoom() {
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
        if (!candidate.wasUsed() && candidate.retire()) {
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
