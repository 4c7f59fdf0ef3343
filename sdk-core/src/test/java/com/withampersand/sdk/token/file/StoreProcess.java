package com.withampersand.sdk.token.file;

import static com.withampersand.sdk.token.file.Rows.ADA;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.TokenStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Another process on a {@link FileTokenStore}: both its program, which says line by line what it
 * has done, and what a test has of it.
 */
final class StoreProcess implements AutoCloseable {
  static final List<ConnectionKey> KEYS =
      IntStream.range(0, 5)
          .mapToObj(i -> new ConnectionKey("salesforce", "acme", "user-" + i))
          .toList();
  static final int COUNTS = 50;

  private final Process process;
  private final BufferedReader lines;

  private StoreProcess(Process process) {
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
  }

  /** What the process does. */
  enum Task {
    /** Counts Ada's row up fifty times. */
    COUNT,
    /** Counts Ada's row up without end, and says each number. */
    COUNT_ON,
    /** Waits to be let go, and then counts all rows up without end, and says each number. */
    WRITE,
    /** Stops within a write of Ada's row until it is told to let go. */
    HOLD,
    /** Says whether it can write Ada's row at once. */
    TRY
  }

  static StoreProcess start(Task task, Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcess.class.getName(),
                task.name(),
                directory.toString())
            .redirectError(Redirect.INHERIT)
            .start();
    return new StoreProcess(process);
  }

  /** Returns the next thing that the process says it has done; null when it has ended. */
  @Nullable String readLine() throws IOException {
    return lines.readLine();
  }

  /** Returns when the process has ended by itself. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  void letGo() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** As {@code kill -9} does. What the process said before can still be read. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Returns a change whose sealed text fits its count alone. */
  static Change counted(long count) {
    return Rows.counted(count, sealed(count));
  }

  static String sealed(long count) {
    return String.valueOf((char) ('a' + count % 26)).repeat(5_000);
  }

  /** Counts a row up by one, and returns to what. */
  static long countUp(TokenStore store, ConnectionKey key) {
    while (true) {
      Row row = store.read(key);
      if (!sealed(row.leases()).equals(row.sealed())) {
        throw new IllegalStateException("a row that no one wrote: " + row);
      }
      if (isWritten(store, row, counted(row.leases() + 1))) {
        return row.leases() + 1;
      }
    }
  }

  /** A process that does not get the lock in time tries again. */
  private static boolean isWritten(TokenStore store, Row row, Change change) {
    try {
      return store.write(row.key(), row.revision(), change);
    } catch (TokenStoreException e) {
      if (!e.isRetryable() || e.isOutcomeUnknown()) {
        throw e;
      }
      return false;
    }
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[1]);
    switch (Task.valueOf(arguments[0])) {
      case COUNT -> IntStream.range(0, COUNTS).forEach(i -> countUp(open(directory), ADA));
      case COUNT_ON -> countOn(directory, List.of(ADA));
      case WRITE -> write(directory);
      case HOLD -> hold(directory);
      case TRY -> System.out.println(attempt(directory));
    }
  }

  private static FileTokenStore open(Path directory) {
    return FileTokenStore.open(directory);
  }

  private static void write(Path directory) throws IOException {
    sealed(open(directory).read(ADA).leases()); // so that all classes are loaded by then
    System.in.read();
    countOn(directory, KEYS);
  }

  /** Ends with the process that reads what it says, at the latest. */
  private static void countOn(Path directory, List<ConnectionKey> keys) {
    TokenStore store = open(directory);
    while (!System.out.checkError()) {
      for (int i = 0; i < keys.size(); i++) {
        System.out.println(i + " " + countUp(store, keys.get(i)));
      }
    }
  }

  private static void hold(Path directory) {
    TestDisk disk = new TestDisk();
    TokenStore store = FileTokenStore.open(directory, disk, Duration.ofSeconds(2), nap -> {});
    disk.afterCreate(
        file -> {
          System.out.println("holding");
          System.in.read();
        });
    countUp(store, ADA);
  }

  private static String attempt(Path directory) {
    try {
      TokenStore store =
          FileTokenStore.open(directory, new TestDisk(), Duration.ofMillis(20), nap -> {});
      Row row = store.read(ADA);
      store.write(ADA, row.revision(), counted(row.leases() + 1));
      return "got it";
    } catch (TokenStoreException e) {
      return "kept out";
    }
  }
}
