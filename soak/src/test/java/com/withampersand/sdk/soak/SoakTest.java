package com.withampersand.sdk.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.crypto.TokenCipher;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four processes of fifty threads with 2,000 grants of 40 orgs, for as many minutes as one likes.
 * One request in twenty meets a fault, the database goes away, processes are killed. No grant is
 * lost but those that no protocol could save, and nothing grows.
 */
@Tag("soak")
@Timeout(value = 4, unit = TimeUnit.HOURS)
class SoakTest {
  private static final Duration LENGTH =
      Duration.ofMinutes(Integer.parseInt(System.getProperty("soak.minutes", "1")));
  private static final int CUSTOMERS = 2000;
  private static final int PROCESSES = 4;

  /** These live to the end, so that one sees whether they grow. */
  private static final int SURVIVORS = 2;

  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(45);
  private static final Duration BETWEEN_OUTAGES = Duration.ofSeconds(100);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final Path RESULTS = Path.of("target", "soak");

  private final Random random = new Random(1);
  private final Journal journal = new Journal();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Node> ended = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<int[]> outages = new ArrayList<>();
  private final File errors = RESULTS.resolve("errors.log").toFile();
  @TempDir private Path directory;
  private Database database;
  private Provider provider;
  private Customers customers;
  private Plan plan;
  private long began;
  private int started;
  private int kills;

  @BeforeEach
  void start() throws Exception {
    Files.createDirectories(RESULTS);
    Files.deleteIfExists(errors.toPath());
    database = new Database();
    provider = new Provider(journal, CUSTOMERS);
    Path trusted = directory.resolve("ca.pem");
    Files.writeString(trusted, provider.salesforce.certificateAuthority());
    plan =
        new Plan(
            "consents",
            CUSTOMERS,
            database.url(),
            TokenCipher.newKey().reveal(),
            provider.salesforce.proxyUri(),
            trusted,
            provider.salesforce.consumerKey(),
            provider.salesforce.consumerSecret());
    customers = new Customers(plan, provider, journal);
  }

  @AfterEach
  void stop() throws IOException {
    nodes.forEach(Node::close);
    customers.close();
    provider.close();
    database.close();
  }

  @Test
  void everyFault_forALongTime_losesNoGrantThatCouldBeSavedAndNothingGrows() throws Exception {
    began = System.nanoTime();
    for (int i = 0; i < PROCESSES; i++) {
      nodes.add(startNode());
    }
    provider.calm(false);
    injectFaults();
    provider.calm(true);
    customers.awaitNoDoubt();
    String settled = customers.expectedOfEach();
    settle();

    customers.refreshAll();
    Optional<String> wrong = customers.inspect();
    System.out.println(journal.report());
    System.out.printf("%d kills, %d outages of the database%n", kills, outages.size());
    writeResults();
    assertThat(wrong).isEmpty();
    assertThat(journal.unexplained()).isEmpty();
    for (Node node : ended) {
      assertThat(node.outcomes().keySet()).as(node.name()).isSubsetOf(SoakProcess.EXPECTED);
    }
    for (Node node : nodes) {
      assertThat(node.outcomes().keySet())
          .as(node.name())
          .contains("200")
          .isSubsetOf(SoakProcess.EXPECTED);
      assertThat(node.settled()).as(node.name()).isEqualTo(settled);
    }
    assertFlat();
  }

  private Node startNode() throws IOException {
    return Node.start(plan.named("p" + ++started), errors);
  }

  private int second() {
    return (int) Duration.ofNanos(System.nanoTime() - began).toSeconds();
  }

  private void injectFaults() throws Exception {
    int nextKill = (int) BETWEEN_KILLS.toSeconds();
    int nextOutage = (int) BETWEEN_OUTAGES.toSeconds() / 5;
    int nextLook = 0;
    for (int now = second(); now < LENGTH.toSeconds(); now = second()) {
      if (now >= nextLook) {
        customers.consentWhereNeeded();
        provider.salesforce.clearRequests();
        nextLook = now + (int) BETWEEN_LOOKS.toSeconds();
      }
      if (now >= nextKill) {
        kill(SURVIVORS + random.nextInt(PROCESSES - SURVIVORS));
        nextKill = now + (int) BETWEEN_KILLS.toSeconds();
      }
      if (now >= nextOutage) {
        withoutDatabase(5 + random.nextInt(20));
        nextOutage = now + (int) BETWEEN_OUTAGES.toSeconds();
      }
      pass(Duration.ofMillis(200));
    }
  }

  private void kill(int index) throws Exception {
    Node node = nodes.get(index);
    node.kill();
    journal.killed(node.name());
    kills++;
    keep(node);
    ended.add(node);
    nodes.set(index, startNode());
  }

  private void withoutDatabase(int seconds) throws Exception {
    int from = second();
    long away = System.nanoTime();
    database.goAway();
    // Half of the outages take a process with them.
    if (random.nextBoolean()) {
      pass(Duration.ofSeconds(seconds / 2));
      kill(SURVIVORS + random.nextInt(PROCESSES - SURVIVORS));
    }
    pass(Duration.ofSeconds(seconds / 2));
    database.comeBack();
    journal.wasAwaySince(away);
    outages.add(new int[] {from, second()});
  }

  static void pass(Duration length) throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(10_000_000);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void settle() throws Exception {
    for (Node node : nodes) {
      node.settle();
    }
    for (Node node : nodes) {
      System.out.println(node.name() + " " + node.settled() + " after " + node.outcomes());
      keep(node);
    }
  }

  /** A process counts its seconds from its own start. */
  private void keep(Node node) {
    List<Sample> all = node.samples();
    int offset = all.isEmpty() ? 0 : second() - all.get(all.size() - 1).second();
    for (Sample sample : all) {
      samples.add(sample.later(offset));
    }
  }

  private void writeResults() throws IOException {
    List<String> lines = new ArrayList<>(List.of(Sample.HEADER));
    samples.forEach(sample -> lines.add(sample.line()));
    Files.write(RESULTS.resolve("samples.csv"), lines);
    Files.writeString(RESULTS.resolve("soak.svg"), new Plot(samples, outages).draw());
  }

  private void assertFlat() {
    for (Node survivor : nodes.subList(0, SURVIVORS)) {
      List<Sample> all = survivor.samples();
      System.out.printf(
          "%s first %s, last %s%n", survivor.name(), all.get(0), all.get(all.size() - 1));
      if (all.size() >= 40) {
        assertFlat("heap in KB", all, Sample::heap, 4096);
        assertFlat("threads", all, Sample::threads, 10);
        assertFlat("files and sockets", all, Sample::files, 20);
        assertFlat("connections", all, Sample::connections, 2);
      }
    }
  }

  /** Compares the last quarter with the second: by then all classes are loaded. */
  private static void assertFlat(
      String what, List<Sample> all, ToIntFunction<Sample> value, int more) {
    int quarter = all.size() / 4;
    assertThat(mean(all.subList(3 * quarter, all.size()), value))
        .as("%s of %s at the end", what, all.get(0).process())
        .isLessThan(1.15 * mean(all.subList(quarter, 2 * quarter), value) + more);
  }

  private static double mean(List<Sample> samples, ToIntFunction<Sample> value) {
    return IntStream.range(0, samples.size())
        .map(i -> value.applyAsInt(samples.get(i)))
        .average()
        .orElseThrow();
  }
}
