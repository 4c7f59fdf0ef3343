package com.withampersand.sdk.token.storm;

import static com.withampersand.sdk.token.storm.Conditions.until;
import static com.withampersand.sdk.token.storm.Conditions.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.jdbc.Servers;
import com.withampersand.sdk.token.storm.Fleet.Kept;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many real processes on the same grants: one refresh, whatever becomes of who made it. */
@Tag("storm")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(Servers.Resolver.class)
class ProcessStormTest {
  private static final int PROCESSES = 8;
  private static final int THREADS = 10;

  private final Servers servers;
  private final Gate gate = new Gate();
  @TempDir private Path directory;
  private @Nullable Fleet fleet;

  ProcessStormTest(Servers servers) {
    this.servers = servers;
  }

  @AfterEach
  void stop() {
    gate.release();
    if (fleet != null) {
      fleet.close();
    }
  }

  private Fleet fleet(Kept kept, RefreshTokenPolicy policy, Lengths lengths) {
    Fleet started = new Fleet(kept, servers, directory, policy, lengths);
    fleet = started;
    return started;
  }

  private static Map<String, Integer> outcomes(List<GrantProcess> processes) throws Exception {
    Map<String, Integer> all = new TreeMap<>();
    for (GrantProcess process : processes) {
      process.outcomes().forEach((what, times) -> all.merge(what, times, Integer::sum));
    }
    return all;
  }

  private static void getEverywhere(
      List<GrantProcess> processes, int threads, ConnectionKey... keys) throws Exception {
    for (GrantProcess process : processes) {
      process.get(threads, keys);
    }
  }

  @ParameterizedTest
  @EnumSource
  void get_expiredGrantAndEightProcesses_sendsOneRequestAndAllGetTheSame(Kept kept)
      throws Exception {
    Fleet all = fleet(kept, RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE, Lengths.REAL);
    ConnectionKey[] keys = all.connectExpired(10);
    List<GrantProcess> processes = all.start(PROCESSES);

    getEverywhere(processes, THREADS, keys);
    Map<String, Integer> outcomes = outcomes(processes);

    Map<String, Integer> expected = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      expected.put(all.grant(i).accessToken(), PROCESSES * THREADS);
      assertThat(all.grant(i).presented()).containsExactly(1);
      assertThat(all.kind(keys[i])).isEqualTo(Kind.ACTIVE);
    }
    assertThat(all.areStored(keys)).isTrue();
    assertThat(outcomes).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void get_processesAreKilledWhileTheyRefresh_noRefreshTokenIsSentTwiceWithinTheCarefulWait(
      Kept kept) throws Exception {
    Fleet all = fleet(kept, RefreshTokenPolicy.KEEP, Lengths.SHORT);
    ConnectionKey[] keys = all.connectExpired(30);
    List<GrantProcess> processes = new ArrayList<>(all.start(PROCESSES));
    all.provider.salesforce.everyTokenRequest(Fault.delayAnswer(Duration.ofMillis(300)));

    getEverywhere(processes, 2, keys);
    for (int kill = 1; kill <= 4; kill++) {
      int sent = 6 * kill;
      until(sent + " refreshes were sent", () -> all.provider.requests() >= sent);
      processes.remove(0).kill();
    }
    outcomes(processes);

    until("each grant works again", () -> worksEverywhere(processes, keys));
    int repeated = 0;
    for (IssuedGrant grant : all.grants()) {
      List<Long> times = all.provider.presentedAt(grant.refreshToken());
      repeated += times.size() - 1;
      requireApart(times, Lengths.CAREFUL_WAIT);
    }
    System.out.printf(
        "killed %s: %d requests, %d repeated%n", kept, all.provider.requests(), repeated);
    assertThat(keys).allMatch(key -> all.kind(key) == Kind.ACTIVE);
  }

  private static boolean worksEverywhere(List<GrantProcess> processes, ConnectionKey... keys) {
    try {
      getEverywhere(processes, 1, keys);
      return outcomes(processes).keySet().stream().noneMatch(one -> one.contains(":"));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void requireApart(List<Long> times, Duration least) {
    for (int i = 1; i < times.size(); i++) {
      assertThat(Duration.ofNanos(times.get(i) - times.get(i - 1))).isGreaterThan(least);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refresh_holderIsKilledBetweenSendAndAnswer_othersServeTheGoodTokenAndTryAgainCarefully(
      Kept kept) throws Exception {
    Fleet all = fleet(kept, RefreshTokenPolicy.KEEP, Lengths.SHORT);
    ConnectionKey ada = all.connectGood(1)[0];
    IssuedGrant grant = all.grant(0);
    String good = grant.accessToken();
    GrantProcess holder = all.start();
    GrantProcess other = all.start();
    all.provider.salesforce.nextTokenRequest(Fault.holdAnswer(gate));

    holder.refresh(ada);
    gate.awaitArrived(1);
    holder.kill();
    until("the lease lapses", () -> servedWhileInDoubt(all, other, ada, good));
    other.refresh(ada);
    Map<String, Integer> early = other.outcomes();
    until("the grant is refreshed", () -> all.provider.requests() > 1);
    until("the grant is active", () -> all.kind(ada) == Kind.ACTIVE);

    assertThat(early).containsOnlyKeys("TransportException:retryable");
    requireApart(all.provider.presentedAt(grant.refreshToken()), Lengths.CAREFUL_WAIT);
    assertThat(grant.presented()).containsExactly(1, 1);
    assertThat(grant.accessToken()).isNotEqualTo(good);
    // The row is written a moment before the process that wrote it knows.
    until("the new token is served", () -> serves(other, ada, grant.accessToken()));
  }

  private static boolean serves(GrantProcess process, ConnectionKey key, String token) {
    try {
      process.get(1, key);
      return process.outcomes().keySet().equals(Set.of(token));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Tells whether the row is in doubt; until then and then, the other process has the token. */
  private static boolean servedWhileInDoubt(
      Fleet all, GrantProcess other, ConnectionKey key, String good) {
    try {
      other.get(1, key);
      assertThat(other.outcomes()).containsOnlyKeys(good);
      return all.kind(key) == Kind.IN_DOUBT;
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What no protocol can save: the newer token was with the process that died. */
  @Test
  void refresh_holderIsKilledBehindARotation_consentIsAskedForOnlyAfterTheCarefulWait()
      throws Exception {
    Fleet all = fleet(Kept.IN_FILES, RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE, Lengths.SHORT);
    ConnectionKey ada = all.connectGood(1)[0];
    IssuedGrant grant = all.grant(0);
    String first = grant.refreshToken();
    GrantProcess holder = all.start();
    GrantProcess other = all.start();
    all.provider.salesforce.nextTokenRequest(Fault.holdAnswer(gate));

    holder.refresh(ada);
    gate.awaitArrived(1);
    String good = all.own.getForCall(ada).accessToken().reveal();
    holder.kill();
    until("the lease lapses", () -> servedWhileInDoubt(all, other, ada, good));
    other.refresh(ada);
    other.outcomes();
    until("the provider refuses", () -> all.kind(ada) == Kind.NEEDS_CONSENT);

    requireApart(all.provider.presentedAt(first), Lengths.CAREFUL_WAIT);
    assertThat(grant.presented()).containsExactly(1, 1);
    other.get(1, ada);
    assertThat(other.outcomes()).containsOnlyKeys(good);
  }

  @ParameterizedTest
  @EnumSource
  void get_answerIsLostBehindARotation_eightProcessesSendTheRefreshTokenOnceInTheCarefulWait(
      Kept kept) throws Exception {
    Fleet all = fleet(kept, RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE, Lengths.SHORT);
    ConnectionKey ada = all.connectExpired(1)[0];
    String first = all.grant(0).refreshToken();
    List<GrantProcess> processes = all.start(PROCESSES);
    all.provider.salesforce.nextTokenRequest(Fault.loseAnswer());

    getEverywhere(processes, THREADS, ada);
    Map<String, Integer> outcomes = outcomes(processes);
    List<Long> soon = all.provider.presentedAt(first);
    while (!within(Duration.ofMillis(200), () -> all.provider.requests() > 1)) {
      getEverywhere(processes, 2, ada);
      outcomes(processes);
    }
    until("the provider refuses", () -> all.kind(ada) == Kind.NEEDS_CONSENT);
    getEverywhere(processes, THREADS, ada);
    Map<String, Integer> after = outcomes(processes);

    assertThat(outcomes).isEqualTo(Map.of("TransportException:retryable", PROCESSES * THREADS));
    assertThat(soon).hasSize(1);
    requireApart(all.provider.presentedAt(first), Lengths.CAREFUL_WAIT);
    assertThat(all.grant(0).presented()).containsExactly(1, 1);
    assertThat(after).isEqualTo(Map.of("OAuthException:final", PROCESSES * THREADS));
  }

  @Test
  void get_databaseIsAwayForLongerThanTheLease_pendingWritesOfLivingProcessesWin()
      throws Exception {
    Fleet all =
        fleet(Kept.IN_POSTGRESQL, RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE, Lengths.MEDIUM);
    ConnectionKey[] keys = all.connectExpired(20);
    try (Relay relay = new Relay(servers.postgres().port())) {
      List<GrantProcess> processes = all.startBehind(relay.port(), 4);
      all.provider.salesforce.everyTokenRequest(Fault.holdAnswer(gate));

      getEverywhere(processes, 1, keys);
      gate.awaitArrived(keys.length);
      relay.cut();
      gate.release();
      outcomes(processes);
      assertThat(within(Lengths.MEDIUM_LEASE.plusSeconds(2), () -> all.areStored(keys))).isFalse();
      relay.restore();
      boolean stored = within(Duration.ofSeconds(60), () -> all.areStored(keys));
      System.out.println(all.grants());

      assertThat(stored).isTrue();
      assertThat(worksEverywhere(processes, keys)).isTrue();
      assertThat(all.grants()).allMatch(grant -> grant.presented().equals(List.of(1)));
      assertThat(keys).allMatch(key -> all.kind(key) == Kind.ACTIVE);
    }
  }
}
