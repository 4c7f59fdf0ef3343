package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.Set;

/** Keys and changes that tests write. */
final class Rows {
  static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  static final ConnectionKey BOB = new ConnectionKey("salesforce", "acme", "bob");

  private Rows() {}

  static ConnectionKey key(int number) {
    return new ConnectionKey("salesforce", "acme", "user-" + number);
  }

  /** Returns a change that is due in an hour and leaves the lease. */
  static Change change(String sealed) {
    return change(sealed, new LeaseChange.Keep(), Duration.ofHours(1));
  }

  /** Returns a change that is due at once. */
  static Change dueChange(String sealed) {
    return change(sealed, new LeaseChange.Keep(), Duration.ZERO);
  }

  static Change change(String sealed, LeaseChange lease, Duration lookIn) {
    return new Change(
        Revision.random(),
        Version.ofConsent(7),
        "consent-1",
        "ACTIVE",
        "client-1",
        lease,
        0,
        lookIn,
        Set.of(),
        Duration.ZERO,
        sealed);
  }

  /** Inserts a row, and returns it as it is read then. */
  static Row insert(TokenStore store, ConnectionKey key, Change change) {
    if (!store.write(key, Revision.ABSENT, change)) {
      throw new IllegalStateException("there is a row of " + key);
    }
    return store.read(key);
  }

  static Row insert(TokenStore store, ConnectionKey key) {
    return insert(store, key, change("v2.k1.c2VhbGVk"));
  }
}
