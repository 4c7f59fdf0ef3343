package com.withampersand.sdk.token.jdbc;

import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many statements, each a transaction of its own, things take on PostgreSQL. */
@Timeout(120)
@ExtendWith(Servers.Resolver.class)
class StatementsTest {
  private static final String DUE =
      "UPDATE # SET look_at = 0, tokens_at = tokens_at - 691200000 WHERE consumer_ref LIKE 'user%'";
  private static final String COPY =
      """
      INSERT INTO # (grant_id, provider, group_ref, consumer_ref, rev, version, consent_id, state,
          client, tokens_at, state_at, sent_at, look_at, leases, sealed)
        SELECT 'copy-' || n, provider, group_ref, 'copy-' || n, rev, version, consent_id, state,
          client, tokens_at, state_at, sent_at, look_at, leases, sealed
        FROM #, generate_series(1, %d) n WHERE consumer_ref = 'user0'
      """;

  private final StatementCount count = new StatementCount();
  private final InstantRenewer renewer = new InstantRenewer();
  private final TokenCipher sealer = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
  private final List<FreshTokens> processes = new ArrayList<>();
  private final GrantTable table;
  private final FreshTokens tokens;

  StatementsTest(Servers servers) {
    table = GrantTable.create(servers.postgres().pool());
    tokens = process();
  }

  @AfterEach
  void stop() {
    processes.forEach(FreshTokens::close);
    table.run("DROP TABLE #");
  }

  private FreshTokens process() {
    FreshTokens process =
        FreshTokens.builder(table.builder(count.of(table.dataSource())).build(), sealer)
            .renewer(renewer)
            .cacheFor(Duration.ofMinutes(5))
            .build();
    processes.add(process);
    return process;
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private void connect(int grants) {
    for (int i = 0; i < grants; i++) {
      tokens.save(user(i), InstantRenewer.consent("user" + i));
    }
  }

  /** Returns what something takes, and prints it. */
  private String takes(String what, Runnable work) {
    String statements = count.of(work);
    System.out.println(what + ": " + statements);
    return statements;
  }

  @Test
  void operations_ofOneGrant_takeAStatementOrTwoOnOneConnectionEach() {
    String save = takes("save", () -> tokens.save(ADA, InstantRenewer.consent("ada")));
    String again = takes("save of another consent", () -> connectAgain());
    String served = takes("get from memory", () -> tokens.get(ADA));
    FreshTokens cold = process();
    String found = takes("get, cold", () -> cold.get(ADA));
    String refreshed = takes("refresh", () -> cold.refresh(ADA));
    String status = takes("status", () -> cold.status(ADA));
    String disconnected = takes("disconnect", () -> cold.disconnect(ADA));

    assertThat(save).isEqualTo("2 connections, 2 statements");
    assertThat(again).isEqualTo("2 connections, 2 statements");
    assertThat(served).isEqualTo("0 connections, 0 statements");
    assertThat(found).isEqualTo("1 connections, 1 statements");
    assertThat(refreshed).isEqualTo("3 connections, 3 statements");
    assertThat(status).isEqualTo("1 connections, 1 statements");
    assertThat(disconnected).isEqualTo("4 connections, 4 statements");
  }

  private void connectAgain() {
    tokens.save(ADA, InstantRenewer.consent("ada"));
  }

  @Test
  void saveAndReencrypt_ofWhatIsThereAlready_writeNothing() {
    var consent = InstantRenewer.consent("ada");
    tokens.save(ADA, consent);

    takes("save of the same", () -> tokens.save(ADA, consent));
    List<String> saved = List.copyOf(count.statements());
    takes("reencryptAll of what is sealed as it would be now", () -> tokens.reencryptAll(null, 10));

    assertThat(saved).hasSize(1).allMatch(sql -> sql.startsWith("SELECT"));
    assertThat(count.statements()).allMatch(sql -> sql.startsWith("SELECT"));
  }

  @Test
  void keepAlive_thousandGrants_takesTwoStatementsForEachAndOneForAPage() {
    connect(1_000);
    table.run(DUE);
    List<KeepAliveReport> reports = new ArrayList<>();

    takes("keepAlive, 1,000 of 1,000 due", () -> reports.add(tokens.keepAlive()));

    assertThat(reports.get(0).refreshed()).isEqualTo(1_000);
    assertThat(reports.get(0).failures()).isEmpty();
    assertThat(count.statements()).hasSizeBetween(2_010, 2_012);
    assertThat(takes("keepAlive, 0 of 1,000 due", tokens::keepAlive))
        .isEqualTo("1 connections, 1 statements");
  }

  @Test
  void keepAlive_hundredThousandGrantsOfWhichOnePercentIsDue_touchesThose() {
    connect(1_000);
    table.run(COPY.formatted(99_000));
    table.run(DUE);
    table.run("ANALYZE #");
    String untouched = revisionsOfCopies();
    List<KeepAliveReport> reports = new ArrayList<>();
    long start = System.nanoTime();

    takes("keepAlive, 1,000 of 100,000 due", () -> reports.add(tokens.keepAlive()));

    System.out.printf("keepAlive, 1,000 of 100,000 due: %d ms%n", millisSince(start));
    assertThat(reports.get(0).seen()).isEqualTo(1_000);
    assertThat(reports.get(0).refreshed()).isEqualTo(1_000);
    assertThat(renewer.requests()).isEqualTo(1_000);
    assertThat(count.statements()).hasSizeBetween(2_010, 2_012);
    assertThat(revisionsOfCopies()).isEqualTo(untouched);
    assertThat(table.read("SELECT count(*) FROM #")).containsExactly("100000");
  }

  private static long millisSince(long start) {
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  /** Returns where rows that are not due were written last: another place with each write. */
  private String revisionsOfCopies() {
    return table
        .read("SELECT md5(string_agg(ctid::text, '' ORDER BY grant_id)) FROM # " + COPIES)
        .get(0);
  }

  private static final String COPIES = "WHERE consumer_ref LIKE 'copy%'";
}
