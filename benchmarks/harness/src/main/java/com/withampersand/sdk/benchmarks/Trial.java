package com.withampersand.sdk.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures one operation of one contestant once, and prints nanoseconds and bytes per call. */
final class Trial {
  private static final TimeValue ITERATION = TimeValue.milliseconds(500);
  private static final int WARMUP = 4;

  /** After two seconds of requests, the compiler still takes as much time as they. */
  private static final int LONG_WARMUP = 24;

  private static final int MEASURED = 4;

  private Trial() {}

  public static void main(String[] args) throws Exception {
    Operation operation = Operation.valueOf(args[1]);
    if (Contestants.load(args[0]).prepare(operation).isEmpty()) {
      return;
    }
    RunResult result =
        new Runner(
                new OptionsBuilder()
                    .include(
                        "^" + OperationBenchmark.class.getName().replace(".", "\\.") + "\\.run$")
                    .param("contestant", args[0])
                    .param("operation", operation.name())
                    .threads(operation.threads())
                    .forks(1)
                    .jvmArgsAppend(passedOn())
                    .mode(Mode.AverageTime)
                    .timeUnit(TimeUnit.NANOSECONDS)
                    .warmupIterations(operation.measure().equals("M4") ? LONG_WARMUP : WARMUP)
                    .warmupTime(ITERATION)
                    .measurementIterations(MEASURED)
                    .measurementTime(ITERATION)
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .runSingle();
    System.out.println(
        Reading.of(result.getPrimaryResult().getScore(), bytes(result.getSecondaryResults())));
  }

  /** Where the servers of a run are. */
  private static String[] passedOn() {
    List<String> options = new ArrayList<>();
    for (String name : Settings.NAMES) {
      String value = System.getProperty(name);
      if (value != null) {
        options.add("-D" + name + "=" + value);
      }
    }
    return options.toArray(String[]::new);
  }

  @SuppressWarnings("rawtypes")
  private static double bytes(Map<String, Result> results) {
    return results.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
        .mapToDouble(entry -> entry.getValue().getScore())
        .findFirst()
        .orElseThrow();
  }
}
