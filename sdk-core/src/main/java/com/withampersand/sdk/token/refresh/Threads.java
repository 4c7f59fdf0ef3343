package com.withampersand.sdk.token.refresh;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one {@link FreshTokens}: daemons, made on demand, gone after ten idle seconds.
 * Virtual ones on JDK 24 and later, where a driver's {@code synchronized} does not hold up others.
 */
final class Threads {
  private static final int NOT_PINNING = 24;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Executor executor;
  private final ExecutorService own;
  private final ScheduledThreadPoolExecutor timer;
  private final Timers timers;

  /**
   * Takes these threads and timers; its own if there are none.
   *
   * @param timers runs what must not block, later
   */
  Threads(@Nullable Executor given, @Nullable Timers timers) {
    own = own();
    Executor used = given == null ? own : given;
    executor = task -> execute(used, task);
    timer = timer();
    this.timers = timers == null ? this::schedule : timers;
  }

  /** Runs a task, or throws one kind of exception: also where no thread can be made. */
  private static void execute(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      throw e;
    } catch (Throwable t) {
      throw new RejectedExecutionException("the executor failed: " + t.getClass().getName(), t);
    }
  }

  private static ExecutorService own() {
    return Runtime.version().feature() >= NOT_PINNING ? virtual() : platform();
  }

  private static ExecutorService virtual() {
    try {
      Method factory = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
      return (ExecutorService) factory.invoke(null);
    } catch (ReflectiveOperationException e) {
      return platform();
    }
  }

  private static ExecutorService platform() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> daemon(task, "ampersand-tokens-" + number.incrementAndGet()));
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "ampersand-tokens-timer"));
    timer.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  Executor executor() {
    return executor;
  }

  /**
   * Runs a task that something would be lost without: on a thread of this object's own if the
   * executor that was given takes no more.
   */
  void executeSurely(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      own.execute(task);
    }
  }

  /** Runs something that must not block, later. */
  Timer later(Runnable task, Duration after) {
    return timers.later(task, after);
  }

  private Timer schedule(Runnable task, Duration after) {
    try {
      java.util.concurrent.ScheduledFuture<?> future =
          timer.schedule(task, Math.max(0, after.toNanos()), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  /** Runs things later. */
  interface Timers {
    Timer later(Runnable task, Duration after);
  }

  /** Something that will run, unless it is cancelled. */
  interface Timer {
    void cancel();
  }

  /** Ends the threads now; left alone, they end by themselves once there is nothing to do. */
  void close() {
    timer.shutdownNow();
    own.shutdown();
  }
}
