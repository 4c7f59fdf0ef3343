package com.withampersand.sdk.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Where the fuzzer's engine begins. Its argument is the name of a target, or {@value #ALL}: then
 * the first byte of an input chooses the target of the rest. At its end it prints how many inputs
 * each target had and how long they took.
 */
public final class JazzerEntry {
  static final String ALL = "all";

  /** Begins each line of the counts. */
  static final String COUNT = "== inputs of ";

  private static volatile List<Counted> targets = List.of();

  private JazzerEntry() {}

  /** A target and what it was given. */
  private record Counted(String name, Target target, AtomicLong inputs, AtomicLong nanos) {
    static Counted named(String name) {
      return new Counted(name, Targets.named(name), new AtomicLong(), new AtomicLong());
    }

    void run(byte[] data) throws Exception {
      inputs.incrementAndGet();
      long start = System.nanoTime();
      target.run(new Input(data));
      nanos.addAndGet(System.nanoTime() - start);
    }

    String told() {
      return COUNT + name + ": " + inputs + " in " + nanos.get() / 1_000_000 + " ms";
    }
  }

  /** Chooses the targets. */
  public static void fuzzerInitialize(String[] args) {
    Stream<String> names = args[0].equals(ALL) ? Targets.names().stream() : Stream.of(args[0]);
    targets = names.map(Counted::named).toList();
  }

  /** Tries one input. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    List<Counted> chosen = targets;
    if (chosen.size() == 1) {
      chosen.get(0).run(data);
    } else if (data.length > 0) {
      Counted target = chosen.get(Byte.toUnsignedInt(data[0]) % chosen.size());
      target.run(Arrays.copyOfRange(data, 1, data.length));
    }
  }

  /** Prints the counts. */
  public static void fuzzerTearDown() {
    targets.forEach(target -> System.err.println(target.told()));
  }
}
