package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the protocol for one grant: hands it events one at a time, and does what it says. Decides
 * nothing about the grant.
 */
final class GrantWorker {
  private static final int UNAVAILABLE = 503;
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  /** The attribute that names the user, if the provider sends one. */
  private static final String IDENTITY = "id";

  /** A sealer may ask a key service, which a store's time limit does not allow for. */
  private static final Duration TIME_TO_PREPARE = Duration.ofSeconds(10);

  /** After that, what was got ready may be a key's that is used no more. */
  private static final Duration LONGEST_READY = Duration.ofMinutes(5);

  /** How long a call of the recipient may wait for a thread. */
  private static final Duration TIME_TO_BEGIN = Duration.ofSeconds(30);

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
  private volatile @Nullable Ready ready;
  private volatile @Nullable Fast fast;
  private volatile boolean used;
  private volatile long lastStep;

  /** What was got ready to seal with, and when. */
  private record Ready(Sealing sealing, NodeTime at) {}

  /** Tokens that are good until then for every caller. */
  record Fast(TokenSet tokens, long untilNanos) {}

  GrantWorker(ConnectionKey key, Engine engine) {
    this.key = key;
    this.engine = engine;
    this.used = true;
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
      return !memory.isForgettable() || exchanges > 0;
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

  /** Lets the protocol decide. What a user's code does here must not lose an event or an action. */
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

  /** Tells whether the tokens at hand are of the same user and client as others. */
  boolean isOfSameUser(TokenSet tokens) {
    Fast known = fast;
    return known != null
        && tokens.attribute(IDENTITY).isPresent()
        && tokens.attribute(IDENTITY).equals(known.tokens().attribute(IDENTITY))
        && tokens.clientId().equals(known.tokens().clientId());
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
    timer = engine.threads.later(this::wake, at.since(now));
  }

  /** When this process closes, what it has is stored, and nothing else is begun. */
  private void wake() {
    if (!engine.isClosed() || isPending()) {
      hear(new Event.Woke());
    }
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
    private final Duration longest;
    private final Supplier<Event> work;
    private final AtomicInteger state = new AtomicInteger(WAITING);
    private final Threads.Timer limit;

    StoreOperation(boolean writes, Duration longest, Supplier<Event> work) {
      this.writes = writes;
      this.longest = longest;
      this.work = work;
      this.limit = engine.threads.later(this::tooLate, longest);
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
              "The token store did not answer within " + longest + ".", true, null);
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
    engine.storeWork.run(new StoreOperation(false, engine.storeLimit, this::readNow));
  }

  private Event readNow() {
    NodeTime asked = engine.nodeTime();
    Row row = Objects.requireNonNull(engine.store.read(key), "the store returned null");
    return new Event.Read(engine.opener.open(row), asked);
  }

  private void write(Action.Write write) {
    Sealing sealing = readySealing(write.next());
    Duration longest =
        sealing == null ? engine.storeLimit.plus(TIME_TO_PREPARE) : engine.storeLimit;
    engine.storeWork.run(new StoreOperation(true, longest, () -> written(write, sealing)));
  }

  private Event written(Action.Write write, @Nullable Sealing sealing) {
    Row.Change change;
    try {
      change = Opener.change(write.next(), sealing == null ? prepared() : sealing);
    } catch (Throwable t) {
      return new Event.WriteFailed(t, false);
    }
    return engine.store.write(key, write.expected(), change)
        ? new Event.Written()
        : new Event.Changed();
  }

  /**
   * Returns what to seal with if nothing has to be asked for it: what was got ready with the lease,
   * for what a request brought. Anything else is sealed with today's key.
   */
  private @Nullable Sealing readySealing(NextRow next) {
    if (next.grant() == null) {
      return bytes -> "";
    }
    Ready present = ready;
    return present != null && isYoung(present) && hasResult() ? present.sealing() : null;
  }

  private boolean isYoung(Ready present) {
    return engine.nodeTime().since(present.at()).compareTo(LONGEST_READY) < 0;
  }

  private boolean hasResult() {
    return remembered().pending().stream().anyMatch(Memory.Put.Result.class::isInstance);
  }

  /** Gets ready to seal. What a request brought is sealed with an older key rather than lost. */
  private Sealing prepared() {
    Ready present = ready;
    try {
      Sealing sealing =
          Objects.requireNonNull(
              engine.opener.sealer().prepare(key), "the sealer prepared nothing");
      ready = new Ready(sealing, engine.nodeTime());
      return sealing;
    } catch (Throwable t) {
      if (present != null && hasResult()) {
        return present.sealing();
      }
      throw t;
    }
  }

  // The provider

  /** Goes on by the timer: it must not block, and an executor might drop it when shut down. */
  private void enter() {
    engine.requests.enter(() -> engine.threads.later(() -> hear(entered()), Duration.ZERO));
  }

  private Event entered() {
    NodeTime now = engine.nodeTime();
    if (engine.isClosed()) {
      return new Event.Entered(now.plus(Duration.ofHours(1)));
    }
    Memory.Seen seen = remembered().seen();
    return new Event.Entered(
        seen == null ? null : engine.breaker.closedUntil(Opener.host(seen.grant().tokens()), now));
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
    Exchange exchange = new Exchange(send);
    try {
      engine.threads.executor().execute(exchange::run);
    } catch (RejectedExecutionException e) {
      exchange.isNeverSent(e);
    }
  }

  /** One request: sent once, or known never to be. */
  private final class Exchange {
    private final Action.Send send;
    private final AtomicBoolean isBegun = new AtomicBoolean();
    private final Threads.Timer limit;

    /** Takes a request that is in doubt, so that others may send it, after the certainty. */
    Exchange(Action.Send send) {
      this.send = send;
      NodeTime latest = send.at().plus(engine.policy.certainty());
      this.limit = engine.threads.later(this::isTooLate, latest.since(engine.nodeTime()));
    }

    void run() {
      if (!engine.nodeTime().isBefore(send.at().plus(engine.policy.certainty()))) {
        isTooLate();
      } else if (engine.isClosed()) {
        isNeverSent(new IllegalStateException("This FreshTokens is closed. Nothing was sent."));
      } else if (isBegun.compareAndSet(false, true)) {
        limit.cancel();
        exchange(send);
      }
    }

    private void isTooLate() {
      isNeverSent(
          new TransportException(
              "The executor had no free thread in time, so nothing was sent. Give it more threads,"
                  + " or leave executor(...) out.",
              true,
              false,
              null));
    }

    void isNeverSent(Throwable why) {
      if (isBegun.compareAndSet(false, true)) {
        engine.requests.leave();
        hear(new Event.NeverSent(send.call(), why));
        count(-1);
      }
    }
  }

  private void exchange(Action.Send send) {
    TokenSet tokens = send.grant().tokens();
    Event event;
    try {
      event = new Event.Answered(send, refreshed(tokens));
    } catch (Throwable t) {
      event = failed(send.call(), tokens, t);
    } finally {
      engine.requests.leave();
    }
    if (event instanceof Event.Answered) {
      engine.breaker.worked(Opener.host(tokens));
    }
    hear(event);
    count(-1);
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
        if (e.httpStatus().orElse(0) == UNAVAILABLE) {
          count(host, e);
        } else {
          engine.breaker.worked(host);
        }
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
    // Code of others may ask for more than can be counted.
    return Durations.nanos(e.retryAfter().orElse(Duration.ZERO)) / 1_000_000;
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

  private void aside(Runnable task, Consumer<Throwable> rejected) {
    try {
      engine.threads.executeSurely(task);
    } catch (RejectedExecutionException e) {
      rejected.accept(e);
    }
  }

  // The recipient

  private void ask(Runnable task, Consumer<Throwable> rejected) {
    engine.recipientCalls.run(new RecipientCall(task, rejected));
  }

  /** One call of the recipient: made once, or known never to be. */
  private final class RecipientCall implements Lane.Task {
    private final Runnable task;
    private final Consumer<Throwable> rejected;
    private final Threads.Timer limit;

    RecipientCall(Runnable task, Consumer<Throwable> rejected) {
      this.task = task;
      this.rejected = rejected;
      this.limit = engine.threads.later(this::tooLate, TIME_TO_BEGIN);
    }

    @Override
    public void run() {
      limit.cancel();
      task.run();
    }

    @Override
    public void rejected(RejectedExecutionException e) {
      limit.cancel();
      rejected.accept(e);
    }

    private void tooLate() {
      if (engine.recipientCalls.giveUp(this)) {
        rejected.accept(
            new TransportException(
                "No thread was free in time to ask the recipient, so nothing was sent.",
                true,
                false,
                null));
      }
    }
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
      engine.threads.executeSurely(this::tell);
    } catch (RejectedExecutionException e) {
      log.debug("Listeners of {} are told nothing more, since this process closes", key);
      stopTelling();
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
