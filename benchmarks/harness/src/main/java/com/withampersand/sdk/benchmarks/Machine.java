package com.withampersand.sdk.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and when figures were taken. */
public final class Machine {
  private Machine() {}

  /** Returns one line about date, virtual machine, processors and load. */
  public static String describe(int rounds) {
    return "%s, JDK %s, %d processors, load %.1f, each measured %d times by turns"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.version(),
            Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
            rounds);
  }
}
