package com.withampersand.sdk.token;

import static com.withampersand.sdk.token.StoreProcess.ADA;
import static com.withampersand.sdk.token.StoreProcess.CIPHER;
import static com.withampersand.sdk.token.StoreProcess.GRANTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.StoreProcess.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A {@link FileTokenStore} that real processes share. */
class FileTokenStoreProcessTest {
  private static final int MOST_LINES_BEFORE_A_KILL = 12;
  private static final int MOST_NANOS_BEFORE_A_KILL = 3_000_000;

  @TempDir private Path temporary;

  private Path directory() {
    return temporary.resolve("grants");
  }

  private FileTokenStore open(Duration longestWait) {
    return FileTokenStore.open(directory(), CIPHER, longestWait);
  }

  private FileTokenStore open() {
    return FileTokenStore.open(directory(), CIPHER);
  }

  @Test
  void update_byThreeProcesses_losesNoChange() throws Exception {
    FileTokenStore store = open();
    store.save(ADA, StoreProcess.tokens(0));

    try (StoreProcess one = StoreProcess.start(Task.COUNT, directory());
        StoreProcess other = StoreProcess.start(Task.COUNT, directory())) {
      for (int i = 0; i < 100; i++) {
        store.update(ADA, StoreProcess::next);
      }

      assertThat(one.await()).isZero();
      assertThat(other.await()).isZero();
    }
    assertThat(store.find(ADA)).contains(StoreProcess.tokens(300));
  }

  @Test
  void update_besideDeletionsByOtherProcesses_isNeverInTwoOfThem() throws Exception {
    open().save(ADA, StoreProcess.tokens(0));

    try (StoreProcess one = StoreProcess.start(Task.CHURN, directory());
        StoreProcess other = StoreProcess.start(Task.CHURN, directory());
        StoreProcess third = StoreProcess.start(Task.CHURN, directory())) {
      assertThat(List.of(one.await(), other.await(), third.await())).containsOnly(0);
    }
  }

  @Test
  void anything_whileAnotherProcessHasTheGrant_waitsButReadingDoesNot() throws Exception {
    FileTokenStore store = open(Duration.ofMillis(20));
    store.save(ADA, StoreProcess.tokens(0));

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.update(ADA, tokens -> StoreProcess.tokens(7)))
          .withMessageContaining("stayed locked for PT0.02S")
          .returns(true, TokenStoreException::isRetryable);
      assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> store.delete(ADA));
      assertThat(store.find(ADA)).contains(StoreProcess.tokens(0));
      assertThat(store.keys(null, 10)).containsExactly(ADA);

      holder.letGo();
      assertThat(holder.await()).isZero();
      assertThat(store.update(ADA, StoreProcess::next)).contains(StoreProcess.tokens(2));
    }
  }

  @Test
  void update_whileAnotherProcessHasTheGrant_looksLessAndLessOftenAndSeesItsResult()
      throws Exception {
    open().save(ADA, StoreProcess.tokens(0));

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      List<Long> naps = new ArrayList<>();
      FileTokenStore store =
          FileTokenStore.open(
              directory(),
              CIPHER,
              Duration.ofMinutes(1),
              nap -> {
                naps.add(nap.toMillis());
                if (naps.size() == 9) {
                  endOf(holder);
                }
              });

      assertThat(store.update(ADA, StoreProcess::next)).contains(StoreProcess.tokens(2));
      assertThat(naps).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 50L, 50L, 50L);
    }
  }

  private static void endOf(StoreProcess holder) throws InterruptedException {
    try {
      holder.letGo();
      holder.await();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void update_interruptedWhileAnotherProcessHasTheGrant_failsWithTheFlagSet() throws Exception {
    open().save(ADA, StoreProcess.tokens(0));

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      FileTokenStore store = open();
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.update(ADA, StoreProcess::next))
          .withMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void update_afterTheProcessThatHadTheGrantWasKilled_goesThrough() throws Exception {
    FileTokenStore store = open();
    store.save(ADA, StoreProcess.tokens(0));

    try (StoreProcess holder = StoreProcess.start(Task.HOLD, directory())) {
      assertThat(holder.readLine()).isEqualTo("holding");
      holder.kill();
    }

    assertThat(store.update(ADA, StoreProcess::next)).contains(StoreProcess.tokens(1));
  }

  /** One of several stores in a process is done with the lock file: the others keep their locks. */
  @Test
  void update_besideOtherStoresOfTheSameProcess_keepsOtherProcessesOut() throws Exception {
    FileTokenStore store = open();
    store.save(ADA, StoreProcess.tokens(0));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), directory());
    List<String> said = new ArrayList<>();

    store.update(
        ADA,
        tokens -> {
          open().save(GRANTS.get(0), StoreProcess.tokens(0));
          FileTokenStore.open(link, CIPHER).delete(GRANTS.get(0));
          said.add(whatAnotherProcessSays(Task.TRY));
          return tokens;
        });
    said.add(whatAnotherProcessSays(Task.TRY));

    assertThat(said).containsExactly("kept out", "got it");
  }

  private String whatAnotherProcessSays(Task task) {
    try (StoreProcess process = StoreProcess.start(task, directory())) {
      return String.valueOf(process.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void write_killedTwentyTimes_leavesEachGrantOldOrNew() throws Exception {
    writeAndKill(20);
  }

  @Test
  @Tag("storm")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void write_killedTwoHundredTimes_leavesEachGrantOldOrNew() throws Exception {
    int struckWithin = writeAndKill(200);

    assertThat(struckWithin).isPositive();
  }

  /** Returns how many kills left an unfinished file. */
  private int writeAndKill(int kills) throws Exception {
    FileTokenStore store = open();
    GRANTS.forEach(grant -> store.save(grant, StoreProcess.tokens(0)));
    Random random = new Random(4);
    int[] counts = new int[GRANTS.size()];
    int struckWithin = 0;

    try (Writers writers = new Writers(directory())) {
      for (int kill = 0; kill < kills; kill++) {
        killAtRandom(writers.next(), random, counts);
        struckWithin += leftovers();
        requireOldOrNew(store, counts);
      }
    }

    assertThat(Arrays.stream(counts).sum()).isGreaterThan(kills);
    open();
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
      while (waiting.size() < 3) {
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
  private static void killAtRandom(StoreProcess writer, Random random, int[] counts)
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

  private static void note(String line, int[] counts) {
    String[] words = line.split(" ", 2);
    counts[Integer.parseInt(words[0])] = Integer.parseInt(words[1]);
  }

  /** What was said to be written is there; of one grant at most the next, which was at hand. */
  private static void requireOldOrNew(FileTokenStore store, int[] counts) {
    int ahead = 0;
    for (int i = 0; i < counts.length; i++) {
      TokenSet found = store.find(GRANTS.get(i)).orElseThrow();
      int count = StoreProcess.count(found);
      assertThat(found).isEqualTo(StoreProcess.tokens(count));
      assertThat(count).isBetween(counts[i], counts[i] + 1);
      ahead += count - counts[i];
      counts[i] = count;
    }
    assertThat(ahead).isLessThanOrEqualTo(1);
  }

  private int leftovers() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return (int) files.filter(file -> file.toString().endsWith(".tmp")).count();
    }
  }
}
