package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider of thousands of customers goes out of service for ten minutes, and comes back. */
@Tag("storm")
@Timeout(600)
class ProviderOutageStormTest {
  private static final int GRANTS = 30_000;
  private static final int CALLERS = 16;

  /** A breaker opens for 2, 4, 8, 16, 32, 64, 120, 120 … seconds: so often in ten minutes. */
  private static final int OPENED = 11;

  /** As many requests as a process has under way when its breaker opens. */
  private static final int AT_ONCE = 64;

  private final Deployment deployment =
      new Deployment(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE);
  private final List<FreshTokens> processes = List.of(deployment.process(), deployment.process());
  private final List<IssuedGrant> grants = deployment.salesforce.issueGrants(GRANTS);

  @AfterEach
  void stop() {
    deployment.close();
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private int requests() {
    return deployment.salesforce.requests(Deployment.TOKEN).size();
  }

  /** Asks for the tokens of everyone, half of them in each process; returns how many came. */
  private int served() throws Exception {
    AtomicInteger served = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    List<Future<?>> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int first = caller;
      callers.add(
          deployment.async(
              () -> {
                for (int i = first; i < GRANTS; i += CALLERS) {
                  served.addAndGet(isServed(processes.get(first % processes.size()), user(i)));
                  asked.incrementAndGet();
                }
                return null;
              }));
    }
    passWhileTheyWait(callers, asked);
    return served.get();
  }

  private int isServed(FreshTokens process, ConnectionKey key) {
    try {
      process.get(key);
      return 1;
    } catch (AmpersandException e) {
      assertThat(e.isRetryable()).as("%s: %s", e, grants.get(numberOf(key))).isTrue();
      return 0;
    }
  }

  private static int numberOf(ConnectionKey key) {
    return Integer.parseInt(key.consumerRef().substring("user".length()));
  }

  /** Lets time pass only while no caller gets on, since those who wait for a moment need it. */
  private void passWhileTheyWait(List<Future<?>> callers, AtomicInteger asked) throws Exception {
    for (Future<?> caller : callers) {
      int before = asked.get();
      while (!isDoneSoon(caller)) {
        if (asked.get() == before) {
          deployment.time.passIfIdle(Duration.ofMillis(500));
        }
        before = asked.get();
      }
    }
  }

  private static boolean isDoneSoon(Future<?> caller) throws Exception {
    try {
      caller.get(100, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /**
   * A gateway's 503, after which it is unknown whether the work was done, and a 429, which is an
   * answer.
   */
  @ParameterizedTest
  @ValueSource(ints = {503, 429})
  void get_providerIsOutOfServiceForTenMinutes_isLeftAloneAndEachGrantIsRefreshedOnce(int status)
      throws Exception {
    Expiry expiry = Expiry.known(deployment.time.instant().plus(Duration.ofHours(1)));
    for (int i = 0; i < GRANTS; i++) {
      processes.get(0).save(user(i), deployment.tokensOf(grants.get(i), expiry));
    }
    deployment.pass(Duration.ofHours(3));
    deployment.salesforce.everyTokenRequest(Fault.respond(status));
    Instant end = deployment.time.instant().plus(Duration.ofMinutes(10));

    while (deployment.time.instant().isBefore(end)) {
      assertThat(served()).isZero();
      assertThat(requests()).isLessThanOrEqualTo(processes.size() * OPENED * AT_ONCE);
      deployment.pass(Duration.ofSeconds(100));
    }
    int during = requests();
    deployment.salesforce.everyTokenRequest(Fault.none());
    int minutes = 0;
    while (served() < GRANTS) {
      deployment.pass(Duration.ofMinutes(1));
      minutes++;
    }
    int all = requests();

    System.out.printf(
        "%,d grants, %d for ten minutes: %d requests meanwhile, %d in all, all served again after"
            + " %d min%n",
        GRANTS, status, during, all, minutes);
    assertThat(all - during).isEqualTo(GRANTS);
    assertThat(deployment.notices.count("refreshed")).isEqualTo(GRANTS);
    assertThat(deployment.notices.count("consentNeeded")).isZero();
  }
}
