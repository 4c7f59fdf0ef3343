package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Setting.Budget;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Goes one random way through a world: what happens, and when, is drawn from a seed and from
 * nothing else. Time is virtual.
 */
final class Simulator {
  private static final int MOST_MOVES = 140;

  /** How a schedule went. */
  record Outcome(long seed, int moves, List<String> trace, @Nullable RuleBroken broken) {
    @Override
    public String toString() {
      return "seed %d: %s%n%s%n%s"
          .formatted(
              seed,
              broken == null ? "no rule is broken" : broken.getMessage(),
              String.join(System.lineSeparator(), trace),
              "mvn -q -pl sdk-core -am test -Dtest=SimulatorTest -Dsurefire.failIfNoSpecifiedTests=false"
                  + " -Dsimulator.seed="
                  + seed);
    }
  }

  private final SplittableRandom random;
  private final World world;
  private int moves;

  private Simulator(long seed, Stepper stepper) {
    random = new SplittableRandom(seed);
    world = new World(setting(), stepper);
    for (Node node : world.nodes) {
      if (random.nextInt(4) == 0) {
        node.wallSkew = random.nextLong(-7_200_000, 7_200_000);
      }
    }
    if (world.nodes.length > 1 && random.nextInt(10) == 0) {
      world.nodes[world.nodes.length - 1].isOwner = false;
    }
  }

  /**
   * Runs the schedule of a seed.
   *
   * @param isTraced whether to say what happens
   */
  static Outcome run(long seed, Stepper stepper, boolean isTraced) {
    Simulator simulator = new Simulator(seed, stepper);
    List<String> trace = new ArrayList<>();
    if (isTraced) {
      trace.add(simulator.world.setting.toString());
      simulator.world.trace = trace;
    }
    try {
      simulator.run();
      return new Outcome(seed, simulator.moves, trace, null);
    } catch (RuleBroken broken) {
      return new Outcome(seed, simulator.moves, trace, broken);
    }
  }

  private Setting setting() {
    ProviderKind[] kinds = ProviderKind.values();
    ProviderKind kind = kinds[random.nextInt(kinds.length)];
    int nodes = 1 + Math.min(3, random.nextInt(5));
    Policy policy = random.nextInt(3) == 0 ? Setting.shortest() : Setting.usual();
    Map<Budget, Integer> budgets = new EnumMap<>(Budget.class);
    budgets.put(Budget.FAULTS, random.nextInt(7));
    budgets.put(Budget.CALLS, random.nextInt(2, 10));
    budgets.put(Budget.EXPIRIES, random.nextInt(4));
    budgets.put(Budget.CONSENTS, few(3));
    budgets.put(Budget.DISCONNECTS, few(3));
    budgets.put(Budget.HAND_OVERS, few(3));
    budgets.put(Budget.TAKE_BACKS, few(2));
    budgets.put(Budget.ORDERS, few(3));
    budgets.put(Budget.SWEEPS, random.nextInt(6));
    budgets.put(Budget.OTHERS, few(3));
    return new Setting(kind, nodes, policy, budgets, false, 25_000);
  }

  private int few(int bound) {
    return random.nextInt(3) == 0 ? random.nextInt(1, bound) : 0;
  }

  private void run() {
    while (moves < MOST_MOVES) {
      moves++;
      world.jitter = random.nextDouble();
      world.apply(next());
    }
    if (world.trace != null) {
      world.trace.add("---------- the faults stop");
    }
    Settling.of(world, random.nextInt(3) > 0);
  }

  private Move next() {
    List<Move> all = world.moves();
    int kind = kind();
    List<Move> chosen = new ArrayList<>();
    for (Move move : all) {
      if (kindOf(move.what()) == kind) {
        chosen.add(move);
      }
    }
    long most = world.mostTime();
    if (most > 0 && (chosen.isEmpty() || random.nextInt(5) == 0)) {
      return Move.time(1 + random.nextLong(Math.min(most, pause())));
    }
    List<Move> some = chosen.isEmpty() ? all : chosen;
    return some.get(random.nextInt(some.size()));
  }

  private long pause() {
    return switch (random.nextInt(5)) {
      case 0 -> 200;
      case 1 -> 2_000;
      case 2 -> 12_000;
      case 3 -> 40_000;
      default -> 120_000;
    };
  }

  private int kind() {
    int draw = random.nextInt(100);
    return draw < 72 ? 0 : draw < 88 ? 1 : draw < 95 ? 2 : 3;
  }

  private static int kindOf(Move.What what) {
    if (what.isFault) {
      return 2;
    }
    return switch (what) {
      case DELIVER, HAPPEN, START, WAKE, TIME_OVER -> 0;
      case RESUME, STORE_UP, LEAVE, EVICT -> 3;
      default -> 1;
    };
  }
}
