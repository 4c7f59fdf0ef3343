package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.file.FileTokenStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No token is in plain where grants are kept, nor in anything that is said of them. */
@Timeout(120)
class TokenCanaryTest {
  private final TokenCanary canary = new TokenCanary();

  @AfterEach
  void stop() {
    canary.close();
  }

  @Test
  void r04_wholeLife_inMemory_showsNoToken() {
    canary.runOver(new InMemoryTokenStore());

    canary.assertNothingShown(List.of());
  }

  @Test
  void r04_wholeLife_inFiles_showsNoTokenInAnyFileNorDraft(@TempDir Path directory)
      throws InterruptedException {
    Set<String> texts = new HashSet<>();
    AtomicBoolean isOver = new AtomicBoolean();
    Thread reader =
        new Thread(
            () -> {
              while (!isOver.get()) {
                texts.addAll(filesIn(directory));
              }
            });
    reader.start();

    canary.runOver(FileTokenStore.open(directory));
    texts.addAll(filesIn(directory));
    isOver.set(true);
    reader.join();

    assertThat(texts).anyMatch(text -> text.contains(".draft") || text.contains("row"));
    canary.assertNothingShown(texts);
  }

  private static Collection<String> filesIn(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(TokenCanaryTest::text).toList();
    } catch (IOException | UncheckedIOException e) {
      // A file was moved or deleted meanwhile; the next look finds what took its place.
      return List.of();
    }
  }

  private static String text(Path file) {
    try {
      return file
          + " "
          + (Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
    } catch (IOException e) {
      return file.toString();
    }
  }

  @Test
  void search_storeOfPlainText_findsTheTokens() {
    canary.runOver(new InMemoryTokenStore(), TokenCipher.storingPlainText());

    assertThat(canary.found(List.of())).hasSizeGreaterThan(10);
  }
}
