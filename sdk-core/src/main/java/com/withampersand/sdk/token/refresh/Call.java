package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One caller who waits. */
final class Call {
  private final CountDownLatch latch = new CountDownLatch(1);
  private @Nullable TokenSet tokens;
  private @Nullable Failure failure;
  private @Nullable Outcome outcome;

  void serve(TokenSet served) {
    tokens = served;
    latch.countDown();
  }

  void fail(Failure why) {
    failure = why;
    latch.countDown();
  }

  void done(Outcome how) {
    outcome = how;
    latch.countDown();
  }

  /** Waits, and tells whether there is an answer. */
  boolean await(Duration longest) throws InterruptedException {
    return latch.await(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Nullable TokenSet tokens() {
    return tokens;
  }

  @Nullable Failure failure() {
    return failure;
  }

  @Nullable Outcome outcome() {
    return outcome;
  }
}
