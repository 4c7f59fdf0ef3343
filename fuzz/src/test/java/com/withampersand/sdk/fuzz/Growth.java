package com.withampersand.sdk.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Judges how the time and the memory of a reader grow with its input. The input grows by four in
 * each step: what is linear grows by four, too, and what is quadratic by sixteen. Time is the
 * processor's and memory what the thread allocates, so that other programs do not count.
 */
final class Growth {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int STEP = 4;
  private static final int SHORTEST = 1 << 12;

  /** Between the linear and the quadratic. */
  private static final int MOST_TIMES = 9;

  private static final int ROUNDS = 5;

  /** Less time than this, the compiler and the clock decide. */
  private static final long NEVER_MIND_NANOS = 15_000_000;

  /** Less memory than this is that of a target and not of its input. */
  private static final long NEVER_MIND_BYTES = 2_000_000;

  private Growth() {}

  /** What one run of a reader cost. */
  private record Cost(long nanos, long bytes) {
    static Cost of(Target target, byte[] input) throws Exception {
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      long start = THREADS.getCurrentThreadCpuTime();
      target.run(new Input(input));
      long nanos = THREADS.getCurrentThreadCpuTime() - start;
      return new Cost(nanos, THREADS.getCurrentThreadAllocatedBytes() - bytes);
    }

    boolean isSmall() {
      return nanos <= NEVER_MIND_NANOS && bytes <= NEVER_MIND_BYTES;
    }

    Cost least(Cost other) {
      return new Cost(Math.min(nanos, other.nanos), Math.min(bytes, other.bytes));
    }

    /** Returns in which way this is too much, after that of an input a quarter as long. */
    Optional<String> tooMuchAfter(Cost before) {
      boolean isSlow = nanos > Math.max(NEVER_MIND_NANOS, MOST_TIMES * before.nanos);
      boolean isBig = bytes > Math.max(NEVER_MIND_BYTES, MOST_TIMES * before.bytes);
      return isSlow || isBig ? Optional.of(before + " became " + this) : Optional.empty();
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.1f ms and %d bytes", nanos / 1e6, bytes);
    }
  }

  /**
   * Returns what grows too fast, if anything does.
   *
   * @param input makes an input of about so many characters
   * @param longest how many characters the reader takes at most
   */
  static Optional<String> tooFast(Target target, IntFunction<byte[]> input, int longest)
      throws Exception {
    for (int length = SHORTEST * STEP; length <= longest; length *= STEP) {
      Optional<String> tooMuch = tooMuch(target, input, length);
      if (tooMuch.isPresent()) {
        return tooMuch;
      }
    }
    return Optional.empty();
  }

  /** Takes the least of some runs: the first ones are slow before they are compiled. */
  private static Optional<String> tooMuch(Target target, IntFunction<byte[]> input, int length)
      throws Exception {
    byte[] much = input.apply(length);
    Cost cost = Cost.of(target, much);
    if (cost.isSmall()) {
      return Optional.empty();
    }
    byte[] little = input.apply(length / STEP);
    Cost before = least(target, little, Cost.of(target, little));
    for (int round = 1; round < ROUNDS && cost.tooMuchAfter(before).isPresent(); round++) {
      before = least(target, little, before);
      cost = cost.least(Cost.of(target, much));
    }
    return cost.tooMuchAfter(before).map(text -> text + " at " + length + " characters");
  }

  private static Cost least(Target target, byte[] input, Cost cost) throws Exception {
    return cost.least(Cost.of(target, input)).least(Cost.of(target, input));
  }
}
