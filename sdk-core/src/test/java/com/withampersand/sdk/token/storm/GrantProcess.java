package com.withampersand.sdk.token.storm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.TokenProvider;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.file.FileTokenStore;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One of the processes that keep the same grants: both its program, which does what it is told line
 * by line, and what a test has of it.
 */
final class GrantProcess implements AutoCloseable {
  /** Begins each line that is not of a log. */
  private static final String ANSWER = "= ";

  /** On a busy machine a store may take longer than its limit, and then callers try again. */
  private static final int STORE_TRIES = 8;

  private final Process process;
  private final BufferedReader output;
  private final BufferedWriter input;

  private GrantProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
    this.input = process.outputWriter(UTF_8);
  }

  /**
   * What a process is told at its start.
   *
   * @param place the URL of a database, or a directory
   * @param table the table in the database
   * @param pooled whether it has a pool of connections, and not a new one for each statement
   */
  record Plan(
      String place,
      String table,
      String sealingKey,
      URI provider,
      String clientId,
      String clientSecret,
      Lengths lengths,
      boolean pooled) {
    private static Plan of(String[] words) {
      return new Plan(
          words[0],
          words[1],
          words[2],
          URI.create(words[3]),
          words[4],
          words[5],
          Lengths.valueOf(words[6]),
          Boolean.parseBoolean(words[7]));
    }

    private List<String> words() {
      return List.of(
          place,
          table,
          sealingKey,
          provider.toString(),
          clientId,
          clientSecret,
          lengths.name(),
          String.valueOf(pooled));
    }

    private boolean isDatabase() {
      return place.startsWith("jdbc:");
    }

    private TokenStore store() {
      return isDatabase()
          ? JdbcTokenStore.builder(pooled ? pool() : database()).table(table).build()
          : FileTokenStore.open(Path.of(place));
    }

    private DataSource pool() {
      BasicDataSource pool = new BasicDataSource();
      pool.setUrl(place);
      pool.setMaxTotal(4);
      pool.setMaxWait(Duration.ofSeconds(2));
      return pool;
    }

    private DataSource database() {
      PGSimpleDataSource database = new PGSimpleDataSource();
      database.setURL(place);
      return database;
    }

    private TokenCipher sealer() {
      return TokenCipher.of(Keyring.of("k1", Secret.of(sealingKey)));
    }

    /** Returns grants as a process of this plan keeps them. */
    FreshTokens open() {
      return lengths
          .set(FreshTokens.builder(store(), sealer()))
          .renewer(Provider.flow(provider, clientId, clientSecret))
          .build();
    }

    /** Returns the same for one who refreshes nothing. */
    TokenProvider readOnly() {
      return FreshTokens.readOnly(store(), sealer());
    }

    /** Returns the same with a pool of connections. */
    Plan withPool() {
      return new Plan(place, table, sealingKey, provider, clientId, clientSecret, lengths, true);
    }

    Plan at(String otherPlace) {
      return new Plan(
          otherPlace, table, sealingKey, provider, clientId, clientSecret, lengths, pooled);
    }
  }

  /** Starts a process; it is ready once {@link #awaitReady} returns. */
  static GrantProcess start(Plan plan, List<String> options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(GrantProcess.class.getName());
    command.addAll(plan.words());
    return new GrantProcess(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  void awaitReady() throws IOException {
    if (!answer().equals("ready")) {
      throw new IOException("the process is not ready");
    }
  }

  /** Lets so many threads ask for each of these grants; {@link #outcomes} tells what they got. */
  void get(int threads, ConnectionKey... keys) throws IOException {
    tell("get", threads, keys);
  }

  void getOnVirtualThreads(int threads, ConnectionKey... keys) throws IOException {
    tell("virtual", threads, keys);
  }

  /** Asks for each of these grants so many times, on as many threads as such a stream gets. */
  void getInParallelStream(int times, ConnectionKey... keys) throws IOException {
    tell("stream", times, keys);
  }

  /** Lets it refresh these grants. */
  void refresh(ConnectionKey... keys) throws IOException {
    tell("refresh", 1, keys);
  }

  private void tell(String what, int threads, ConnectionKey... keys) throws IOException {
    StringBuilder line = new StringBuilder(what + " " + threads);
    for (ConnectionKey key : keys) {
      line.append(' ').append(key.consumerRef());
    }
    input.write(line + "\n");
    input.flush();
  }

  /**
   * Returns how often each outcome came of the command before: an access token, or what {@link
   * #failure} names.
   */
  Map<String, Integer> outcomes() throws IOException {
    Map<String, Integer> outcomes = new TreeMap<>();
    String line = answer();
    if (!line.isEmpty()) {
      for (String one : line.split(" ", -1)) {
        outcomes.merge(one, 1, Integer::sum);
      }
    }
    return outcomes;
  }

  /** Returns the name of the outcome of a call that failed. */
  private static String failure(AmpersandException e) {
    return e.getClass().getSimpleName() + (e.isRetryable() ? ":retryable" : ":final");
  }

  private String answer() throws IOException {
    while (true) {
      String line = output.readLine();
      if (line == null) {
        throw new IOException("the process has ended");
      }
      if (line.startsWith(ANSWER)) {
        return line.substring(ANSWER.length());
      }
    }
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static ConnectionKey key(String user) {
    return new ConnectionKey("salesforce", "acme", user);
  }

  public static void main(String[] arguments) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    Plan plan = Plan.of(arguments);
    try (FreshTokens tokens = plan.open();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      warmUp(plan, tokens);
      System.out.println(ANSWER + "ready");
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(ANSWER + String.join(" ", run(tokens, threads, line.split(" ", -1))));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Lets all classes be loaded, so that what is measured from now on are not they. */
  private static void warmUp(Plan plan, FreshTokens tokens) throws Exception {
    attempt(() -> tokens.get(key("stranger")));
    try (FreshTokens others =
        FreshTokens.inMemory()
            .renewer(Provider.flow(plan.provider(), plan.clientId(), plan.clientSecret()))
            .build()) {
      TokenSet strange = Provider.stranger(plan.provider(), plan.clientId());
      attempt(
          () -> {
            others.save(key("stranger"), strange);
            return others.get(key("stranger"));
          });
    }
  }

  private static List<String> run(FreshTokens tokens, ExecutorService threads, String[] words)
      throws Exception {
    List<Callable<String>> calls = new ArrayList<>();
    for (int thread = 0; thread < Integer.parseInt(words[1]); thread++) {
      for (int i = 2; i < words.length; i++) {
        ConnectionKey key = key(words[i]);
        calls.add(
            words[0].equals("refresh")
                ? () -> attempt(() -> tokens.refresh(key))
                : () -> attempt(() -> tokens.get(key)));
      }
    }
    return switch (words[0]) {
      case "stream" -> calls.parallelStream().map(GrantProcess::outcome).toList();
      case "virtual" -> outcomes(virtualThreads(), calls);
      default -> outcomes(threads, calls);
    };
  }

  private static List<String> outcomes(ExecutorService threads, List<Callable<String>> calls)
      throws Exception {
    List<String> outcomes = new ArrayList<>();
    for (Future<String> call : threads.invokeAll(calls)) {
      outcomes.add(call.get());
    }
    return outcomes;
  }

  private static String outcome(Callable<String> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** They are not in the JDK that this is compiled for. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  private static String attempt(Callable<TokenSet> call) throws Exception {
    for (int left = STORE_TRIES; ; left--) {
      try {
        return call.call().accessToken().reveal();
      } catch (TokenStoreException e) {
        if (left == 0 || !e.isRetryable()) {
          return failure(e);
        }
        LockSupport.parkNanos(e.retryAfter().orElse(Duration.ofMillis(100)).toNanos());
      } catch (AmpersandException e) {
        return failure(e);
      }
    }
  }
}
