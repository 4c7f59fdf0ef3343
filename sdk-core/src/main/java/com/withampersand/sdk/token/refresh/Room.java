package com.withampersand.sdk.token.refresh;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/** Room for so many requests at once. Waiting for it takes no thread. */
final class Room {
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Room(int size) {
    this.free = size;
  }

  /** Calls {@code entered}, which must not block, once there is room; at once if there is. */
  void enter(Runnable entered) {
    lock.lock();
    try {
      if (free == 0) {
        waiting.add(entered);
        return;
      }
      free--;
    } finally {
      lock.unlock();
    }
    entered.run();
  }

  /** Gives room back, or on to the next who waits. */
  void leave() {
    Runnable next;
    lock.lock();
    try {
      next = waiting.poll();
      if (next == null) {
        free++;
        return;
      }
    } finally {
      lock.unlock();
    }
    next.run();
  }
}
