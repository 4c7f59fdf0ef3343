package com.withampersand.sdk.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration SOON = Duration.ofMillis(1);
  private static final Duration LATE = Duration.ofHours(1);

  private static Thread threadOf(Watchdog watchdog) {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    Future<?> unused = watchdog.after(SOON, () -> thread.complete(Thread.currentThread()));
    return thread.join();
  }

  @Test
  void after_severalDeadlines_useOneDaemonThread() {
    Watchdog watchdog = new Watchdog(LATE);

    Thread first = threadOf(watchdog);

    assertThat(first.isDaemon()).isTrue();
    assertThat(threadOf(watchdog)).isSameAs(first);
  }

  @Test
  void after_noDeadlineIsLeft_endsTheThreadUntilTheNext() throws Exception {
    Watchdog watchdog = new Watchdog(SOON);
    Future<?> canceled = watchdog.after(LATE, () -> {});
    Thread first = threadOf(watchdog);
    canceled.cancel(false);

    first.join();

    assertThat(threadOf(watchdog)).isNotSameAs(first);
  }
}
