package com.withampersand.sdk.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.management.ManagementFactory;

/**
 * What a process uses at a moment.
 *
 * @param second since the run began
 * @param heap in kilobytes, after a collection
 * @param files open files and sockets
 * @param connections to the database
 * @param calls how many were answered since the last sample
 */
record Sample(
    String process, int second, int heap, int threads, int files, int connections, int calls) {
  private static final String SEPARATOR = ",";

  static final String HEADER = "process,second,heap_kb,threads,files,connections,calls";

  static Sample take(String process, int second, HikariDataSource pool, int calls) {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return new Sample(
        process,
        second,
        (int) ((runtime.totalMemory() - runtime.freeMemory()) / 1024),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        (int)
            ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount(),
        pool.getHikariPoolMXBean().getTotalConnections(),
        calls);
  }

  static Sample parse(String line) {
    String[] words = line.split(SEPARATOR, -1);
    return new Sample(
        words[0],
        Integer.parseInt(words[1]),
        Integer.parseInt(words[2]),
        Integer.parseInt(words[3]),
        Integer.parseInt(words[4]),
        Integer.parseInt(words[5]),
        Integer.parseInt(words[6]));
  }

  /** Returns the same, so many seconds later. */
  Sample later(int seconds) {
    return new Sample(process, second + seconds, heap, threads, files, connections, calls);
  }

  String line() {
    return String.join(
        SEPARATOR,
        process,
        "" + second,
        "" + heap,
        "" + threads,
        "" + files,
        "" + connections,
        "" + calls);
  }
}
