package com.withampersand.sdk.benchmarks.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import com.withampersand.sdk.benchmarks.ColdStart;
import com.withampersand.sdk.benchmarks.Jvm;
import com.withampersand.sdk.benchmarks.Operation;
import com.withampersand.sdk.benchmarks.Storm;
import com.withampersand.sdk.benchmarks.TokenServer;
import com.withampersand.sdk.benchmarks.Work;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Finds gross regressions by what can be counted on any machine, and never by time. The statements
 * of each call and sweep are counted by {@code StatementsTest} in {@code sdk-core}.
 */
class RegressionGuardTest {
  /** So many that the compiler of the virtual machine has done its work. */
  private static final int WARMUP = 20_000;

  private static final int MEASURED = 2_000;
  private static final int CALLS = 100;
  private static final ThreadMXBean JVM = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @CsvSource({
    "URL_GIVEN,   BYTES_URL_GIVEN",
    "URL_FRESH,   BYTES_URL_FRESH",
    "CALLBACK,    BYTES_CALLBACK",
    "PARSE,       BYTES_PARSE",
    "REFRESH,     BYTES_REFRESH",
    "VALID_KEPT,  BYTES_VALID_KEPT",
    "VALID_FRESH, BYTES_VALID_FRESH"
  })
  void operation_repeated_allocatesNoMoreThanItsLimit(Operation operation, Limit limit)
      throws Exception {
    Work work = operation.checked(new SdkContestant());

    repeat(work.call(), WARMUP);
    long before = JVM.getCurrentThreadAllocatedBytes();
    repeat(work.call(), MEASURED);
    long after = JVM.getCurrentThreadAllocatedBytes();

    limit.requireKept((after - before) / (double) MEASURED);
  }

  private static void repeat(Callable<?> call, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      if (call.call() == null) {
        throw new IllegalStateException("no result");
      }
    }
  }

  @Test
  void get_twoHundredThreadsAndAnExpiredToken_sendsOneRequest() throws Exception {
    try (TokenServer server = TokenServer.rotating(Duration.ofMillis(100));
        FreshTokens tokens = SdkContestant.holdingExpired(server.uri())) {
      Storm storm =
          Storm.of(
              Operation.STORM.threads(),
              () -> tokens.get(SdkContestant.KEY).accessToken().reveal());

      Limit.REFUSALS_IN_A_STORM.requireKept(server.refused());
      Limit.REQUESTS_OF_A_STORM.requireKept(server.requests());
      assertThat(storm.failures()).isEmpty();
    }
  }

  @Test
  void get_ofAValidToken_startsNoThread() throws Exception {
    Work work = Operation.VALID_KEPT.checked(new SdkContestant());

    Limit.THREADS_OF_VALID_TOKENS.requireKept((double) threadsStartedBy(work));
  }

  @Test
  void refresh_overHttpAgainAndAgain_startsNoThreadForEach() throws Exception {
    try (TokenServer server = TokenServer.constant()) {
      Work work = SdkContestant.refresh(SdkContestant.flowAt(server.uri()));
      work.once();

      Limit.THREADS_OF_REFRESHES.requireKept((double) threadsStartedBy(work));
    }
  }

  private static long threadsStartedBy(Work work) throws Exception {
    long before = JVM.getTotalStartedThreadCount();
    repeat(work.call(), CALLS);
    return JVM.getTotalStartedThreadCount() - before;
  }

  @Test
  void coldStart_ofOneUrlAndOneRefresh_loadsNoMoreClassesThanItsLimit(@TempDir Path directory)
      throws Exception {
    Path log = directory.resolve("classes");
    try (TokenServer server = TokenServer.constant()) {
      Jvm.likeThis()
          .option("-Xlog:class+load=info:file=" + log)
          .server(server)
          .run(ColdStart.class.getName(), SdkContestant.class.getName());
    }

    try (Stream<String> lines = Files.lines(log)) {
      Limit.CLASSES_OF_A_COLD_START.requireKept(
          (double) lines.filter(line -> line.contains(" source: ")).count());
    }
  }
}
