package com.withampersand.sdk.token;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Another process on a {@link FileTokenStore}: both its program, which says line by line what it
 * has done, and what a test has of it.
 */
final class StoreProcess implements AutoCloseable {
  static final TokenCipher CIPHER =
      TokenCipher.builder("k1", Secret.of("QW1wZXJzYW5kIGtlZXBzIHlvdXIgZ3JhbnRzIHNhZmU=")).build();
  static final List<ConnectionKey> GRANTS =
      IntStream.range(0, 5)
          .mapToObj(i -> new ConnectionKey("salesforce", "acme", "user-" + i))
          .toList();
  static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  private static final String COUNT = "count";

  private final Process process;
  private final BufferedReader lines;

  private StoreProcess(Process process) {
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
  }

  /** What the process does. */
  enum Task {
    /** Waits to be let go, and counts all grants up, round by round, for good. */
    WRITE,
    /** Holds Ada's grant until it is told to let go. */
    HOLD,
    /** Counts Ada's grant up a hundred times. */
    COUNT,
    /** Has Ada's grant come and go, and looks whether anybody else has it at the same time. */
    CHURN,
    /** Says whether it can have Ada's grant at once. */
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

  static TokenSet tokens(int count) {
    String padding = String.valueOf((char) ('a' + count % 26)).repeat(5_000);
    return TokenSet.builder(Secret.of("token-" + count), Instant.parse("2026-11-24T12:00:00Z"))
        .attribute(COUNT, String.valueOf(count))
        .attribute("padding", padding)
        .build();
  }

  static int count(TokenSet tokens) {
    return Integer.parseInt(tokens.attribute(COUNT).orElseThrow());
  }

  static TokenSet next(TokenSet tokens) {
    return tokens(count(tokens) + 1);
  }

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[1]);
    switch (Task.valueOf(arguments[0])) {
      case WRITE -> write(directory);
      case HOLD -> open(directory).update(ADA, StoreProcess::hold);
      case COUNT -> count(open(directory));
      case CHURN -> churn(open(directory), directory.resolveSibling("held"));
      case TRY -> System.out.println(attempt(directory));
    }
  }

  private static FileTokenStore open(Path directory) {
    return FileTokenStore.open(directory, CIPHER);
  }

  /** Ends with the process that reads what it says, at the latest. */
  private static void write(Path directory) throws IOException {
    CIPHER.open(ADA, CIPHER.seal(ADA, tokens(0))); // so that all classes are loaded by then
    System.in.read();
    FileTokenStore store = open(directory);
    while (!System.out.checkError()) {
      for (int i = 0; i < GRANTS.size(); i++) {
        int count = count(store.update(GRANTS.get(i), StoreProcess::next).orElseThrow());
        System.out.println(i + " " + count);
      }
    }
  }

  private static void count(FileTokenStore store) {
    for (int i = 0; i < 100; i++) {
      store.update(ADA, StoreProcess::next);
    }
  }

  private static String attempt(Path directory) {
    try {
      FileTokenStore.open(directory, CIPHER, Duration.ofMillis(20)).update(ADA, tokens -> tokens);
      return "got it";
    } catch (TokenStoreException e) {
      return "kept out";
    }
  }

  private static TokenSet hold(TokenSet tokens) {
    try {
      System.out.println("holding");
      System.in.read();
      return next(tokens);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void churn(FileTokenStore store, Path held) {
    for (int i = 0; i < 60; i++) {
      store.update(ADA, tokens -> alone(held, tokens));
      store.delete(ADA);
      store.save(ADA, tokens(i));
      store.update(ADA, tokens -> alone(held, tokens));
    }
  }

  /** Fails if another process is in here. */
  private static TokenSet alone(Path held, TokenSet tokens) {
    try {
      Files.createFile(held);
      Files.delete(held);
      return tokens;
    } catch (IOException e) {
      throw new UncheckedIOException("two have the grant at once", e);
    }
  }
}
