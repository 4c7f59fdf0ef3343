package com.withampersand.sdk.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** A {@link SoakProcess}, and what it has said. */
final class Node implements AutoCloseable {
  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, Integer> outcomes = new TreeMap<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private final String name;
  private final Process process;
  private final BufferedWriter input;
  private String settled = "";

  private Node(String name, Process process) {
    this.name = name;
    this.process = process;
    this.input = process.outputWriter(UTF_8);
    Thread reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  static Node start(Plan plan, File errors) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                SoakProcess.class.getName()));
    command.addAll(plan.words());
    return new Node(
        plan.name(), new ProcessBuilder(command).redirectError(Redirect.appendTo(errors)).start());
  }

  private void read() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        hear(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    done.countDown();
  }

  private synchronized void hear(String line) {
    if (line.startsWith(SoakProcess.SAMPLE)) {
      samples.add(Sample.parse(line.substring(SoakProcess.SAMPLE.length())));
    } else if (line.startsWith(SoakProcess.OUTCOME)) {
      String[] words = line.substring(SoakProcess.OUTCOME.length()).split(" ", 2);
      outcomes.put(words[1], Integer.valueOf(words[0]));
    } else if (line.startsWith(SoakProcess.SETTLED)) {
      settled = line.substring(SoakProcess.SETTLED.length());
    } else if (line.equals(SoakProcess.DONE)) {
      done.countDown();
    }
  }

  String name() {
    return name;
  }

  synchronized List<Sample> samples() {
    return List.copyOf(samples);
  }

  synchronized Map<String, Integer> outcomes() {
    return Map.copyOf(outcomes);
  }

  /** Lets it end its work and call for each customer once more. */
  void settle() throws IOException {
    input.write("settle\n");
    input.flush();
  }

  /** Waits for what {@link #settle} brought, and returns how many customers got what. */
  String settled() throws InterruptedException {
    done.await();
    synchronized (this) {
      return settled;
    }
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
