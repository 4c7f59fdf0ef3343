package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.refresh.Simulator.Outcome;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Random schedules. {@code -Pexplore} runs a million of them, {@code -Dsimulator.schedules=…} as
 * many as you like, {@code -Dsimulator.from=…} others, and {@code -Dsimulator.seed=…} one.
 */
class SimulatorTest {
  private static final long FROM = Long.getLong("simulator.from", 0);
  private static final long SCHEDULES = Long.getLong("simulator.schedules", 20_000);

  @Test
  void schedules_breakNoRule() {
    Long seed = Long.getLong("simulator.seed");

    Optional<Outcome> broken =
        (seed == null ? LongStream.range(FROM, FROM + SCHEDULES) : LongStream.of(seed))
            .parallel()
            .mapToObj(each -> Simulator.run(each, Protocol::step, false))
            .filter(outcome -> outcome.broken() != null)
            .findFirst();

    assertThat(broken.map(each -> Simulator.run(each.seed(), Protocol::step, true))).isEmpty();
  }

  @Test
  void schedule_runTwice_goesTheSameWay() {
    for (long seed = 0; seed < 50; seed++) {
      Outcome first = Simulator.run(seed, Protocol::step, true);
      Outcome second = Simulator.run(seed, Protocol::step, true);

      assertThat(second.trace()).isEqualTo(first.trace()).hasSizeGreaterThan(50);
    }
  }
}
