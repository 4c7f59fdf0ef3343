package com.withampersand.sdk.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One of many processes that share grants: both its program and what a test has of it. It says when
 * it is ready, starts when it is told to, lets many threads ask for tokens, and says what they got.
 */
final class FreshProcess implements AutoCloseable {
  static final int THREADS = 25;

  private static final String READY = "ready";
  private static final String STOPPED = "stopped";
  private static final String GOT = "got";
  private static final String HEARD = "heard";

  private static final BufferedReader INPUT =
      new BufferedReader(new InputStreamReader(System.in, UTF_8));

  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;

  private FreshProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
    this.input = process.outputWriter(UTF_8);
  }

  /** Where a process stops for good, with a grant in its hands. */
  enum Stop {
    NEVER,
    BEFORE_THE_CALL,
    BEFORE_THE_WRITE
  }

  /**
   * What a process is told at its start.
   *
   * @param grants how many there are; each thread asks for all of them
   */
  record Plan(
      String database,
      String table,
      String cipherKey,
      Duration lease,
      URI salesforce,
      String consumerKey,
      String consumerSecret,
      Instant now,
      int grants,
      Stop stop) {
    private static Plan of(String[] arguments) {
      return new Plan(
          arguments[0],
          arguments[1],
          arguments[2],
          Duration.parse(arguments[3]),
          URI.create(arguments[4]),
          arguments[5],
          arguments[6],
          Instant.parse(arguments[7]),
          Integer.parseInt(arguments[8]),
          Stop.valueOf(arguments[9]));
    }

    private List<String> arguments() {
      return List.of(
          database,
          table,
          cipherKey,
          lease.toString(),
          salesforce.toString(),
          consumerKey,
          consumerSecret,
          now.toString(),
          String.valueOf(grants),
          stop.name());
    }

    Plan stoppingAt(Stop other) {
      return new Plan(
          database,
          table,
          cipherKey,
          lease,
          salesforce,
          consumerKey,
          consumerSecret,
          now,
          grants,
          other);
    }

    Plan at(URI other) {
      return new Plan(
          database, table, cipherKey, lease, other, consumerKey, consumerSecret, now, grants, stop);
    }
  }

  /**
   * What became of processes.
   *
   * @param got for each grant and each outcome, with a blank between, how many threads got it
   * @param heard what listeners were told
   */
  record Report(Map<String, Integer> got, List<String> heard) {
    Report() {
      this(new TreeMap<>(), new ArrayList<>());
    }

    void add(Report other) {
      other.got.forEach((what, times) -> got.merge(what, times, Integer::sum));
      heard.addAll(other.heard);
    }
  }

  static ConnectionKey grant(int number) {
    return new ConnectionKey("salesforce", "customer-" + number, "ada");
  }

  /** Returns how a report names an outcome. */
  static String outcome(int grant, TokenSet tokens) {
    String refreshToken = tokens.refreshToken().map(Secret::reveal).orElse("none");
    return grant + " " + tokens.accessToken().reveal() + " " + refreshToken;
  }

  /** Returns how a report names the outcome that the user has to consent again. */
  static String consentNeeded(int grant) {
    return grant + " consent needed";
  }

  // What a test does with it.

  static FreshProcess start(Plan plan) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
    command.add(FreshProcess.class.getName());
    command.addAll(plan.arguments());
    return new FreshProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  void awaitReady() throws IOException {
    expect(READY);
  }

  void go() throws IOException {
    input.write("go\n");
    input.flush();
  }

  void awaitStop() throws IOException {
    expect(STOPPED);
  }

  private void expect(String word) throws IOException {
    String line = output.readLine();
    if (!word.equals(line)) {
      throw new IllegalStateException("the process said " + line + " and not " + word);
    }
  }

  /** Returns what the process says until its end. */
  Report report() throws IOException, InterruptedException {
    Report report = new Report();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case GOT -> report.got.merge(words[2], Integer.parseInt(words[1]), Integer::sum);
        case HEARD -> report.heard.add(line.substring(HEARD.length() + 1));
        default -> throw new IllegalStateException("the process said " + line);
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the process ended with " + process.exitValue());
    }
    return report;
  }

  /** As {@code kill -9} does. Returns how the process ended. */
  int kill() throws InterruptedException {
    return process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  // Its program.

  public static void main(String[] arguments) throws Exception {
    Plan plan = Plan.of(arguments);
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(plan.database);
    try (SmallPool pool = new SmallPool(database, 4)) {
      Customer.Ears ears = new Customer.Ears();
      FreshTokens fresh = fresh(plan, store(plan, pool), ears);
      fresh.find(grant(-1)); // so that all classes are loaded by then
      say(READY);
      read();
      counted(askInManyThreads(fresh, plan.grants))
          .forEach((what, times) -> say(GOT + " " + times + " " + what));
      ears.events.forEach(event -> say(HEARD + " " + event));
    }
  }

  private static JdbcTokenStore store(Plan plan, SmallPool pool) {
    TappedDataSource.Tap beforeTheWrite =
        new TappedDataSource.Tap() {
          @Override
          public void before(PreparedStatement statement, String sql) {
            if (sql.contains("SET tokens")) {
              stop(plan, Stop.BEFORE_THE_WRITE);
            }
          }
        };
    TokenCipher cipher = TokenCipher.builder("k1", Secret.of(plan.cipherKey)).build();
    return JdbcTokenStore.builder(new TappedDataSource(pool, beforeTheWrite), cipher)
        .table(plan.table)
        .leaseLength(plan.lease)
        .build();
  }

  private static FreshTokens fresh(Plan plan, TokenStore store, TokenListener ears) {
    HttpTransport transport =
        request -> {
          stop(plan, Stop.BEFORE_THE_CALL);
          return HttpTransport.shared().send(request);
        };
    Clock clock = Clock.fixed(plan.now, ZoneOffset.UTC);
    OAuthFlow flow =
        Customer.flow(plan.salesforce, plan.consumerKey, plan.consumerSecret, transport, clock);
    return FreshTokens.builder(flow, store).clock(clock).listener(ears).build();
  }

  /** Says so, and waits for an end that comes from outside. */
  private static void stop(Plan plan, Stop here) {
    if (plan.stop == here) {
      say(STOPPED);
      read();
    }
  }

  /** Returns at a line, or at the end of the process that has started this one. */
  private static void read() {
    try {
      INPUT.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets each thread ask for each grant. One in five goes in an order that is the same in all
   * processes, so that they meet; the others in an order that nobody knows.
   */
  private static List<String> askInManyThreads(FreshTokens fresh, int grants) throws Exception {
    List<String> outcomes = new ArrayList<>();
    try (TokenStoreContract.Crew crew = new TokenStoreContract.Crew()) {
      List<Future<List<String>>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        List<Integer> order = order(grants, i % 5 == 0 ? new Random(i) : new Random());
        threads.add(crew.run(() -> order.stream().map(grant -> ask(fresh, grant)).toList()));
      }
      for (Future<List<String>> thread : threads) {
        outcomes.addAll(thread.get());
      }
    }
    return outcomes;
  }

  private static List<Integer> order(int grants, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, grants).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }

  private static String ask(FreshTokens fresh, int grant) {
    try {
      return outcome(grant, fresh.get(grant(grant)));
    } catch (OAuthException e) {
      return e.needsReauthorization() ? consentNeeded(grant) : grant + " " + e;
    } catch (RuntimeException e) {
      return grant + " " + e;
    }
  }

  private static Map<String, Integer> counted(List<String> outcomes) {
    Map<String, Integer> times = new TreeMap<>();
    outcomes.forEach(outcome -> times.merge(outcome, 1, Integer::sum));
    return times;
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
