package com.withampersand.sdk.token.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.LogLines;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grants that the SDK before rows kept: the samples are files that it wrote. */
class MigrationTest {
  private static final ConnectionKey ACTIVE = new ConnectionKey("salesforce", "acme", "active");

  @TempDir private Path temporary;

  private final Map<String, String> samples = new HashMap<>();

  private Path directory() {
    return temporary.resolve("rows");
  }

  private FileTokenStore open() {
    return FileTokenStore.open(directory());
  }

  @BeforeEach
  void copySamples() throws IOException, URISyntaxException {
    FileTokenStore.open(directory());
    Files.createFile(directory().resolve("lock"));
    Files.writeString(directory().resolve("0".repeat(64) + ".tmp"), "ampersand gra");
    try (Stream<Path> files = Files.list(sampleDirectory())) {
      for (Path file : files.filter(file -> file.toString().endsWith(".grant")).toList()) {
        samples.put(file.getFileName().toString(), Files.readString(file));
        Files.copy(file, directory().resolve(file.getFileName()));
      }
    }
  }

  private static Path sampleDirectory() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(
                MigrationTest.class.getResource("/com/withampersand/sdk/token/old-files"))
            .toURI());
  }

  private static String sealed(String sample) {
    return sample.split("\n", -1)[4];
  }

  private List<Path> oldFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().equals("clock"))
          .toList();
    }
  }

  private Path oldFile(ConnectionKey key) {
    return directory().resolve(key.id() + ".grant");
  }

  @Test
  void migrate_everyOldFile_becomesAnOldRow() throws IOException {
    FileTokenStore store = open();
    StoreTime before = before(store);

    int moved = store.migrate();

    assertThat(moved).isEqualTo(6);
    assertThat(oldFiles()).isEmpty();
    assertThat(store.rows(RowFilter.state("OLD"), null, 10))
        .hasSize(6)
        .allSatisfy(
            row -> {
              assertThat(row.sealed())
                  .isEqualTo(
                      sealed(Objects.requireNonNull(samples.get(row.key().id() + ".grant"))));
              assertThat(row.version()).isEqualTo(Version.OLD);
              assertThat(row.consent()).isNull();
              assertThat(row.client()).isNull();
              assertThat(row.lease()).isNull();
              assertThat(row.leases()).isZero();
              assertThat(row.lookAt()).isEqualTo(new StoreTime(0));
              assertThat(List.of(row.tokensAt(), row.stateAt(), row.sentAt()))
                  .allSatisfy(instant -> assertThat(instant).isBetween(before, row.readAt()));
            })
        .extracting(Row::revision)
        .doesNotHaveDuplicates()
        .doesNotContain(Revision.ABSENT);
    assertThat(store.due(null, 10)).hasSize(6);
  }

  private static StoreTime before(FileTokenStore store) {
    return store.read(new ConnectionKey("none", "none", "none")).readAt();
  }

  @Test
  void migrate_oldKeys_findTheirRows() {
    FileTokenStore store = open();
    store.migrate();

    assertThat(store.read(ACTIVE).sealed()).startsWith("v1.k1.");
    assertThat(store.read(new ConnectionKey("salesforce", "acme", "plain")).sealed())
        .startsWith("v1.plain.");
    assertThat(
            store
                .read(
                    new ConnectionKey(
                        "hubspot", "../\u6771\u4eac \ud83d\ude80", "Zo\u00eb = \"q\" \\n "))
                .sealed())
        .startsWith("v1.k1.");
  }

  @Test
  void migrate_again_movesNothingAndLeavesTheRows() {
    FileTokenStore store = open();
    store.migrate();
    Row row = store.read(ACTIVE);

    int moved = open().migrate();

    assertThat(moved).isZero();
    assertThat(store.read(ACTIVE).revision()).isEqualTo(row.revision());
  }

  @Test
  void anything_beforeMigration_isNotTakenForAnAbsentRow() {
    FileTokenStore store = open();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.read(ACTIVE))
        .withMessageContaining("migrate()")
        .withMessageContaining(oldFile(ACTIVE).toString())
        .matches(failure -> !failure.isRetryable());
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ACTIVE, Revision.ABSENT, Rows.sealed("sealed")))
        .withMessageContaining("migrate()");
  }

  @Test
  void migrate_killedBeforeTheOldFileWasDeleted_endsWithOneRow() throws IOException {
    FileTokenStore store = open();
    store.migrate();
    Row row = store.read(ACTIVE);
    Files.writeString(oldFile(ACTIVE), Objects.requireNonNull(samples.get(ACTIVE.id() + ".grant")));

    store.migrate();

    assertThat(oldFiles()).isEmpty();
    assertThat(store.read(ACTIVE).revision()).isEqualTo(row.revision());
  }

  @Test
  void migrate_rowOfOtherContentIsThere_leavesBothAndSaysSo() throws IOException {
    FileTokenStore store = open();
    store.migrate();
    store.write(ACTIVE, store.read(ACTIVE).revision(), Rows.sealed("v2.newer"));
    Files.writeString(oldFile(ACTIVE), Objects.requireNonNull(samples.get(ACTIVE.id() + ".grant")));
    LogLines log = new LogLines();

    log.start();
    int moved = store.migrate();
    log.stop();

    assertThat(moved).isZero();
    assertThat(store.read(ACTIVE).sealed()).isEqualTo("v2.newer");
    assertThat(oldFiles()).containsExactly(oldFile(ACTIVE));
    assertThat(log.lines()).anyMatch(line -> line.contains(oldFile(ACTIVE).toString()));
  }

  @Test
  void migrate_fileThatIsNotAsItWasWritten_isLoggedAndTheOthersMove() throws IOException {
    Files.writeString(oldFile(ACTIVE), "ampersand grant 1\nsalesforce\nacme\n");
    FileTokenStore store = open();
    LogLines log = new LogLines();

    log.start();
    int moved = store.migrate();
    log.stop();

    assertThat(moved).isEqualTo(5);
    assertThat(oldFiles()).containsExactly(oldFile(ACTIVE));
    assertThat(log.lines()).anyMatch(line -> line.contains(oldFile(ACTIVE).toString()));
    assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> store.read(ACTIVE));
  }

  @Test
  void migrate_fullDisk_failsAndGoesOnLater() {
    TestDisk disk = new TestDisk();
    FileTokenStore store = FileTokenStore.open(directory(), disk, Duration.ofSeconds(2), nap -> {});
    disk.fullFor(".tmp");

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(store::migrate)
        .withMessageContaining("migrate()")
        .matches(TokenStoreException::isRetryable);

    disk.notFull();
    assertThat(store.migrate()).isEqualTo(6);
  }

  @Test
  void migrate_directoryWithoutOldFiles_movesNothing() {
    FileTokenStore store = FileTokenStore.open(temporary.resolve("new"));

    assertThat(store.migrate()).isZero();
  }
}
