package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The kit runs beside whatever its user has in the class path: another OkHttp, another Jackson.
 * What a class refers to is named in its file.
 */
class DependenciesTest {
  private static final Pattern FOREIGN =
      Pattern.compile("\\b(okhttp3|okio|mockwebserver3|kotlin)/");

  @Test
  void classes_referToNoHttpLibrary() throws Exception {
    List<Path> classes = classes();

    assertThat(classes).hasSizeGreaterThan(40);
    assertThat(classes).noneMatch(file -> FOREIGN.matcher(text(file)).find());
  }

  @Test
  void classes_referToNoClassOfTheSdk() throws Exception {
    Pattern sdk = Pattern.compile("com/withampersand/sdk/(?!testkit/)");

    assertThat(classes()).noneMatch(file -> sdk.matcher(text(file)).find());
  }

  @Test
  void classes_referToJUnitInTheExtensionAlone() throws Exception {
    List<String> referring =
        classes().stream()
            .filter(file -> text(file).contains("org/junit/"))
            .map(file -> file.getFileName().toString())
            .toList();

    assertThat(referring).containsExactly("FakesExtension.class");
  }

  private static List<Path> classes() throws Exception {
    URI source = FakeSalesforce.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (Stream<Path> files = Files.walk(Path.of(source))) {
      return files
          .filter(file -> file.toString().contains("/testkit/"))
          .filter(file -> file.toString().endsWith(".class") && !isTest(file))
          .toList();
    }
  }

  /** Outside Maven, tests may be compiled into the same directory. */
  private static boolean isTest(Path file) {
    return file.getFileName().toString().contains("Test");
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
