package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.file.FileTokenStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Takes over the file of an earlier version that was changed by hand. The input is the file. */
final class OldFileTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey GOOD = new ConnectionKey("salesforce", "acme", "bob");
  private static final String LINES = "ampersand grant 1\n%s\n%s\n%s\nsealed-1\n";

  private final Path directory;
  private final FileTokenStore store;

  OldFileTarget() {
    try {
      this.directory = Scratch.directory();
      this.store = FileTokenStore.open(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void run(Input input) throws IOException {
    deleteRows();
    Files.write(file(KEY), input.bytes());
    Files.writeString(
        file(GOOD), LINES.formatted(GOOD.provider(), GOOD.groupRef(), GOOD.consumerRef()));
    Tried.call(() -> store.read(KEY), TokenStoreException.class);
    int moved = Tried.call(store::migrate).result().orElseThrow();
    boolean isMoved = Files.notExists(file(KEY));
    Require.same(isMoved ? 2 : 1, moved, "how many were taken over");
    Require.same("sealed-1", store.read(GOOD).sealed(), "others are taken over");
    Tried<Row> read = Tried.call(() -> store.read(KEY), TokenStoreException.class);
    Require.that(isMoved == read.result().isPresent(), "a file stays, or becomes a row");
    read.result().ifPresent(row -> requireSame(row, input));
    Require.same(0, store.migrate(), "nothing is taken over twice");
  }

  private Path file(ConnectionKey key) {
    return directory.resolve(key.id() + ".grant");
  }

  private static void requireSame(Row row, Input input) {
    Require.same(KEY, row.key(), "the row that was asked for");
    Require.same(
        input.text(),
        LINES
            .formatted(row.key().provider(), row.key().groupRef(), row.key().consumerRef())
            .replace("sealed-1", String.valueOf(row.sealed())),
        "the row says what the file said");
  }

  private void deleteRows() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".row")).toList()) {
        Files.delete(file);
      }
    }
  }
}
