package com.withampersand.sdk.token.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.ConnectionKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/** Tables and rows as version 0.1.0-SNAPSHOT of the SDK left them. */
final class FirstVersion {
  private FirstVersion() {}

  /** A stored grant. */
  record Sample(ConnectionKey key, String id, String tokens) {
    private static Sample of(String line) {
      String[] parts = line.split("\\|", -1);
      return new Sample(new ConnectionKey("salesforce", "acme", parts[0]), parts[1], parts[2]);
    }
  }

  static List<Sample> samples() {
    return text("rows.txt").lines().filter(line -> !line.startsWith("#")).map(Sample::of).toList();
  }

  /** Creates a table with all samples, one of them leased. */
  static GrantTable create(Database database, DataSource dataSource) {
    GrantTable table = GrantTable.missing(dataSource);
    String definition = text(database.scripts() + ".sql").replaceAll("(?m)^ *--.*$", "");
    table.run(definition.replace(";", "").replace("ampersand_grant", "#"));
    samples().forEach(sample -> table.run(insert(sample)));
    table.run(
        "UPDATE # SET lease_owner = 'a', lease_until = TIMESTAMP '2036-01-01 00:00:00'"
            + " WHERE consumer_ref = 'bob'");
    return table;
  }

  private static String insert(Sample sample) {
    return "INSERT INTO # (grant_id, provider, group_ref, consumer_ref, tokens, version)"
        + " VALUES ('%s', 'salesforce', 'acme', '%s', '%s', 1234567890123)"
            .formatted(sample.id(), sample.key().consumerRef(), sample.tokens());
  }

  private static String text(String resource) {
    try (InputStream stream =
        Objects.requireNonNull(
            FirstVersion.class.getResourceAsStream("first/" + resource), resource)) {
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
