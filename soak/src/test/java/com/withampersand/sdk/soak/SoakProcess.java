package com.withampersand.sdk.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * One of the processes: many threads that call, refresh and look at grants. It ends when its input
 * does, and does the rest of its work at the word <i>settle</i>.
 */
final class SoakProcess {
  static final int THREADS = 50;
  static final String SAMPLE = "sample ";
  static final String OUTCOME = "outcome ";
  static final String SETTLED = "settled ";
  static final String DONE = "done";

  /** What callers have to expect when provider and store fail. */
  static final Set<String> EXPECTED =
      Set.of(
          "200",
          "429",
          "500",
          "503",
          "OK",
          "ACTIVE",
          "IN_DOUBT",
          "NEEDS_CONSENT",
          "CONSENT",
          "IOException",
          "ProtocolException, again",
          "TokenStoreException, again",
          "TransportException, again");

  /** Begins an outcome that no caller has to expect. */
  static final String UNEXPECTED = "UNEXPECTED ";

  /** The mean is one action a second for each thread: the machine is to be busy, not stuck. */
  private static final long LONGEST_PAUSE = Duration.ofSeconds(2).toNanos();

  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(15);
  private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(10);
  private static final Duration LONGEST_SETTLING = Duration.ofMinutes(8);
  private static final String PATH = "/services/data/v65.0/limits";

  private final Map<String, AtomicInteger> outcomes = new ConcurrentSkipListMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final long began = System.nanoTime();
  private final Plan plan;
  private final HikariDataSource pool;
  private final FreshTokens tokens;
  private final SalesforceHttp salesforce;
  private volatile boolean isOver;

  private SoakProcess(
      Plan plan, HikariDataSource pool, FreshTokens tokens, SalesforceHttp salesforce) {
    this.plan = plan;
    this.pool = pool;
    this.tokens = tokens;
    this.salesforce = salesforce;
  }

  public static void main(String[] args) throws Exception {
    Plan plan = Plan.of(args);
    HttpClient client = plan.client();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2);
    try (HikariDataSource pool = plan.pool();
        FreshTokens tokens = plan.tokens(pool, plan.flow(client));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      SoakProcess process = new SoakProcess(plan, pool, tokens, SalesforceHttp.of(tokens, client));
      process.run(threads, commands);
    }
    System.exit(0);
  }

  private void run(ExecutorService threads, BufferedReader commands) throws Exception {
    threads.execute(() -> every(BETWEEN_SAMPLES, this::sample));
    threads.execute(() -> every(BETWEEN_SWEEPS, () -> attempt(tokens::keepAlive)));
    for (int i = 0; i < THREADS; i++) {
      threads.execute(this::work);
    }
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      isOver = true;
      settle(threads);
    }
  }

  private void work() {
    while (!isOver) {
      act(Plan.key(ThreadLocalRandom.current().nextInt(plan.customers())));
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE));
    }
  }

  private void act(ConnectionKey customer) {
    switch (ThreadLocalRandom.current().nextInt(20)) {
      case 0 -> attempt(() -> tokens.refresh(customer));
      case 1 -> attempt(() -> tokens.get(customer));
      case 2 -> attempt(() -> status(customer));
      default -> attempt(() -> call(customer));
    }
  }

  /** What a caller may do. */
  private interface Action {
    Object run() throws IOException, InterruptedException;
  }

  private int call(ConnectionKey customer) throws IOException, InterruptedException {
    int status =
        salesforce
            .at(customer)
            .send(PATH, request -> request.GET().header(Journal.PROCESS, plan.name()))
            .statusCode();
    calls.incrementAndGet();
    return status;
  }

  private GrantStatus.Kind status(ConnectionKey customer) {
    return tokens.status(customer).kind();
  }

  /** Counts what came of it, and returns that. */
  private String attempt(Action action) {
    String outcome = outcome(action);
    outcomes.computeIfAbsent(outcome, none -> new AtomicInteger()).incrementAndGet();
    return outcome;
  }

  private static String outcome(Action action) {
    try {
      Object result = action.run();
      return result instanceof Integer || result instanceof GrantStatus.Kind ? "" + result : "OK";
    } catch (OAuthException e) {
      return e.needsReauthorization() ? "CONSENT" : "REFUSED " + e.error() + again(e);
    } catch (AmpersandException e) {
      return e.getClass().getSimpleName() + again(e);
    } catch (IOException e) {
      return "IOException";
    } catch (InterruptedException | RuntimeException e) {
      e.printStackTrace();
      return UNEXPECTED + e.getClass().getSimpleName();
    }
  }

  private static String again(AmpersandException e) {
    return e.isRetryable() ? ", again" : ", for good";
  }

  private void every(Duration pause, Runnable task) {
    for (long next = System.nanoTime(); !isOver; ) {
      if (System.nanoTime() >= next) {
        task.run();
        next += pause.toNanos();
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private void sample() {
    int second = (int) Duration.ofNanos(System.nanoTime() - began).toSeconds();
    say(SAMPLE + Sample.take(plan.name(), second, pool, calls.getAndSet(0)).line());
    outcomes.forEach((what, times) -> say(OUTCOME + times + " " + what));
  }

  /** Calls for each customer until that works, or the customer has to consent. */
  private void settle(ExecutorService threads) throws Exception {
    long end = System.nanoTime() + LONGEST_SETTLING.toNanos();
    Map<String, AtomicInteger> settled = new ConcurrentSkipListMap<>();
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < plan.customers(); i = next.getAndIncrement()) {
            settled
                .computeIfAbsent(settle(Plan.key(i), end), none -> new AtomicInteger())
                .incrementAndGet();
          }
        };
    for (Future<?> one :
        IntStream.range(0, THREADS).mapToObj(i -> threads.submit(share)).toList()) {
      one.get();
    }
    sample();
    say(SETTLED + settled);
    say(DONE);
  }

  private String settle(ConnectionKey customer, long end) {
    while (true) {
      String outcome = outcome(() -> call(customer));
      if (outcome.equals("200") || outcome.equals("CONSENT") || System.nanoTime() > end) {
        return outcome;
      }
      LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
