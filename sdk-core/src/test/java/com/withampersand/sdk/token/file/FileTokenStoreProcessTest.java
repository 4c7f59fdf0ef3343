package com.withampersand.sdk.token.file;

import static com.withampersand.sdk.token.file.Rows.ADA;
import static com.withampersand.sdk.token.file.StoreProcess.COUNTS;
import static com.withampersand.sdk.token.file.StoreProcess.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.file.StoreProcess.Task;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A {@link FileTokenStore} that real processes share. */
class FileTokenStoreProcessTest {
  private static final Duration HASTY = Duration.ofMillis(20);
  private static final int MOST_LINES_BEFORE_A_KILL = 12;
  private static final int MOST_NANOS_BEFORE_A_KILL = 3_000_000;

  @TempDir private Path temporary;

  private Path directory() {
    return temporary.resolve("rows");
  }

  private FileTokenStore open() {
    return FileTokenStore.open(directory());
  }

  private FileTokenStore hasty(StripeLocks.Nap nap) {
    return FileTokenStore.open(directory(), new TestDisk(), HASTY, nap);
  }

  private FileTokenStore withAda() {
    FileTokenStore store = open();
    store.write(ADA, Revision.ABSENT, StoreProcess.counted(0));
    return store;
  }

  @Test
  void write_byFourProcessesOfWhichOneIsKilled_losesNoChange() throws Exception {
    FileTokenStore store = withAda();
    long killed;

    try (StoreProcess one = StoreProcess.start(Task.COUNT, directory());
        StoreProcess other = StoreProcess.start(Task.COUNT, directory());
        StoreProcess victim = StoreProcess.start(Task.COUNT_ON, directory())) {
      killed = linesOf(victim, 20);
      for (int i = 0; i < COUNTS; i++) {
        StoreProcess.countUp(store, ADA);
      }
      assertThat(one.await()).isZero();
      assertThat(other.await()).isZero();
    }

    Row row = store.read(ADA);
    assertThat(row.sealed()).isEqualTo(StoreProcess.sealed(row.leases()));
    assertThat(row.leases() - 3 * COUNTS).isBetween(killed, killed + 1);
  }

  /** Kills a process that has said so much, and returns how many things it said. */
  private static long linesOf(StoreProcess victim, int atLeast) throws Exception {
    long lines = 0;
    for (; lines < atLeast; lines++) {
      assertThat(victim.readLine()).isNotNull();
    }
    victim.kill();
    while (victim.readLine() != null) {
      lines++;
    }
    return lines;
  }

  @Test
  void anything_whileAnotherProcessWritesTheStripe_waitsBoundedButReadingDoesNot()
      throws Exception {
    withAda();
    List<Long> naps = new ArrayList<>();
    FileTokenStore store = hasty(nap -> naps.add(nap.toMillis()));
    Row row = store.read(ADA);

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.write(ADA, row.revision(), StoreProcess.counted(7)))
          .withMessageContaining("stayed locked for PT0.02S")
          .matches(TokenStoreException::isRetryable)
          .matches(failure -> !failure.isOutcomeUnknown());
      assertThat(store.read(ADA).revision()).isEqualTo(row.revision());
      assertThat(store.rows(RowFilter.all(), null, 10)).hasSize(1);
      assertThat(naps).startsWith(1L, 2L, 4L);

      holder.letGo();
      assertThat(holder.await()).isZero();
    }

    assertThat(StoreProcess.countUp(store, ADA)).isEqualTo(2);
  }

  @Test
  void write_interruptedWhileAnotherProcessWritesTheStripe_failsWithTheFlagSet() throws Exception {
    withAda();

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      FileTokenStore store = open();
      Revision revision = store.read(ADA).revision();
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.write(ADA, revision, StoreProcess.counted(7)))
          .withMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void write_afterTheWriterWasKilled_goesThrough() throws Exception {
    FileTokenStore store = withAda();

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      holder.kill();
    }

    assertThat(StoreProcess.countUp(store, ADA)).isEqualTo(1);
    assertThat(leftovers()).isZero();
  }

  /** Other stores of the process are done with the lock file: the first one keeps its lock. */
  @Test
  void write_besideOtherStoresOfTheSameFiles_keepsOtherProcessesOut() throws Exception {
    withAda();
    List<String> said = new ArrayList<>();
    for (Path path : List.of(directory(), linkToDirectory(), directoryWithTheSameLock())) {
      TestDisk disk = new TestDisk();
      FileTokenStore store = FileTokenStore.open(directory(), disk, HASTY, nap -> {});
      disk.afterCreate(file -> said.add(whatAnotherProcessSaysAfter(() -> requireKeptOut(path))));

      StoreProcess.countUp(store, ADA);
    }
    said.add(whatAnotherProcessSaysAfter(() -> {}));

    assertThat(said).containsExactly("kept out", "kept out", "kept out", "got it");
  }

  private static void otherThread(Runnable work) throws IOException {
    List<Throwable> failures = new ArrayList<>();
    Thread thread = new Thread(work);
    thread.setUncaughtExceptionHandler((t, failure) -> failures.add(failure));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    assertThat(failures).isEmpty();
  }

  private Path linkToDirectory() throws IOException {
    return Files.createSymbolicLink(temporary.resolve("link"), directory());
  }

  /** As by a bind mount: the lock files are the same, and no path tells. */
  private Path directoryWithTheSameLock() throws IOException {
    Path twin = temporary.resolve("twin");
    Path lock = Path.of(ADA.id().substring(0, 2), "lock");
    FileTokenStore.open(twin).write(ADA, Revision.ABSENT, StoreProcess.counted(0));
    Files.delete(twin.resolve(lock));
    Files.createLink(twin.resolve(lock), directory().resolve(lock));
    return twin;
  }

  private static void requireKeptOut(Path path) {
    FileTokenStore store = FileTokenStore.open(path, new TestDisk(), HASTY, nap -> {});
    Revision revision = store.read(ADA).revision();
    store.due(null, 10);
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.write(ADA, revision, StoreProcess.counted(7)))
        .withMessageContaining("stayed locked");
  }

  private String whatAnotherProcessSaysAfter(Runnable work) throws IOException {
    otherThread(work);
    try (StoreProcess process = StoreProcess.start(Task.TRY, directory())) {
      return String.valueOf(process.readLine());
    }
  }

  @Test
  void write_killedTenTimes_leavesEachRowOldOrNew() throws Exception {
    writeAndKill(10);
  }

  @Test
  @Tag("storm")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void write_killedTwoHundredTimes_leavesEachRowOldOrNew() throws Exception {
    int struckWithin = writeAndKill(200);

    assertThat(struckWithin).isPositive();
  }

  /** Returns how many kills left an unfinished file. */
  private int writeAndKill(int kills) throws Exception {
    FileTokenStore store = withAda();
    KEYS.forEach(key -> store.write(key, Revision.ABSENT, StoreProcess.counted(0)));
    Random random = new Random(4);
    long[] counts = new long[KEYS.size()];
    int struckWithin = 0;

    try (Writers writers = new Writers(directory())) {
      for (int kill = 0; kill < kills; kill++) {
        killAtRandom(writers.next(), random, counts);
        struckWithin += leftovers() > 0 ? 1 : 0;
        requireOldOrNew(store, counts);
      }
    }

    assertThat(Arrays.stream(counts).sum()).isGreaterThan(kills);
    KEYS.forEach(key -> StoreProcess.countUp(store, key));
    assertThat(leftovers()).isZero();
    return struckWithin;
  }

  /** Processes that start up while others write, and wait for their turn. */
  private static final class Writers implements AutoCloseable {
    private final Deque<StoreProcess> waiting = new ArrayDeque<>();
    private final Path directory;

    Writers(Path directory) {
      this.directory = directory;
    }

    StoreProcess next() throws IOException {
      while (waiting.size() < 2) {
        waiting.add(StoreProcess.start(Task.WRITE, directory));
      }
      StoreProcess writer = waiting.remove();
      writer.letGo();
      return writer;
    }

    @Override
    public void close() {
      waiting.forEach(StoreProcess::close);
    }
  }

  /** Lets a process write for a while, kills it, and notes what it said it had written. */
  private static void killAtRandom(StoreProcess writer, Random random, long[] counts)
      throws Exception {
    try (writer) {
      for (int lines = 1 + random.nextInt(MOST_LINES_BEFORE_A_KILL); lines > 0; lines--) {
        note(String.valueOf(writer.readLine()), counts);
      }
      long end = System.nanoTime() + random.nextInt(MOST_NANOS_BEFORE_A_KILL);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      writer.kill();
      for (String line = writer.readLine(); line != null; line = writer.readLine()) {
        note(line, counts);
      }
    }
  }

  private static void note(String line, long[] counts) {
    String[] words = line.split(" ", 2);
    counts[Integer.parseInt(words[0])] = Long.parseLong(words[1]);
  }

  /** What was said to be written is there; of one row at most the next, which was under way. */
  private static void requireOldOrNew(TokenStore store, long[] counts) {
    long ahead = 0;
    for (int i = 0; i < counts.length; i++) {
      Row row = store.read(KEYS.get(i));
      assertThat(row.sealed()).isEqualTo(StoreProcess.sealed(row.leases()));
      assertThat(row.leases()).isBetween(counts[i], counts[i] + 1);
      ahead += row.leases() - counts[i];
      counts[i] = row.leases();
    }
    assertThat(ahead).isLessThanOrEqualTo(1);
  }

  /** Processes that start meanwhile create files, and delete them at once. */
  private long leftovers() throws IOException {
    AtomicLong found = new AtomicLong();
    Files.walkFileTree(
        directory(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".tmp")) {
              found.incrementAndGet();
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return found.get();
  }
}
