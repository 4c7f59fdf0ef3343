package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.file.FileTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No token is where a process can be looked into from outside, nor stays in it. */
@Timeout(120)
class WiderCanaryTest {
  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final TokenCanary canary = new TokenCanary();

  @AfterEach
  void stop() {
    canary.close();
  }

  @Test
  void r04_wholeLife_processShowsNoToken(@TempDir Path directory) throws Exception {
    canary.runOver(FileTokenStore.open(directory));

    canary.assertNothingShown(Places.ofTheProcess());
    canary.assertNothingShown(Places.temporaryFiles(start));
  }

  @Test
  void r04_wholeLife_exceptionsSerializeNoToken() {
    canary.runOver(new InMemoryTokenStore());

    assertThat(canary.serialized()).hasSizeGreaterThan(10);
    canary.assertNothingShown(canary.serialized());
  }

  @Test
  void r04_wholeLife_noStaticFieldHoldsAToken() throws Exception {
    canary.runOver(new InMemoryTokenStore());

    List<String> reachable = Places.reachableFromStaticFields(classes());
    assertThat(reachable).hasSizeGreaterThan(100);
    canary.assertNothingShown(reachable);
  }

  private static Path classes() throws URISyntaxException {
    return Path.of(FreshTokens.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The places are looked into: each shows what is put there. */
  @Test
  void places_withAToken_showIt() throws Exception {
    System.setProperty("canary", Canaries.ACCESS_TOKEN);
    try {
      assertThat(canary.found(Places.ofTheProcess())).isNotEmpty();
    } finally {
      System.clearProperty("canary");
    }
    assertThat(canary.found(Places.serialized(Canaries.ACCESS_TOKEN).stream().toList()))
        .isNotEmpty();
  }
}
