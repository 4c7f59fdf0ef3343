package com.withampersand.sdk.examples.operator;

import java.io.PrintStream;

/**
 * How far a task is, on one line of a terminal; elsewhere a line for each tenth. Used by one
 * thread.
 */
final class ProgressBar implements AutoCloseable {
  private static final int CELLS = 30;
  private static final int PERCENT = 100;
  private static final int TENTH = 10;

  private final Console console;
  private final String task;
  private final long total;
  private long done;
  private long shown = -1;

  /**
   * Begins a task.
   *
   * @param total how many steps it takes; more or fewer may be done in the end
   */
  ProgressBar(Console console, String task, long total) {
    this.console = console;
    this.task = task;
    this.total = total;
    show();
  }

  /** Adds what has just been done. */
  void add(long steps) {
    done += steps;
    show();
  }

  /** Ends the line. */
  @Override
  public void close() {
    if (console.isTerminal()) {
      console.err().println();
    }
  }

  private void show() {
    long percent = total == 0 ? PERCENT : Math.min(PERCENT, done * PERCENT / total);
    long step = console.isTerminal() ? percent : percent / TENTH;
    if (step == shown) {
      return;
    }
    shown = step;
    print(console.err(), percent);
  }

  private void print(PrintStream err, long percent) {
    int full = (int) (percent * CELLS / PERCENT);
    String line =
        "%s [%s%s] %3d%%  %d of %d"
            .formatted(task, "#".repeat(full), "-".repeat(CELLS - full), percent, done, total);
    if (console.isTerminal()) {
      err.print("\r" + line);
      err.flush();
    } else {
      err.println(line);
    }
  }
}
