package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The memory as one step changes it, and the actions that the step leads to. Of the protocol it
 * knows what every rule needs: a row that was read replaces what this process has seen, unless that
 * is newer, which is then put back; a job that ends gives back its room and its lease; one read or
 * write is under way at a time. A rule that changes what the next decision rests on does not make
 * that decision: it asks for it by {@link #decideAgain}, and {@link Turn} has it made.
 */
final class Draft {
  private final Now now;
  private final Policy policy;
  private final List<Action> actions = new ArrayList<>();
  private final Waiters waiters;
  private final Pauses pauses;
  private final PutQueue puts;
  private final List<Exchange> open;
  private @Nullable Seen seen;
  private @Nullable GrantRow known;
  private @Nullable Job job;
  private @Nullable Io io;
  private @Nullable Kept kept;
  private @Nullable NodeTime pollAt;
  private boolean isUndecided;

  Draft(Memory memory, Now now, Policy policy) {
    this.now = now;
    this.policy = policy;
    this.waiters = new Waiters(memory.waiters(), actions);
    this.pauses = new Pauses(memory, now, policy);
    this.puts = new PutQueue(memory.pending());
    this.open = new ArrayList<>(memory.open());
    this.seen = memory.seen();
    this.known = memory.known();
    this.job = memory.job();
    this.io = memory.io();
    this.kept = memory.kept();
    this.pollAt = memory.pollAt();
  }

  /** Returns what the step results in. */
  Step step() {
    Memory memory =
        new Memory(
            seen,
            known,
            puts.all(),
            job,
            List.copyOf(open),
            io,
            kept,
            waiters.all(),
            pauses.backoff(),
            pauses.away(),
            pollAt,
            pauses.retryAt());
    return new Step(memory, List.copyOf(actions));
  }

  Now now() {
    return now;
  }

  Policy policy() {
    return policy;
  }

  Waiters waiters() {
    return waiters;
  }

  Pauses pauses() {
    return pauses;
  }

  PutQueue puts() {
    return puts;
  }

  void act(Action action) {
    actions.add(action);
  }

  void tell(Notice notice) {
    actions.add(new Action.Tell(notice));
  }

  /** Asks for a decision on what is due now, once the rule that asks is done. */
  void decideAgain() {
    isUndecided = true;
  }

  /** Tells whether a decision was asked for since this was called last. */
  boolean takeUndecided() {
    boolean was = isUndecided;
    isUndecided = false;
    return was;
  }

  /** Tells whether this process does nothing about the grant, and has nothing to store. */
  boolean isIdle() {
    return io == null && isFree();
  }

  /** Tells whether no job is under way and nothing has to be stored before one begins. */
  boolean isFree() {
    return job == null && puts.isEmpty();
  }

  // What is known of the grant

  @Nullable Seen seen() {
    return seen;
  }

  @Nullable GrantRow known() {
    return known;
  }

  @Nullable Kept kept() {
    return kept;
  }

  void keep(@Nullable Kept tokens) {
    kept = tokens;
  }

  /** Notes the row as a write has left it. */
  void know(GrantRow row) {
    known = row;
  }

  /** Has the row read before anything rests on it. */
  void forgetRow() {
    known = null;
  }

  /** Forgets what was seen of a grant that is this process's no more. */
  void forgetSeen() {
    seen = null;
  }

  /** Forgets a grant that is there no more. */
  void forgetGrant() {
    seen = null;
    kept = null;
    pauses.end();
  }

  /** Takes over what the store says, unless this process has stored something newer. */
  void adopt(GrantRow row) {
    known = row;
    pauses.endAway();
    if (row instanceof Live) {
      adoptKnown();
    } else if (!(row instanceof GrantRow.Unreadable) && puts.isEmpty() && open.isEmpty()) {
      forgetGrant();
    }
  }

  /** Takes over the grant in the row that is known, if there is one. */
  void adoptKnown() {
    if (!(known instanceof Live row)) {
      return;
    }
    if (seen == null || !seen.grant().version().isAfter(row.grant().version())) {
      if (seen != null && !seen.grant().tokens().equals(row.grant().tokens())) {
        pauses.end(); // another process has new tokens: what failed here is over
      }
      seen = new Seen(asSeen(row), row.traits(), row.age(), now.node());
    } else if (row.traits().isOwned() && puts.isEmpty()) {
      puts.add(new Put.PutBack(seen.grant(), Tries.NONE));
      seen = new Seen(seen.grant(), row.traits(), seen.age(), seen.at());
    }
  }

  private static Grant asSeen(Live row) {
    Grant grant = row.grant();
    return new Grant(
        grant.version(), grant.consent(), row.state(), grant.rotates(), grant.tokens());
  }

  GrantRow.Traits traits() {
    if (known instanceof Live live) {
      return live.traits();
    }
    return seen == null ? Unknown.TRAITS : seen.traits();
  }

  /** Tells whether a request that had no answer may have used a refresh token up. */
  boolean isRotating(Grant grant) {
    return traits().rotates() || grant.rotates();
  }

  // Reads and writes

  @Nullable Io io() {
    return io;
  }

  void endIo() {
    io = null;
  }

  void ask() {
    io = new Io.Reading();
    actions.add(new Action.Read());
  }

  void write(GrantRow row, NextRow next, Purpose purpose) {
    io = new Io.Writing(next, purpose, now.node());
    actions.add(new Action.Write(row.revision(), next));
  }

  @Nullable NodeTime pollAt() {
    return pollAt;
  }

  void pollAt(@Nullable NodeTime time) {
    pollAt = time;
  }

  /** Has the row read as soon as nothing else is done. */
  void look() {
    pollAt = now.node();
  }

  void lookIfAwaited() {
    if (!waiters.isEmpty()) {
      look();
    }
  }

  // Requests whose certainty is gone

  List<Exchange> open() {
    return List.copyOf(open);
  }

  boolean isOpen() {
    return !open.isEmpty();
  }

  void open(Exchange exchange) {
    open.add(exchange);
  }

  boolean close(Predicate<Exchange> which) {
    return open.removeIf(which);
  }

  // The job

  @Nullable Job job() {
    return job;
  }

  void job(Job next) {
    job = next;
  }

  Job newJob(Why why, @Nullable Grant grant) {
    return new Job(why, new Phase.Queued(), grant, 0, now.node(), 0, false, false);
  }

  /** Begins a job, which waits for room for a request first. */
  void begin(Job begun) {
    job = begun;
    actions.add(new Action.Enter());
  }

  /** Ends a job; the room for a request is given back unless a request has it. */
  void endJob() {
    if (job != null) {
      leaveRoom(job);
    }
    job = null;
  }

  /** Has others use the room of a job that sends nothing for a while. */
  Job leaveRoom(Job working) {
    if (working.entered()) {
      actions.add(new Action.Leave());
    }
    return working.withRoom(false);
  }

  /** Ends a job and its lease, under which nothing was sent. */
  void release(Job working) {
    endJob();
    if (working.lease() > 0) {
      puts.add(new Put.Release(working.lease(), Tries.NONE));
    }
  }

  /** Ends a job and its lease, under which nothing was sent, and looks after those who wait. */
  void giveUp(Job working) {
    release(working);
    lookIfAwaited();
  }

  // The steps of a job

  /** Puts a state as one step of a job that keeps its lease. */
  void putAndHold(Job working, GrantState next) {
    put(working, working.step(next), true, Set.of(), null);
  }

  /** Puts a state that says what a job came to, and ends its lease. */
  void putAndRelease(Job working, Grant step, @Nullable Failure failure) {
    put(working, step, false, Set.of(), failure);
  }

  /** Puts a state that says what a request came to, and ends the lease. */
  void settle(Job working, GrantState next, @Nullable Failure failure) {
    put(working, working.step(next), false, Set.of(Stamp.SENT), failure);
  }

  private void put(
      Job working, Grant step, boolean keeps, Set<Stamp> stamps, @Nullable Failure failure) {
    puts.add(
        new Put.State(
            step,
            working.granted().version(),
            working.lease(),
            keeps,
            stamps,
            failure,
            Tries.NONE));
    job = working.stepped().in(new Phase.Putting());
  }

  /** Ends the job that puts, if there is one: its put is stored, or is worth nothing. */
  void endPutting() {
    if (job != null && job.phase() instanceof Phase.Putting) {
      endJob();
    }
  }
}
