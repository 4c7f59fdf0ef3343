package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One step: a working copy of the memory, and the actions that it leads to. Used once, by one
 * thread.
 */
final class Turn {
  private static final Duration[] PAUSES = {
    Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMillis(2500)
  };
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration SHORTEST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_AWAY = Duration.ofSeconds(8);
  private static final Duration LONGEST_READ = Duration.ofMillis(2_500);
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
  private static final Duration UNKNOWN_WORDS = Duration.ofMinutes(15);
  private static final int UNKNOWN_TIMES = 4;
  private static final int CONFLICTS = 4;

  private final Now now;
  private final Policy policy;
  private final Rows rows;
  private final PutRule rule;
  private final List<Action> actions = new ArrayList<>();

  private @Nullable Seen seen;
  private @Nullable GrantRow known;
  private final List<Put> pending;
  private @Nullable Job job;
  private final List<Exchange> open;
  private @Nullable Io io;
  private @Nullable Kept kept;
  private final List<Waiter> waiters;
  private @Nullable Backoff backoff;
  private @Nullable Backoff away;
  private @Nullable NodeTime pollAt;
  private @Nullable NodeTime retryAt;

  Turn(Memory memory, Now now, Policy policy) {
    this.now = now;
    this.policy = policy;
    this.rows = new Rows(policy, now.id());
    this.rule = new PutRule(policy, rows, now.node());
    this.seen = memory.seen();
    this.known = memory.known();
    this.pending = new ArrayList<>(memory.pending());
    this.job = memory.job();
    this.open = new ArrayList<>(memory.open());
    this.io = memory.io();
    this.kept = memory.kept();
    this.waiters = new ArrayList<>(memory.waiters());
    this.backoff = memory.backoff();
    this.away = memory.away();
    this.pollAt = memory.pollAt();
    this.retryAt = memory.retryAt();
  }

  Step after(Event event) {
    if (event instanceof Event.Answered) {
      // However late it is: an answer that is here is not given up.
      hear(event);
      expire();
    } else {
      expire();
      hear(event);
    }
    goOn();
    NodeTime wake = nextWake();
    if (wake != null) {
      actions.add(new Action.WakeAt(wake));
    }
    Memory memory =
        new Memory(
            seen,
            known,
            List.copyOf(pending),
            job,
            List.copyOf(open),
            io,
            kept,
            List.copyOf(waiters),
            backoff,
            away,
            pollAt,
            retryAt);
    return new Step(memory, List.copyOf(actions));
  }

  private void hear(Event event) {
    if (event instanceof Event.Wanted e) {
      wanted(e.waiter());
    } else if (event instanceof Event.Swept e) {
      swept(e.waiter(), e.row());
    } else if (event instanceof Event.Consented e) {
      consented(e);
    } else if (event instanceof Event.WaiterLeft e) {
      left(e);
    } else if (event instanceof Event.Woke) {
      woke();
    } else {
      hearAnswer(event);
    }
  }

  private void hearAnswer(Event event) {
    if (event instanceof Event.Read e) {
      read(e.row(), e.asked());
    } else if (event instanceof Event.ReadFailed e) {
      readFailed(e);
    } else if (event instanceof Event.Written) {
      written();
    } else if (event instanceof Event.Changed) {
      changed();
    } else if (event instanceof Event.WriteFailed e) {
      writeFailed(e);
    } else if (event instanceof Event.Entered e) {
      entered(e.closedUntil());
    } else if (event instanceof Event.Answered e) {
      answered(e.request(), e.tokens());
    } else if (event instanceof Event.Refused e) {
      refused(e);
    } else if (event instanceof Event.Throttled e) {
      throttled(e);
    } else if (event instanceof Event.NeverSent e) {
      neverSent(e);
    } else if (event instanceof Event.Lost e) {
      lost(e);
    } else {
      hearOthers(event);
    }
  }

  private void hearOthers(Event event) {
    if (event instanceof Event.Revoked) {
      revoked();
    } else if (event instanceof Event.RevokeFailed e) {
      revokeFailed(e.cause());
    } else if (event instanceof Event.RecipientHas e) {
      recipientHas(e.connection());
    } else if (event instanceof Event.RecipientFailed e) {
      recipientFailed(e.cause());
    } else if (event instanceof Event.Imported e) {
      imported(e);
    } else if (event instanceof Event.ImportRefused e) {
      importRefused(e);
    } else if (event instanceof Event.ImportLost e) {
      importLost(e);
    } else if (event instanceof Event.Kept e) {
      fetched(e.tokens());
    } else if (event instanceof Event.KeptFailed e) {
      fetchFailed(e);
    } else if (event instanceof Event.ConnectionDeleted) {
      connectionDeleted();
    } else if (event instanceof Event.ConnectionDeleteFailed e) {
      revokeFailed(e.cause());
    }
  }

  // Time

  /** Ends the certainty of a request, and the wait for answers that come no more. */
  private void expire() {
    if (job != null
        && job.phase() instanceof Phase.Sent sent
        && isPast(sent.at().plus(policy.certainty()))) {
      open.add(exchange(job, sent));
      doubt(job, null);
      job = null;
    }
    if (open.removeIf(exchange -> isPast(exchange.until())) && !waiters.isEmpty()) {
      look();
    }
  }

  private Exchange exchange(Job sending, Phase.Sent sent) {
    return new Exchange(
        sent.call(),
        granted(sending),
        sending.lease(),
        sent.at(),
        sent.at().plus(traits().longestExchange()));
  }

  private boolean isPast(@Nullable NodeTime time) {
    return time != null && !now.node().isBefore(time);
  }

  private void woke() {
    if (isPast(retryAt)) {
      retryAt = null;
      want(Why.CAREFUL);
      look();
    }
  }

  private @Nullable NodeTime nextWake() {
    NodeTime wake = null;
    if (io == null && !pending.isEmpty()) {
      NodeTime next = pending.get(0).tries().next();
      wake = next == null ? now.node() : next;
    }
    if (job != null && job.phase() instanceof Phase.Sent sent) {
      wake = earlier(wake, sent.at().plus(policy.certainty()));
    }
    if (job != null
        && io == null
        && pending.isEmpty()
        && job.phase() instanceof Phase.Announced announced) {
      wake = earlier(wake, nextLook(announced));
    }
    for (Exchange exchange : open) {
      wake = earlier(wake, exchange.until());
    }
    if (io == null && job == null && pending.isEmpty() && !waiters.isEmpty()) {
      wake = earlier(wake, pollAt);
    }
    return earlier(wake, retryAt);
  }

  private static @Nullable NodeTime earlier(@Nullable NodeTime a, @Nullable NodeTime b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return NodeTime.earlier(a, b);
  }

  private NodeTime nextLook(Phase.Announced announced) {
    return NodeTime.earlier(
        announced.looked().plus(policy.announce().dividedBy(4)),
        announced.since().plus(policy.announce()));
  }

  // Callers

  private void wanted(Waiter wanted) {
    Waiter waiter = joining(wanted);
    waiters.add(waiter);
    if (!isServedFromMemory(waiter) && job == null && io == null && pending.isEmpty()) {
      look();
    } else if (isStuck() && waiters.contains(waiter) && waiter.wantsTokens()) {
      fail(waiter, stuck());
    }
  }

  /** Notes what is under way as a caller comes, if the caller's wish is about what follows it. */
  private Waiter joining(Waiter wanted) {
    if (job == null) {
      return wanted;
    }
    if (wanted.why() == Why.ORDERED && seen != null) {
      return wanted.from(seen.grant().version());
    }
    boolean deletes = job.why() == Why.DISCONNECT || job.why() == Why.FORGET;
    boolean isTheSame = wanted.why() == Why.DISCONNECT || wanted.why() == Why.FORGET;
    return deletes && isTheSame && job.grant() != null
        ? wanted.from(granted(job).version())
        : wanted;
  }

  /** Tells whether what has to be stored first cannot be stored now. */
  private boolean isStuck() {
    return !pending.isEmpty() && pending.get(0).tries().failures() > 0;
  }

  private Failure stuck() {
    NodeTime next = pending.get(0).tries().next();
    return Failure.later(
        Failure.Kind.STORE, null, next == null ? SHORTEST_BACKOFF : positive(next));
  }

  private Duration positive(NodeTime time) {
    Duration rest = time.since(now.node());
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  private boolean isServedFromMemory(Waiter waiter) {
    if (!waiter.wantsTokens()) {
      return false;
    }
    if (isServedUnsaved(waiter)) {
      return true;
    }
    if (unsaved() != null) {
      return false;
    }
    if (seen == null) {
      return failAway(waiter);
    }
    boolean young = now.node().since(seen.at()).compareTo(policy.cacheFor()) < 0;
    if (!young && job == null && io == null && !isAway()) {
      return false;
    }
    return answerFromMemory(waiter, seen, young);
  }

  private boolean answerFromMemory(Waiter waiter, Seen newest, boolean young) {
    Judgement judgement = judge(waiter, newest);
    if (judgement instanceof Judgement.Serve serve) {
      serve(waiter, newest.grant().tokens());
      if (serve.early() && young) {
        wantEarly();
      }
      rememberToRetry(newest, Duration.ZERO);
      return true;
    }
    if (judgement instanceof Judgement.Fetch && isServedKept(waiter, newest.grant())) {
      return true;
    }
    if (judgement instanceof Judgement.Fail failure && young) {
      fail(waiter, failure.failure());
      return true;
    }
    if (judgement instanceof Judgement.Refresh && young && isPaused(waiter)) {
      fail(waiter, pause());
      return true;
    }
    return isServedWhileAway(waiter, newest) || failAway(waiter);
  }

  /** Tells whether no refresh may begin now, by what this process knows. */
  private boolean isPaused(Waiter waiter) {
    return waiter.why() != Why.ORDERED && job == null && open.isEmpty() && isBackingOff();
  }

  private Failure pause() {
    Backoff present = Objects.requireNonNull(backoff);
    return present.failure().in(positive(present.until()));
  }

  /** A token whose end was only estimated is better than a store that does not answer. */
  private boolean isServedWhileAway(Waiter waiter, Seen newest) {
    if (isAway()
        && judge(new Waiter(waiter.id(), Why.CALL, waiter.refused(), null, null, false), newest)
            instanceof Judgement.Serve
        && waiter.why() != Why.ORDERED) {
      serve(waiter, newest.grant().tokens());
      return true;
    }
    return false;
  }

  private boolean failAway(Waiter waiter) {
    if (!isAway() || job != null || io != null) {
      return false;
    }
    Backoff present = Objects.requireNonNull(away);
    fail(waiter, present.failure().in(positive(present.until())));
    return true;
  }

  private boolean isAway() {
    return away != null && !isPast(away.until());
  }

  /** Hands out what this process has obtained and the store did not take. */
  private boolean isServedUnsaved(Waiter waiter) {
    Grant unsaved = unsaved();
    if (unsaved == null) {
      return false;
    }
    Judgement judgement =
        Judgement.of(waiter, unsaved, traits(), Duration.ZERO, now.wall(), policy);
    if (judgement instanceof Judgement.Serve) {
      serve(waiter, unsaved.tokens());
      return true;
    }
    return false;
  }

  private @Nullable Grant unsaved() {
    Grant newest = null;
    for (Put put : pending) {
      if (put.tries().failures() == 0) {
        continue;
      }
      if (put instanceof Put.Consent consent) {
        return PutRule.grant(consent.consent(), consent.tokens(), 1);
      }
      if (put instanceof Put.Result result
          && (seen == null || result.grant().version().isAfter(seen.grant().version()))) {
        newest = result.grant();
      }
    }
    return newest;
  }

  private Judgement judge(Waiter waiter, Seen newest) {
    return Judgement.of(
        waiter, newest.grant(), newest.traits(), newest.ageAt(now.node()), now.wall(), policy);
  }

  private void wantEarly() {
    boolean paused = isBackingOff();
    if (job == null && !paused && waiters.stream().noneMatch(w -> w.why() == Why.EARLY)) {
      want(Why.EARLY);
      look();
    }
  }

  private void want(Why why) {
    waiters.add(Waiter.of(0, why));
  }

  private void look() {
    pollAt = now.node();
  }

  private void serve(Waiter waiter, TokenSet tokens) {
    waiters.remove(waiter);
    if (waiter.id() != 0) {
      actions.add(new Action.Serve(waiter.id(), tokens));
    }
  }

  private void fail(Waiter waiter, Failure failure) {
    waiters.remove(waiter);
    if (waiter.id() != 0) {
      actions.add(new Action.Fail(waiter.id(), failure));
    }
  }

  private void done(Waiter waiter, Outcome outcome) {
    waiters.remove(waiter);
    if (waiter.id() != 0) {
      actions.add(new Action.Done(waiter.id(), outcome));
    }
  }

  private void tell(Notice notice) {
    actions.add(new Action.Tell(notice));
  }

  private List<Waiter> all(Predicate<Waiter> which) {
    return waiters.stream().filter(which).toList();
  }

  private boolean isWanted(Why why) {
    return waiters.stream().anyMatch(waiter -> waiter.why() == why);
  }

  private void left(Event.WaiterLeft event) {
    for (Waiter waiter : all(w -> w.id() == event.waiter())) {
      if (event.wantsFailure()) {
        fail(waiter, whyNot());
      } else {
        waiters.remove(waiter);
      }
    }
  }

  private Failure whyNot() {
    if (isStuck()) {
      return stuck();
    }
    if (!open.isEmpty() && seen != null) {
      return Failure.later(Failure.Kind.DOUBT, null, careful(seen.grant().state()));
    }
    return Failure.later(
        job == null ? Failure.Kind.BUSY : Failure.Kind.PROVIDER, null, SHORTEST_BACKOFF);
  }

  private Duration careful(GrantState state) {
    return policy.carefulWait(state.tries()).plus(policy.announce());
  }

  private void swept(Waiter waiter, GrantRow row) {
    waiters.add(waiter);
    if (io == null && job == null && pending.isEmpty()) {
      adopt(row);
      decide();
    }
  }

  private void consented(Event.Consented event) {
    waiters.add(event.waiter());
    pending.add(
        new Put.Consent(
            event.tokens().consentId(),
            event.tokens(),
            event.traits(),
            event.exchangedAt(),
            event.waiter().id(),
            false,
            Tries.NONE));
  }

  // Reads and writes

  /** Does what can be done next, until something has to be waited for. */
  private void goOn() {
    if (io != null) {
      return;
    }
    if (!pending.isEmpty()) {
      NodeTime next = pending.get(0).tries().next();
      if (next == null || isPast(next)) {
        put();
      }
    } else if (job != null) {
      goOnWithJob(job);
    } else if (isPast(pollAt) && !waiters.isEmpty()) {
      pollAt = null;
      ask();
    }
  }

  private void ask() {
    io = new Io.Reading();
    actions.add(new Action.Read());
  }

  private void write(GrantRow row, NextRow next, Purpose purpose) {
    io = new Io.Writing(next, purpose, now.node());
    actions.add(new Action.Write(row.revision(), next));
  }

  private void read(GrantRow row, NodeTime asked) {
    if (!(io instanceof Io.Reading)) {
      return;
    }
    io = null;
    adopt(row);
    boolean isLate = now.node().since(asked).compareTo(LONGEST_READ) > 0;
    boolean isNumbering = !pending.isEmpty() && pending.get(0) instanceof Put.Consent;
    if (isLate && (isNumbering || isWanted(Why.NOTICE))) {
      known = null; // What follows must rest on the row of now.
    }
    if (job != null) {
      goOnAfterRead(job, row);
    }
    decide();
  }

  /** Takes over what the store says, unless this process has stored something newer. */
  private void adopt(GrantRow row) {
    known = row;
    away = null;
    if (row instanceof Live live) {
      adopt(live);
    } else if (!(row instanceof GrantRow.Unreadable) && pending.isEmpty() && open.isEmpty()) {
      seen = null;
      kept = null;
      backoff = null;
      retryAt = null;
    }
  }

  private void adopt(Live row) {
    if (seen != null
        && seen.grant().version().isAfter(row.grant().version())
        && row.traits().isOwned()
        && pending.isEmpty()) {
      pending.add(new Put.PutBack(seen.grant(), Tries.NONE));
      seen = new Seen(seen.grant(), row.traits(), seen.age(), seen.at());
      return;
    }
    if (seen == null || !seen.grant().version().isAfter(row.grant().version())) {
      Grant asSeen =
          new Grant(
              row.grant().version(),
              row.grant().consent(),
              row.state(),
              row.grant().rotates(),
              row.grant().tokens());
      seen = new Seen(asSeen, row.traits(), row.age(), now.node());
    }
  }

  private void readFailed(Event.ReadFailed event) {
    if (!(io instanceof Io.Reading)) {
      return;
    }
    io = null;
    awayFor(event.cause());
    if (!pending.isEmpty()) {
      retryPut(event.cause(), pending.get(0).tries().revision());
    } else if (job != null && job.phase() instanceof Phase.Announced) {
      job = job.in(new Phase.Announced(now.node(), now.node()));
    } else if (job != null) {
      endJobWithLease(job);
    }
    serveOrFail(storeFailure(event.cause()));
  }

  private Failure storeFailure(@Nullable Throwable cause) {
    return Failure.later(
        Failure.Kind.STORE, cause, away == null ? SHORTEST_BACKOFF : positive(away.until()));
  }

  private void awayFor(@Nullable Throwable cause) {
    int failures = away == null ? 0 : away.failures();
    Duration pause = Duration.ofMillis(500L << Math.min(failures, 10));
    pause = pause.compareTo(LONGEST_AWAY) < 0 ? pause : LONGEST_AWAY;
    Failure failure = Failure.later(Failure.Kind.STORE, cause, pause);
    away = new Backoff(failures + 1, now.node().plus(pause), failure);
  }

  private void written() {
    if (!(io instanceof Io.Writing writing)) {
      return;
    }
    io = null;
    away = null;
    known = Rows.after(Objects.requireNonNull(known), writing.next(), traitsAfter(writing));
    if (writing.purpose() == Purpose.JOB) {
      goOnAfterWrite(writing);
    } else {
      goOnAfterPut(writing.purpose());
    }
  }

  private GrantRow.Traits traitsAfter(Io.Writing writing) {
    return writing.purpose() == Purpose.PUT && pending.get(0) instanceof Put.Consent consent
        ? consent.traits()
        : traits();
  }

  private GrantRow.Traits traits() {
    if (known instanceof Live live) {
      return live.traits();
    }
    return seen == null ? Unknown.TRAITS : seen.traits();
  }

  private void changed() {
    if (!(io instanceof Io.Writing writing)) {
      return;
    }
    io = null;
    away = null;
    known = null;
    if (writing.purpose() == Purpose.JOB) {
      ask();
      return;
    }
    Put put = pending.get(0);
    Tries tries = put.tries();
    boolean often = tries.conflicts() >= CONFLICTS;
    replacePut(
        new Tries(
            tries.failures(),
            tries.conflicts() + 1,
            often ? now.node().plus(PAUSES[0]) : null,
            tries.revision()));
    if (often && put instanceof Put.PutBack) {
      pending.remove(0);
      tell(
          new Notice.Warned(
              "The store returns older rows than it has: it reads from a replica. Read from the"
                  + " writer."));
    }
  }

  private void writeFailed(Event.WriteFailed event) {
    if (!(io instanceof Io.Writing writing)) {
      return;
    }
    io = null;
    known = null;
    awayFor(event.cause());
    if (writing.purpose() == Purpose.JOB) {
      if (event.maybe() && job != null) {
        ask();
      } else if (job != null) {
        endJobWithLease(job);
        serveOrFail(storeFailure(event.cause()));
      }
      return;
    }
    retryPut(event.cause(), event.maybe() ? writing.next().revision() : null);
    serveOrFail(storeFailure(event.cause()));
  }

  // Puts

  private void put() {
    Put put = pending.get(0);
    if (put instanceof Put.Consent consent && !consent.isLookedUp()) {
      pending.set(0, consent.lookedUp());
      known = null;
    }
    if (known == null) {
      ask();
      return;
    }
    GrantRow row = known;
    put = pending.get(0);
    PutRule.Decision decision = rule.decide(put, row);
    if (decision instanceof PutRule.Decision.Store && isWithdrawn(put)) {
      pending.remove(0);
      if (job != null) {
        endJobWithLease(job);
      }
    } else if (decision instanceof PutRule.Decision.Store store) {
      write(row, store.next(), Purpose.PUT);
    } else if (decision instanceof PutRule.Decision.Stored) {
      pending.remove(0);
      stored(put);
    } else if (decision instanceof PutRule.Decision.Overtaken overtaken) {
      if (overtaken.release() != null) {
        write(row, overtaken.release(), Purpose.RELEASE);
      } else {
        pending.remove(0);
        overtaken(put);
      }
    } else if (decision instanceof PutRule.Decision.Gone) {
      pending.remove(0);
      gone(put);
    } else {
      known = null;
      retryPut(null, put.tries().revision());
    }
    if (io == null) {
      goOn();
    }
  }

  /** What a caller wanted, and was told that it failed, does not happen later. */
  private static boolean isWithdrawn(Put put) {
    return put instanceof Put.State state && state.keepsLease() && put.tries().failures() > 0;
  }

  private void goOnAfterPut(Purpose purpose) {
    Put put = pending.remove(0);
    if (purpose == Purpose.RELEASE) {
      overtaken(put);
    } else {
      stored(put);
    }
  }

  private void replacePut(Tries tries) {
    pending.set(0, pending.get(0).with(tries));
  }

  private void retryPut(@Nullable Throwable cause, @Nullable Revision revision) {
    Put put = pending.get(0);
    if (put instanceof Put.Lapse || put instanceof Put.Rewrite || put instanceof Put.PutBack) {
      pending.remove(0);
      return;
    }
    int failures = put.tries().failures();
    Duration pause = PAUSES[Math.min(failures, PAUSES.length - 1)];
    replacePut(
        new Tries(
            failures + 1,
            put.tries().conflicts(),
            now.node().plus(pause),
            revision == null ? put.tries().revision() : revision));
    if (failures == 0 && !(put instanceof Put.Release)) {
      tell(new Notice.PendingWrite(cause));
    }
  }

  private void stored(Put put) {
    GrantState before = seen == null ? null : seen.grant().state();
    if (known instanceof Live live) {
      boolean recovered =
          put instanceof Put.Result && seen != null && seen.grant().state().needsCare();
      adopt(live);
      if (recovered) {
        tell(new Notice.Recovered());
      }
    }
    if (put.tries().failures() > 0 && !(put instanceof Put.Release)) {
      tell(new Notice.PendingWriteDone());
    }
    if (put instanceof Put.Result result) {
      storedResult(result);
    } else if (put instanceof Put.State state) {
      storedState(state, before);
    } else if (put instanceof Put.Consent consent) {
      storedConsent(consent, before);
    } else {
      decide();
    }
  }

  private void storedResult(Put.Result result) {
    backoff = null;
    retryAt = null;
    endPutting();
    tell(new Notice.Refreshed(result.grant().tokens(), result.took()));
    for (Waiter waiter : all(w -> w.why() == Why.KEEP_ALIVE)) {
      done(waiter, Outcome.of(Outcome.Kind.REFRESHED));
    }
    decide();
  }

  private void endPutting() {
    if (job != null && job.phase() instanceof Phase.Putting) {
      endJob();
    }
  }

  private void storedState(Put.State put, @Nullable GrantState before) {
    tellOf(put.grant(), before);
    if (job != null && job.phase() instanceof Phase.Putting && isStep(job, put)) {
      goOnAfterState(job, put);
    } else if (put.failure() == null) {
      decide();
    } else {
      serveOrFail(put.failure());
    }
  }

  /** Tells what a grant has come to, once. */
  private void tellOf(Grant grant, @Nullable GrantState before) {
    GrantState state = grant.state();
    if (before != null && before.name().equals(state.name())) {
      return;
    }
    if (state instanceof GrantState.NeedsConsent ended && (open.isEmpty() || !isRotating(grant))) {
      tell(new Notice.ConsentNeeded(ended.refusal()));
    } else if (state instanceof GrantState.Blocked blocked) {
      tell(new Notice.Blocked(blocked.refusal()));
    } else if (state instanceof GrantState.InDoubt) {
      tell(new Notice.InDoubt());
    }
  }

  private static boolean isStep(Job putting, Put.State put) {
    return putting.lease() == put.lease();
  }

  private void goOnAfterState(Job putting, Put.State put) {
    GrantState state = put.grant().state();
    Job next = putting.on(put.grant());
    if (put.keepsLease() && state instanceof GrantState.Disconnecting disconnecting) {
      revoke(next, disconnecting);
    } else if (put.keepsLease() && state instanceof GrantState.HandingOver handing) {
      offer(next, handing);
    } else {
      endJob();
      finishHandOver(state);
      if (put.failure() == null) {
        finish(putting.why());
        decide();
      } else {
        serveOrFail(put.failure());
      }
    }
  }

  private void finish(Why why) {
    if (why == Why.TAKE_BACK || why == Why.CHANGE_ISSUER) {
      for (Waiter waiter : all(w -> w.why() == why)) {
        done(waiter, Outcome.of(Outcome.Kind.DONE));
      }
    }
    if (why == Why.CHANGE_ISSUER && pending.isEmpty() && open.isEmpty()) {
      // Another renewer may own the grant now.
      known = null;
      seen = null;
    }
  }

  private void storedConsent(Put.Consent put, @Nullable GrantState before) {
    if (before instanceof GrantState.HandedOver handed) {
      tell(
          new Notice.Warned(
              "A user consented, and Ampersand still has the connection "
                  + handed.connection()
                  + " of the consent before. Delete it there if nothing uses it."));
    }
    backoff = null;
    kept = null;
    retryAt = null;
    for (Waiter waiter : all(w -> w.id() == put.waiter())) {
      done(waiter, Outcome.of(Outcome.Kind.DONE));
    }
    decide();
  }

  private void overtaken(Put put) {
    if (known instanceof Live live) {
      adopt(live);
    }
    if (put.tries().failures() > 0) {
      tell(new Notice.PendingWriteDone());
    }
    if (put instanceof Put.Consent consent) {
      superseded(consent);
    }
    if (put instanceof Put.Result
        && known instanceof Live live
        && live.grant().state() instanceof GrantState.HandedOver) {
      tell(
          new Notice.Warned(
              "Tokens arrived for a grant that was handed over meanwhile. They were dropped."));
    }
    endPutting();
    decide();
  }

  private void superseded(Put.Consent put) {
    tell(new Notice.Superseded(put.tokens()));
    for (Waiter waiter : all(w -> w.id() == put.waiter())) {
      done(waiter, Outcome.of(Outcome.Kind.SUPERSEDED));
    }
  }

  private void gone(Put put) {
    if (put instanceof Put.Result result) {
      actions.add(new Action.Discard(result.grant().tokens()));
    } else if (put instanceof Put.Consent consent) {
      for (Waiter waiter : all(w -> w.id() == consent.waiter())) {
        done(waiter, Outcome.of(Outcome.Kind.SUPERSEDED));
      }
    }
    endPutting();
    if (known != null) {
      adopt(known);
    }
    decide();
  }

  // What is due

  /** Serves whom the row serves, and begins what the others need. */
  private void decide() {
    if (known == null || io != null) {
      if (known == null && !waiters.isEmpty() && job == null && pending.isEmpty()) {
        look();
      }
      return;
    }
    if (known instanceof Live live) {
      decide(live);
    } else if (known instanceof GrantRow.Stone stone) {
      absent(stone);
    } else if (known instanceof GrantRow.Unreadable unreadable) {
      unreadable(unreadable);
    } else {
      absent(null);
    }
  }

  private void absent(GrantRow.@Nullable Stone stone) {
    if (job != null || !pending.isEmpty()) {
      return;
    }
    for (Waiter waiter : all(w -> true)) {
      if (waiter.why() == Why.KEEP_ALIVE) {
        if (stone != null && stone.lookAt().compareTo(stone.readAt()) <= 0) {
          job = newJob(Why.FORGET, null).in(new Phase.Deleting());
          return;
        }
        done(waiter, Outcome.of(Outcome.Kind.ABSENT));
      } else if (waiter.why() == Why.FORGET || waiter.why() == Why.DISCONNECT) {
        done(waiter, Outcome.of(Outcome.Kind.ABSENT));
      } else {
        fail(waiter, Failure.of(Failure.Kind.NOT_CONNECTED));
      }
    }
  }

  private void unreadable(GrantRow.Unreadable row) {
    if (job != null || !pending.isEmpty()) {
      return;
    }
    if (isWanted(Why.FORGET)) {
      job = newJob(Why.FORGET, null).in(new Phase.Deleting());
      return;
    }
    for (Waiter waiter : all(w -> true)) {
      fail(waiter, new Failure(Failure.Kind.UNREADABLE, null, row.why(), true, null));
    }
  }

  private void decide(Live row) {
    if (!pending.isEmpty()) {
      serveWaiting(row);
      return;
    }
    Needs needs = serveWaiting(row);
    if (job != null) {
      return;
    }
    if (row.traits().isOwned() && needsWriting(row)) {
      return;
    }
    begin(row, needs);
  }

  /** What the waiters that were not served need. */
  private static final class Needs {
    boolean refresh;
    boolean fetch;
    @Nullable Waiter note;
  }

  private Needs serveWaiting(Live row) {
    Needs needs = new Needs();
    Seen newest = seen;
    if (newest == null) {
      return needs;
    }
    boolean early = false;
    for (Waiter waiter : all(Waiter::wantsTokens)) {
      Waiter asked = waiter;
      if (waiter.why() == Why.ORDERED && waiter.from() == null) {
        asked = waiter.from(newest.grant().version());
        waiters.set(waiters.indexOf(waiter), asked);
      }
      Judgement judgement = judge(asked, newest);
      if (judgement instanceof Judgement.Serve serve) {
        serve(asked, newest.grant().tokens());
        early |= serve.early();
        rememberToRetry(
            newest,
            row.isLapsed() ? Duration.ZERO : GrantRow.between(row.times().sent(), row.readAt()));
      } else if (judgement instanceof Judgement.Fail failure) {
        fail(asked, failure.failure());
      } else if (judgement instanceof Judgement.Note) {
        needs.note = asked;
      } else if (judgement instanceof Judgement.Fetch) {
        needs.fetch |= !isServedKept(asked, newest.grant());
      } else if (!(judgement instanceof Judgement.Settle)) {
        needs.refresh = true;
      }
    }
    if (early && job == null && pending.isEmpty() && !row.isHeldByOther(policy.holder())) {
      want(Why.EARLY);
      needs.refresh = true;
    }
    return needs;
  }

  /** Writes down what every process has to know, before anything else. */
  private boolean needsWriting(Live row) {
    boolean free = row.lease() == null || row.isLapsed();
    GrantState state = row.grant().state();
    if (row.isLapsed()
        && !(state instanceof GrantState.HandingOver)
        && !(state instanceof GrantState.Disconnecting)) {
      pending.add(new Put.Lapse(Tries.NONE));
      return true;
    }
    if (row.isOutdated() && free) {
      pending.add(new Put.Rewrite(Tries.NONE));
      return true;
    }
    return false;
  }

  private void begin(Live row, Needs needs) {
    if (!row.traits().isOwned() && !row.grant().state().isKept()) {
      foreign();
      if (job != null || waiters.isEmpty()) {
        return;
      }
    }
    if (isWanted(Why.FORGET)) {
      job = newJob(Why.FORGET, row.grant()).in(new Phase.Deleting());
      return;
    }
    GrantState state = row.state();
    if (!(state instanceof GrantState.HandedOver)) {
      waiters.removeIf(waiter -> waiter.why() == Why.NOTICE);
    }
    boolean swept = isDueForSweep(row);
    for (Waiter waiter : all(w -> w.why() == Why.KEEP_ALIVE && !swept)) {
      done(waiter, Outcome.of(Outcome.Kind.NOT_DUE));
      if (row.times().look().compareTo(row.readAt()) <= 0 && pending.isEmpty()) {
        pending.add(new Put.Rewrite(Tries.NONE));
      }
    }
    if (!pending.isEmpty()) {
      return;
    }
    if (state instanceof GrantState.Disconnecting && isFree(row) && !isBackingOff()) {
      beginDisconnect(row);
    }
    if (job != null || waiters.isEmpty()) {
      return;
    }
    if (state instanceof GrantState.HandedOver handed) {
      beginHandedOver(row, handed, needs);
    } else if (row.isHeldByOther(policy.holder())) {
      waitForOther();
    } else if (isWanted(Why.DISCONNECT)) {
      beginDisconnect(row);
    } else if (state instanceof GrantState.HandingOver) {
      beginSettling(row);
    } else {
      beginRenewal(row, needs, swept);
    }
  }

  /** Ends all waits but those for another issuer, at which a renewer here owns the grant. */
  private void foreign() {
    for (Waiter waiter : all(w -> !w.wantsTokens() && w.why() != Why.CHANGE_ISSUER)) {
      if (waiter.why() == Why.KEEP_ALIVE) {
        done(waiter, Outcome.of(Outcome.Kind.FOREIGN));
      } else if (waiter.why() == Why.FORGET) {
        job = newJob(Why.FORGET, null).in(new Phase.Deleting());
        return;
      } else {
        fail(waiter, Failure.of(Failure.Kind.FOREIGN));
      }
    }
    for (Waiter waiter : all(Waiter::wantsTokens)) {
      fail(waiter, Failure.of(Failure.Kind.FOREIGN));
    }
  }

  private boolean isFree(Live row) {
    return !row.isHeldByOther(policy.holder());
  }

  private boolean isBackingOff() {
    return backoff != null && !isPast(backoff.until());
  }

  private void waitForOther() {
    for (Waiter waiter : all(w -> w.id() == 0)) {
      waiters.remove(waiter);
    }
    for (Waiter waiter : all(w -> w.why() == Why.KEEP_ALIVE)) {
      done(waiter, Outcome.of(Outcome.Kind.NOT_DUE));
    }
    pollAt = now.node().plus(POLL);
  }

  private boolean isDueForSweep(Live row) {
    GrantState state = row.state();
    Duration sinceSent = GrantRow.between(row.times().sent(), row.readAt());
    if (state instanceof GrantState.Active) {
      return row.traits().keptAlive()
          && row.traits().canRenew()
          && row.age().compareTo(policy.idle()) >= 0;
    }
    if (state instanceof GrantState.InDoubt) {
      return row.traits().canRenew() && sinceSent.compareTo(policy.longestSession()) >= 0;
    }
    if (state instanceof GrantState.NeedsConsent) {
      return row.traits().canRenew()
          && sinceSent.compareTo(Policy.RECHECK) >= 0
          && GrantRow.between(row.times().state(), row.readAt()).compareTo(Policy.RECHECKS_END) < 0;
    }
    if (state instanceof GrantState.Blocked) {
      return row.traits().canRenew() && sinceSent.compareTo(Policy.RECHECK) >= 0;
    }
    return !(state instanceof GrantState.HandedOver);
  }

  // Jobs

  private Job newJob(Why why, @Nullable Grant grant) {
    return new Job(why, new Phase.Queued(), grant, 0, now.node(), 0, false, false);
  }

  private void begin(Job begun) {
    job = begun;
    actions.add(new Action.Enter());
  }

  private static Grant granted(Job working) {
    return Objects.requireNonNull(working.grant());
  }

  private void entered(@Nullable NodeTime closedUntil) {
    if (job == null || job.entered() || !(job.phase() instanceof Phase.Queued)) {
      actions.add(new Action.Leave());
      return;
    }
    boolean isAsked = job.why() != Why.GET || isWanted(Why.ORDERED);
    if (closedUntil != null && !isPast(closedUntil) && !isAsked) {
      job = job.withRoom(true);
      endJob();
      serveOrFail(Failure.later(Failure.Kind.PROVIDER, null, positive(closedUntil)));
      return;
    }
    job = job.withRoom(true);
  }

  private void goOnWithJob(Job working) {
    if (working.phase() instanceof Phase.Queued && working.entered()) {
      acquire(working);
    } else if (working.phase() instanceof Phase.Announced announced
        && isPast(nextLook(announced))) {
      ask();
    } else if (working.phase() instanceof Phase.Deleting) {
      delete(working);
    }
  }

  private void acquire(Job working) {
    if (known == null) {
      ask();
      return;
    }
    boolean isSame =
        known instanceof Live live
            && live.grant().version().equals(granted(working).version())
            && !live.isHeldByOther(policy.holder());
    if (!isSame) {
      endJob();
      decide();
      return;
    }
    Live row = (Live) known;
    NextRow next = rows.acquired(row);
    job =
        working
            .holding(next.leases(), now.node())
            .in(new Phase.Acquiring(next.revision(), row.revision(), now.node()));
    write(row, next, Purpose.JOB);
  }

  private void goOnAfterRead(Job working, GrantRow row) {
    if (working.phase() instanceof Phase.Acquiring acquiring) {
      if (row.revision().equals(acquiring.revision()) && row instanceof Live live) {
        acquired(working, live, acquiring.since());
      } else if (row.revision().equals(acquiring.expected())) {
        notAcquired();
      } else {
        endJob();
      }
    } else if (working.phase() instanceof Phase.Renewing renewing) {
      if (row.revision().equals(renewing.revision()) && row instanceof Live live) {
        renewed(working, live, renewing.since());
      } else {
        endJobWithLease(working);
      }
    } else if (working.phase() instanceof Phase.Announced announced) {
      looked(working, announced, row);
    } else if (working.phase() instanceof Phase.Deleting) {
      lookedToDelete(row);
    }
  }

  private void goOnAfterWrite(Io.Writing writing) {
    Job working = job;
    if (working == null) {
      return;
    }
    if (working.phase() instanceof Phase.Acquiring && known instanceof Live live) {
      acquired(working, live, writing.since());
    } else if (working.phase() instanceof Phase.Renewing && known instanceof Live live) {
      renewed(working, live, writing.since());
    } else if (working.phase() instanceof Phase.Deleting) {
      deleted();
    }
  }

  /** The write failed, or the read is from a replica that lags: another try now would loop. */
  private void notAcquired() {
    endJob();
    awayFor(null);
    serveOrFail(storeFailure(null));
  }

  private void acquired(Job working, Live row, NodeTime since) {
    Job holding = working.on(row.grant()).holding(row.leases(), since.plus(policy.lease()));
    if (!pending.isEmpty()) {
      endJobWithLease(holding);
      return;
    }
    job = holding;
    if (working.why() == Why.DISCONNECT) {
      beginRevoking(holding, row);
    } else if (working.why() == Why.HAND_OVER || working.why() == Why.TAKE_BACK) {
      job = holding.in(new Phase.Asking());
      actions.add(new Action.AskRecipient());
    } else if (row.state().needsCare() && row.rotates() && !isNoted(holding)) {
      job = holding.in(new Phase.Announced(now.node(), now.node()));
    } else {
      act(holding);
    }
  }

  private void looked(Job working, Phase.Announced announced, GrantRow row) {
    boolean same =
        row instanceof Live live
            && live.grant().version().equals(granted(working).version())
            && live.lease() != null
            && live.lease().number() == working.lease()
            && !live.isLapsed();
    if (!same || !pending.isEmpty()) {
      endJobWithLease(working);
      return;
    }
    if (now.node().isBefore(announced.since().plus(policy.announce()))) {
      job = working.in(new Phase.Announced(announced.since(), now.node()));
      return;
    }
    open.clear();
    NextRow next = rows.renewed((Live) row);
    job = working.in(new Phase.Renewing(next.revision(), now.node()));
    write(row, next, Purpose.JOB);
  }

  private void renewed(Job working, Live row, NodeTime since) {
    Job holding = working.on(row.grant()).holding(working.lease(), since.plus(policy.lease()));
    if (!pending.isEmpty()) {
      endJobWithLease(holding);
      return;
    }
    act(holding);
  }

  /** Does what the lease was taken for. */
  private void act(Job holding) {
    Duration left = holding.leaseEnd().since(now.node());
    if (left.compareTo(policy.certainty().plus(policy.timeToStore())) <= 0) {
      endJobWithLease(holding);
    } else if (holding.why() == Why.CHANGE_ISSUER) {
      changeIssuer(holding);
    } else if (isNoted(holding)) {
      note(holding);
    } else {
      job = holding.in(new Phase.Sent(now.id(), now.node())).withRoom(false);
      actions.add(new Action.Send(now.id(), granted(holding), holding.lease(), now.node()));
    }
  }

  /** Ends a job under whose lease nothing was sent. */
  private void endJobWithLease(Job working) {
    endJob();
    if (working.lease() > 0) {
      pending.add(new Put.Release(working.lease(), Tries.NONE));
    }
    if (!waiters.isEmpty()) {
      look();
    }
  }

  /** Ends a job; the room for a request is given back unless a request has it. */
  private void endJob() {
    if (job != null && job.entered()) {
      actions.add(new Action.Leave());
    }
    job = null;
  }

  // Renewal

  private void beginRenewal(Live row, Needs needs, boolean swept) {
    for (Waiter waiter : all(w -> w.why() == Why.TAKE_BACK)) {
      fail(waiter, Failure.of(Failure.Kind.NOT_HANDING_OVER));
    }
    GrantState state = row.state();
    if (needs.note != null) {
      begin(newJob(Why.REFUSED, row.grant()));
      return;
    }
    if (isWanted(Why.HAND_OVER)) {
      if (state instanceof GrantState.Active && open.isEmpty()) {
        begin(newJob(Why.HAND_OVER, row.grant()));
        return;
      }
      if (!(state instanceof GrantState.InDoubt)) {
        failHandOver(state);
      }
    }
    boolean wanted =
        needs.refresh || isWanted(Why.HAND_OVER) || isWanted(Why.CHANGE_ISSUER) || swept;
    if (waiters.isEmpty() || !wanted || isTooEarly(row)) {
      return;
    }
    Job begun = newJob(isWanted(Why.CHANGE_ISSUER) ? Why.CHANGE_ISSUER : Why.GET, row.grant());
    begin(begun);
  }

  private void failHandOver(GrantState state) {
    for (Waiter waiter : all(w -> w.why() == Why.HAND_OVER)) {
      if (state instanceof GrantState.NeedsConsent ended) {
        fail(waiter, Failure.of(ended.refusal(), false, null));
      } else if (state instanceof GrantState.Blocked blocked) {
        fail(waiter, Failure.of(blocked.refusal(), true, policy.carefulWait()));
      } else {
        fail(waiter, Failure.later(Failure.Kind.DOUBT, null, policy.carefulWait()));
      }
    }
  }

  /** Tells whether no request may follow yet, and says so to those who would wait for it. */
  private boolean isTooEarly(Live row) {
    if (isBackingOff()) {
      failUnordered(pause());
    }
    NodeTime closed = row.traits().closedUntil();
    if (closed != null && !isPast(closed)) {
      failUnordered(Failure.later(Failure.Kind.PROVIDER, null, positive(closed)));
    }
    if (waiters.isEmpty()) {
      return true;
    }
    GrantState state = row.state();
    if (state.needsCare() && row.rotates()) {
      Duration rest =
          policy
              .carefulWait(state.tries())
              .minus(GrantRow.between(row.times().sent(), row.readAt()));
      if (rest.compareTo(Duration.ZERO) > 0) {
        wait(state, rest);
        return true;
      }
    }
    return isJustRefreshed(row);
  }

  /** A change of issuer sends nothing to the host that does not answer. */
  private void failUnordered(Failure failure) {
    for (Waiter waiter : all(w -> w.why() != Why.ORDERED && w.why() != Why.CHANGE_ISSUER)) {
      fail(waiter, failure);
    }
  }

  private void wait(GrantState state, Duration rest) {
    if (state instanceof GrantState.InDoubt) {
      retryAt = now.node().plus(rest);
    }
    if (!open.isEmpty()) {
      return;
    }
    Duration after = rest.plus(policy.announce());
    for (Waiter waiter : all(w -> true)) {
      fail(waiter, failureIn(state, after));
    }
  }

  private static Failure failureIn(GrantState state, Duration after) {
    if (state instanceof GrantState.NeedsConsent ended) {
      return Failure.of(ended.refusal(), false, null);
    }
    if (state instanceof GrantState.Blocked blocked) {
      return Failure.of(blocked.refusal(), true, after);
    }
    return Failure.later(Failure.Kind.DOUBT, null, after);
  }

  /** A refresh whose own token is refused at once is followed by no other for a while. */
  private boolean isJustRefreshed(Live row) {
    Duration rest = policy.backoff().minus(row.age());
    if (!(row.state() instanceof GrantState.Active)
        || row.grant().version().generation() == 1
        || rest.compareTo(Duration.ZERO) <= 0) {
      return false;
    }
    for (Waiter waiter : all(w -> w.why() == Why.REFUSED)) {
      fail(waiter, Failure.later(Failure.Kind.PROVIDER, null, rest));
    }
    return waiters.isEmpty();
  }

  private void answered(Action.Send request, TokenSet tokens) {
    if (job != null
        && job.phase() instanceof Phase.Sent sent
        && sent.call().equals(request.call())) {
      job = job.in(new Phase.Putting());
    } else {
      open.removeIf(exchange -> exchange.call().equals(request.call()));
      if (job != null && isUnsent(job)) {
        endJobForAnswer(job);
      }
    }
    result(request.grant(), request.lease(), tokens, now.node().since(request.at()));
  }

  private static boolean isUnsent(Job working) {
    return working.why() != Why.DISCONNECT
        && (working.phase() instanceof Phase.Queued || working.phase() instanceof Phase.Announced);
  }

  private void endJobForAnswer(Job working) {
    endJob();
    if (working.lease() > 0) {
      pending.add(new Put.Release(working.lease(), Tries.NONE));
    }
  }

  private void result(Grant sent, long lease, TokenSet tokens, Duration took) {
    boolean isOther = !tokens.refreshToken().equals(sent.tokens().refreshToken());
    boolean surprising = isOther && !traits().rotates();
    if (surprising && !sent.rotates()) {
      tell(
          new Notice.Warned(
              "A refresh brought another refresh token although this app was said not to rotate"
                  + " them. The grant is treated as rotating from now on; correct the setting."));
    }
    Grant fresh =
        new Grant(
            sent.refreshedAt(lease),
            sent.consent(),
            new GrantState.Active(),
            sent.rotates() || surprising,
            tokens);
    int at = io instanceof Io.Writing writing && writing.purpose() != Purpose.JOB ? 1 : 0;
    for (Put put : List.copyOf(pending.subList(at, pending.size()))) {
      if (put instanceof Put.State state && state.lease() == lease) {
        pending.remove(put);
      }
    }
    pending.add(at, new Put.Result(fresh, lease, took, Tries.NONE));
  }

  private void refused(Event.Refused event) {
    Job working = job;
    if (working == null
        || !(working.phase() instanceof Phase.Sent sent)
        || !sent.call().equals(event.call())) {
      closed(event.call());
      return;
    }
    Duration took = now.node().since(sent.at());
    Refusal refusal = event.refusal();
    GrantState next = judged(working, refusal);
    boolean passes = next instanceof GrantState.InDoubt;
    Failure failure =
        passes
            ? new Failure(Failure.Kind.REFUSED, refusal, event.cause(), true, careful(next))
            : new Failure(
                Failure.Kind.REFUSED,
                refusal,
                event.cause(),
                next instanceof GrantState.Blocked,
                next instanceof GrantState.Blocked ? careful(next) : null);
    tell(new Notice.RefreshFailed(failure, took));
    settle(working, next, failure);
  }

  /** Puts what a request came to. */
  private void settle(Job working, GrantState next, @Nullable Failure failure) {
    Grant grant = granted(working);
    pending.add(
        new Put.State(
            grant.with(next, grant.stateAt(working.lease(), working.steps() + 1)),
            grant.version(),
            working.lease(),
            false,
            Set.of(Stamp.SENT),
            failure,
            Tries.NONE));
    job = working.stepped().in(new Phase.Putting());
  }

  private GrantState judged(Job working, Refusal refusal) {
    Grant grant = granted(working);
    GrantState state = grant.state();
    if (refusal.verdict() == Verdict.FINAL) {
      return new GrantState.NeedsConsent(refusal, isAccessRefused(grant));
    }
    if (refusal.verdict() == Verdict.BLOCKED) {
      return blocked(state, refusal, grant);
    }
    GrantState.InDoubt doubt = doubtAfter(state);
    if (refusal.verdict() != Verdict.UNKNOWN) {
      return doubt;
    }
    int unknown = doubt.unknown() + 1;
    boolean lasts =
        known instanceof Live live
            && state instanceof GrantState.InDoubt
            && GrantRow.between(live.since(), live.readAt()).compareTo(UNKNOWN_WORDS) >= 0;
    return unknown >= UNKNOWN_TIMES && lasts
        ? new GrantState.NeedsConsent(refusal, isAccessRefused(grant))
        : new GrantState.InDoubt(doubt.since(), doubt.tries(), unknown);
  }

  private GrantState blocked(GrantState state, Refusal refusal, Grant grant) {
    GrantState.InDoubt origin = state instanceof GrantState.InDoubt doubt ? doubt : null;
    if (state instanceof GrantState.Blocked before) {
      return new GrantState.Blocked(
          refusal,
          before.accessRefused() || isAccessRefused(grant),
          before.since(),
          before.origin());
    }
    boolean keepsSince = origin != null && known instanceof Live;
    return new GrantState.Blocked(
        refusal,
        isAccessRefused(grant),
        keepsSince ? ((Live) Objects.requireNonNull(known)).since() : null,
        origin);
  }

  private GrantState.InDoubt doubtAfter(GrantState state) {
    return known instanceof Live live ? state.doubt(live.since()) : GrantState.InDoubt.NEW;
  }

  private boolean isAccessRefused(Grant grant) {
    return waiters.stream().anyMatch(waiter -> waiter.wasRefused(grant.tokens()))
        || (grant.state() instanceof GrantState.NeedsConsent ended && ended.accessRefused());
  }

  private void throttled(Event.Throttled event) {
    Job working = job;
    if (working == null
        || !(working.phase() instanceof Phase.Sent sent)
        || !sent.call().equals(event.call())) {
      closed(event.call());
      return;
    }
    Duration told = Duration.ofMillis(Math.max(0, event.retryAfterMillis()));
    Duration pause = told.compareTo(LONGEST_RETRY_AFTER) < 0 ? told : LONGEST_RETRY_AFTER;
    pause = pause.isZero() ? jittered(policy.backoff()) : pause;
    Refusal refusal = event.refusal();
    Failure failure =
        new Failure(
            refusal == null ? Failure.Kind.PROVIDER : Failure.Kind.REFUSED,
            refusal,
            event.cause(),
            true,
            pause);
    backoff = new Backoff(1, now.node().plus(pause), failure);
    tell(new Notice.RefreshFailed(failure, now.node().since(sent.at())));
    settle(working, granted(working).state(), failure);
  }

  private Duration jittered(Duration duration) {
    return Duration.ofMillis((long) (duration.toMillis() * (0.5 + now.jitter() / 2)));
  }

  private void neverSent(Event.NeverSent event) {
    Job working = job;
    if (working == null
        || !(working.phase() instanceof Phase.Sent sent)
        || !sent.call().equals(event.call())) {
      closed(event.call());
      return;
    }
    Failure failure = pausedFor(event.cause(), policy.backoff());
    tell(new Notice.RefreshFailed(failure, now.node().since(sent.at())));
    job = null;
    pending.add(new Put.Release(working.lease(), Tries.NONE));
    serveOrFail(failure);
  }

  private Failure pausedFor(@Nullable Throwable cause, Duration longest) {
    int failures = backoff == null ? 0 : backoff.failures();
    Duration pause = SHORTEST_BACKOFF.multipliedBy(1L << Math.min(failures, 10));
    pause = jittered(pause.compareTo(longest) < 0 ? pause : longest);
    Failure failure = Failure.later(Failure.Kind.PROVIDER, cause, pause);
    backoff = new Backoff(failures + 1, now.node().plus(pause), failure);
    return failure;
  }

  private void lost(Event.Lost event) {
    Job working = job;
    if (working == null
        || !(working.phase() instanceof Phase.Sent sent)
        || !sent.call().equals(event.call())) {
      closed(event.call());
      return;
    }
    Failure failure;
    if (isRotating(granted(working))) {
      Duration after = careful(doubtAfter(granted(working).state()));
      failure = Failure.later(Failure.Kind.PROVIDER, event.cause(), after);
    } else {
      failure = pausedFor(event.cause(), policy.backoff());
      retryAt = Objects.requireNonNull(backoff).until();
    }
    tell(new Notice.RefreshFailed(failure, now.node().since(sent.at())));
    settle(working, doubtAfter(granted(working).state()), failure);
  }

  private boolean isRotating(Grant grant) {
    return traits().rotates() || grant.rotates();
  }

  /** Notes the end of certainty: what was sent may have been carried out. */
  private void doubt(Job sending, @Nullable Failure failure) {
    Grant grant = granted(sending);
    GrantState.InDoubt doubt = doubtAfter(grant.state());
    pending.add(
        new Put.State(
            grant.with(doubt, grant.stateAt(sending.lease(), sending.steps() + 1)),
            grant.version(),
            sending.lease(),
            false,
            Set.of(Stamp.SENT),
            failure,
            Tries.NONE));
  }

  /** A late refusal counts for nothing, except that no answer will come. */
  private void closed(String call) {
    if (open.removeIf(exchange -> exchange.call().equals(call)) && !waiters.isEmpty()) {
      look();
    }
  }

  /** Serves those whom the tokens at hand serve, and fails those who waited for what failed. */
  private void serveOrFail(Failure failure) {
    boolean isStore = failure.kind() == Failure.Kind.STORE;
    boolean isAskedFor = waiters.stream().anyMatch(Waiter::wantsTokens);
    for (Waiter waiter : all(w -> true)) {
      boolean isServed =
          waiter.wantsTokens()
              && (isServedUnsaved(waiter)
                  || (seen != null && unsaved() == null && isServedAs(waiter, seen, isStore)));
      boolean waitsForJob = job != null && !(job.phase() instanceof Phase.Putting);
      if (!isServed && !waitsForJob && (isStore || waiter.waitsForRefresh())) {
        fail(waiter, failure);
      }
    }
    if (seen != null && isAskedFor) {
      rememberToRetry(seen, Duration.ZERO);
    }
    if (!waiters.isEmpty()) {
      look();
    }
  }

  /** A process that was asked for a grant in doubt wakes when the next try may follow. */
  private void rememberToRetry(Seen newest, Duration sinceSent) {
    boolean mayTry = newest.traits().isOwned() && newest.traits().canRenew();
    if (retryAt == null
        && mayTry
        && job == null
        && newest.grant().state() instanceof GrantState.InDoubt doubt) {
      Duration rest = policy.carefulWait(doubt.tries()).minus(sinceSent);
      retryAt = now.node().plus(rest.isNegative() ? Duration.ZERO : rest);
    }
  }

  private boolean isServedAs(Waiter waiter, Seen newest, boolean isStore) {
    if (judge(waiter, newest) instanceof Judgement.Serve) {
      serve(waiter, newest.grant().tokens());
      return true;
    }
    return isStore && isServedWhileAway(waiter, newest);
  }

  // What callers report of an ended grant, and its issuer

  /** Tells whether the lease was taken only to note that the access token was refused, too. */
  private static boolean isNoted(Job holding) {
    return holding.why() == Why.REFUSED
        && granted(holding).state() instanceof GrantState.NeedsConsent;
  }

  private void note(Job holding) {
    GrantState.NeedsConsent ended = (GrantState.NeedsConsent) granted(holding).state();
    Grant grant = granted(holding);
    pending.add(
        new Put.State(
            grant.with(
                new GrantState.NeedsConsent(ended.refusal(), true),
                grant.stateAt(holding.lease(), holding.steps() + 1)),
            grant.version(),
            holding.lease(),
            false,
            Set.of(),
            Failure.of(ended.refusal(), false, null),
            Tries.NONE));
    job = holding.stepped().in(new Phase.Putting());
  }

  private void changeIssuer(Job holding) {
    Grant grant = granted(holding);
    Waiter waiter = all(w -> w.why() == Why.CHANGE_ISSUER).stream().findFirst().orElse(null);
    if (waiter == null || waiter.issuer() == null) {
      endJobWithLease(holding);
      return;
    }
    TokenSet moved = grant.tokens().toBuilder().issuer(waiter.issuer()).build();
    GrantState next =
        grant.state() instanceof GrantState.Active
            ? grant.state()
            : new GrantState.InDoubt(null, 0, 0);
    Grant changed =
        new Grant(
            grant.stateAt(holding.lease(), holding.steps() + 1),
            grant.consent(),
            next,
            grant.rotates(),
            moved);
    pending.add(
        new Put.State(
            changed, grant.version(), holding.lease(), false, Set.of(), null, Tries.NONE));
    job = holding.stepped().in(new Phase.Putting());
  }

  // Disconnecting

  private void beginDisconnect(Live row) {
    Waiter waiter = all(w -> w.why() == Why.DISCONNECT).stream().findFirst().orElse(null);
    begin(newJob(Why.DISCONNECT, row.grant()).forced(waiter != null && waiter.force()));
  }

  private void beginRevoking(Job holding, Live row) {
    GrantState state = row.grant().state();
    if (state instanceof GrantState.Disconnecting disconnecting) {
      revoke(holding, disconnecting);
      return;
    }
    String connection = state instanceof GrantState.HandedOver handed ? handed.connection() : null;
    step(
        holding,
        new GrantState.Disconnecting(connection),
        row.grant().tokens(),
        true,
        Set.of(),
        null);
  }

  private void revoke(Job holding, GrantState.Disconnecting state) {
    if (state.connection() == null) {
      job = holding.in(new Phase.Revoking());
      actions.add(new Action.Revoke(granted(holding).tokens()));
    } else {
      job = holding.in(new Phase.DeletingConnection());
      actions.add(new Action.DeleteConnection(state.connection()));
    }
  }

  private void revoked() {
    if (job != null && job.phase() instanceof Phase.Revoking) {
      job = job.in(new Phase.Deleting());
    }
  }

  private void connectionDeleted() {
    if (job != null && job.phase() instanceof Phase.DeletingConnection) {
      job = job.in(new Phase.Deleting());
    }
  }

  private void revokeFailed(Throwable cause) {
    Job working = job;
    if (working == null
        || !(working.phase() instanceof Phase.Revoking
            || working.phase() instanceof Phase.DeletingConnection)) {
      return;
    }
    if (working.force()) {
      job = working.in(new Phase.Deleting());
      return;
    }
    endJob();
    pending.add(new Put.Release(working.lease(), Tries.NONE));
    Failure failure = pausedFor(cause, policy.backoff());
    for (Waiter waiter : all(w -> true)) {
      fail(waiter, failure);
    }
  }

  private void delete(Job working) {
    GrantRow row = known;
    if (row == null) {
      ask();
      return;
    }
    if (row instanceof GrantRow.Absent) {
      deleted();
    } else if (row instanceof GrantRow.Stone) {
      if (working.grant() == null && isWanted(Why.KEEP_ALIVE)) {
        write(row, NextRow.removed(), Purpose.JOB);
      } else {
        deleted();
      }
    } else if (row instanceof GrantRow.Unreadable unreadable) {
      delete(working, unreadable);
    } else {
      delete(working, (Live) row);
    }
  }

  private void delete(Job working, GrantRow.Unreadable row) {
    Version version = row.version() == null ? Version.OLD : row.version();
    if (isLater(version, working)) {
      deleted();
    } else {
      write(row, rows.stone(row, version, row.consent()), Purpose.JOB);
    }
  }

  /** Tells whether a version is that of a consent after the one that is to go. */
  private static boolean isLater(Version version, Job working) {
    return working.grant() != null && version.consent() > working.grant().version().consent();
  }

  private void delete(Job working, Live row) {
    Grant grant = working.grant();
    if (isLater(row.grant().version(), working)) {
      deleted();
      return;
    }
    boolean isSame = grant != null && row.grant().version().equals(grant.version());
    if (working.why() == Why.DISCONNECT && !isSame) {
      again(working, row);
      return;
    }
    write(row, rows.stone(row, row.grant().version(), row.grant().consent()), Purpose.JOB);
  }

  /** Newer tokens came meanwhile: those have to be revoked, too. */
  private void again(Job working, Live row) {
    if (row.grant().state() instanceof GrantState.Disconnecting disconnecting) {
      revoke(working.on(row.grant()), disconnecting);
    } else {
      endJobWithLease(working);
      decide();
    }
  }

  private void lookedToDelete(GrantRow row) {
    if (row instanceof GrantRow.Stone) {
      deleted();
    }
  }

  private void deleted() {
    Why why = job == null ? Why.FORGET : job.why();
    endJob();
    if (known instanceof Live) {
      adoptAfterDelete();
    } else {
      seen = null;
      kept = null;
      backoff = null;
      retryAt = null;
    }
    for (Waiter waiter : all(w -> w.why() == why || w.endsWithTheGrant())) {
      if (waiter.from() == null) {
        done(waiter, Outcome.of(Outcome.Kind.DONE));
      } else {
        // It came after this began, and may mean a consent that came meanwhile.
        waiters.set(waiters.indexOf(waiter), waiter.from(null));
        known = null;
      }
    }
    decide();
  }

  private void adoptAfterDelete() {
    if (known instanceof Live live) {
      adopt(live);
    }
  }

  // Handing over

  private void beginSettling(Live row) {
    Duration since = GrantRow.between(row.times().state(), row.readAt());
    if (since.compareTo(policy.cutOff()) < 0) {
      for (Waiter waiter : all(w -> w.why() == Why.KEEP_ALIVE)) {
        done(waiter, Outcome.of(Outcome.Kind.NOT_DUE));
      }
      waitForOther();
      return;
    }
    if (isBackingOff()) {
      failUnordered(pause());
      if (waiters.isEmpty()) {
        return;
      }
    }
    begin(newJob(isWanted(Why.TAKE_BACK) ? Why.TAKE_BACK : Why.HAND_OVER, row.grant()));
  }

  private void recipientHas(@Nullable String connection) {
    Job working = job;
    if (working == null || !(working.phase() instanceof Phase.Asking)) {
      return;
    }
    Grant grant = granted(working);
    boolean settling = grant.state() instanceof GrantState.HandingOver;
    if (connection != null && settling) {
      putHandedOver(working, connection);
    } else if (connection != null) {
      endJobWithLease(working);
      for (Waiter waiter : all(w -> w.why() == Why.HAND_OVER)) {
        fail(waiter, Failure.of(Failure.Kind.RECIPIENT_HAS_ONE));
      }
    } else if (working.why() == Why.TAKE_BACK) {
      putBackInDoubt(working, null);
    } else if (settling) {
      // A step of its own, so that nothing which the attempt before left behind fits any more.
      step(working, grant.state(), grant.tokens(), true, Set.of(), null);
    } else if (hasTimeToImport(working)) {
      step(working, new GrantState.HandingOver(now.id()), grant.tokens(), true, Set.of(), null);
    } else {
      endJobWithLease(working);
    }
  }

  private boolean hasTimeToImport(Job working) {
    return timeToImport(working).compareTo(policy.longestImport()) >= 0;
  }

  private Duration timeToImport(Job working) {
    return working.leaseEnd().since(now.node()).minus(policy.timeToStore());
  }

  private void offer(Job working, GrantState.HandingOver handing) {
    Duration limit = timeToImport(working);
    if (limit.compareTo(SHORTEST_BACKOFF) < 0) {
      endJobWithLease(working);
      return;
    }
    job = working.in(new Phase.Importing(handing.attempt()));
    actions.add(
        new Action.Import(
            handing.attempt(),
            granted(working).tokens(),
            limit.compareTo(policy.longestImport()) < 0 ? limit : policy.longestImport()));
  }

  /** Puts a state as one step of a job. */
  private void step(
      Job working,
      GrantState next,
      TokenSet tokens,
      boolean keepsLease,
      Set<Stamp> stamps,
      @Nullable Failure failure) {
    Grant grant = granted(working);
    Grant stepped =
        new Grant(
            grant.stateAt(working.lease(), working.steps() + 1),
            grant.consent(),
            next,
            grant.rotates(),
            tokens);
    pending.add(
        new Put.State(
            stepped, grant.version(), working.lease(), keepsLease, stamps, failure, Tries.NONE));
    job = working.stepped().in(new Phase.Putting());
  }

  private void putHandedOver(Job working, String connection) {
    TokenSet tokens = granted(working).tokens();
    step(
        working,
        new GrantState.HandedOver(connection),
        tokens.withoutRefreshToken(),
        false,
        Set.of(),
        null);
  }

  private void putBackInDoubt(Job working, @Nullable Failure failure) {
    step(
        working,
        GrantState.InDoubt.NEW,
        granted(working).tokens(),
        false,
        Set.of(Stamp.SENT),
        failure);
  }

  private boolean isImporting(String attempt) {
    return job != null
        && job.phase() instanceof Phase.Importing importing
        && importing.attempt().equals(attempt);
  }

  private void imported(Event.Imported event) {
    if (isImporting(event.attempt())) {
      putHandedOver(Objects.requireNonNull(job), event.connection());
    }
  }

  private void importRefused(Event.ImportRefused event) {
    if (isImporting(event.attempt())) {
      putBackInDoubt(
          Objects.requireNonNull(job),
          new Failure(Failure.Kind.RECIPIENT, null, event.cause(), false, null));
    }
  }

  private void importLost(Event.ImportLost event) {
    if (isImporting(event.attempt())) {
      recipientLost(Objects.requireNonNull(job), event.cause());
    }
  }

  private void recipientFailed(Throwable cause) {
    if (job != null && job.phase() instanceof Phase.Asking) {
      recipientLost(job, cause);
    }
  }

  private void recipientLost(Job working, Throwable cause) {
    endJob();
    pending.add(new Put.Release(working.lease(), Tries.NONE));
    Failure paused = pausedFor(cause, policy.backoff());
    Failure failure =
        Failure.later(Failure.Kind.RECIPIENT, cause, Objects.requireNonNull(paused.retryAfter()));
    backoff = new Backoff(1, Objects.requireNonNull(backoff).until(), failure);
    serveOrFail(failure);
  }

  private void finishHandOver(GrantState state) {
    if (!(state instanceof GrantState.HandedOver handed)) {
      return;
    }
    for (Waiter waiter : all(w -> w.why() == Why.HAND_OVER || w.why() == Why.KEEP_ALIVE)) {
      done(waiter, new Outcome(Outcome.Kind.DONE, handed.connection()));
    }
    for (Waiter waiter : all(w -> w.why() == Why.TAKE_BACK)) {
      fail(waiter, Failure.of(Failure.Kind.HANDED_OVER));
    }
  }

  private void beginHandedOver(Live row, GrantState.HandedOver handed, Needs needs) {
    finishHandOver(handed);
    for (Waiter waiter : all(w -> w.why() == Why.NOTICE)) {
      waiters.remove(waiter);
      if (backoff != null && backoff.failure().refusal() != null) {
        tell(new Notice.ConsentNeeded(Objects.requireNonNull(backoff.failure().refusal())));
      }
    }
    for (Waiter waiter : all(w -> w.why() == Why.CHANGE_ISSUER)) {
      fail(waiter, Failure.of(Failure.Kind.HANDED_OVER));
    }
    if (isWanted(Why.DISCONNECT)) {
      if (row.isHeldByOther(policy.holder())) {
        waitForOther();
      } else {
        beginDisconnect(row);
      }
    } else if (needs.fetch) {
      fetch(handed);
    }
  }

  private void fetch(GrantState.HandedOver handed) {
    if (isBackingOff()) {
      Failure failure = pause();
      for (Waiter waiter : all(Waiter::wantsTokens)) {
        fail(waiter, failure);
      }
      return;
    }
    boolean force = isWanted(Why.ORDERED) || isWanted(Why.REFUSED);
    job = newJob(Why.GET, null).forced(force).in(new Phase.Fetching(handed.connection()));
    actions.add(new Action.AskTokens(handed.connection(), force));
  }

  private boolean isServedKept(Waiter waiter, Grant grant) {
    if (kept == null
        || waiter.why() == Why.ORDERED
        || !(grant.state() instanceof GrantState.HandedOver handed)
        || !handed.connection().equals(kept.connection())
        || waiter.wasRefused(kept.tokens())) {
      return false;
    }
    Duration age = now.node().since(kept.at());
    boolean isKnown = kept.tokens().expiry().instant().isPresent();
    boolean good =
        isKnown
            ? Freshness.of(kept.tokens(), age, now.wall(), policy) == Freshness.FRESH
            : age.compareTo(policy.backoff()) < 0;
    if (good) {
      serve(waiter, kept.tokens());
    }
    return good;
  }

  private void fetched(TokenSet tokens) {
    if (job == null || !(job.phase() instanceof Phase.Fetching fetching)) {
      return;
    }
    job = null;
    backoff = null;
    kept = new Kept(tokens, fetching.connection(), now.node());
    for (Waiter waiter : all(Waiter::wantsTokens)) {
      if (waiter.wasRefused(tokens)) {
        fail(waiter, Failure.later(Failure.Kind.PROVIDER, null, policy.backoff()));
      } else {
        serve(waiter, tokens);
      }
    }
    decide();
  }

  private void fetchFailed(Event.KeptFailed event) {
    if (job == null || !(job.phase() instanceof Phase.Fetching)) {
      return;
    }
    job = null;
    Refusal refusal = event.refusal();
    boolean isTold =
        backoff != null
            && backoff.failure().refusal() != null
            && Objects.requireNonNull(backoff.failure().refusal()).reason()
                == (refusal == null ? Reason.OTHER : refusal.reason());
    Failure paused = pausedFor(event.cause(), policy.backoff());
    if (refusal == null) {
      serveOrFail(paused);
      return;
    }
    Failure failure = new Failure(Failure.Kind.REFUSED, refusal, event.cause(), false, null);
    backoff = new Backoff(1, now.node().plus(policy.backoff()), failure);
    for (Waiter waiter : all(Waiter::wantsTokens)) {
      fail(waiter, failure);
    }
    if (isTold) {
      decide();
    } else {
      // The grant may have been disconnected meanwhile, and then no one is to be asked.
      want(Why.NOTICE);
      look();
    }
  }
}
