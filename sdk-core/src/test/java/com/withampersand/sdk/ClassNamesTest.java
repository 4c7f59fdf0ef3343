package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A reader, and an import, finds one class by each name: the SDK's or the test kit's. */
class ClassNamesTest {
  private static final String KIT = "com/withampersand/sdk/testkit/";

  @Test
  void sdkAndTestKit_haveNoClassNameInCommon() throws Exception {
    Set<String> sdk = names(ConnectionKey.class, false);
    Set<String> kit = names(FakeSalesforce.class, true);

    assertThat(sdk).contains("ConnectionKey.class");
    assertThat(kit).contains("FakeSalesforce.class").doesNotContainAnyElementsOf(sdk);
  }

  /** Returns the files of the classes in the directory or jar of one of them. */
  private static Set<String> names(Class<?> one, boolean ofTheKit) throws Exception {
    Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return names(place, ofTheKit);
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return names(jar.getPath("/"), ofTheKit);
    }
  }

  private static Set<String> names(Path root, boolean ofTheKit) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> file.toString().contains(KIT) == ofTheKit)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.contains("$") && !name.endsWith("-info.class"))
          .collect(Collectors.toSet());
    }
  }
}
