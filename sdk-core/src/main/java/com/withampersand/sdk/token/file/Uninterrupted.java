package com.withampersand.sdk.token.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Does work on files to its end although the thread is interrupted: an interrupt closes the channel
 * that the thread works on, so the work begins again. The thread keeps its interrupt flag.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Work that may be begun again after any of its steps. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T run(Work<T> work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return work.run();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
