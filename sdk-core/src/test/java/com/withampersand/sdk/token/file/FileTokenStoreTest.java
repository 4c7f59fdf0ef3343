package com.withampersand.sdk.token.file;

import static com.withampersand.sdk.token.file.Rows.ADA;
import static com.withampersand.sdk.token.file.Rows.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.LogLines;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a {@link FileTokenStore} does beyond the contract. */
class FileTokenStoreTest {
  private static final Duration HASTY = Duration.ofMillis(20);

  @TempDir private Path temporary;

  private final TestDisk disk = new TestDisk();

  private Path directory() {
    return temporary.resolve("rows");
  }

  private FileTokenStore open() {
    return open(directory());
  }

  private FileTokenStore open(Path directory) {
    return FileTokenStore.open(directory, disk, HASTY, nap -> Thread.onSpinWait());
  }

  private Path file(ConnectionKey key, String suffix) {
    return directory().resolve(key.id().substring(0, 2)).resolve(key.id() + suffix);
  }

  private static Row insert(FileTokenStore store, ConnectionKey key, Change change) {
    assertThat(store.write(key, Revision.ABSENT, change)).isTrue();
    return store.read(key);
  }

  private static Row insert(FileTokenStore store, ConnectionKey key) {
    return insert(store, key, Rows.sealed("sealed"));
  }

  private static boolean update(FileTokenStore store, Change change) {
    return store.write(ADA, store.read(ADA).revision(), change);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void setPermissions(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void setTime(Path file, long millis) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(directory())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory().relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static boolean isTemporary(String name) {
    return name.endsWith(".tmp") || name.endsWith(".spare");
  }

  private static String shard(ConnectionKey key) {
    return key.id().substring(0, 2) + "/";
  }

  // Opening

  @Test
  void open_directoryThatIsMissing_isCreatedWithThoseAbove() {
    Path deep = temporary.resolve("a/b/c");

    insert(FileTokenStore.open(deep), ADA);

    assertThat(FileTokenStore.open(deep).read(ADA).sealed()).isEqualTo("sealed");
  }

  @Test
  void open_whereAFileIs_isRefusedWithItsName() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(file))
        .withMessageContaining(file.toString())
        .withCauseInstanceOf(IOException.class);
  }

  @Test
  void open_inAnArchive_isRefused() throws IOException {
    URI archive = URI.create("jar:" + temporary.resolve("a.zip").toUri());

    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FileTokenStore.open(zip.getPath("rows")))
          .withMessageContaining("rows");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void open_directoryThatOthersCanWriteTo_isRefusedWithWhatToDo(String permissions)
      throws IOException {
    Files.createDirectory(directory());
    setPermissions(directory(), permissions);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(directory()))
        .withMessageContaining(directory().toString())
        .withMessageContaining(permissions)
        .withMessageContaining("chmod go-w");
    assertThat(names()).isEmpty();
  }

  @Test
  void open_shardThatOthersCanWriteTo_isRefused() throws IOException {
    insert(open(), ADA);
    setPermissions(directory().resolve(shard(ADA)), "rwxrwx---");

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(directory()))
        .withMessageContaining(shard(ADA).substring(0, 2));
  }

  /** Gives a file to another user, which no one but root can do. */
  private static void giveAway(Path path) throws IOException {
    assumeThat(Files.getAttribute(path, "unix:uid")).as("only root gives files away").isEqualTo(0);
    Files.setAttribute(path, "unix:uid", 4711);
  }

  @Test
  void open_directoryOfAnotherUser_isRefusedWithWhatToDo() throws IOException {
    Files.createDirectory(directory());
    setPermissions(directory(), "rwxr-xr-x");
    giveAway(directory());

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(directory()))
        .withMessageContaining(directory().toString())
        .withMessageContaining("4711")
        .withMessageContaining("chown")
        .satisfies(failure -> assertThat(failure.isRetryable()).isFalse());
    assertThat(names()).isEmpty();
  }

  /** Otherwise its owner could fill the disk to have it taken. */
  @Test
  void open_directoryOfAnotherUserOnAFullDisk_isRefused() throws IOException {
    open();
    giveAway(directory());
    disk.afterCreate(FileTokenStoreTest::failForLackOfSpace);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(this::open)
        .withMessageContaining("4711");
  }

  private static void failForLackOfSpace(Path file) throws IOException {
    Files.delete(file);
    throw new FileSystemException(file.toString(), null, "No space left on device");
  }

  @Test
  void open_shardOfAnotherUser_isRefused() throws IOException {
    insert(open(), ADA);
    giveAway(directory().resolve(shard(ADA)));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(directory()))
        .withMessageContaining(shard(ADA).substring(0, 2))
        .withMessageContaining("4711");
  }

  @Test
  void open_processMayNotCreateFiles_isRefused() throws IOException {
    open();
    disk.afterCreate(
        file -> {
          Files.delete(file);
          throw new AccessDeniedException(file.toString());
        });

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(this::open)
        .withCauseInstanceOf(AccessDeniedException.class);
  }

  @Test
  void open_noPlaceForAFile_opensWhatIsThere() throws IOException {
    insert(open(), ADA);
    disk.afterCreate(FileTokenStoreTest::failForLackOfSpace);

    assertThat(open().read(ADA).sealed()).isEqualTo("sealed");
  }

  @Test
  void open_linkInPlaceOfAShard_isRefused() throws IOException {
    open();
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.createSymbolicLink(directory().resolve("7f"), elsewhere);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(directory()))
        .withMessageContaining("7f");
  }

  @Test
  void open_fileSystemWithTimesOfWholeSeconds_isRefused() throws IOException {
    disk.wholeSeconds();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(this::open)
        .withMessageContaining("milliseconds");
    assertThat(names()).containsExactly("clock");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"})
  void open_networkFileSystem_isKnownBySomeNames(String type) {
    assertThat(StoreDirectory.isRemote(type)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "ext2/ext3", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "NTFS"})
  void open_localFileSystem_isNotTakenForARemoteOne(String type) {
    assertThat(StoreDirectory.isRemote(type)).isFalse();
  }

  // Files

  @Test
  void write_row_isInTheShardOfItsIdForTheOwnerAlone() throws IOException {
    FileTokenStore store = FileTokenStore.open(directory());
    insert(store, ADA);
    update(store, Rows.leased("second"));

    assertThat(names())
        .containsExactlyInAnyOrder(
            "clock",
            shard(ADA) + "lock",
            shard(ADA) + ADA.id() + ".row",
            shard(ADA) + ADA.id() + ".spare");
    assertThat(permissions(directory())).isEqualTo("rwx------");
    assertThat(permissions(directory().resolve(shard(ADA)))).isEqualTo("rwx------");
    for (String name : names()) {
      assertThat(permissions(directory().resolve(name))).as(name).isEqualTo("rw-------");
    }
  }

  @Test
  void write_removal_leavesTheLockFileAsItWas() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    Object lock = Files.getAttribute(directory().resolve(shard(ADA) + "lock"), "unix:ino");

    update(store, Rows.leased("second"));
    update(store, Change.remove());
    insert(store, ADA);
    update(store, Change.remove());

    assertThat(Files.getAttribute(directory().resolve(shard(ADA) + "lock"), "unix:ino"))
        .isEqualTo(lock);
    assertThat(names()).containsExactlyInAnyOrder("clock", shard(ADA) + "lock");
  }

  @Test
  void write_besideWhatAKilledWriterLeft_takesItsPlace() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    Files.writeString(file(ADA, ".tmp"), "ampersand ro".repeat(1_000));

    assertThat(store.read(ADA).sealed()).isEqualTo("sealed");
    assertThat(update(store, Rows.sealed("second"))).isTrue();

    assertThat(store.read(ADA).sealed()).isEqualTo("second");
    assertThat(file(ADA, ".tmp")).doesNotExist();
  }

  @Test
  void write_linkInPlaceOfTheDraft_writesToNothingElse() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    Path victim = Files.writeString(temporary.resolve("victim"), "precious");
    Files.createSymbolicLink(file(ADA, ".tmp"), victim);

    assertThat(update(store, Rows.sealed("second"))).isTrue();

    assertThat(victim).hasContent("precious");
    assertThat(store.read(ADA).sealed()).isEqualTo("second");
  }

  @Test
  void write_draftSwappedForALinkAsItIsWritten_writesToNothingElse() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    Path victim = Files.writeString(temporary.resolve("victim"), "precious");
    FileTime time = Files.getLastModifiedTime(victim);
    disk.afterCreate(file -> swapForLink(file, victim));

    update(store, Rows.sealed("second"));

    assertThat(victim).hasContent("precious");
    assertThat(Files.getLastModifiedTime(victim)).isEqualTo(time);
  }

  private static void swapForLink(Path file, Path victim) throws IOException {
    Files.delete(file);
    Files.createSymbolicLink(file, victim);
  }

  // A full disk

  /** What no process could read is not written either. */
  @Test
  void write_largerThanAnyRow_failsAndChangesNothing() {
    FileTokenStore store = open();
    insert(store, ADA);
    Change larger = Rows.sealed("x".repeat(64 * 1024 * 1024));

    assertThat(catchThrowable(() -> update(store, larger))).isInstanceOf(TokenStoreException.class);

    assertThat(store.read(ADA).sealed()).isEqualTo("sealed");
  }

  @Test
  void write_fullDisk_failsAndChangesNothing() throws IOException {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    disk.fullFor(".tmp");

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> update(store, Rows.sealed("second")))
        .withMessageContaining(file(ADA, ".row").toString())
        .matches(TokenStoreException::isRetryable)
        .matches(failure -> !failure.isOutcomeUnknown());

    assertThat(store.read(ADA).revision()).isEqualTo(row.revision());
    assertThat(file(ADA, ".tmp")).doesNotExist();
    disk.notFull();
    assertThat(update(store, Rows.sealed("second"))).isTrue();
  }

  @Test
  void write_leaseOnADiskWithoutRoomForTheResult_isRefusedAndChangesNothing() throws IOException {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    disk.fullFor(".spare");

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> update(store, Rows.leased("second")))
        .matches(failure -> !failure.isOutcomeUnknown());

    assertThat(store.read(ADA).revision()).isEqualTo(row.revision());
    assertThat(names())
        .contains(shard(ADA) + ADA.id() + ".row")
        .noneMatch(FileTokenStoreTest::isTemporary);
  }

  @Test
  void write_resultOnADiskThatFilledUpUnderTheLease_takesTheRoomThatWasKept() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA, Rows.sealed("x".repeat(20_000)));
    update(store, Rows.leased("x".repeat(20_000)));
    assertThat(Files.size(file(ADA, ".spare"))).isGreaterThanOrEqualTo(40_000);
    disk.fullFor(".tmp");

    assertThat(update(store, Rows.released("result"))).isTrue();

    Row row = open().read(ADA);
    assertThat(row.sealed()).isEqualTo("result");
    assertThat(row.lease()).isNull();
    assertThat(names()).noneMatch(FileTokenStoreTest::isTemporary);
  }

  @Test
  void write_releaseWithRoom_givesTheRoomBack() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    update(store, Rows.leased("second"));
    assertThat(file(ADA, ".spare")).exists();

    update(store, Rows.released("result"));

    assertThat(file(ADA, ".spare")).doesNotExist();
  }

  @Test
  void write_underTheLeaseOfAnother_leavesTheRoomForItsResult() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    update(store, Rows.leased("second"));

    update(store, Rows.sealed("beside the lease"));
    disk.fullFor(".tmp");

    assertThat(update(store, Rows.released("result"))).isTrue();
  }

  @Test
  void write_renewalOnAFullDisk_failsAndKeepsTheRoom() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    update(store, Rows.leased("second"));
    disk.fullFor(".tmp");

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> update(store, Rows.leased("second")));

    assertThat(file(ADA, ".spare")).exists();
    assertThat(update(store, Rows.released("result"))).isTrue();
  }

  @Test
  void write_otherFileInPlaceOfTheRoom_isNotWrittenTo() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    update(store, Rows.leased("second"));
    Path victim = Files.writeString(temporary.resolve("victim"), "precious ".repeat(10_000));
    String content = Files.readString(victim);
    Files.delete(file(ADA, ".spare"));
    disk.fullFor(".tmp");

    Files.createLink(file(ADA, ".spare"), victim);
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> update(store, Rows.released("result")));
    Files.delete(file(ADA, ".spare"));
    Files.createSymbolicLink(file(ADA, ".spare"), victim);
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> update(store, Rows.released("result")));

    assertThat(Files.readString(victim)).isEqualTo(content);
    assertThat(store.read(ADA).sealed()).isEqualTo("second");
  }

  @Test
  void write_row_isOnDiskBeforeItIsReported() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    List<String> steps = new ArrayList<>();
    disk.beforeMove(file -> steps.add("move " + file.getFileName()));
    disk.beforeSync(directory -> steps.add("sync " + directory.getFileName()));

    store.write(ADA, row.revision(), Rows.sealed("second"));
    store.write(ADA, store.read(ADA).revision(), Change.remove());

    String sync = "sync " + ADA.id().substring(0, 2);
    assertThat(steps).containsExactly("move " + ADA.id() + ".tmp", sync, sync);
  }

  @Test
  void write_directoryThatDoesNotSync_saysThatTheOutcomeIsUnknown() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    disk.beforeSync(
        directory -> {
          throw new IOException("Input/output error");
        });
    Change change = Rows.sealed("second");

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, row.revision(), change))
        .matches(TokenStoreException::isOutcomeUnknown)
        .matches(TokenStoreException::isRetryable);

    assertThat(store.read(ADA).revision()).isEqualTo(change.revision());
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, change.revision(), Change.remove()))
        .matches(TokenStoreException::isOutcomeUnknown);
  }

  @Test
  void write_fileThatCannotBeReplaced_saysThatTheOutcomeIsUnknown() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    disk.beforeMove(
        file -> {
          throw new IOException("Input/output error");
        });

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, row.revision(), Rows.sealed("second")))
        .matches(TokenStoreException::isOutcomeUnknown);

    assertThat(store.read(ADA).revision()).isEqualTo(row.revision());
  }

  @Test
  void write_fileThatIsReadAndCannotBeReplacedYet_isTriedAgain() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    AtomicInteger tries = refusedMoves(2);

    boolean written = store.write(ADA, row.revision(), Rows.sealed("second"));

    assertThat(written).isTrue();
    assertThat(tries).hasValue(3);
    assertThat(store.read(ADA).sealed()).isEqualTo("second");
  }

  @Test
  void write_fileThatCanNeverBeReplaced_failsAfterTwentyTries() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    AtomicInteger tries = refusedMoves(1_000);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, row.revision(), Rows.sealed("second")));

    assertThat(tries).hasValue(20);
    assertThat(store.read(ADA).revision()).isEqualTo(row.revision());
  }

  /** Lets some moves be refused, as Windows does, and counts them all. */
  private AtomicInteger refusedMoves(int refusals) {
    AtomicInteger tries = new AtomicInteger();
    disk.beforeMove(
        file -> {
          if (tries.incrementAndGet() <= refusals) {
            throw new AccessDeniedException(file.toString());
          }
        });
    return tries;
  }

  // Time

  @Test
  void write_instants_areTheFileSystems() {
    FileTokenStore store = open();
    long now = store.read(ADA).readAt().millis();
    long yesterday = now - Duration.ofDays(1).toMillis();
    disk.afterCreate(file -> setTime(file, yesterday));

    Row row = insert(store, ADA);

    assertThat(row.tokensAt()).isEqualTo(new StoreTime(yesterday));
    assertThat(row.lookAt().millis()).isEqualTo(yesterday + Duration.ofDays(30).toMillis());
    assertThat(row.readAt().millis()).isGreaterThanOrEqualTo(now);
  }

  @Test
  void write_clockThatWentBackALittle_standsStill() {
    FileTokenStore store = open();
    StoreTime before = store.read(ADA).readAt();
    disk.afterCreate(file -> setTime(file, before.millis() - 900));

    Row row = insert(store, ADA);

    assertThat(row.tokensAt()).isGreaterThanOrEqualTo(before);
  }

  // Files that are not as they were written

  static Stream<UnaryOperator<String>> corruptions() {
    return Stream.of(
        text -> "",
        text -> "x",
        text -> text.substring(0, text.length() / 4),
        text -> text.substring(0, text.length() - 1),
        text -> text + "\n",
        text -> text + "x",
        text -> "x" + text,
        text -> "\u0000".repeat(text.length()),
        text -> text.replace("\nconsumerRef=ada\n", "\nconsumerRef=bob\n"),
        text -> text.replace("\nstate=ACTIVE\n", "\nstate=OTHER\n"),
        text -> text.replace("ampersand row 1", "ampersand row 2"));
  }

  @ParameterizedTest
  @MethodSource("corruptions")
  void anything_onACorruptFile_failsByNameAndLeavesItAsItIs(UnaryOperator<String> corruption)
      throws IOException {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    Row healthy = insert(store, BOB);
    String corrupt = corruption.apply(Files.readString(file(ADA, ".row")));
    Files.writeString(file(ADA, ".row"), corrupt);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.read(ADA))
        .withMessageContaining(file(ADA, ".row").toString())
        .withMessageContaining("consumerRef=ada")
        .matches(failure -> !failure.isRetryable());
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, row.revision(), Rows.sealed("second")))
        .matches(failure -> !failure.isOutcomeUnknown());
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, Revision.ABSENT, Rows.sealed("second")));

    assertThat(Files.readString(file(ADA, ".row"))).isEqualTo(corrupt);
    assertThat(store.read(BOB).revision()).isEqualTo(healthy.revision());
    assertThat(store.read(BOB).sealed()).isEqualTo("sealed");
    assertThat(store.rows(RowFilter.all(), null, 10)).extracting(Row::key).containsExactly(BOB);
    assertThat(store.write(BOB, healthy.revision(), Rows.sealed("second"))).isTrue();
  }

  @Test
  void read_numberThatIsNone_isNamedAndNotQuoted() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    String rest =
        Files.readString(file(ADA, ".row"))
            .replaceFirst(".*\n", "")
            .replaceFirst("leases=\\d+", Matcher.quoteReplacement("leases=1\\nforged line"));
    CRC32 checksum = new CRC32();
    checksum.update(rest.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        file(ADA, ".row"), "ampersand row 1 %08x\n%s".formatted(checksum.getValue(), rest));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.read(ADA))
        .withMessageContaining("its leases is not a number")
        .matches(failure -> !String.valueOf(failure.getMessage()).contains("forged"));
  }

  @Test
  void read_fileOfAnotherRow_isRefused() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    insert(store, BOB);
    Files.copy(file(BOB, ".row"), file(ADA, ".row"), StandardCopyOption.REPLACE_EXISTING);

    assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> store.read(ADA));
    assertThat(store.rows(RowFilter.all(), null, 10)).extracting(Row::key).containsExactly(BOB);
  }

  @Test
  void pages_oneFileIsCorrupt_holdTheOthersAndLogIt() throws IOException {
    FileTokenStore store = open();
    List<ConnectionKey> keys =
        IntStream.range(0, 5)
            .mapToObj(i -> new ConnectionKey("salesforce", "acme", "c" + i))
            .toList();
    keys.forEach(key -> insert(store, key, Rows.lookIn(Duration.ZERO)));
    Path corrupt = file(keys.get(2), ".row");
    FileTime time = Files.getLastModifiedTime(corrupt);
    Files.writeString(corrupt, "");
    Files.setLastModifiedTime(corrupt, time);
    Path directory = Files.createDirectories(file(ADA, ".row"));
    Files.writeString(directory().resolve("notes.row"), "no row of ours");
    LogLines log = new LogLines();

    log.start();
    List<ConnectionKey> listed = walk(store);
    List<ConnectionKey> due = store.due(null, 2).stream().map(Row::key).toList();
    log.stop();

    assertThat(listed).hasSize(4).containsAll(others(keys));
    assertThat(due).hasSize(2);
    assertThat(store.due(null, 10)).extracting(Row::key).containsExactlyElementsOf(others(keys));
    assertThat(log.lines())
        .anyMatch(line -> line.contains(corrupt.toString()))
        .anyMatch(line -> line.contains(directory.toString()));
  }

  private static List<ConnectionKey> others(List<ConnectionKey> keys) {
    return keys.stream().filter(key -> !key.equals(keys.get(2))).toList();
  }

  private static List<ConnectionKey> walk(FileTokenStore store) {
    List<ConnectionKey> walked = new ArrayList<>();
    List<Row> page = store.rows(RowFilter.all(), null, 1);
    while (!page.isEmpty()) {
      walked.add(page.get(0).key());
      page = store.rows(RowFilter.all(), page.get(0).key(), 1);
    }
    return walked;
  }

  @Test
  void anything_directoryIsGone_failsAndIsNotTakenForAnAbsentRow() throws IOException {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    Files.move(directory(), temporary.resolve("elsewhere"));

    List<Runnable> calls =
        List.of(
            () -> store.read(ADA),
            () -> store.read(BOB),
            () -> store.write(ADA, row.revision(), Rows.sealed("second")),
            () -> store.write(BOB, Revision.ABSENT, Rows.sealed("second")),
            () -> store.rows(RowFilter.all(), null, 1),
            () -> store.due(null, 1),
            store::migrate);

    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatExceptionOfType(TokenStoreException.class)
                    .isThrownBy(call::run)
                    .withMessageContaining(directory().toString())
                    .matches(TokenStoreException::isRetryable));
    assertThat(directory()).doesNotExist();
  }

  // Due rows

  @Test
  void due_rowThatIsNotDue_isNotOpened() throws IOException {
    FileTokenStore store = open();
    insert(store, ADA);
    insert(store, BOB, Rows.lookIn(Duration.ZERO));
    FileTime time = Files.getLastModifiedTime(file(ADA, ".row"));
    Files.writeString(file(ADA, ".row"), "");
    Files.setLastModifiedTime(file(ADA, ".row"), time);
    LogLines log = new LogLines();

    log.start();
    List<Row> due = store.due(null, 10);
    log.stop();

    assertThat(due).extracting(Row::key).containsExactly(BOB);
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void due_filesWhoseTimesWereNotCopied_arePutRight() throws IOException {
    FileTokenStore store = open();
    for (int i = 0; i < 6; i++) {
      ConnectionKey key = new ConnectionKey("salesforce", "acme", "c" + i);
      insert(store, key, Rows.lookIn(i % 2 == 0 ? Duration.ZERO : Duration.ofDays(1)));
    }
    List<Row> before = store.due(null, 10);
    for (Row row : store.rows(RowFilter.all(), null, 10)) {
      setTime(file(row.key(), ".row"), row.readAt().millis() - 5);
    }

    List<Row> after = open().due(null, 10);

    assertThat(before).hasSize(3);
    assertThat(after).extracting(Row::key).containsExactlyElementsOf(keys(before));
    for (Row row : store.rows(RowFilter.all(), null, 10)) {
      assertThat(Files.getLastModifiedTime(file(row.key(), ".row")).toMillis())
          .isEqualTo(row.lookAt().millis());
    }
  }

  private static List<ConnectionKey> keys(List<Row> rows) {
    return rows.stream().map(Row::key).toList();
  }

  @Test
  void due_walkByTwoAtOnce_showsEachRowToBoth() {
    FileTokenStore store = open();
    for (int i = 0; i < 7; i++) {
      insert(store, new ConnectionKey("salesforce", "acme", "c" + i), Rows.lookIn(Duration.ZERO));
    }

    List<Row> one = new ArrayList<>(store.due(null, 2));
    List<Row> other = new ArrayList<>(store.due(null, 3));
    for (int pages = 0; pages < 4; pages++) {
      one.addAll(store.due(one.get(one.size() - 1).cursor(), 2));
      other.addAll(store.due(other.get(other.size() - 1).cursor(), 3));
    }

    assertThat(keys(one)).hasSize(7).isEqualTo(keys(other));
  }

  // Locks

  /** A store of this process that is writing Ada's row until it is let go. */
  private static final class Writing implements AutoCloseable {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Boolean> written;

    Writing(Path directory) throws InterruptedException {
      TestDisk held = new TestDisk();
      FileTokenStore store = FileTokenStore.open(directory, held, HASTY, nap -> {});
      Row row = store.read(ADA);
      held.afterCreate(file -> hold());
      written = thread.submit(() -> store.write(ADA, row.revision(), Rows.sealed("held")));
      begun.await();
    }

    private void hold() throws IOException {
      begun.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    boolean finish() throws Exception {
      letGo.countDown();
      return written.get();
    }

    @Override
    public void close() {
      letGo.countDown();
      thread.shutdownNow();
    }
  }

  @Test
  void write_whileAnotherThreadWritesTheStripe_waitsBoundedButReadingDoesNot() throws Exception {
    FileTokenStore store = open();
    Row row = insert(store, ADA);

    try (Writing writing = new Writing(directory())) {
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.write(ADA, row.revision(), Rows.sealed("second")))
          .withMessageContaining("stayed locked for PT0.02S")
          .matches(TokenStoreException::isRetryable)
          .matches(failure -> !failure.isOutcomeUnknown());
      assertThat(store.read(ADA).sealed()).isEqualTo("sealed");
      assertThat(store.rows(RowFilter.all(), null, 10)).hasSize(1);

      assertThat(writing.finish()).isTrue();
    }

    assertThat(store.write(ADA, row.revision(), Rows.sealed("second"))).isFalse();
    assertThat(update(store, Rows.sealed("second"))).isTrue();
  }

  @Test
  void write_interruptedWhileItWaits_failsWithTheFlagSet() throws Exception {
    FileTokenStore store = open();
    Row row = insert(store, ADA);

    try (Writing writing = new Writing(directory())) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.write(ADA, row.revision(), Rows.sealed("second")))
          .withMessageContaining("interrupted")
          .matches(TokenStoreException::isRetryable)
          .matches(failure -> !failure.isOutcomeUnknown());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(writing.finish()).isTrue();
    }
  }

  @Test
  void write_interruptedThreadThatNeedNotWait_writes() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);

    Thread.currentThread().interrupt();
    boolean written = store.write(ADA, row.revision(), Rows.sealed("second"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(written).isTrue();
  }

  @Test
  void write_interruptedInItsMidst_writes() {
    FileTokenStore store = open();
    Row row = insert(store, ADA);
    int[] interrupts = {0};
    disk.afterCreate(
        file -> {
          if (interrupts[0]++ < 3) {
            Thread.currentThread().interrupt();
          }
        });

    boolean written = store.write(ADA, row.revision(), Rows.sealed("second"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(written).isTrue();
    assertThat(interrupts[0]).isEqualTo(4);
    assertThat(store.read(ADA).sealed()).isEqualTo("second");
  }
}
