package com.withampersand.sdk.salesforce.error;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class HostileTextsTest {
  /** Twice as much as linear growth, for noise. */
  private static final double MOST_GROWTH = 2;

  @Test
  void explain_tenThousandHostileTextsInASmallHeap_takesTimeInProportionToTheirLength()
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dlogback.configurationFile=none.xml",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                HostileTexts.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    List<Long> nanos =
        output
            .lines()
            .filter(line -> line.matches("\\d+ \\d+"))
            .map(line -> Long.valueOf(line.substring(line.indexOf(' ') + 1)))
            .toList();
    assertThat(nanos).as(output).hasSize(4);
    System.out.println("Hostile texts of 1, 4, 16 and 64 KiB explained in nanoseconds: " + nanos);
    for (int i = 1; i < nanos.size(); i++) {
      double growth = (double) nanos.get(i) / nanos.get(i - 1);
      assertThat(growth).as("for four times the length: %s", nanos).isLessThan(4 * MOST_GROWTH);
    }
  }
}
