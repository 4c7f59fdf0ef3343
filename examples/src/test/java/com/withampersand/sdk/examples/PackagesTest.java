package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bill of materials has no parent, so that nothing but this test keeps it as it should be. */
class PackagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern VERSION = Pattern.compile("\n  <version>([^<]+)</version>");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern ARTIFACT = Pattern.compile("\n  <artifactId>([^<]+)</artifactId>");

  private static String pom(String module) throws IOException {
    return Files.readString(ROOT.resolve(module).resolve("pom.xml"));
  }

  private static String first(Pattern pattern, String pom) {
    return pattern.matcher(pom).results().map(found -> found.group(1)).findFirst().orElseThrow();
  }

  @Test
  void bom_hasTheVersionOfTheParent() throws IOException {
    assertThat(first(VERSION, pom("sdk-bom"))).isEqualTo(first(VERSION, pom(".")));
  }

  @Test
  void bom_namesEveryPublishedArtifact() throws IOException {
    List<String> modules =
        MODULE.matcher(pom(".")).results().map((MatchResult found) -> found.group(1)).toList();

    assertThat(modules).contains("sdk-core", "sdk-salesforce", "sdk-testkit");
    for (String module : modules) {
      if (module.startsWith("sdk-") && !module.equals("sdk-bom")) {
        assertThat(pom("sdk-bom"))
            .contains("<artifactId>" + first(ARTIFACT, pom(module)) + "</artifactId>");
      }
    }
  }

  @Test
  void bom_bringsNoVersionOfOthers() throws IOException {
    String managed = pom("sdk-bom").replaceAll("(?s).*<dependencyManagement>|<build>.*", "");

    assertThat(managed.split("<groupId>", -1).length - 1)
        .isEqualTo(managed.split("<groupId>com.withampersand</groupId>", -1).length - 1);
  }
}
