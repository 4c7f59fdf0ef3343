package com.withampersand.sdk.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the measures that it is asked for, and prints a table of each. Floor and contestants take
 * turns, so that what else the machine does slows all of them.
 */
final class Run {
  private static final String PACKAGE = "com.withampersand.sdk.benchmarks.";
  private static final String FLOOR = "floor";
  private static final Map<String, String> CONTESTANTS = new LinkedHashMap<>();

  static {
    CONTESTANTS.put(FLOOR, PACKAGE + "floor.Floor");
    CONTESTANTS.put("sdk", PACKAGE + "sdk.SdkContestant");
    CONTESTANTS.put("scribejava", PACKAGE + "scribejava.ScribeJavaContestant");
    CONTESTANTS.put("spring-security", PACKAGE + "spring.SpringContestant");
    CONTESTANTS.put("google-auth", PACKAGE + "google.GoogleContestant");
  }

  private final Path modules;
  private final int rounds;

  private Run(Path modules, int rounds) {
    this.modules = modules;
    this.rounds = rounds;
  }

  /**
   * Runs some measures.
   *
   * @param args the directory of the modules, how often to measure each, and the measures
   */
  public static void main(String[] args) throws Exception {
    Run run = new Run(Path.of(args[0]), Integer.parseInt(args[1]));
    System.out.println(Machine.describe(run.rounds));
    for (String measure : Arrays.asList(args).subList(2, args.length)) {
      run.measure(measure);
    }
  }

  private void measure(String measure) throws Exception {
    switch (measure) {
      case "M6" -> storms();
      case "M8" -> coldStarts();
      default -> trials(measure);
    }
  }

  /** Returns programs with the class path of one contestant. */
  private Jvm jvm(String contestant) throws IOException {
    Path target = modules.resolve(contestant).resolve("target");
    return new Jvm(
        target.resolve("classes") + ":" + target.resolve("lib") + "/*", List.of(), Map.of());
  }

  private void trials(String measure) throws Exception {
    try (TokenServer server = TokenServer.constant()) {
      Map<Operation, Table> tables = new EnumMap<>(Operation.class);
      for (Operation operation : Operation.values()) {
        if (operation.measure().equals(measure)) {
          tables.put(operation, new Table(operation.text(), "ns"));
        }
      }
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<Operation, Table> entry : tables.entrySet()) {
          turn(entry.getKey(), entry.getValue(), server);
        }
      }
      tables.values().forEach(System.out::println);
    }
  }

  private void turn(Operation operation, Table table, TokenServer server) throws Exception {
    for (Map.Entry<String, String> one : CONTESTANTS.entrySet()) {
      Operation work = one.getKey().equals(FLOOR) ? operation.floor() : operation;
      String output =
          jvm(one.getKey()).server(server).run(Trial.class.getName(), one.getValue(), work.name());
      Reading.in(output).ifPresent(reading -> table.add(one.getKey(), reading));
    }
  }

  private void storms() throws Exception {
    StormTable table = new StormTable();
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, String> one : CONTESTANTS.entrySet()) {
        try (TokenServer server = TokenServer.rotating(StormTrial.DELAY)) {
          String output =
              jvm(one.getKey()).server(server).run(StormTrial.class.getName(), one.getValue());
          Reading.in(output).ifPresent(reading -> table.add(one.getKey(), reading, server));
        }
      }
    }
    System.out.println(table);
  }

  private void coldStarts() throws Exception {
    Table table = new Table("cold start: a URL and a refresh over HTTP", "ms");
    Map<String, Integer> classes = new LinkedHashMap<>();
    try (TokenServer server = TokenServer.constant()) {
      for (int round = 0; round < rounds * 3; round++) {
        for (Map.Entry<String, String> one : CONTESTANTS.entrySet()) {
          table.add(one.getKey(), coldStart(one, server));
        }
      }
      for (Map.Entry<String, String> one : CONTESTANTS.entrySet()) {
        classes.put(one.getKey(), classesOf(one, server));
      }
    }
    System.out.println(table);
    System.out.println(footprint(classes));
  }

  private Reading coldStart(Map.Entry<String, String> one, TokenServer server) throws Exception {
    long start = System.nanoTime();
    jvm(one.getKey()).server(server).run(ColdStart.class.getName(), one.getValue());
    return Reading.of((System.nanoTime() - start) / 1e6, 0);
  }

  private int classesOf(Map.Entry<String, String> one, TokenServer server) throws Exception {
    Path log = Files.createTempFile("classes", ".log");
    try {
      jvm(one.getKey())
          .option("-Xlog:class+load=info:file=" + log)
          .server(server)
          .run(ColdStart.class.getName(), one.getValue());
      return (int)
          Files.readAllLines(log).stream().filter(line -> line.contains(" source: ")).count();
    } finally {
      Files.delete(log);
    }
  }

  private String footprint(Map<String, Integer> classes) throws IOException {
    StringBuilder rows =
        new StringBuilder("| | classes loaded | jars | MB |\n|---|---:|---:|---:|\n");
    for (Map.Entry<String, Integer> one : classes.entrySet()) {
      List<Path> jars = ownJars(one.getKey());
      long bytes = 0;
      for (Path jar : jars) {
        bytes += Files.size(jar);
      }
      rows.append(
          "| %s | %,d | %d | %.2f |%n"
              .formatted(one.getKey(), one.getValue(), jars.size(), bytes / 1e6));
    }
    return rows.toString();
  }

  /** Leaves out what the harness brought. */
  private List<Path> ownJars(String contestant) throws IOException {
    List<Path> own = new ArrayList<>();
    try (var jars = Files.newDirectoryStream(modules.resolve(contestant).resolve("target/lib"))) {
      for (Path jar : jars) {
        String name = jar.getFileName().toString();
        if (!name.matches("(ampersand-sdk-benchmarks|jmh|jopt-simple|commons-math3|slf4j-nop).*")) {
          own.add(jar);
        }
      }
    }
    return own;
  }
}
