package com.withampersand.sdk.contract;

import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A change of a row with plain values, of which a test sets those that it is about. */
final class Draft {
  private Version version = Version.ofConsent(7);
  private @Nullable String consent = "consent-1";
  private String state = "ACTIVE";
  private @Nullable String client = "client-1";
  private LeaseChange lease = new LeaseChange.Keep();
  private long leases = 3;
  private Duration lookIn = Duration.ofDays(30);
  private Set<Stamp> stamps = Set.of();
  private Duration sentAgo = Duration.ZERO;
  private @Nullable String sealed = "v2.k1.c2VhbGVk";

  Draft version(Version version) {
    this.version = version;
    return this;
  }

  Draft consent(@Nullable String consent) {
    this.consent = consent;
    return this;
  }

  Draft state(String state) {
    this.state = state;
    return this;
  }

  Draft client(@Nullable String client) {
    this.client = client;
    return this;
  }

  Draft hold(long number, String holder, Duration length) {
    this.lease = new LeaseChange.Hold(number, holder, length);
    return this;
  }

  Draft clear() {
    this.lease = new LeaseChange.Clear();
    return this;
  }

  Draft leases(long leases) {
    this.leases = leases;
    return this;
  }

  Draft lookIn(Duration lookIn) {
    this.lookIn = lookIn;
    return this;
  }

  Draft stamps(Stamp... stamps) {
    this.stamps = Set.of(stamps);
    return this;
  }

  Draft sentAgo(Duration sentAgo) {
    this.sentAgo = sentAgo;
    return this;
  }

  Draft sealed(@Nullable String sealed) {
    this.sealed = sealed;
    return this;
  }

  /** Returns the change, under a new revision. */
  Change change() {
    return new Change(
        Revision.random(),
        version,
        consent,
        state,
        client,
        lease,
        leases,
        lookIn,
        stamps,
        sentAgo,
        sealed);
  }
}
