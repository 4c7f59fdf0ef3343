package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Memory.Job;

/**
 * One step: tells an event to the class that decides what it means, has what is due decided if that
 * was asked for, and then does what can be done next. Used once, by one thread.
 *
 * <p>Each of these classes decides one thing and calls only those that are named before it: {@link
 * Draft} with its {@link Waiters}, {@link Pauses} and {@link PutQueue}, {@link Serving}, {@link
 * Callers}, {@link Disconnects}, {@link KeptTokens}, {@link HandOvers}, {@link Renewals}, {@link
 * RefusalRule}, {@link Exchanges}, {@link Leases}, {@link Puts}, {@link NextJob}, {@link
 * StoreAnswers}, {@link NextWake}.
 */
final class Turn {
  private final Draft draft;
  private final Callers callers;
  private final Disconnects disconnects;
  private final KeptTokens keptTokens;
  private final HandOvers handOvers;
  private final Exchanges exchanges;
  private final Leases leases;
  private final Puts puts;
  private final NextJob nextJob;
  private final StoreAnswers storeAnswers;
  private final NextWake nextWake;

  Turn(Memory memory, Now now, Policy policy) {
    this.draft = new Draft(memory, now, policy);
    Rows rows = new Rows(policy, now.id());
    PutRule rule = new PutRule(policy, rows, now.node());
    Serving serving = new Serving(draft);
    Renewals renewals = new Renewals(draft, serving);
    this.callers = new Callers(draft, serving);
    this.disconnects = new Disconnects(draft, rows);
    this.keptTokens = new KeptTokens(draft, serving);
    this.handOvers = new HandOvers(draft, serving);
    this.exchanges = new Exchanges(draft, serving);
    this.leases = new Leases(draft, rows, serving, renewals, disconnects, handOvers);
    this.puts = new Puts(draft, rule, serving, disconnects, handOvers);
    this.nextJob = new NextJob(draft, serving, renewals, disconnects, handOvers, keptTokens);
    this.storeAnswers = new StoreAnswers(draft, serving, leases, puts);
    this.nextWake = new NextWake(draft, leases);
  }

  Step after(Event event) {
    if (event instanceof Event.Answered) {
      // However late it is: an answer that is here is not given up.
      hear(event);
      exchanges.expire();
    } else {
      exchanges.expire();
      hear(event);
    }
    decideIfUndecided();
    goOn();
    NodeTime wake = nextWake.at();
    if (wake != null) {
      draft.act(new Action.WakeAt(wake));
    }
    return draft.step();
  }

  // What happened

  private void hear(Event event) {
    if (event instanceof Event.Wanted e) {
      callers.wanted(e.waiter());
    } else if (event instanceof Event.Swept e) {
      callers.swept(e);
    } else if (event instanceof Event.Consented e) {
      callers.consented(e);
    } else if (event instanceof Event.WaiterLeft e) {
      callers.left(e);
    } else if (event instanceof Event.Woke) {
      callers.woke();
    } else {
      hearStore(event);
    }
  }

  private void hearStore(Event event) {
    if (event instanceof Event.Read e) {
      storeAnswers.read(e);
    } else if (event instanceof Event.ReadFailed e) {
      storeAnswers.readFailed(e);
    } else if (event instanceof Event.Written) {
      storeAnswers.written();
    } else if (event instanceof Event.Changed) {
      storeAnswers.changed();
    } else if (event instanceof Event.WriteFailed e) {
      storeAnswers.writeFailed(e);
    } else {
      hearProvider(event);
    }
  }

  private void hearProvider(Event event) {
    if (event instanceof Event.Entered e) {
      leases.entered(e.closedUntil());
    } else if (event instanceof Event.Answered e) {
      exchanges.answered(e.request(), e.tokens());
    } else if (event instanceof Event.Refused e) {
      exchanges.refused(e);
    } else if (event instanceof Event.Throttled e) {
      exchanges.throttled(e);
    } else if (event instanceof Event.NeverSent e) {
      exchanges.neverSent(e);
    } else if (event instanceof Event.Lost e) {
      exchanges.lost(e);
    } else {
      hearDisconnect(event);
    }
  }

  private void hearDisconnect(Event event) {
    if (event instanceof Event.Revoked) {
      disconnects.revoked();
    } else if (event instanceof Event.RevokeFailed e) {
      disconnects.failed(e.cause());
    } else if (event instanceof Event.ConnectionDeleted) {
      disconnects.connectionDeleted();
    } else if (event instanceof Event.ConnectionDeleteFailed e) {
      disconnects.failed(e.cause());
    } else {
      hearRecipient(event);
    }
  }

  private void hearRecipient(Event event) {
    if (event instanceof Event.RecipientHas e) {
      handOvers.recipientHas(e.connection());
    } else if (event instanceof Event.RecipientFailed e) {
      handOvers.recipientFailed(e.cause());
    } else if (event instanceof Event.Imported e) {
      handOvers.imported(e);
    } else if (event instanceof Event.ImportRefused e) {
      handOvers.importRefused(e);
    } else if (event instanceof Event.ImportLost e) {
      handOvers.importLost(e);
    } else if (event instanceof Event.Kept e) {
      keptTokens.fetched(e.tokens());
    } else if (event instanceof Event.KeptFailed e) {
      keptTokens.failed(e);
    }
  }

  // What follows

  private void decideIfUndecided() {
    if (draft.takeUndecided()) {
      nextJob.decide();
    }
  }

  /** Does what can be done next, until something has to be waited for. */
  private void goOn() {
    while (draft.io() == null && draft.puts().isDue(draft.now())) {
      puts.put();
      decideIfUndecided();
    }
    if (draft.io() == null && draft.puts().isEmpty()) {
      goOnWithoutPuts();
      decideIfUndecided();
    }
  }

  private void goOnWithoutPuts() {
    Job job = draft.job();
    if (job != null) {
      leases.goOn(job);
    } else if (draft.now().isPast(draft.pollAt()) && !draft.waiters().isEmpty()) {
      draft.pollAt(null);
      draft.ask();
    }
  }
}
