package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.file.FileTokenStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Reads a row's file that was changed by hand. The input is the file without its checksum, which is
 * put in front, or the whole file if it has a heading of its own.
 */
final class RowFileTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey GOOD = new ConnectionKey("salesforce", "acme", "bob");

  private final FileTokenStore store;
  private final Path file;

  RowFileTarget() {
    try {
      Path directory = Scratch.directory();
      this.store = FileTokenStore.open(directory);
      write(KEY);
      this.file = onlyRow(directory);
      write(GOOD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(ConnectionKey key) {
    store.write(
        key,
        Row.Revision.ABSENT,
        new Row.Change(
            Row.Revision.random(),
            Version.ofConsent(7),
            "consent-1",
            "ACTIVE",
            "client-1",
            new LeaseChange.Clear(),
            0,
            Duration.ZERO,
            Set.of(),
            Duration.ZERO,
            "sealed"));
  }

  private static Path onlyRow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(path -> path.toString().endsWith(".row")).findFirst().orElseThrow();
    }
  }

  @Override
  public void run(Input input) throws IOException {
    byte[] bytes = input.bytes();
    Files.write(file, input.text().startsWith("ampersand row") ? bytes : withChecksum(bytes));
    Tried<Row> read = Tried.call(() -> store.read(KEY), TokenStoreException.class);
    read.result().ifPresent(JdbcRowTarget::requireShownOnOneLine);
    List<Row> rows = Tried.call(() -> store.rows(RowFilter.all(), null, 10)).result().orElseThrow();
    Require.that(rows.stream().anyMatch(row -> row.key().equals(GOOD)), "other rows are seen");
    List<Row> due = Tried.call(() -> store.due(null, 10)).result().orElseThrow();
    Require.that(due.stream().anyMatch(row -> row.key().equals(GOOD)), "other rows are due");
    read.result().ifPresent(this::rewrite);
  }

  private static byte[] withChecksum(byte[] rest) {
    CRC32 checksum = new CRC32();
    checksum.update(rest);
    byte[] heading =
        "ampersand row 1 %08x%n".formatted(checksum.getValue()).getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[heading.length + rest.length];
    System.arraycopy(heading, 0, file, 0, heading.length);
    System.arraycopy(rest, 0, file, heading.length, rest.length);
    return file;
  }

  /** What could be read is written again, and read as it was. */
  private void rewrite(Row row) {
    if (row.version() == null) {
      return;
    }
    Row.Change next =
        new Row.Change(
            Row.Revision.random(),
            row.version(),
            row.consent(),
            row.state(),
            row.client(),
            new LeaseChange.Keep(),
            row.leases(),
            Duration.ZERO,
            Set.of(),
            Duration.ZERO,
            row.sealed());
    boolean isWritten =
        Tried.call(() -> store.write(KEY, row.revision(), next), TokenStoreException.class)
            .result()
            .orElse(false);
    if (isWritten) {
      Row again = store.read(KEY);
      Require.same(row.state(), again.state(), "read what was written");
      Require.same(row.sealed(), again.sealed(), "read what was written");
      Require.same(row.client(), again.client(), "read what was written");
      Require.same(row.lease(), again.lease(), "a lease stays");
    }
  }
}
