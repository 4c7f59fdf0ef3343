package com.withampersand.sdk.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories that go with the process, in memory where the machine has such a place. */
final class Scratch {
  private static final Path MEMORY = Path.of("/dev/shm");

  private Scratch() {}

  static Path directory() throws IOException {
    Path directory =
        Files.isWritable(MEMORY)
            ? Files.createTempDirectory(MEMORY, "fuzz")
            : Files.createTempDirectory("fuzz");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
    return directory;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
