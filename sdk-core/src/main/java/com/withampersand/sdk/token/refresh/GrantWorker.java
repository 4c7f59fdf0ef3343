package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.crypto.TokenSealer.Sealing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the protocol for one grant: hands it events one at a time, and does what it says. Decides
 * nothing about the grant.
 */
final class GrantWorker {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  private final ConnectionKey key;
  private final Engine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Integer, Call> calls = new HashMap<>();
  private final Queue<Notice> notices = new ArrayDeque<>();
  private int exchanges;
  private Memory memory = Memory.EMPTY;
  private int lastCall;
  private boolean telling;
  private boolean retired;
  private Threads.@Nullable Timer timer;
  private @Nullable Sealing sealing;
  private volatile @Nullable Fast fast;
  private volatile boolean used;
  private volatile long lastStep;

  /** Tokens that are good until then, whoever asks. */
  record Fast(TokenSet tokens, long untilNanos) {}

  GrantWorker(ConnectionKey key, Engine engine) {
    this.key = key;
    this.engine = engine;
    this.lastStep = engine.nanoTime();
  }

  ConnectionKey key() {
    return key;
  }

  /** Returns tokens that are good without a look at anything; null if there are none. */
  @Nullable TokenSet fast(long nanoTime) {
    Fast present = fast;
    if (present == null || nanoTime - present.untilNanos() >= 0) {
      return null;
    }
    if (!used) {
      used = true;
    }
    return present.tokens();
  }

  long lastStep() {
    return lastStep;
  }

  /** Tells whether this was used since it was asked last. */
  boolean wasUsed() {
    boolean was = used;
    used = false;
    return was;
  }

  /** Ends this worker if nothing is lost by it. */
  boolean retire() {
    lock.lock();
    try {
      if (!memory.isForgettable() || exchanges > 0) {
        return false;
      }
      retired = true;
      fast = null;
      if (timer != null) {
        timer.cancel();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether something waits to be stored, or an answer is waited for. */
  boolean isPending() {
    lock.lock();
    try {
      return !memory.isForgettable();
    } finally {
      lock.unlock();
    }
  }

  boolean hasUnsaved() {
    lock.lock();
    try {
      return memory.pending().stream().anyMatch(put -> put.tries().failures() > 0);
    } finally {
      lock.unlock();
    }
  }

  /** An event that names the caller by the id that it gets. */
  interface Asking {
    Event event(int waiter);
  }

  /**
   * Lets a caller ask.
   *
   * @return the call and its id; empty if this worker has retired
   */
  Optional<Map.Entry<Integer, Call>> ask(Asking asking) {
    Call call = new Call();
    List<Action> actions;
    int id;
    lock.lock();
    try {
      if (retired) {
        return Optional.empty();
      }
      id = ++lastCall;
      calls.put(id, call);
      actions = step(asking.event(id));
    } finally {
      lock.unlock();
    }
    run(actions);
    return Optional.of(Map.entry(id, call));
  }

  /** Tells the protocol that a caller is gone. */
  void left(int waiter, boolean wantsFailure) {
    hear(new Event.WaiterLeft(waiter, wantsFailure));
    lock.lock();
    try {
      calls.remove(waiter);
    } finally {
      lock.unlock();
    }
  }

  private void hear(Event event) {
    List<Action> actions;
    lock.lock();
    try {
      if (retired) {
        return;
      }
      actions = step(event);
    } finally {
      lock.unlock();
    }
    run(actions);
  }

  private List<Action> step(Event event) {
    used = true;
    lastStep = engine.nanoTime();
    Now now = engine.now();
    Step step = Protocol.step(memory, event, now, engine.policy);
    memory = step.memory();
    fast = fastOf(now);
    for (Action action : step.actions()) {
      if (action instanceof Action.WakeAt wake) {
        wakeAt(wake.at(), now.node());
      } else {
        answer(action);
      }
    }
    return step.actions();
  }

  private @Nullable Fast fastOf(Now now) {
    Memory.Seen seen = memory.seen();
    if (seen == null
        || !memory.pending().isEmpty()
        || !(seen.grant().state() instanceof GrantState.Active)) {
      return null;
    }
    Duration age = seen.ageAt(now.node());
    Duration fresh = Freshness.freshFor(seen.grant(), age, now.wall(), engine.policy);
    NodeTime until =
        NodeTime.earlier(seen.at().plus(engine.policy.cacheFor()), now.node().plus(fresh));
    return now.node().isBefore(until) ? new Fast(seen.grant().tokens(), until.nanos()) : null;
  }

  private void wakeAt(NodeTime at, NodeTime now) {
    if (timer != null) {
      timer.cancel();
    }
    timer = engine.threads.later(() -> hear(new Event.Woke()), at.since(now));
  }

  private void answer(Action action) {
    if (action instanceof Action.Serve serve) {
      Call call = calls.remove(serve.waiter());
      if (call != null) {
        call.serve(serve.tokens());
      }
    } else if (action instanceof Action.Fail fail) {
      Call call = calls.remove(fail.waiter());
      if (call != null) {
        call.fail(fail.failure());
      }
    } else if (action instanceof Action.Done done) {
      Call call = calls.remove(done.waiter());
      if (call != null) {
        call.done(done.outcome());
      }
    } else if (action instanceof Action.Tell tell) {
      engine.listeners.log(key, tell.notice());
      if (!engine.listeners.isEmpty()) {
        notices.add(tell.notice());
      }
    }
  }

  private void run(List<Action> actions) {
    for (Action action : actions) {
      run(action);
    }
    tellInOrder();
  }

  private void run(Action action) {
    if (action instanceof Action.Read) {
      read();
    } else if (action instanceof Action.Write write) {
      write(write);
    } else if (action instanceof Action.Enter) {
      enter();
    } else if (action instanceof Action.Leave) {
      engine.requests.leave();
    } else if (action instanceof Action.Send send) {
      send(send);
    } else if (action instanceof Action.Revoke revoke) {
      aside(() -> revoke(revoke.tokens()), e -> hear(new Event.RevokeFailed(e)));
    } else if (action instanceof Action.Discard discard) {
      aside(() -> discard(discard.tokens()), e -> log.warn("Tokens of {} were not revoked", key));
    } else {
      runForRecipient(action);
    }
  }

  private void runForRecipient(Action action) {
    if (action instanceof Action.AskRecipient) {
      ask(() -> askRecipient(), e -> hear(new Event.RecipientFailed(e)));
    } else if (action instanceof Action.Import offer) {
      ask(() -> offer(offer), e -> hear(new Event.ImportRefused(offer.attempt(), e)));
    } else if (action instanceof Action.AskTokens wanted) {
      ask(() -> fetch(wanted), e -> hear(new Event.KeptFailed(e, null)));
    } else if (action instanceof Action.DeleteConnection delete) {
      ask(
          () -> deleteConnection(delete.connection()),
          e -> hear(new Event.ConnectionDeleteFailed(e)));
    }
  }

  // The store

  /** One read or write: answered once, by what it comes to or by its time limit. */
  private final class StoreOperation implements Lane.Task {
    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int OVER = 2;

    private final boolean writes;
    private final java.util.function.Supplier<Event> work;
    private final AtomicInteger state = new AtomicInteger(WAITING);
    private final Threads.Timer limit;

    StoreOperation(boolean writes, java.util.function.Supplier<Event> work) {
      this.writes = writes;
      this.work = work;
      this.limit = engine.threads.later(this::tooLate, engine.storeLimit);
    }

    @Override
    public void run() {
      if (!state.compareAndSet(WAITING, RUNNING)) {
        return;
      }
      Event event;
      try {
        event = work.get();
      } catch (Throwable t) {
        event = failed(t, true);
      }
      if (state.compareAndSet(RUNNING, OVER)) {
        limit.cancel();
        hear(event);
      }
    }

    private void tooLate() {
      TokenStoreException e =
          new TokenStoreException(
              "The token store did not answer within " + engine.storeLimit + ".", true, null);
      if (state.compareAndSet(WAITING, OVER)) {
        engine.storeWork.giveUp(this);
        hear(failed(e, false));
      } else if (state.compareAndSet(RUNNING, OVER)) {
        hear(failed(e, true));
      }
    }

    @Override
    public void rejected(RejectedExecutionException e) {
      if (state.compareAndSet(WAITING, OVER)) {
        limit.cancel();
        hear(failed(e, false));
      }
    }

    private Event failed(Throwable t, boolean maybe) {
      if (!writes) {
        return new Event.ReadFailed(t);
      }
      return new Event.WriteFailed(t, maybe && !isKnown(t));
    }

    private static boolean isKnown(Throwable t) {
      return t instanceof TokenStoreException e && !e.isOutcomeUnknown();
    }
  }

  private void read() {
    engine.storeWork.run(new StoreOperation(false, this::readNow));
  }

  private Event readNow() {
    NodeTime asked = engine.nodeTime();
    Row row = Objects.requireNonNull(engine.store.read(key), "the store returned null");
    return new Event.Read(engine.opener.open(row), asked);
  }

  private void write(Action.Write write) {
    engine.storeWork.run(new StoreOperation(true, () -> written(write)));
  }

  private Event written(Action.Write write) {
    Row.Change change;
    try {
      change = Opener.change(write.next(), sealing(write.next()));
    } catch (Throwable t) {
      return new Event.WriteFailed(t, false);
    }
    return engine.store.write(key, write.expected(), change)
        ? new Event.Written()
        : new Event.Changed();
  }

  /**
   * Gets ready to seal before anything is sent: with the lease. What is stored after the answer
   * needs nothing that could fail.
   */
  private Sealing sealing(NextRow next) {
    Sealing present = sealing;
    boolean isFirst = next.lease() instanceof LeaseChange.Hold;
    if (present != null && !isFirst && next.grant() != null) {
      return present;
    }
    if (next.grant() == null) {
      return bytes -> "";
    }
    Sealing prepared =
        Objects.requireNonNull(engine.opener.sealer().prepare(key), "the sealer prepared nothing");
    sealing = prepared;
    return prepared;
  }

  // The provider

  /** Goes on by the timer: it must not block, and an executor might drop it when shut down. */
  private void enter() {
    engine.requests.enter(() -> engine.threads.later(() -> hear(entered()), Duration.ZERO));
  }

  private Event entered() {
    Memory.Seen seen = remembered().seen();
    return new Event.Entered(
        seen == null
            ? null
            : engine.breaker.closedUntil(Opener.host(seen.grant().tokens()), engine.nodeTime()));
  }

  private Memory remembered() {
    lock.lock();
    try {
      return memory;
    } finally {
      lock.unlock();
    }
  }

  private void send(Action.Send send) {
    count(1);
    NodeTime latest = send.at().plus(engine.policy.certainty());
    try {
      engine.threads.executor().execute(() -> exchange(send, latest));
    } catch (RejectedExecutionException e) {
      engine.requests.leave();
      count(-1);
      hear(new Event.NeverSent(send.call(), e));
    }
  }

  /**
   * Sends a request.
   *
   * @param latest when the request is in doubt and others may send it: if its thread comes that
   *     late, it is not sent
   */
  private void exchange(Action.Send send, NodeTime latest) {
    if (!engine.nodeTime().isBefore(latest)) {
      engine.requests.leave();
      hear(new Event.NeverSent(send.call(), noThread()));
      count(-1);
      return;
    }
    TokenSet tokens = send.grant().tokens();
    Event event;
    try {
      event = new Event.Answered(send, refreshed(tokens));
      engine.breaker.worked(Opener.host(tokens));
    } catch (Throwable t) {
      event = failed(send.call(), tokens, t);
    } finally {
      engine.requests.leave();
    }
    hear(event);
    count(-1);
  }

  private static TransportException noThread() {
    return new TransportException(
        "The executor had no free thread in time, so nothing was sent. Give it more threads, or"
            + " leave executor(...) out.",
        true,
        false,
        null);
  }

  private TokenSet refreshed(TokenSet tokens) {
    TokenSet answer = engine.renewer(key, tokens).refresh(tokens);
    if (answer == null) {
      throw new ProtocolException("The renewer returned no tokens.", true);
    }
    return answer;
  }

  /** While a request is under way, its answer must find this worker. */
  private void count(int more) {
    lock.lock();
    try {
      exchanges += more;
    } finally {
      lock.unlock();
    }
  }

  private Event failed(String call, TokenSet tokens, Throwable t) {
    String host = Opener.host(tokens);
    if (t instanceof OAuthException e) {
      if (e.verdict() != Verdict.THROTTLED) {
        engine.breaker.worked(host);
        return new Event.Refused(call, Refusal.of(e), e);
      }
      count(host, e);
      return new Event.Throttled(call, Refusal.of(e), e, millis(e));
    }
    if (t instanceof TransportException e) {
      count(host, e);
      if (!e.isOutcomeUnknown() && e.retryAfter().isPresent()) {
        return new Event.Throttled(call, null, e, millis(e));
      }
      return e.isOutcomeUnknown() ? new Event.Lost(call, e) : new Event.NeverSent(call, e);
    }
    return t instanceof com.withampersand.sdk.ForeignGrantException
        ? new Event.NeverSent(call, t)
        : new Event.Lost(call, t);
  }

  private void count(String host, AmpersandException e) {
    engine.breaker.failed(host, key.id(), engine.nodeTime(), e.retryAfter().orElse(null));
  }

  private static long millis(AmpersandException e) {
    return e.retryAfter().map(Duration::toMillis).orElse(0L);
  }

  private void revoke(TokenSet tokens) {
    try {
      engine.renewer(key, tokens).revoke(tokens);
    } catch (Throwable t) {
      hear(new Event.RevokeFailed(t));
      return;
    }
    hear(new Event.Revoked());
  }

  private void discard(TokenSet tokens) {
    try {
      engine.renewer(key, tokens).revoke(tokens);
    } catch (Throwable t) {
      log.warn(
          "Tokens that arrived for {} after it was disconnected were not revoked: {}",
          key,
          t.getClass().getName());
    }
  }

  private void aside(Runnable task, java.util.function.Consumer<Throwable> rejected) {
    try {
      engine.threads.executor().execute(task);
    } catch (RejectedExecutionException e) {
      rejected.accept(e);
    }
  }

  // The recipient

  private void ask(Runnable task, java.util.function.Consumer<Throwable> rejected) {
    engine.recipientCalls.run(
        new Lane.Task() {
          @Override
          public void run() {
            task.run();
          }

          @Override
          public void rejected(RejectedExecutionException e) {
            rejected.accept(e);
          }
        });
  }

  private void askRecipient() {
    Event event;
    try {
      event = new Event.RecipientHas(engine.recipient().find(key).orElse(null));
    } catch (Throwable t) {
      event = new Event.RecipientFailed(t);
    }
    hear(event);
  }

  private void offer(Action.Import offer) {
    Event event;
    try {
      event =
          new Event.Imported(
              offer.attempt(),
              Objects.requireNonNull(
                  engine.recipient().take(key, offer.tokens(), offer.limit()),
                  "the recipient returned no connection"));
    } catch (AmpersandException e) {
      event =
          e.isOutcomeUnknown()
              ? new Event.ImportLost(offer.attempt(), e)
              : new Event.ImportRefused(offer.attempt(), e);
    } catch (Throwable t) {
      event = new Event.ImportLost(offer.attempt(), t);
    }
    hear(event);
  }

  private void fetch(Action.AskTokens wanted) {
    Event event;
    try {
      event =
          new Event.Kept(
              Objects.requireNonNull(
                  engine.recipient().tokens(wanted.connection(), wanted.force()),
                  "the recipient returned no tokens"));
    } catch (OAuthException e) {
      event = new Event.KeptFailed(e, e.needsReauthorization() ? Refusal.of(e) : null);
    } catch (Throwable t) {
      event = new Event.KeptFailed(t, null);
    }
    hear(event);
  }

  private void deleteConnection(String connection) {
    Event event;
    try {
      engine.recipient().delete(connection);
      event = new Event.ConnectionDeleted();
    } catch (Throwable t) {
      event = new Event.ConnectionDeleteFailed(t);
    }
    hear(event);
  }

  // The listeners

  /** Tells what there is to tell, in order, on a thread of its own: a listener may block. */
  private void tellInOrder() {
    lock.lock();
    try {
      if (telling || notices.isEmpty()) {
        return;
      }
      telling = true;
    } finally {
      lock.unlock();
    }
    try {
      engine.threads.executor().execute(this::tell);
    } catch (RejectedExecutionException e) {
      tell();
    }
  }

  private void tell() {
    boolean isOver = false;
    try {
      while (!isOver) {
        isOver = tellNext();
      }
    } finally {
      if (!isOver) {
        stopTelling();
        tellInOrder();
      }
    }
  }

  private boolean tellNext() {
    Notice notice;
    lock.lock();
    try {
      notice = notices.poll();
      if (notice == null) {
        telling = false;
        return true;
      }
    } finally {
      lock.unlock();
    }
    engine.listeners.tell(key, notice);
    return false;
  }

  private void stopTelling() {
    lock.lock();
    try {
      telling = false;
    } finally {
      lock.unlock();
    }
  }
}
