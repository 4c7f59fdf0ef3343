package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.Setting.Budget;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some processes that share one grant, a store, a provider and a recipient, at one instant; with
 * all that may happen next. Every process runs the protocol under test; everything else is a model
 * that shares no code with it.
 */
@SuppressWarnings({
  "EnumOrdinal",
  "ReferenceEquality",
  "StaticAssignmentOfThrowable",
  "StatementSwitchToExpressionSwitch"
})
final class World {
  static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final long STORE_START = START.toEpochMilli();
  private static final RuntimeException AWAY = new IllegalStateException("away");
  private static final long ANSWER_MILLIS = 300;
  private static final long STORE_MILLIS = 2_500;
  private static final long MAX_WAIT = 30_000;

  final Setting setting;
  final Stepper stepper;

  /** What happened, in words; null if no one wants to know. */
  @Nullable List<String> trace;

  /** What the processes did; null if no one wants to know. */
  @Nullable List<Action> actions;

  /** The jitter of the next steps. */
  double jitter = 0.5;

  long time;
  int ids;
  @Nullable Stored row;
  @Nullable Stored previous;
  boolean storeIsDown;
  long storeDownAt;
  boolean wentBack;
  Family[] families;

  /** Who the recipient has; NONE if it has no connection. */
  Token recipient = Token.NONE;

  int connections;

  /** When the users consented. */
  long[] consentedAt = {-3_600_000};

  final Node[] nodes;

  /** What is under way and no one waits for. */
  final List<Op> orphans;

  final int[] left;
  final Ghosts ghosts;

  World(Setting setting, Stepper stepper) {
    this.setting = setting;
    this.stepper = stepper;
    this.nodes = new Node[setting.nodes()];
    this.orphans = new ArrayList<>(2);
    this.families = new Family[] {Family.NEW.expired()};
    this.left = new int[Budget.values().length];
    for (Budget budget : Budget.values()) {
      left[budget.ordinal()] = setting.budget(budget);
    }
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Node(i, setting.policyOf("#h" + i + ".0"));
      nodes[i].holds = new Token(1, 1);
    }
    this.ghosts = new Ghosts();
    long consentedAt = STORE_START - 3_600_000;
    Version version = Version.ofConsent(consentedAt);
    Grant grant =
        new Grant(
            version,
            Token.consentId(1),
            new GrantState.Active(),
            false,
            Token.consented(1, Instant.ofEpochMilli(consentedAt)));
    StoreTime then = new StoreTime(consentedAt);
    row =
        new Stored(
            new Revision("#r0"),
            version,
            grant.consent(),
            grant,
            null,
            0,
            then,
            then,
            then,
            Stored.plus(then, setting.policy().idle()));
    ghosts.stored(new Token(1, 1));
  }

  private World(World other) {
    setting = other.setting;
    stepper = other.stepper;
    time = other.time;
    ids = other.ids;
    row = other.row;
    previous = other.previous;
    storeIsDown = other.storeIsDown;
    storeDownAt = other.storeDownAt;
    wentBack = other.wentBack;
    families = other.families.clone();
    recipient = other.recipient;
    connections = other.connections;
    consentedAt = other.consentedAt;
    nodes = new Node[other.nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = other.nodes[i].copy();
    }
    orphans = new ArrayList<>(other.orphans);
    left = other.left.clone();
    ghosts = other.ghosts.copy();
  }

  World copy() {
    return new World(this);
  }

  // Clocks. All differ, so that a time of one that is compared with a time of another shows.

  StoreTime storeTime() {
    return new StoreTime(STORE_START + time);
  }

  static long offset(Node node) {
    return (node.index + 1) * 1_000_000_000L;
  }

  NodeTime nodeTime(Node node) {
    return new NodeTime((time + offset(node)) * 1_000_000);
  }

  private Instant wallTime(Node node) {
    return START.plusMillis(time + node.wallSkew);
  }

  private String draw() {
    return "#" + ids++;
  }

  /**
   * Tells whether two users' consents are so close that the time of a read of the store cannot tell
   * which came first.
   */
  boolean areClose(int consent, int other) {
    return Math.abs(consentedAt[consent - 1] - consentedAt[other - 1]) < 3_000;
  }

  // What may happen next.

  boolean has(Budget budget) {
    return left[budget.ordinal()] > 0;
  }

  private void spend(Budget budget) {
    left[budget.ordinal()]--;
  }

  List<Move> moves() {
    List<Move> moves = new ArrayList<>(24);
    for (Node node : nodes) {
      addMoves(node, moves);
    }
    for (int i = 0; i < orphans.size(); i++) {
      addMoves(orphans.get(i), -1, i, moves);
    }
    if (storeIsDown) {
      moves.add(Move.of(Move.What.STORE_UP, -1));
    } else if (has(Budget.FAULTS)) {
      moves.add(Move.of(Move.What.STORE_DOWN, -1));
    }
    if (has(Budget.EXPIRIES) && newest().goodFrom() <= newest().issued()) {
      moves.add(Move.of(Move.What.EXPIRE, -1));
    }
    if (has(Budget.OTHERS)) {
      addOthers(moves);
    }
    if (setting.exact() && mostTime() >= Setting.TICK) {
      moves.add(Move.time(Setting.TICK));
    }
    return moves;
  }

  private void addOthers(List<Move> moves) {
    if (has(Budget.FAULTS) && previous != null && row != null && previous.isLive()) {
      moves.add(Move.of(Move.What.STORE_BACK_IN_TIME, -1));
    }
    if (!newest().ended()) {
      moves.add(Move.of(Move.What.END_AT_PROVIDER, -1));
    }
  }

  Family newest() {
    return families[families.length - 1];
  }

  private void addMoves(Node node, List<Move> moves) {
    int index = node.index;
    if (node.paused) {
      moves.add(Move.of(Move.What.RESUME, index));
    } else {
      addCallers(node, moves);
      if (isAwake(node)) {
        moves.add(Move.of(Move.What.WAKE, index));
      }
      if (!setting.exact() && has(Budget.FAULTS) && node.closedUntil <= time) {
        moves.add(Move.of(Move.What.HOST_CLOSED, index));
      }
      if (!setting.exact()
          && node.memory.isForgettable()
          && !node.memory.equals(Memory.EMPTY)
          && node.ops.stream().noneMatch(op -> op.action() instanceof Action.Send)) {
        moves.add(Move.of(Move.What.EVICT, index));
      }
    }
    for (int i = 0; i < node.ops.size(); i++) {
      addMoves(node.ops.get(i), index, i, moves);
    }
    if (has(Budget.FAULTS) && !node.memory.equals(Memory.EMPTY)) {
      moves.add(Move.of(Move.What.CRASH, index));
      if (!node.paused && (!node.ops.isEmpty() || node.memory.job() != null)) {
        moves.add(Move.of(Move.What.PAUSE, index));
      }
    }
  }

  boolean isAwake(Node node) {
    return node.wakeAt != null && node.wakeAt.nanos() <= nodeTime(node).nanos();
  }

  private void addCallers(Node node, List<Move> moves) {
    int index = node.index;
    int tokenCallers = 0;
    for (Node.Caller caller : node.callers) {
      if (isForTokens(caller.why())) {
        tokenCallers++;
      }
      if (time - caller.since() >= MAX_WAIT) {
        moves.add(Move.of(Move.What.TIME_OVER, index, caller.id()));
      } else if (!setting.exact()) {
        moves.add(Move.of(Move.What.LEAVE, index, caller.id()));
      }
    }
    if (tokenCallers < (setting.exact() ? 1 : 3)) {
      if (node.holds != Token.NONE && !accepts(node.holds)) {
        moves.add(Move.of(Move.What.REFUSED, index));
      }
      if (has(Budget.CALLS)) {
        moves.add(Move.of(Move.What.CALL, index));
        moves.add(Move.of(Move.What.GET, index));
      }
      if (has(Budget.ORDERS)) {
        moves.add(Move.of(Move.What.ORDER, index));
      }
    }
    if (has(Budget.CONSENTS)) {
      moves.add(Move.of(Move.What.CONSENT, index));
    }
    if (has(Budget.DISCONNECTS)) {
      moves.add(Move.of(Move.What.DISCONNECT, index));
      if (!setting.exact()) {
        moves.add(Move.of(Move.What.DISCONNECT_ANYWAY, index));
        moves.add(Move.of(Move.What.FORGET, index));
      }
    }
    if (has(Budget.HAND_OVERS)) {
      moves.add(Move.of(Move.What.HAND_OVER, index));
    }
    if (has(Budget.TAKE_BACKS)) {
      moves.add(Move.of(Move.What.TAKE_BACK, index));
    }
    if (has(Budget.OTHERS) && nodes[index].isOwner) {
      moves.add(Move.of(Move.What.CHANGE_ISSUER, index));
    }
    if (has(Budget.SWEEPS) && row != null && row.lookAt().compareTo(storeTime()) <= 0) {
      moves.add(Move.of(Move.What.SWEEP, index));
    }
  }

  static boolean isForTokens(Why why) {
    return why == Why.GET || why == Why.CALL || why == Why.REFUSED || why == Why.ORDERED;
  }

  boolean accepts(Token token) {
    return token.consent() <= families.length
        && families[token.consent() - 1].accepts(token.serial());
  }

  private void addMoves(Op op, int node, int index, List<Move> moves) {
    if (op.is(Op.Stage.DONE)) {
      if (node >= 0 && !nodes[node].paused) {
        moves.add(Move.of(Move.What.DELIVER, node, index));
      }
      return;
    }
    if (op.isStore() && storeIsDown) {
      if (node >= 0) {
        moves.add(Move.of(Move.What.FAIL, node, index));
      }
      return;
    }
    boolean overlap = setting.kind().rejectsOverlap && op.action() instanceof Action.Send;
    moves.add(
        Move.of(
            overlap && op.is(Op.Stage.ASKED) ? Move.What.START : Move.What.HAPPEN, node, index));
    if (has(Budget.FAULTS) && node >= 0 && op.is(Op.Stage.ASKED)) {
      addFaults(Objects.requireNonNull(op.action()), op, node, index, moves);
    }
  }

  private void addFaults(Action action, Op op, int node, int index, List<Move> moves) {
    if (action instanceof Action.Read) {
      moves.add(Move.of(Move.What.FAIL, node, index));
      if (previous != null && !previous.equals(row)) {
        moves.add(Move.of(Move.What.STALE, node, index));
      }
      if (!setting.exact() && row != null) {
        moves.add(Move.of(Move.What.UNREADABLE, node, index));
      }
    } else if (action instanceof Action.Write) {
      moves.add(Move.of(Move.What.FAIL, node, index));
      moves.add(Move.of(Move.What.FAIL_MAYBE, node, index));
      moves.add(Move.of(Move.What.FAIL_AFTER, node, index));
      moves.add(Move.of(Move.What.FAIL_LATE, node, index));
    } else if (action instanceof Action.Send) {
      addSendFaults(op, node, index, moves);
    } else if (action instanceof Action.Import) {
      moves.add(Move.of(Move.What.FAIL, node, index));
      moves.add(Move.of(Move.What.FAIL_MAYBE, node, index));
      moves.add(Move.of(Move.What.FAIL_AFTER, node, index));
      moves.add(Move.of(Move.What.FAIL_LATE, node, index));
    } else if (action instanceof Action.AskRecipient || action instanceof Action.AskTokens) {
      moves.add(Move.of(Move.What.FAIL, node, index));
    } else if (!(action instanceof Action.Enter)) {
      moves.add(Move.of(Move.What.FAIL, node, index));
      moves.add(Move.of(Move.What.FAIL_AFTER, node, index));
    }
  }

  private void addSendFaults(Op op, int node, int index, List<Move> moves) {
    if (op.slow()) {
      return;
    }
    moves.add(Move.of(Move.What.NEVER_SENT, node, index));
    moves.add(Move.of(Move.What.FAIL_MAYBE, node, index));
    moves.add(Move.of(Move.What.FAIL_AFTER, node, index));
    moves.add(Move.of(Move.What.PASSING, node, index));
    moves.add(Move.of(Move.What.PASSING_AFTER, node, index));
    moves.add(Move.of(Move.What.THROTTLED, node, index));
    moves.add(Move.of(Move.What.UNKNOWN, node, index));
    moves.add(Move.of(Move.What.BLOCKED, node, index));
    moves.add(Move.of(Move.What.SLOW, node, index));
  }

  /** Returns how much time may pass before something else has to happen. */
  long mostTime() {
    long most = Long.MAX_VALUE;
    for (Node node : nodes) {
      for (Op op : node.ops) {
        boolean waits = op.is(Op.Stage.DONE) && node.paused;
        if (!waits && (!op.slow() || op.is(Op.Stage.DONE))) {
          most = Math.min(most, op.until() - time);
        }
      }
      most = Math.min(most, node.paused ? pauseLeft(node) : timeLeft(node));
    }
    if (storeIsDown && setting.exact()) {
      most = Math.min(most, storeDownAt + setting.policy().lease().toMillis() + 10_000 - time);
    }
    return most;
  }

  private long timeLeft(Node node) {
    long most = Long.MAX_VALUE;
    if (node.wakeAt != null) {
      long due = node.wakeAt.nanos() / 1_000_000 - offset(node) - time;
      most = setting.exact() ? (due <= 0 ? 0 : most) : Math.max(0, due + ANSWER_MILLIS);
    }
    for (Node.Caller caller : node.callers) {
      if (time - caller.since() >= MAX_WAIT) {
        most = 0;
      }
    }
    return most;
  }

  /**
   * How long a process may be frozen so that the protocol can still keep its word: until the others
   * believe it dead, while it waits for an answer; and for less than an announcement while it has
   * something to store.
   */
  private long pauseLeft(Node node) {
    Policy policy = setting.policy();
    boolean late = !node.memory.pending().isEmpty() || !node.memory.open().isEmpty();
    boolean sent =
        node.memory.job() != null && node.memory.job().phase() instanceof Memory.Phase.Sent;
    if (late) {
      return node.pausedAt + policy.announce().toMillis() - ANSWER_MILLIS - 4_500 - time;
    }
    if (sent) {
      long believedDead = node.leaseUntil + policy.carefulWait().toMillis();
      return Math.min(believedDead, listensUntil(node)) - time;
    }
    return node.pausedAt + policy.lease().toMillis() + 10_000 - time;
  }

  private long listensUntil(Node node) {
    for (Op op : node.ops) {
      if (op.action() instanceof Action.Send) {
        return op.issued() + Setting.longestExchange(setting.policy()).toMillis() - 1_000;
      }
    }
    return time;
  }

  // What happens.

  void apply(Move move) {
    say(() -> Words.of(move, this));
    if (move.what().isFault) {
      spend(Budget.FAULTS);
    }
    switch (move.what()) {
      case TIME -> pass(move.millis());
      case WAKE -> wake(nodes[move.node()]);
      case RESUME -> nodes[move.node()].paused = false;
      case PAUSE -> {
        nodes[move.node()].paused = true;
        nodes[move.node()].pausedAt = time;
      }
      case CRASH -> crash(nodes[move.node()]);
      case EVICT -> {
        nodes[move.node()].memory = Memory.EMPTY;
        nodes[move.node()].given = Token.NONE;
      }
      case STORE_DOWN -> {
        storeIsDown = true;
        storeDownAt = time;
      }
      case STORE_UP -> storeIsDown = false;
      case HOST_CLOSED -> nodes[move.node()].closedUntil = time + 20_000;
      case STORE_BACK_IN_TIME -> storeBackInTime();
      case EXPIRE -> {
        spend(Budget.EXPIRIES);
        families[families.length - 1] = newest().expired();
      }
      case END_AT_PROVIDER -> {
        spend(Budget.OTHERS);
        families[families.length - 1] = newest().ending();
        ghosts.endedByUser = families.length;
      }
      case CALL, GET, REFUSED, ORDER -> call(move.what(), nodes[move.node()]);
      case CONSENT -> consent(nodes[move.node()]);
      case DISCONNECT, DISCONNECT_ANYWAY, FORGET, HAND_OVER, TAKE_BACK, CHANGE_ISSUER ->
          want(move.what(), nodes[move.node()]);
      case SWEEP -> sweep(nodes[move.node()]);
      case LEAVE, TIME_OVER -> leave(nodes[move.node()], move);
      case DELIVER -> deliver(nodes[move.node()], move.op());
      default -> happen(move);
    }
    Rules.always(this);
  }

  private void pass(long millis) {
    time += millis;
    for (Node node : nodes) {
      for (int i = 0; i < node.ops.size(); i++) {
        Op op = node.ops.get(i);
        if (op.slow() && !op.is(Op.Stage.DONE) && op.until() <= time) {
          node.ops.set(i, lost(op));
        }
      }
    }
    orphans.removeIf(
        op -> {
          if (op.until() <= time) {
            release(op);
          }
          return op.until() <= time;
        });
  }

  private Op lost(Op op) {
    release(op);
    if (op.action() instanceof Action.Send send) {
      return op.done(new Event.Lost(send.call(), AWAY), answerBy());
    }
    if (op.action() instanceof Action.Import offer) {
      return op.done(new Event.ImportLost(offer.attempt(), AWAY), answerBy());
    }
    throw new IllegalStateException("not slow: " + op);
  }

  /** What was being processed is no longer, if it was. */
  private void release(Op op) {
    if (op.is(Op.Stage.STARTED) && op.action() instanceof Action.Send send) {
      int consent = Token.of(send.grant().tokens()).consent();
      families[consent - 1] = families[consent - 1].busy(-1);
    }
  }

  private long answerBy() {
    return setting.exact() ? time : time + ANSWER_MILLIS;
  }

  private void wake(Node node) {
    node.wakeAt = null;
    step(node, new Event.Woke());
  }

  private void crash(Node node) {
    for (Op op : node.ops) {
      if (!op.is(Op.Stage.DONE) && hasEffect(op)) {
        orphans.add(
            op.isStore() ? op.until(time + setting.orphanMillis()) : op.until(lastMoment(op)));
      }
    }
    node.ops.clear();
    node.callers.clear();
    node.memory = Memory.EMPTY;
    node.wakeAt = null;
    node.paused = false;
    node.life++;
    node.policy = setting.policyOf("#h" + node.index + "." + node.life);
    node.heard = Token.NONE;
    node.given = Token.NONE;
    node.leaseNumber = 0;
    node.lookFailedAt = -1;
    node.rooms = 0;
    node.disconnects = 0;
    node.endedConsent = 0;
    node.end = 0;
    node.notTaken = Token.NONE;
  }

  private static boolean hasEffect(Op op) {
    return !(op.action() == null
        || op.action() instanceof Action.Read
        || op.action() instanceof Action.Enter
        || op.action() instanceof Action.AskRecipient
        || op.action() instanceof Action.AskTokens);
  }

  private long lastMoment(Op op) {
    if (op.action() instanceof Action.Send) {
      return op.issued() + setting.policy().carefulWait().toMillis();
    }
    if (op.action() instanceof Action.Import offer) {
      return op.issued() + offer.limit().toMillis();
    }
    return time + setting.orphanMillis();
  }

  private void storeBackInTime() {
    wentBack = true;
    row = Objects.requireNonNull(previous);
    ghosts.deletedUpTo = Math.min(ghosts.deletedUpTo, row.token().consent() - 1);
  }

  // Callers.

  private Waiter waiter(Node node, Why why, @Nullable Token refused) {
    int id = ++node.waiters;
    waits(node, id, why, refused);
    return new Waiter(id, why, refused == null ? null : refused.accessToken(), null, null, false);
  }

  private void waits(Node node, int id, Why why, @Nullable Token refused) {
    int consent = row == null || !row.isLive() ? 0 : row.token().consent();
    node.callers.add(new Node.Caller(id, why, refused, time, consent));
  }

  private void call(Move.What what, Node node) {
    Waiter waiter =
        switch (what) {
          case GET -> waiter(node, Why.GET, null);
          case CALL -> waiter(node, Why.CALL, null);
          case ORDER -> waiter(node, Why.ORDERED, null);
          default -> waiter(node, Why.REFUSED, node.holds);
        };
    if (what == Move.What.REFUSED) {
      node.holds = Token.NONE;
    } else {
      spend(what == Move.What.ORDER ? Budget.ORDERS : Budget.CALLS);
    }
    step(node, new Event.Wanted(waiter));
  }

  private void consent(Node node) {
    spend(Budget.CONSENTS);
    time++;
    families = Arrays.copyOf(families, families.length + 1);
    families[families.length - 1] = Family.NEW;
    consentedAt = Arrays.copyOf(consentedAt, families.length);
    consentedAt[families.length - 1] = time;
    TokenSet tokens = Token.consented(families.length, wallTime(node));
    node.ops.add(
        new Op(
            null,
            Op.Stage.DONE,
            new Event.Consented(
                Waiter.of(++node.waiters, Why.SAVE),
                tokens,
                Stored.traits(
                    tokens, setting.kind(), setting.policy(), node.isOwner, closedUntil(node)),
                nodeTime(node)),
            node.index,
            node.life,
            time,
            setting.exact() ? time : time + 4_000,
            false));
  }

  private void want(Move.What what, Node node) {
    Waiter waiter =
        switch (what) {
          case DISCONNECT -> waiter(node, Why.DISCONNECT, null);
          case DISCONNECT_ANYWAY -> {
            node.forced = true;
            Waiter plain = waiter(node, Why.DISCONNECT, null);
            yield new Waiter(plain.id(), plain.why(), null, null, null, true);
          }
          case FORGET -> {
            node.forced = true;
            yield waiter(node, Why.FORGET, null);
          }
          case HAND_OVER -> waiter(node, Why.HAND_OVER, null);
          case TAKE_BACK -> waiter(node, Why.TAKE_BACK, null);
          default -> {
            Waiter plain = waiter(node, Why.CHANGE_ISSUER, null);
            yield new Waiter(
                plain.id(), plain.why(), null, null, URI.create("https://renamed.test"), false);
          }
        };
    spend(
        switch (what) {
          case DISCONNECT, DISCONNECT_ANYWAY, FORGET -> Budget.DISCONNECTS;
          case HAND_OVER -> Budget.HAND_OVERS;
          case TAKE_BACK -> Budget.TAKE_BACKS;
          default -> Budget.OTHERS;
        });
    if (what == Move.What.DISCONNECT
        || what == Move.What.DISCONNECT_ANYWAY
        || what == Move.What.FORGET) {
      node.disconnects++;
    }
    step(node, new Event.Wanted(waiter));
  }

  private void sweep(Node node) {
    spend(Budget.SWEEPS);
    step(node, new Event.Swept(waiter(node, Why.KEEP_ALIVE, null), opened(node, row)));
  }

  private void leave(Node node, Move move) {
    boolean wantsFailure = move.what() == Move.What.TIME_OVER;
    step(node, new Event.WaiterLeft(move.op(), wantsFailure));
    Node.Caller caller = node.caller(move.op());
    if (caller != null) {
      Rules.check(!wantsFailure, "every wait ends", "a caller whose time is over hears nothing");
      node.callers.remove(caller);
      if (caller.refused() != null) {
        node.holds = caller.refused();
      }
    }
  }

  // What was asked for.

  private List<Op> opsOf(Move move) {
    return move.node() < 0 ? orphans : nodes[move.node()].ops;
  }

  private void deliver(Node node, int index) {
    Op op = node.ops.remove(index);
    Event event = op.answer();
    if (event != null) {
      Rules.delivered(this, node, event);
      if (event instanceof Event.Entered) {
        node.rooms++;
      } else if (event instanceof Event.Consented consented) {
        waits(node, consented.waiter().id(), Why.SAVE, null);
      }
      step(node, event);
    }
  }

  private void happen(Move move) {
    List<Op> ops = opsOf(move);
    Op op = ops.get(move.op());
    switch (move.what()) {
      case START -> start(ops, move.op(), op);
      case SLOW -> ops.set(move.op(), op.slow(lastMoment(op)));
      default -> {
        if (move.what() == Move.What.FAIL_LATE) {
          orphans.add(op.until(op.isStore() ? time + setting.orphanMillis() : lastMoment(op)));
        }
        Event answer = outcome(move.what(), op);
        release(op);
        if (move.node() < 0 || answer == null) {
          ops.remove(move.op());
        } else {
          ops.set(move.op(), op.done(answer, answerBy()));
        }
      }
    }
  }

  private void start(List<Op> ops, int index, Op op) {
    Action.Send send = (Action.Send) Objects.requireNonNull(op.action());
    int consent = Token.of(send.grant().tokens()).consent();
    if (families[consent - 1].busy() > 0) {
      if (ops == orphans) {
        ops.remove(index);
      } else {
        ops.set(
            index,
            op.done(new Event.Refused(send.call(), refusal(Verdict.PASSING), null), answerBy()));
      }
      return;
    }
    families[consent - 1] = families[consent - 1].busy(1);
    ops.set(index, op.started());
  }

  private @Nullable Event outcome(Move.What what, Op op) {
    Action action = Objects.requireNonNull(op.action());
    Node node = nodes[op.node()];
    if (action instanceof Action.Read) {
      return read(what, node, op.issued());
    }
    if (action instanceof Action.Write write) {
      return write(what, node, op, write);
    }
    if (action instanceof Action.Send send) {
      return refresh(what, node, send);
    }
    if (action instanceof Action.Import offer) {
      return take(what, offer);
    }
    boolean happens = what == Move.What.HAPPEN || what == Move.What.FAIL_AFTER;
    boolean failed = what != Move.What.HAPPEN;
    if (action instanceof Action.Revoke revoke) {
      if (happens) {
        end(revoke.tokens());
      }
      return failed ? new Event.RevokeFailed(AWAY) : new Event.Revoked();
    }
    if (action instanceof Action.Discard discard) {
      if (happens) {
        end(discard.tokens());
      }
      return null;
    }
    if (action instanceof Action.AskRecipient) {
      return failed ? new Event.RecipientFailed(AWAY) : new Event.RecipientHas(connection());
    }
    if (action instanceof Action.AskTokens ask) {
      return failed ? new Event.KeptFailed(AWAY, null) : kept(ask);
    }
    if (action instanceof Action.DeleteConnection) {
      if (happens) {
        recipient = Token.NONE;
      }
      return failed ? new Event.ConnectionDeleteFailed(AWAY) : new Event.ConnectionDeleted();
    }
    return new Event.Entered(closedUntil(node));
  }

  private @Nullable NodeTime closedUntil(Node node) {
    return node.closedUntil <= time
        ? null
        : new NodeTime((node.closedUntil + offset(node)) * 1_000_000);
  }

  GrantRow opened(Node node, @Nullable Stored stored) {
    return stored == null
        ? new GrantRow.Absent(storeTime())
        : stored.opened(
            storeTime(), setting.kind(), setting.policy(), node.isOwner, closedUntil(node));
  }

  private Event read(Move.What what, Node node, long issued) {
    NodeTime asked = new NodeTime((issued + offset(node)) * 1_000_000);
    return switch (what) {
      case FAIL -> new Event.ReadFailed(AWAY);
      case STALE -> new Event.Read(opened(node, previous), asked);
      case UNREADABLE -> {
        Stored stored = Objects.requireNonNull(row);
        yield new Event.Read(
            new GrantRow.Unreadable(
                stored.revision(),
                stored.leases(),
                storeTime(),
                stored.version(),
                stored.isLive() ? stored.live().consent() : null,
                AWAY),
            asked);
      }
      default -> new Event.Read(opened(node, row), asked);
    };
  }

  private Event write(Move.What what, Node node, Op op, Action.Write write) {
    switch (what) {
      case FAIL:
        return new Event.WriteFailed(AWAY, false);
      case FAIL_MAYBE, FAIL_LATE:
        return new Event.WriteFailed(AWAY, true);
      default:
        boolean written = write(node, op, write);
        if (what == Move.What.FAIL_AFTER) {
          return new Event.WriteFailed(AWAY, true);
        }
        return written ? new Event.Written() : new Event.Changed();
    }
  }

  private boolean write(Node node, Op op, Action.Write write) {
    Revision there = row == null ? Revision.ABSENT : row.revision();
    if (!there.equals(write.expected())) {
      return false;
    }
    Stored before = row;
    Stored after = Stored.written(before, write.next(), storeTime());
    Rules.written(this, node, op.life() == node.life, before, after);
    previous = before;
    row = after;
    boolean isOurs = op.life() == node.life;
    if (isOurs && write.next().lease() instanceof LeaseChange.Hold hold) {
      if (node.leaseNumber != hold.number()) {
        node.announcedAt = time;
      }
      node.leaseNumber = hold.number();
      node.leaseUntil = time + hold.length().toMillis();
    }
    return true;
  }

  private Event refresh(Move.What what, Node node, Action.Send send) {
    String call = send.call();
    return switch (what) {
      case NEVER_SENT -> new Event.NeverSent(call, AWAY);
      case FAIL_MAYBE -> new Event.Lost(call, AWAY);
      case FAIL_AFTER -> {
        carryOut(node, send);
        yield new Event.Lost(call, AWAY);
      }
      case PASSING -> new Event.Refused(call, refusal(Verdict.PASSING), null);
      case PASSING_AFTER -> {
        carryOut(node, send);
        yield new Event.Refused(call, refusal(Verdict.PASSING), null);
      }
      case THROTTLED -> new Event.Throttled(call, refusal(Verdict.THROTTLED), null, 5_000);
      case UNKNOWN -> new Event.Refused(call, refusal(Verdict.UNKNOWN), null);
      case BLOCKED -> new Event.Refused(call, refusal(Verdict.BLOCKED), null);
      default -> carryOut(node, send);
    };
  }

  static Refusal refusal(Verdict verdict) {
    return new Refusal(
        verdict.name(), null, verdict, Reason.OTHER, Actor.NONE, "Wait for the model.");
  }

  /** Does what the provider does with a refresh. */
  private Event carryOut(Node node, Action.Send send) {
    Token shown = Token.of(send.grant().tokens());
    Family family = families[shown.consent() - 1];
    if (!family.takes(shown.serial(), setting.kind(), time)) {
      if (setting.kind().endsFamily && !family.ended()) {
        families[shown.consent() - 1] = family.ending();
      }
      return new Event.Refused(send.call(), refusal(Verdict.FINAL), null);
    }
    long graceEnd = time + Setting.grace(setting.policy()).toMillis();
    Family refreshed = family.refreshed(shown.serial(), setting.kind(), graceEnd);
    families[shown.consent() - 1] = refreshed;
    Token issued = new Token(shown.consent(), refreshed.issued());
    TokenSet.Builder answer = TokenSet.builder(issued.accessToken(), wallTime(node));
    if (setting.kind().rotates) {
      answer.refreshToken(issued.refreshToken());
    }
    return new Event.Answered(send, send.grant().tokens().mergedWith(answer.build()));
  }

  private void end(TokenSet tokens) {
    Token token = Token.of(tokens);
    Family family = families[token.consent() - 1];
    if (tokens.refreshToken().isPresent() && family.takes(token.serial(), setting.kind(), time)) {
      families[token.consent() - 1] = family.ending();
    }
  }

  private @Nullable String connection() {
    return recipient == Token.NONE ? null : "#c" + connections;
  }

  private Event take(Move.What what, Action.Import offer) {
    return switch (what) {
      case FAIL -> new Event.ImportRefused(offer.attempt(), AWAY);
      case FAIL_MAYBE, FAIL_LATE -> new Event.ImportLost(offer.attempt(), AWAY);
      default -> {
        if (recipient == Token.NONE) {
          recipient = Token.of(offer.tokens());
          connections++;
          Rules.taken(this, recipient);
        }
        yield what == Move.What.FAIL_AFTER
            ? new Event.ImportLost(offer.attempt(), AWAY)
            : new Event.Imported(offer.attempt(), Objects.requireNonNull(connection()));
      }
    };
  }

  private Event kept(Action.AskTokens ask) {
    if (!ask.connection().equals(connection())) {
      return new Event.KeptFailed(AWAY, refusal(Verdict.FINAL));
    }
    Token token = new Token(recipient.consent(), 100 + (ask.force() ? 1 : 0));
    return new Event.Kept(TokenSet.builder(token.accessToken(), START.plusMillis(time)).build());
  }

  // What a process decides.

  private void step(Node node, Event event) {
    Now now = new Now(nodeTime(node), wallTime(node), draw(), jitter);
    Memory before = node.memory;
    Step step;
    try {
      step = stepper.step(before, event, now, node.policy);
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      throw new RuleBroken("step is total", e);
    }
    node.memory = step.memory();
    boolean entered = false;
    for (Action action : step.actions()) {
      say(() -> "      " + node.name() + " → " + Words.of(action));
      if (actions != null) {
        actions.add(action);
      }
      entered |= perform(node, action) && setting.exact();
    }
    Rules.stepped(this, node, before);
    if (entered) {
      node.rooms++;
      step(node, new Event.Entered(null));
    }
  }

  /** Returns whether the action waits for room. */
  private boolean perform(Node node, Action action) {
    if (action instanceof Action.Serve serve) {
      Rules.served(this, node, serve);
      answered(node, serve.waiter(), serve.tokens(), true);
    } else if (action instanceof Action.Fail fail) {
      answered(node, fail.waiter(), null, false);
    } else if (action instanceof Action.Done done) {
      Rules.done(this, node, done);
      answered(node, done.waiter(), null, true);
    } else if (action instanceof Action.Tell tell) {
      Rules.told(this, node, tell.notice());
    } else if (action instanceof Action.WakeAt wake) {
      node.wakeAt = wake.at();
    } else if (action instanceof Action.Leave) {
      node.rooms--;
      Rules.check(node.rooms >= 0, "rooms", "left one that it does not have");
    } else if (action instanceof Action.Enter) {
      if (!setting.exact()) {
        begin(node, action, STORE_MILLIS);
      }
      return true;
    } else {
      begin(node, action);
    }
    return false;
  }

  private void begin(Node node, Action action) {
    if (action instanceof Action.Send send) {
      Rules.sent(this, node, send);
      node.rooms--;
    } else if (action instanceof Action.Read || action instanceof Action.Write) {
      Rules.check(node.storeOp() == null, "one read or write at a time", "another began");
    } else if (action instanceof Action.Revoke revoke) {
      Rules.revoked(this, revoke.tokens(), "revoked");
    } else if (action instanceof Action.Discard discard) {
      Rules.revoked(this, discard.tokens(), "discarded");
      Rules.discarded(node, discard.tokens());
    } else if (action instanceof Action.Import offer) {
      Rules.offered(this, node, offer);
    }
    begin(node, action, normalMillis(action));
  }

  private long normalMillis(Action action) {
    if (action instanceof Action.Read || action instanceof Action.Write) {
      return STORE_MILLIS;
    }
    return action instanceof Action.Import offer ? offer.limit().toMillis() : 9_000;
  }

  private void begin(Node node, Action action, long millis) {
    Op op =
        new Op(
            action,
            Op.Stage.ASKED,
            null,
            node.index,
            node.life,
            time,
            setting.exact() ? time : time + millis,
            false);
    if (action instanceof Action.Discard) {
      orphans.add(op.until(time + setting.orphanMillis()));
    } else if (op.isStore()) {
      node.ops.add(0, op);
    } else {
      node.ops.add(op);
    }
  }

  private void answered(Node node, int waiter, @Nullable TokenSet tokens, boolean isDone) {
    if (waiter == 0) {
      return;
    }
    Node.Caller caller = node.caller(waiter);
    if (caller == null) {
      throw new RuleBroken("every wait ends once", "caller " + waiter + " is answered again");
    }
    node.callers.remove(caller);
    if (tokens != null) {
      Token token = Token.of(tokens);
      Rules.replaced(this, node, caller, token);
      node.holds = token;
    }
    if (isDone && (caller.why() == Why.DISCONNECT || caller.why() == Why.FORGET)) {
      node.disconnects--;
    }
  }

  private void say(java.util.function.Supplier<String> words) {
    if (trace != null) {
      trace.add(words.get());
    }
  }
}
