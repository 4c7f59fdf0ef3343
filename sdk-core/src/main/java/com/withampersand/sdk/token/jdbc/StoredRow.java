package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a query found, before it is known to make sense: SQL of others may have changed it.
 *
 * @param id the primary key; null where a look for one row found none
 * @param lookAt where it stands among due rows
 * @param readAt the database's time
 * @param row the row; null if it cannot be read
 * @param problem why it cannot be read; null if it can
 */
record StoredRow(
    @Nullable String id,
    StoreTime lookAt,
    StoreTime readAt,
    @Nullable Row row,
    @Nullable String problem) {

  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9-]{1,36}");

  /** Reads the row that a result is at. */
  static StoredRow read(ResultSet result) throws SQLException {
    String id = result.getString("grant_id");
    StoreTime readAt = time(result, "read_at");
    StoreTime lookAt = time(result, "look_at");
    if (id == null) {
      return new StoredRow(null, lookAt, readAt, null, null);
    }
    try {
      return new StoredRow(id, lookAt, readAt, row(result, id, readAt), null);
    } catch (IllegalArgumentException e) {
      return new StoredRow(id, lookAt, readAt, null, e.getMessage());
    }
  }

  private static Row row(ResultSet result, String id, StoreTime readAt) throws SQLException {
    return new Row(
        key(result, id),
        revision(result),
        Version.parse(text(result, "version")),
        result.getString("consent_id"),
        text(result, "state"),
        result.getString("client"),
        lease(result),
        result.getLong("leases"),
        time(result, "tokens_at"),
        time(result, "state_at"),
        time(result, "sent_at"),
        time(result, "look_at"),
        readAt,
        result.getString("sealed"));
  }

  private static ConnectionKey key(ResultSet result, String id) throws SQLException {
    ConnectionKey key =
        new ConnectionKey(
            text(result, "provider"), text(result, "group_ref"), text(result, "consumer_ref"));
    require(key.id().equals(id), "provider, group_ref or consumer_ref were changed");
    return key;
  }

  private static Row.Revision revision(ResultSet result) throws SQLException {
    String text = text(result, "rev");
    require(REVISION.matcher(text).matches(), "rev is not a revision");
    return new Row.Revision(text);
  }

  private static Row.@Nullable Lease lease(ResultSet result) throws SQLException {
    String holder = result.getString("lease_holder");
    long number = result.getLong("lease_no");
    boolean numbered = !result.wasNull();
    StoreTime until = time(result, "lease_until");
    boolean limited = !result.wasNull();
    require(
        (holder != null) == numbered && numbered == limited,
        "lease_no, lease_holder and lease_until do not fit together");
    return holder == null ? null : new Row.Lease(number, holder, until);
  }

  /** Returns the value of a column that is not NULL in the table that the SDK makes. */
  private static String text(ResultSet result, String column) throws SQLException {
    String text = result.getString(column);
    if (text == null) {
      throw new IllegalArgumentException(column + " is NULL");
    }
    return text;
  }

  private static StoreTime time(ResultSet result, String column) throws SQLException {
    return new StoreTime(result.getLong(column));
  }

  private static void require(boolean sound, String problem) {
    if (!sound) {
      throw new IllegalArgumentException(problem);
    }
  }
}
