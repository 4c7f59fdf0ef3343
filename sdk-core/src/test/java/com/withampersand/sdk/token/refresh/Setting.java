package com.withampersand.sdk.token.refresh;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a world is made of.
 *
 * @param exact whether time passes in ticks, and only when nothing is under way but what a fault
 *     delays; otherwise everything may take a while
 * @param orphanMillis how long after its failure was reported a write may still happen
 */
record Setting(
    ProviderKind kind,
    int nodes,
    Policy policy,
    Map<Budget, Integer> budgets,
    boolean exact,
    long orphanMillis) {
  static final long TICK = 5_000;
  static final Duration ROOM_TO_PUT = Duration.ofSeconds(5);

  /** How often something may happen. */
  enum Budget {
    FAULTS,
    CALLS,
    EXPIRIES,
    CONSENTS,
    DISCONNECTS,
    HAND_OVERS,
    TAKE_BACKS,
    ORDERS,
    SWEEPS,
    OTHERS
  }

  static Duration longestExchange(Policy policy) {
    return policy.certainty().plus(policy.carefulWait()).plus(policy.announce());
  }

  /** For how long a provider of the kind {@code GRACE} takes a used token once more. */
  static Duration grace(Policy policy) {
    return longestExchange(policy).plus(policy.lease()).plus(policy.announce());
  }

  /** The shortest times that the protocol allows, so that little time has to be explored. */
  static Policy shortest() {
    return new Policy(
        "",
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        Duration.ofSeconds(40),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        Duration.ofMinutes(3),
        Duration.ofSeconds(5),
        Duration.ofDays(20));
  }

  /** The numbers that the builder has. */
  static Policy usual() {
    return new Policy(
        "",
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        Duration.ofMinutes(16),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        Duration.ofMinutes(10),
        Duration.ofSeconds(30),
        Duration.ofDays(20));
  }

  static Setting exact(ProviderKind kind, int nodes) {
    return new Setting(kind, nodes, shortest(), Map.of(), true, 25_000);
  }

  Setting with(Budget budget, int count) {
    Map<Budget, Integer> changed = new EnumMap<>(Budget.class);
    changed.putAll(budgets);
    changed.put(budget, count);
    return new Setting(kind, nodes, policy, changed, exact, orphanMillis);
  }

  int budget(Budget budget) {
    return budgets.getOrDefault(budget, 0);
  }

  Policy policyOf(String holder) {
    return policy.heldBy(holder);
  }
}
