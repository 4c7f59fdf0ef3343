package com.withampersand.sdk.token.refresh;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Visits every world that can follow from a first one, breadth first: the first rule that is broken
 * is broken by a shortest trace.
 */
final class Explorer {
  /** What was found. */
  record Result(int states, int settled, int deepest, boolean complete, List<Finding> findings) {}

  /** A broken rule and how it comes about. */
  record Finding(RuleBroken broken, List<String> trace, int moves) {
    @Override
    public String toString() {
      return "%s%n(%d moves)%n%s"
          .formatted(broken.getMessage(), moves, String.join(System.lineSeparator(), trace));
    }
  }

  private final Setting setting;
  private final Stepper stepper;
  private final int most;
  private final int settleEvery;
  private final int mostFindings;
  private final Fingerprint fingerprint = new Fingerprint();
  private final Visited visited = new Visited();
  private int[] parents = new int[1 << 16];
  private short[] choices = new short[1 << 16];
  private final Map<String, Finding> findings = new LinkedHashMap<>();
  private int settled;

  private Explorer(Setting setting, Stepper stepper, int most, int settleEvery, int mostFindings) {
    this.mostFindings = mostFindings;
    this.setting = setting;
    this.stepper = stepper;
    this.most = most;
    this.settleEvery = settleEvery;
  }

  /**
   * Explores.
   *
   * @param most how many states to visit at most
   * @param settleEvery one of how many states is let settle
   * @param mostFindings after how many different findings to stop
   */
  static Result explore(
      Setting setting, Stepper stepper, int most, int settleEvery, int mostFindings) {
    return new Explorer(setting, stepper, most, settleEvery, mostFindings).run();
  }

  private Result run() {
    ArrayDeque<World> frontier = new ArrayDeque<>();
    World first = new World(setting, stepper);
    fingerprint.take(first);
    visited.add(fingerprint.high, fingerprint.low);
    frontier.add(first);
    int next = 0;
    int depth = 0;
    int levelEnd = 1;
    while (!frontier.isEmpty() && visited.size() < most && findings.size() < mostFindings) {
      if (next == levelEnd) {
        depth++;
        levelEnd = next + frontier.size();
      }
      visit(frontier.remove(), next++, frontier);
    }
    return new Result(
        visited.size(), settled, depth, frontier.isEmpty(), List.copyOf(findings.values()));
  }

  private void visit(World world, int index, ArrayDeque<World> frontier) {
    List<Move> moves = world.moves();
    for (int choice = 0; choice < moves.size(); choice++) {
      World after = world.copy();
      try {
        after.apply(moves.get(choice));
      } catch (RuleBroken broken) {
        found(broken, index, choice, 0);
        continue;
      }
      fingerprint.take(after);
      if (!visited.add(fingerprint.high, fingerprint.low)) {
        continue;
      }
      int number = visited.size() - 1;
      remember(number, index, choice);
      if (Math.floorMod(fingerprint.low, settleEvery) == 0) {
        settle(after, index, choice);
      }
      frontier.add(after);
    }
  }

  private void remember(int number, int parent, int choice) {
    if (number >= parents.length) {
      parents = Arrays.copyOf(parents, parents.length * 2);
      choices = Arrays.copyOf(choices, choices.length * 2);
    }
    parents[number] = parent;
    choices[number] = (short) choice;
  }

  private void settle(World world, int index, int choice) {
    settled++;
    for (int mode = 1; mode <= 2; mode++) {
      try {
        Settling.of(world.copy(), mode == 1);
      } catch (RuleBroken broken) {
        found(broken, index, choice, mode);
      }
    }
  }

  private void found(RuleBroken broken, int index, int choice, int settling) {
    String kind = String.valueOf(broken.getMessage()).replaceAll("[0-9#.-]+", "0");
    if (!findings.containsKey(kind)) {
      findings.put(kind, finding(broken, index, choice, settling));
    }
  }

  /** Goes the way to a broken rule once more, with words. */
  private Finding finding(RuleBroken broken, int index, int choice, int settling) {
    List<Integer> path = new ArrayList<>();
    path.add(choice);
    for (int i = index; i != 0; i = parents[i]) {
      path.add((int) choices[i]);
    }
    Collections.reverse(path);
    World world = new World(setting, stepper);
    world.trace = new ArrayList<>();
    try {
      for (int each : path) {
        world.apply(world.moves().get(each));
      }
      world.trace.add("---------- the faults stop");
      Settling.of(world, settling == 1);
    } catch (RuleBroken again) {
      return new Finding(again, world.trace, path.size());
    }
    return new Finding(
        new RuleBroken("determinism", "the trace does not break: " + broken), world.trace, 0);
  }

  /** A set of pairs of numbers, without objects. */
  private static final class Visited {
    private long[] table = new long[1 << 18];
    private int size;

    int size() {
      return size;
    }

    boolean add(long high, long low) {
      if (size * 4L > table.length) {
        grow();
      }
      if (!insert(table, high | 1, low)) {
        return false;
      }
      size++;
      return true;
    }

    private static boolean insert(long[] table, long high, long low) {
      int mask = table.length / 2 - 1;
      int at = (int) (low ^ (low >>> 32)) & mask;
      while (table[at * 2] != 0) {
        if (table[at * 2] == high && table[at * 2 + 1] == low) {
          return false;
        }
        at = (at + 1) & mask;
      }
      table[at * 2] = high;
      table[at * 2 + 1] = low;
      return true;
    }

    private void grow() {
      long[] larger = new long[table.length * 2];
      for (int i = 0; i < table.length; i += 2) {
        if (table[i] != 0) {
          insert(larger, table[i], table[i + 1]);
        }
      }
      table = larger;
    }
  }
}
