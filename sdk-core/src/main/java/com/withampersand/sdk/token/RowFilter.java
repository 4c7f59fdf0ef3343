package com.withampersand.sdk.token;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which rows a page holds: those that fit everything that is not null.
 *
 * @param state the name of the state
 * @param provider the provider of the key
 * @param groupRef the group of the key
 * @param leaseLapsed true for those alone whose lease has lapsed
 */
public record RowFilter(
    @Nullable String state,
    @Nullable String provider,
    @Nullable String groupRef,
    boolean leaseLapsed) {

  /** Returns a filter that every row fits, stones among them. */
  public static RowFilter all() {
    return new RowFilter(null, null, null, false);
  }

  /** Returns a filter for one state, by its name. */
  public static RowFilter state(String state) {
    return new RowFilter(Objects.requireNonNull(state, "state"), null, null, false);
  }

  /** Returns a filter for the grants of one group. */
  public static RowFilter group(String provider, String groupRef) {
    return new RowFilter(
        null,
        Objects.requireNonNull(provider, "provider"),
        Objects.requireNonNull(groupRef, "groupRef"),
        false);
  }

  /** Returns a filter for leases that have lapsed. */
  public static RowFilter lapsed() {
    return new RowFilter(null, null, null, true);
  }

  /** Tells whether a row fits: for stores that have no query language. */
  public boolean fits(Row row) {
    Row.Lease lease = row.lease();
    return (state == null || state.equals(row.state()))
        && (provider == null || provider.equals(row.key().provider()))
        && (groupRef == null || groupRef.equals(row.key().groupRef()))
        && (!leaseLapsed || (lease != null && lease.isOver(row.readAt())));
  }
}
