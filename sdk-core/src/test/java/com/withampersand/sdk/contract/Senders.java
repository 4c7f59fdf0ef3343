package com.withampersand.sdk.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Threads that send at once. */
final class Senders {
  private Senders() {}

  /** What one of the threads does. */
  @FunctionalInterface
  interface Work {
    int run(int thread) throws Exception;
  }

  static List<FutureTask<Integer>> start(int count, Work work) {
    List<FutureTask<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      tasks.add(new FutureTask<>(() -> work.run(number)));
    }
    for (FutureTask<Integer> task : tasks) {
      Thread thread = new Thread(task, "sender");
      thread.setDaemon(true);
      thread.start();
    }
    return tasks;
  }
}
