package com.withampersand.sdk.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One of many processes that share a store. It says when it is ready, starts when it reads a line,
 * and says how it went.
 */
final class StormProcess {
  static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  static final String READY = "ready";
  static final String INSIDE = "inside";

  private static final BufferedReader INPUT =
      new BufferedReader(new InputStreamReader(System.in, UTF_8));

  private StormProcess() {}

  /** Takes the database, the table, the cipher's key, what to do, and what doing it needs. */
  public static void main(String[] arguments) throws Exception {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(arguments[0]);
    try (Connection witness = dataSource.getConnection();
        SmallPool pool = new SmallPool(dataSource, 4)) {
      JdbcTokenStore.Builder builder =
          JdbcTokenStore.builder(pool, TokenCipher.builder("k1", Secret.of(arguments[2])).build())
              .table(arguments[1]);
      switch (arguments[3]) {
        case "hold" -> hold(builder.leaseLength(Duration.parse(arguments[4])).build());
        case "mark" ->
            mark(
                builder.build(),
                new Witness(witness),
                arguments[4],
                Integer.parseInt(arguments[5]),
                Integer.parseInt(arguments[6]));
        default -> throw new IllegalArgumentException(arguments[3]);
      }
    }
  }

  /** Goes into a change and does not come out. */
  private static void hold(JdbcTokenStore store) {
    store.update(
        KEY,
        tokens -> {
          say(INSIDE);
          return marked(tokens, read());
        });
  }

  private static String read() {
    try {
      return String.valueOf(INPUT.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void mark(
      JdbcTokenStore store, Witness witness, String name, int threads, int rounds)
      throws Exception {
    say(READY);
    read();
    try (TokenStoreContract.Crew crew = new TokenStoreContract.Crew()) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String mark = name + "." + i;
        running.add(crew.run(() -> mark(store, witness, mark, rounds)));
      }
      for (Future<Integer> one : running) {
        one.get();
      }
    }
    say("never two at once: " + (witness.overlaps.get() == 0));
  }

  private static int mark(JdbcTokenStore store, Witness witness, String mark, int rounds) {
    for (int round = 0; round < rounds; round++) {
      String one = mark + "." + round;
      store.update(KEY, tokens -> witness.watch(() -> marked(tokens, one)));
    }
    return rounds;
  }

  static TokenSet marked(TokenSet tokens, String mark) {
    String marks = tokens.attribute("marks").map(before -> before + " " + mark).orElse(mark);
    return tokens.toBuilder().attribute("marks", marks).build();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Sees whether two are inside at once: two threads of this process, or two processes. */
  private static final class Witness {
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final Connection connection;

    Witness(Connection connection) {
      this.connection = connection;
    }

    TokenSet watch(Supplier<TokenSet> work) {
      if (inside.incrementAndGet() > 1 || !ask("SELECT pg_try_advisory_lock(42)")) {
        overlaps.incrementAndGet();
      }
      TokenSet result = work.get();
      ask("SELECT pg_advisory_unlock(42)");
      inside.decrementAndGet();
      return result;
    }

    private boolean ask(String sql) {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(sql)) {
        return result.next() && result.getBoolean(1);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
