package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.refresh.Explorer.Result;
import com.withampersand.sdk.token.refresh.Setting.Budget;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every order in which things can happen to one grant, with a bounded number of faults. {@code
 * -Pexplore} explores further; {@code -Dexplorer.faults=…}, {@code -Dexplorer.nodes=…} and {@code
 * -Dexplorer.states=…} further still.
 */
class ExplorerTest {
  private static final int SETTLE_EVERY = 101;
  private static final int MOST_STATES = Integer.getInteger("explorer.states", 4_000_000);

  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void twoProcesses_oneFault_breakNoRule(ProviderKind kind) {
    explore("one fault", Setting.exact(kind, 2).with(Budget.FAULTS, 1));
  }

  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void twoProcesses_handOverWithoutFaults_breakNoRule(ProviderKind kind) {
    explore("hand-over", Setting.exact(kind, 2).with(Budget.HAND_OVERS, 1));
  }

  @Tag("exploration")
  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void processes_moreFaults_breakNoRule(ProviderKind kind) {
    explore(
        "more faults",
        Setting.exact(kind, Integer.getInteger("explorer.nodes", 2))
            .with(Budget.FAULTS, Integer.getInteger("explorer.faults", 2)));
  }

  @Tag("exploration")
  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void twoProcesses_consentAndDisconnectAndOneFault_breakNoRule(ProviderKind kind) {
    explore(
        "consent and disconnect",
        Setting.exact(kind, 2)
            .with(Budget.FAULTS, 1)
            .with(Budget.CONSENTS, 1)
            .with(Budget.DISCONNECTS, 1));
  }

  @Tag("exploration")
  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void twoProcesses_handOverAndTwoFaults_breakNoRule(ProviderKind kind) {
    explore(
        "hand-over and two faults",
        Setting.exact(kind, 2).with(Budget.FAULTS, 2).with(Budget.HAND_OVERS, 1));
  }

  @Tag("exploration")
  @ParameterizedTest
  @EnumSource(ProviderKind.class)
  void threeProcesses_twoFaults_breakNoRule(ProviderKind kind) {
    explore("three processes", Setting.exact(kind, 3).with(Budget.FAULTS, 2));
  }

  private static void explore(String what, Setting setting) {
    Result result = Explorer.explore(setting, Protocol::step, MOST_STATES, SETTLE_EVERY, 1);

    System.out.printf(
        "Explored %s, %s: %,d states, %,d moves deep, %,d let settle%s%n",
        what,
        setting.kind(),
        result.states(),
        result.deepest(),
        result.settled(),
        result.complete() ? "" : ", not all");
    assertThat(result.findings()).isEmpty();
  }
}
