package com.withampersand.sdk.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Starts Java programs, one after the other.
 *
 * @param classPath where their classes are
 * @param options of the virtual machine
 * @param properties what they are told
 */
public record Jvm(String classPath, List<String> options, Map<String, String> properties) {
  /** Returns programs with the class path of this process. */
  public static Jvm likeThis() {
    return new Jvm(System.getProperty("java.class.path"), List.of(), Map.of());
  }

  /** Returns the same with a further option. */
  public Jvm option(String option) {
    List<String> all = new ArrayList<>(options);
    all.add(option);
    return new Jvm(classPath, List.copyOf(all), properties);
  }

  /** Returns the same with the address of a token server. */
  public Jvm server(TokenServer server) {
    return with(Settings.SERVER, server.uri().toString());
  }

  /** Returns the same with a database. */
  public Jvm database(String url) {
    return with(Settings.DATABASE, url);
  }

  private Jvm with(String name, String value) {
    Map<String, String> all = new TreeMap<>(properties);
    all.put(name, value);
    return new Jvm(classPath, options, Map.copyOf(all));
  }

  /** Starts a program whose output this process reads. */
  public Process start(String mainClass, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).directory(new File(".")).redirectErrorStream(true).start();
  }

  /**
   * Runs a program and returns its output.
   *
   * @throws IllegalStateException if it fails
   */
  public String run(String mainClass, String... args) throws IOException, InterruptedException {
    return outputOf(start(mainClass, args));
  }

  /**
   * Waits for a program and returns its output.
   *
   * @throws IllegalStateException if it fails
   */
  public static String outputOf(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("a program failed:\n" + output);
    }
    return output;
  }
}
