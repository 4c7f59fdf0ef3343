package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.StatusFilter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Reads a row that SQL of others has changed. Each line of the input is a column and its new value;
 * {@code NULL} is none, and {@code plain:} in front of a sealed grant puts it into an envelope.
 * What the database does not take is left out.
 */
final class JdbcRowTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey GOOD = new ConnectionKey("salesforce", "acme", "bob");
  private static final List<String> TEXTS =
      List.of(
          "provider",
          "group_ref",
          "consumer_ref",
          "rev",
          "version",
          "consent_id",
          "state",
          "client",
          "lease_holder",
          "sealed");
  private static final List<String> NUMBERS =
      List.of("tokens_at", "state_at", "sent_at", "look_at", "lease_no", "lease_until", "leases");

  private final TokenCipher cipher = TokenCipher.storingPlainText();
  private final JdbcDataSource source = new JdbcDataSource();
  private final JdbcTokenStore store;
  private final SalesforceApp app =
      SalesforceApp.builder("3MVG9key", Canary.CLIENT_SECRET)
          .scopes("api", "refresh_token")
          .build();
  private final Connection connection;

  JdbcRowTarget() {
    source.setURL("jdbc:h2:mem:fuzz;DB_CLOSE_DELAY=-1");
    store = JdbcTokenStore.of(source);
    store.migrate();
    try (FreshTokens tokens =
        FreshTokens.builder(store, cipher).renewer(flow(Answers.json(400, ""))).build()) {
      tokens.save(KEY, tokens());
      tokens.save(GOOD, tokens());
      connection = source.getConnection();
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE saved AS SELECT * FROM ampersand_grant");
        // Others may have changed the table, too.
        for (String column :
            List.of(
                "provider",
                "group_ref",
                "consumer_ref",
                "rev",
                "version",
                "state",
                "leases",
                "look_at")) {
          statement.execute(
              "ALTER TABLE ampersand_grant ALTER COLUMN " + column + " DROP NOT NULL");
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void run(Input input) throws SQLException {
    Answers answers = Answers.json(400, "{\"error\":\"invalid_grant\"}");
    SalesforceOAuthFlow flow = flow(answers);
    restore();
    try (FreshTokens tokens = freshTokens(flow)) {
      change(input.text());
      rows();
      look(tokens);
    }
    Logs.requireClean();
    answers.requests().forEach(sent -> SalesforceAnswerTarget.requireSalesforces(sent.uri()));
  }

  /** A careful try is announced for 10 seconds by default, for which {@code keepAlive} waits. */
  private FreshTokens freshTokens(SalesforceOAuthFlow flow) {
    return FreshTokens.builder(store, cipher)
        .renewer(flow)
        .maxWait(Duration.ofMillis(50))
        .announce(Duration.ofMillis(1))
        .build();
  }

  private SalesforceOAuthFlow flow(Answers answers) {
    return SalesforceOAuthFlow.builder(app).transport(answers).build();
  }

  private static com.withampersand.sdk.oauth.TokenSet tokens() {
    return com.withampersand.sdk.oauth.TokenSet.builder(Canary.accessToken(), Instant.now())
        .refreshToken(Canary.refreshToken())
        .clientId("3MVG9key")
        .build();
  }

  private void restore() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM ampersand_grant");
      statement.execute("INSERT INTO ampersand_grant SELECT * FROM saved");
    }
  }

  private void change(String text) {
    for (String line : text.split("\n", 20)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        set(line.substring(0, equals), line.substring(equals + 1).replace("\\n", "\n"));
      }
    }
  }

  private void set(String column, String value) {
    boolean isText = TEXTS.contains(column);
    if (!isText && !NUMBERS.contains(column)) {
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE ampersand_grant SET " + column + " = ? WHERE grant_id = ?")) {
      if (value.equals("NULL")) {
        update.setObject(1, null);
      } else if (isText) {
        update.setString(1, sealed(column, value));
      } else {
        update.setLong(1, Long.parseLong(value.strip()));
      }
      update.setString(2, KEY.id());
      update.executeUpdate();
    } catch (SQLException | NumberFormatException e) {
      // The database refuses such a value, so no row has it.
      Logs.requireClean();
    }
  }

  private String sealed(String column, String value) {
    return column.equals("sealed") && value.startsWith("plain:")
        ? cipher.prepare(KEY).seal(value.substring(6).getBytes(StandardCharsets.UTF_8))
        : value;
  }

  private void rows() {
    Tried.call(() -> store.read(KEY), TokenStoreException.class)
        .result()
        .ifPresent(JdbcRowTarget::requireShownOnOneLine);
    requireGood(Tried.call(() -> store.rows(RowFilter.all(), null, 10)).result().orElseThrow());
    Tried.call(() -> store.due(null, 10));
    Tried.call(() -> store.rows(RowFilter.lapsed(), null, 10));
  }

  static void requireShownOnOneLine(Row row) {
    Require.same(KEY, row.key(), "the row that was asked for");
    String shown = row.toString();
    Require.that(shown.chars().noneMatch(Require::endsLine), "one line: " + shown);
  }

  private static void requireGood(List<Row> rows) {
    Require.that(rows.stream().anyMatch(row -> row.key().equals(GOOD)), "other rows are seen");
  }

  private static void look(FreshTokens tokens) {
    Tried.call(() -> tokens.status(KEY), TokenStoreException.class);
    Tried.call(() -> tokens.statuses(StatusFilter.all(), null, 10));
    Tried.call(() -> tokens.refused(KEY, Canary.accessToken()), AmpersandException.class);
    Tried.call(() -> tokens.keepAlive(), AmpersandException.class);
    GrantStatus good = Tried.call(() -> tokens.status(GOOD)).result().orElseThrow();
    Require.same(GrantStatus.Kind.ACTIVE, good.kind(), "other rows stay good");
  }
}
