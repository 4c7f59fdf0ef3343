package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Move.What;
import com.withampersand.sdk.token.refresh.Setting.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A world in which a test says what happens next. Each move is checked by {@link Rules}. Nothing
 * happens but what is said: {@link #rests()} lets all that is under way come to its normal end.
 */
@SuppressWarnings({"NarrowCalculation", "ReferenceEquality"})
final class Scene {
  /** The processes. */
  static final int A = 0;

  static final int B = 1;

  final World world;

  private Scene(World world) {
    this.world = world;
    world.trace = new ArrayList<>();
    world.actions = new ArrayList<>();
  }

  static Scene of(ProviderKind kind, int nodes) {
    return of(kind, nodes, Protocol::step);
  }

  static Scene of(ProviderKind kind, int nodes, Stepper stepper) {
    Setting setting = Setting.exact(kind, nodes);
    for (Budget budget : Budget.values()) {
      setting = setting.with(budget, 100);
    }
    return new Scene(new World(setting, stepper));
  }

  /** Lets a process hear of what its surroundings do: a caller comes, it crashes, it is frozen. */
  Scene does(What what, int node) {
    Node caller = world.nodes[node];
    if (what == What.REFUSED && caller.holds == Token.NONE && world.row != null) {
      caller.holds = world.row.token();
    }
    return apply(Move.of(what, node));
  }

  /** Lets something happen that concerns all processes. */
  Scene does(What what) {
    return apply(Move.of(what, -1));
  }

  /** Lets what a process asked for happen; the process does not know it yet. */
  Scene happens(int node, Class<? extends Action> action) {
    return happens(What.HAPPEN, node, action);
  }

  /** Lets what a process asked for happen in another way than it should. */
  Scene happens(What what, int node, Class<? extends Action> action) {
    return apply(Move.of(what, node, find(node, action)));
  }

  /** Lets what no one waits for any more happen. */
  Scene happensLate() {
    return apply(Move.of(What.HAPPEN, -1, 0));
  }

  /** Lets a process hear of the end of what it asked for. */
  Scene hears(int node, Class<? extends Action> action) {
    return apply(Move.of(What.DELIVER, node, find(node, action)));
  }

  /** Lets a process hear of the last of what is under way. */
  Scene hearsLast(int node) {
    return apply(Move.of(What.DELIVER, node, world.nodes[node].ops.size() - 1));
  }

  /** Lets what a process asked for happen, and the process hear of it. */
  Scene runs(int node, Class<? extends Action> action) {
    return happens(node, action).hears(node, action);
  }

  /** Lets a process go on normally until it asks for something. */
  Scene until(int node, Class<? extends Action> action) {
    for (int i = 0; i < 100; i++) {
      if (has(node, action)) {
        return this;
      }
      Move move = normal(node);
      if (move == null) {
        throw new AssertionError("no " + action.getSimpleName() + " comes\n" + story());
      }
      apply(move);
    }
    throw new AssertionError("no " + action.getSimpleName() + " comes\n" + story());
  }

  /** Lets a process go on normally, for as long as it takes, until it asks for something. */
  Scene untilLater(int node, Class<? extends Action> action) {
    for (int i = 0; i < 50 && !has(node, action); i++) {
      ticks();
      for (Move move = normal(node); move != null && !has(node, action); move = normal(node)) {
        apply(move);
      }
    }
    return until(node, action);
  }

  /** Lets all that is under way come to its normal end, but what is slow. */
  Scene rests() {
    for (Node node : world.nodes) {
      rests(node.index);
    }
    return this;
  }

  /** Lets all that is under way at a process come to its normal end, but what is slow. */
  Scene rests(int node) {
    for (int i = 0; i < 1_000; i++) {
      Move move = normal(node);
      if (move == null) {
        return this;
      }
      apply(move);
    }
    throw new AssertionError("it never rests\n" + story());
  }

  private @Nullable Move normal(int index) {
    Node node = world.nodes[index];
    if (node.paused) {
      return asked(node);
    }
    for (int i = 0; i < node.ops.size(); i++) {
      Op op = node.ops.get(i);
      if (op.is(Op.Stage.DONE)) {
        return Move.of(What.DELIVER, index, i);
      }
    }
    if (world.isAwake(node)) {
      return Move.of(What.WAKE, index);
    }
    for (Node.Caller caller : node.callers) {
      if (world.time - caller.since() >= 30_000) {
        return Move.of(What.TIME_OVER, index, caller.id());
      }
    }
    return asked(node);
  }

  private @Nullable Move asked(Node node) {
    for (int i = 0; i < node.ops.size(); i++) {
      Op op = node.ops.get(i);
      if (op.slow() || op.is(Op.Stage.DONE)) {
        continue;
      }
      boolean starts =
          world.setting.kind().rejectsOverlap
              && op.action() instanceof Action.Send
              && op.is(Op.Stage.ASKED);
      What how = op.isStore() && world.storeIsDown ? What.FAIL : What.HAPPEN;
      return Move.of(starts ? What.START : how, node.index, i);
    }
    return null;
  }

  /** Lets time pass, in ticks; in each, all that is under way comes to its normal end. */
  Scene passes(int seconds) {
    rests();
    for (int i = 0; i < seconds * 1_000 / Setting.TICK; i++) {
      apply(Move.time(Setting.TICK));
      rests();
    }
    return this;
  }

  /** Lets one tick pass, and nothing else happen. */
  Scene ticks() {
    return apply(Move.time(Setting.TICK));
  }

  /** Lets the faults stop, and callers come until all is as it should be. */
  Scene settles() {
    Settling.of(world, true);
    return this;
  }

  private Scene apply(Move move) {
    try {
      world.apply(move);
    } catch (RuleBroken broken) {
      throw new AssertionError(broken.words() + "\n" + story(), broken);
    }
    return this;
  }

  private int find(int node, Class<? extends Action> action) {
    List<Op> ops = world.nodes[node].ops;
    for (int i = 0; i < ops.size(); i++) {
      if (action.isInstance(ops.get(i).action())) {
        return i;
      }
    }
    throw new AssertionError(action.getSimpleName() + " is not under way\n" + story());
  }

  boolean has(int node, Class<? extends Action> action) {
    return world.nodes[node].ops.stream().anyMatch(op -> action.isInstance(op.action()));
  }

  /** Returns what happened so far. */
  String story() {
    return String.join("\n", world.trace == null ? List.of() : world.trace);
  }

  /** Returns the row, which has to be there. */
  Stored stored() {
    return Objects.requireNonNull(world.row);
  }

  /** Returns the row in words: its state and its tokens; {@code gone} if there are none. */
  String row() {
    Stored row = world.row;
    return row == null || !row.isLive() ? "gone" : row.state() + " " + row.token();
  }

  /** Returns the refresh tokens that were sent, in order. */
  List<String> sent() {
    return actions(Action.Send.class)
        .map(send -> send.grant().tokens().refreshToken().orElseThrow().reveal())
        .toList();
  }

  /** Returns the refresh tokens that were revoked, in order. */
  List<String> revoked() {
    return actions(Action.Revoke.class)
        .map(revoke -> revoke.tokens().refreshToken().orElseThrow().reveal())
        .toList();
  }

  /** Returns the names of what listeners were told, in order. */
  List<String> told() {
    return actions(Action.Tell.class)
        .map(tell -> tell.notice().getClass().getSimpleName())
        .toList();
  }

  /** Returns the access tokens that callers were served, in order. */
  List<String> served() {
    return actions(Action.Serve.class).map(serve -> serve.tokens().accessToken().reveal()).toList();
  }

  /** Returns why callers were not served, in order. */
  List<Failure.Kind> failed() {
    return actions(Action.Fail.class).map(fail -> fail.failure().kind()).toList();
  }

  /** Returns what became of what callers wanted, in order. */
  List<Outcome.Kind> done() {
    return actions(Action.Done.class).map(done -> done.outcome().kind()).toList();
  }

  private <T extends Action> Stream<T> actions(Class<T> type) {
    List<Action> all = world.actions == null ? List.of() : world.actions;
    return all.stream().filter(type::isInstance).map(type::cast);
  }
}
