package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Setting.Budget;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What has to become of a world once its faults stop: callers come, time passes, and each grant
 * that the provider still honors works without its user.
 */
@SuppressWarnings({
  "ReferenceEquality",
  "EnumOrdinal",
  "NarrowCalculation",
  "StatementSwitchToExpressionSwitch"
})
final class Settling {
  private static final long CALL_EVERY = 5_000;

  private final World world;
  private final boolean refused;
  private long calledAt = -CALL_EVERY;

  private Settling(World world, boolean refused) {
    this.world = world;
    this.refused = refused;
  }

  /**
   * Lets a world settle.
   *
   * @param refused whether the access token stops working, so that callers insist
   * @throws RuleBroken if it does not within the time that it may take
   */
  static void of(World world, boolean refused) {
    new Settling(world, refused).run();
  }

  private void run() {
    Arrays.fill(world.left, 0);
    world.left[Budget.CALLS.ordinal()] = Integer.MAX_VALUE / 2;
    world.left[Budget.SWEEPS.ordinal()] = Integer.MAX_VALUE / 2;
    if (world.storeIsDown) {
      world.apply(Move.of(Move.What.STORE_UP, -1));
    }
    for (Node node : world.nodes) {
      if (node.paused) {
        world.apply(Move.of(Move.What.RESUME, node.index));
      }
    }
    if (refused) {
      world.families[world.families.length - 1] = world.newest().expired();
    }
    Policy policy = world.setting.policy();
    long end =
        world.time
            + 4 * policy.longestCarefulWait().toMillis()
            + policy.longestSession().toMillis()
            + 300_000;
    String missing = "nothing was tried";
    while (world.time < end) {
      drain();
      callAll();
      drain();
      missing = missing();
      if (missing == null) {
        return;
      }
      pass();
    }
    throw new RuleBroken("liveness", missing + (refused ? "" : ", with a good access token"));
  }

  private void drain() {
    for (int i = 0; i < 2_000; i++) {
      Move move = next();
      if (move == null) {
        return;
      }
      world.apply(move);
    }
    throw new RuleBroken("liveness", "it never rests");
  }

  private @Nullable Move next() {
    for (int i = 0; i < world.orphans.size(); i++) {
      Op op = world.orphans.get(i);
      boolean overlap = world.setting.kind().rejectsOverlap && op.action() instanceof Action.Send;
      return Move.of(overlap && op.is(Op.Stage.ASKED) ? Move.What.START : Move.What.HAPPEN, -1, i);
    }
    for (Node node : world.nodes) {
      for (int i = 0; i < node.ops.size(); i++) {
        Op op = node.ops.get(i);
        boolean overlap = world.setting.kind().rejectsOverlap && op.action() instanceof Action.Send;
        if (op.is(Op.Stage.DONE)) {
          return Move.of(Move.What.DELIVER, node.index, i);
        }
        return Move.of(
            overlap && op.is(Op.Stage.ASKED) ? Move.What.START : Move.What.HAPPEN, node.index, i);
      }
      if (world.isAwake(node)) {
        return Move.of(Move.What.WAKE, node.index);
      }
      for (Node.Caller caller : node.callers) {
        if (world.time - caller.since() >= 30_000) {
          return Move.of(Move.What.TIME_OVER, node.index, caller.id());
        }
      }
      if (isRefused(node)) {
        return Move.of(Move.What.REFUSED, node.index);
      }
    }
    return null;
  }

  private boolean isRefused(Node node) {
    return node.holds != Token.NONE
        && node.holds.serial() < 100
        && !world.accepts(node.holds)
        && node.callers.isEmpty();
  }

  private void callAll() {
    long pause = (world.setting.exact() ? 1 : 3) * (refused ? 1 : 4) * CALL_EVERY;
    if (world.time - calledAt < pause) {
      return;
    }
    calledAt = world.time;
    for (Node node : world.nodes) {
      if (node.callers.isEmpty()) {
        world.apply(Move.of(Move.What.GET, node.index));
      }
      drain();
    }
    if (world.row != null && world.row.lookAt().compareTo(world.storeTime()) <= 0) {
      world.apply(Move.of(Move.What.SWEEP, 0));
    }
  }

  private void pass() {
    long most = Setting.TICK;
    if (!world.setting.exact()) {
      most = Math.max(1, Math.min(most, Math.min(world.mostTime(), nextWake())));
    }
    world.apply(Move.time(most));
  }

  private long nextWake() {
    long next = Setting.TICK;
    for (Node node : world.nodes) {
      if (node.wakeAt != null) {
        next = Math.min(next, node.wakeAt.since(world.nodeTime(node)).toMillis() + 1);
      }
    }
    return next;
  }

  /** Returns what is not as it should be in the end; null if all is. */
  private @Nullable String missing() {
    for (Node node : world.nodes) {
      Memory memory = node.memory;
      String name = node.name();
      if (!node.callers.isEmpty()) {
        return name + " lets a caller wait: " + Words.value(node.callers.get(0));
      }
      if (!memory.waiters().isEmpty()) {
        return name + " remembers a caller who is gone";
      }
      if (!memory.pending().isEmpty()) {
        return name + " has something pending: " + Words.value(memory.pending().get(0));
      }
      if (memory.job() != null || memory.io() != null || !memory.open().isEmpty()) {
        return name + " is at work: " + Words.value(memory);
      }
      if (node.rooms != 0) {
        return name + " keeps room";
      }
    }
    return missingInStore();
  }

  private @Nullable String missingInStore() {
    Stored row = world.row;
    if (row == null || !row.isLive()) {
      return world.ghosts.deletedUpTo > 0 ? null : "the grant is gone";
    }
    Token token = row.token();
    boolean works =
        world.families[token.consent() - 1].takes(token.serial(), world.setting.kind(), world.time);
    String words = Words.of(row);
    switch (row.state()) {
      case "ACTIVE":
        if (row.lease() != null) {
          return "the lease is not free: " + words;
        }
        if (!works) {
          return refused ? "no one noticed that the grant ended: " + words : null;
        }
        return missingOnNodes(row);
      case "NEEDS_CONSENT":
        return works ? "a grant that works counts as ended: " + words : null;
      case "BLOCKED":
        boolean wasTried = refused && token.consent() == world.families.length;
        return wasTried ? "the grant stays blocked: " + words : null;
      case "HANDED_OVER":
        return world.wentBack
                || (world.recipient != Token.NONE && world.recipient.consent() <= token.consent())
            ? null
            : "no one has it: " + words;
      default:
        return "the grant does not come to rest: " + words;
    }
  }

  private @Nullable String missingOnNodes(Stored row) {
    for (Node node : world.nodes) {
      if (world.wentBack && !node.isOwner) {
        continue; // It may know tokens that the store lost, and may not write them.
      }
      if (node.holds == Token.NONE || !world.accepts(node.holds)) {
        return "callers on %s have AT%s, which does not work".formatted(node.name(), node.holds);
      }
      Memory.Seen seen = node.memory.seen();
      if (seen == null || !seen.grant().version().equals(row.version())) {
        return "%s does not know %s".formatted(node.name(), Words.of(row));
      }
    }
    return null;
  }
}
