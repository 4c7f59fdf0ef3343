package com.withampersand.sdk.token.file;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.Set;

/** Keys and changes for the tests of this package. */
final class Rows {
  static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  static final ConnectionKey BOB = new ConnectionKey("salesforce", "acme", "bob");

  private static final Duration MONTH = Duration.ofDays(30);

  private Rows() {}

  /** Returns a change that leaves the lease as it is. */
  static Change sealed(String sealed) {
    return change(new LeaseChange.Keep(), 0, MONTH, sealed);
  }

  static Change counted(long leases, String sealed) {
    return change(new LeaseChange.Keep(), leases, MONTH, sealed);
  }

  static Change leased(String sealed) {
    return change(new LeaseChange.Hold(1, "holder", Duration.ofHours(1)), 1, MONTH, sealed);
  }

  static Change released(String sealed) {
    return change(new LeaseChange.Clear(), 1, MONTH, sealed);
  }

  static Change lookIn(Duration lookIn) {
    return change(new LeaseChange.Keep(), 0, lookIn, "sealed");
  }

  private static Change change(LeaseChange lease, long leases, Duration lookIn, String sealed) {
    return new Change(
        Revision.random(),
        Version.ofConsent(1),
        "consent",
        "ACTIVE",
        "client",
        lease,
        leases,
        lookIn,
        Set.of(),
        Duration.ZERO,
        sealed);
  }
}
