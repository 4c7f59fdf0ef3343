package com.withampersand.sdk.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Does what the guide to short-lived processes says, with its own options, and fails if the archive
 * is not used.
 */
final class AppCds {
  private static final String CONTESTANT = "com.withampersand.sdk.benchmarks.sdk.SdkContestant";

  /** Fewer would mean that the archive holds little of what is loaded. */
  private static final int LEAST = 500;

  private AppCds() {}

  /**
   * Measures cold starts with and without an archive.
   *
   * @param args the guide, the directory of the modules, and how often to measure
   */
  public static void main(String[] args) throws Exception {
    String guide = Files.readString(Path.of(args[0]));
    Jvm jvm = new Jvm(jars(Path.of(args[1], "sdk", "target")), List.of(), Map.of());
    int rounds = Integer.parseInt(args[2]);
    Path directory = Files.createTempDirectory("app-cds");
    try (TokenServer server = TokenServer.constant()) {
      Jvm plain = jvm.server(server);
      run(plain.option(option(guide, "-XX:ArchiveClassesAtExit=", directory)));
      Jvm archived = plain.option(option(guide, "-XX:SharedArchiveFile=", directory));
      requireUsed(archived, directory);
      System.out.println(Machine.describe(rounds));
      Table table = new Table("cold start of the SDK: a URL and a refresh over HTTP", "ms");
      for (int round = 0; round < rounds; round++) {
        table.add("without an archive", millis(plain), 0);
        table.add("with the archive", millis(archived), 0);
      }
      System.out.println(table);
    } finally {
      delete(directory);
    }
  }

  /** Returns an option of the guide, with its file in another directory. */
  private static String option(String guide, String name, Path directory) {
    Matcher matcher = Pattern.compile(Pattern.quote(name) + "(\\S+)").matcher(guide);
    if (!matcher.find()) {
      throw new IllegalStateException("the guide does not show " + name);
    }
    return name + directory.resolve(matcher.group(1));
  }

  /** A class path of jars alone: archives know no directories. */
  private static String jars(Path target) throws IOException {
    try (Stream<Path> own = Files.list(target);
        Stream<Path> others = Files.list(target.resolve("lib"))) {
      return Stream.concat(own, others)
          .map(Path::toString)
          .filter(name -> name.endsWith(".jar"))
          .sorted()
          .collect(Collectors.joining(":"));
    }
  }

  private static String run(Jvm jvm) throws IOException, InterruptedException {
    return jvm.run(ColdStart.class.getName(), CONTESTANT);
  }

  private static double millis(Jvm jvm) throws IOException, InterruptedException {
    long start = System.nanoTime();
    run(jvm);
    return (System.nanoTime() - start) / 1e6;
  }

  private static void requireUsed(Jvm archived, Path directory) throws Exception {
    Path log = directory.resolve("classes.log");
    run(archived.option("-Xlog:class+load=info:file=" + log));
    List<String> lines = Files.readAllLines(log);
    long fromArchive =
        lines.stream().filter(line -> line.contains("shared objects file (top)")).count();
    System.out.printf("%,d of %,d classes come from the archive%n", fromArchive, lines.size());
    if (fromArchive < LEAST) {
      throw new IllegalStateException("the archive was not used");
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
