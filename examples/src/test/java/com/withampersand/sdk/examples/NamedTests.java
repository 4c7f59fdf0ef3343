package com.withampersand.sdk.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tests of all modules, as pages name them. */
final class NamedTests {
  /** A test's annotation, what may stand between, and its name; not what follows its end. */
  private static final Pattern TEST =
      Pattern.compile(
          "\n  @(?:Parameterized)?Test(?:Factory)?\\b(?:(?!\n  }\n)(?s:.))*?\n  (?:default )?(?:void|Stream<DynamicTest>) (\\w+)\\(");

  /** All tests of such a class are inherited. */
  private static final Pattern CONTRACT = Pattern.compile(" implements \\w+Contract \\{");

  private final Map<String, List<Path>> sources = testSources();

  NamedTests() throws IOException {}

  private static Map<String, List<Path>> testSources() throws IOException {
    Map<String, List<Path>> sources = new HashMap<>();
    for (String module :
        List.of(
            "sdk-core",
            "sdk-salesforce",
            "sdk-testkit",
            "sdk-spring-boot-starter",
            "examples",
            "example-clients",
            "example-spring-boot",
            "example-spring-boot-3",
            "fuzz",
            "soak")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        files.forEach(
            file ->
                sources
                    .computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                    .add(file));
      }
    }
    return sources;
  }

  /**
   * Tells whether a class has tests, or the one that is named behind a dot; of a program of the
   * gate, whether the gate runs it.
   */
  boolean exist(String test) throws IOException {
    if (test.startsWith(".ci/")) {
      String step = test.startsWith(".ci/projects/") ? "-pl .ci/projects " : test;
      return Files.exists(Path.of("..", test))
          && Files.readString(Path.of("..", ".ci", "run")).contains(step);
    }
    String type = test.replaceFirst("\\..*", "");
    String method = test.substring(type.length()).replaceFirst("^\\.", "");
    for (Path file : sources.getOrDefault(type + ".java", List.of())) {
      if (declares(Files.readString(file), type, method)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether a source has a test of that name, or tests at all where none is named. */
  static boolean declares(String source, String type, String method) {
    return source.contains("class " + type + " ")
        && (method.isEmpty()
            ? TEST.matcher(source).find() || CONTRACT.matcher(source).find()
            : TEST.matcher(source).results().anyMatch(test -> test.group(1).equals(method)));
  }
}
