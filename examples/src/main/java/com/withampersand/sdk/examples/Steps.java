package com.withampersand.sdk.examples;

import java.io.IOException;
import java.io.PrintStream;

/** Prints what a walk does, step by step. */
final class Steps {
  /** A way from its first step to its last. */
  @FunctionalInterface
  interface Way {
    void walk() throws IOException, InterruptedException;
  }

  private final PrintStream out;
  private String step = "";
  private int count;

  Steps(PrintStream out) {
    this.out = out;
  }

  /** Walks, and returns the exit status: 0 only if every step did what it says. */
  int run(Way way) throws InterruptedException {
    try {
      way.walk();
      out.println("Done: all " + count + " steps did what they say.");
      return 0;
    } catch (IOException | RuntimeException e) {
      out.println("Failed at step " + count + ", " + step + ": " + e.getMessage());
      return 1;
    }
  }

  /** Prints what the following steps are about. */
  void title(String text) {
    out.println(text);
  }

  void begin(String name) {
    step = name;
    count++;
  }

  void say(String text) {
    out.printf("%2d %-10s %s%n", count, step, text);
  }

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }
}
