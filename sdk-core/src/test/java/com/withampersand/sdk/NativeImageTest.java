package com.withampersand.sdk;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a native image cannot find out by itself is little, and declared: the files that the SDK
 * opens, and one method that it calls by reflection. Whether an image works is not tested here.
 */
class NativeImageTest {
  private static final Path RESOURCES = Path.of("src", "main", "resources");
  private static final Path DECLARED =
      RESOURCES.resolve("META-INF/native-image/com.withampersand/ampersand-sdk-core");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/testkit/"))
          .importPackages("com.withampersand.sdk");

  @Test
  void reflection_isUsedForVirtualThreadsAlone() {
    Set<String> users =
        users(access -> access.getTargetOwner().getPackageName().equals("java.lang.reflect"));

    assertThat(users).containsExactly("com.withampersand.sdk.token.refresh.Threads");
    assertThat(users(NativeImageTest::isLookUpByName)).isEqualTo(users);
  }

  @Test
  void reflection_isDeclared() throws Exception {
    JsonNode declared = read("reflect-config.json");

    assertThat(declared).hasSize(1);
    Class<?> type = Class.forName(declared.at("/0/name").asText());
    assertThat(type).isEqualTo(Executors.class);
    assertThat(declared.at("/0/methods/0/name").asText())
        .isEqualTo("newVirtualThreadPerTaskExecutor");
    assertThat(Files.readString(source("token/refresh/Threads")))
        .contains("Executors.class.getMethod(\"newVirtualThreadPerTaskExecutor\")");
  }

  @Test
  void resources_areOpenedByTwoClassesAlone() {
    assertThat(users(access -> access.getName().startsWith("getResource")))
        .containsExactlyInAnyOrder(
            "com.withampersand.sdk.internal.UserAgent", "com.withampersand.sdk.token.jdbc.Script");
  }

  @Test
  void resources_eachIsDeclared() throws Exception {
    List<String> patterns = new ArrayList<>();
    read("resource-config.json")
        .at("/resources/includes")
        .forEach(include -> patterns.add(include.path("pattern").asText()));

    List<String> files = resources();

    assertThat(files).hasSizeGreaterThan(5);
    assertThat(files).allMatch(file -> patterns.stream().anyMatch(file::matches));
    assertThat(patterns).allMatch(pattern -> files.stream().anyMatch(f -> f.matches(pattern)));
  }

  @Test
  void proxiesHandlesAndSerialization_areNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            Proxy.class, ServiceLoader.class, ObjectInputStream.class, ObjectOutputStream.class)
        .check(MAIN);
    // What the compiler makes of lambdas and records names the class, and calls nothing of it.
    assertThat(users(access -> access.getTargetOwner().isEquivalentTo(MethodHandles.class)))
        .isEmpty();
  }

  private static boolean isLookUpByName(JavaAccess<?> access) {
    return access.getTargetOwner().isEquivalentTo(Class.class)
        && (access.getName().equals("forName")
            || access.getName().matches("get(Declared)?(Method|Field|Constructor)s?"));
  }

  /** Returns the top-level classes with such an access. */
  private static Set<String> users(Predicate<JavaAccess<?>> access) {
    return MAIN.stream()
        .filter(type -> type.getAccessesFromSelf().stream().anyMatch(access))
        .map(type -> type.getName().replaceFirst("\\$.*", ""))
        .collect(Collectors.toSet());
  }

  private static List<String> resources() throws Exception {
    try (Stream<Path> files = Files.walk(RESOURCES)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> RESOURCES.relativize(file).toString().replace('\\', '/'))
          .filter(file -> !file.startsWith("META-INF/"))
          .toList();
    }
  }

  private static Path source(String type) {
    return Path.of("src", "main", "java", "com", "withampersand", "sdk").resolve(type + ".java");
  }

  private static JsonNode read(String name) throws Exception {
    return new ObjectMapper().readTree(DECLARED.resolve(name).toFile());
  }
}
