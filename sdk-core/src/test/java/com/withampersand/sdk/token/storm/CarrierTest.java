package com.withampersand.sdk.token.storm;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.jdbc.Servers;
import com.withampersand.sdk.token.storm.Fleet.Kept;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Callers that take up every thread there is for them: the refresh that they wait for ends. */
@Timeout(120)
@ExtendWith(Servers.Resolver.class)
class CarrierTest {
  private static final List<String> ONE_CARRIER =
      List.of(
          "-Djdk.virtualThreadScheduler.parallelism=1",
          "-Djdk.virtualThreadScheduler.maxPoolSize=1");
  private static final List<String> SMALL_COMMON_POOL =
      List.of("-Djava.util.concurrent.ForkJoinPool.common.parallelism=2");

  private final Servers servers;
  @TempDir private Path directory;

  CarrierTest(Servers servers) {
    this.servers = servers;
  }

  private Fleet fleet() {
    return new Fleet(
        Kept.IN_FILES,
        servers,
        directory,
        RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE,
        Lengths.REAL);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void get_thousandVirtualThreadsOnOneCarrier_allAreServedByOneRefresh() throws Exception {
    try (Fleet fleet = fleet()) {
      ConnectionKey ada = fleet.connectExpired(1)[0];
      GrantProcess process = fleet.start(ONE_CARRIER);

      process.getOnVirtualThreads(1_000, ada);
      Map<String, Integer> outcomes = process.outcomes();

      assertThat(outcomes).isEqualTo(Map.of(fleet.grant(0).accessToken(), 1_000));
      assertThat(fleet.grant(0).presented()).containsExactly(1);
    }
  }

  @Test
  void get_parallelStreamThatFillsTheCommonPool_allAreServedByOneRefreshForEach() throws Exception {
    try (Fleet fleet = fleet()) {
      ConnectionKey[] keys = fleet.connectExpired(20);
      GrantProcess process = fleet.start(SMALL_COMMON_POOL);

      process.getInParallelStream(25, keys);
      Map<String, Integer> outcomes = process.outcomes();

      Map<String, Integer> expected = new TreeMap<>();
      fleet.grants().forEach(grant -> expected.put(grant.accessToken(), 25));
      assertThat(outcomes).isEqualTo(expected);
      assertThat(fleet.grants()).allMatch(grant -> grant.presented().equals(List.of(1)));
    }
  }
}
