package com.withampersand.sdk.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Repeats one operation of one contestant, in a virtual machine that does nothing else. */
@State(Scope.Benchmark)
public class OperationBenchmark {
  private static final int MOST_REPEATED = 10;

  /** The name of a class. */
  @Param("")
  public String contestant = "";

  /** What to do. */
  @Param public Operation operation = Operation.URL_GIVEN;

  private final AtomicInteger repeated = new AtomicInteger();
  private Callable<?> call = () -> "";

  /** Makes the operation ready and checks its result. */
  @Setup
  public void prepare() throws Exception {
    call = operation.checked(Contestants.load(contestant)).call();
  }

  /**
   * Does it once. A request is repeated, a few times in a run: where many threads share two
   * processors and a server answers at once, the JDK's client now and then closes a connection that
   * another thread has just taken, by hand as by the SDK.
   */
  @Benchmark
  public Object run() throws Exception {
    try {
      return call.call();
    } catch (Exception e) {
      if (!operation.measure().equals("M4") || repeated.incrementAndGet() > MOST_REPEATED) {
        throw e;
      }
      return call.call();
    }
  }
}
