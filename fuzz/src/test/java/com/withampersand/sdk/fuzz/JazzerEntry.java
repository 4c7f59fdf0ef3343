package com.withampersand.sdk.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the fuzzer's engine begins. Its argument is the name of a target, or {@value #ALL}: then
 * the first byte of an input chooses the target of the rest.
 */
public final class JazzerEntry {
  static final String ALL = "all";

  private static volatile List<Target> targets = List.of();

  private JazzerEntry() {}

  /** Chooses the targets. */
  public static void fuzzerInitialize(String[] args) {
    Stream<String> names = args[0].equals(ALL) ? Targets.names().stream() : Stream.of(args[0]);
    targets = names.map(Targets::named).toList();
  }

  /** Tries one input. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    List<Target> chosen = targets;
    if (chosen.size() == 1) {
      chosen.get(0).run(new Input(data));
    } else if (data.length > 0) {
      Target target = chosen.get(Byte.toUnsignedInt(data[0]) % chosen.size());
      target.run(new Input(Arrays.copyOfRange(data, 1, data.length)));
    }
  }
}
