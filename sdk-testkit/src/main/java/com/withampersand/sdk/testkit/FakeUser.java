package com.withampersand.sdk.testkit;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * A user of a {@link FakeOrg}: consents in its browser, and has grants of its own.
 *
 * <p>Safe to share between threads.
 */
public final class FakeUser {
  private final FakeOrg org;
  private final String id = Randoms.id("005");
  private final String username;
  private volatile boolean active = true;

  FakeUser(FakeOrg org, String username) {
    this.org = org;
    this.username = username;
  }

  /** Returns the user's org. */
  public FakeOrg org() {
    return org;
  }

  /** Returns the 18 characters that name the user; the first 15 of them name it as well. */
  public String id() {
    return id;
  }

  /** Returns the name by which the user logs in. */
  public String username() {
    return username;
  }

  /** Tells whether the user may log in. */
  public boolean isActive() {
    return active;
  }

  /**
   * Sets whether the user may log in; at first it may. Deactivation ends the user's grants for
   * good: authorization comes back with {@code inactive_user}, and token requests answer {@code
   * invalid_grant} with {@code inactive user}.
   */
  public void setActive(boolean active) {
    this.active = active;
    if (!active) {
      revokeAll();
    }
  }

  /**
   * Consents as this user, as {@link FakeSalesforce#approve(URI)} does for the first user.
   *
   * @throws IllegalStateException if Salesforce shows an error in place of a redirect; the message
   *     tells it
   * @throws IllegalArgumentException if the URL leads to a host where this user cannot log in
   */
  public URI approve(URI authorizationUrl) {
    return org.browse(authorizationUrl, this, "allow");
  }

  /**
   * Declines as this user.
   *
   * @throws IllegalStateException if Salesforce shows an error in place of a redirect; the message
   *     tells it
   * @throws IllegalArgumentException if the URL leads to a host where this user cannot log in
   */
  public URI deny(URI authorizationUrl) {
    return org.browse(authorizationUrl, this, "deny");
  }

  /**
   * Issues a grant of all the app's scopes, as a consent of this user and the exchange of its code
   * do, without either.
   */
  public IssuedGrant issueGrant() {
    return org.issueGrant(this);
  }

  /** Issues so many grants, each as {@link #issueGrant()} does. */
  public List<IssuedGrant> issueGrants(int count) {
    return Stream.generate(this::issueGrant).limit(count).toList();
  }

  /** Returns the user's grants, those that have ended among them, in the order of their issue. */
  public List<IssuedGrant> grants() {
    return org.grants().stream().filter(grant -> grant.user() == this).toList();
  }

  /** Ends all grants of this user. */
  public void revokeAll() {
    grants().forEach(IssuedGrant::revoke);
  }

  /** Returns the username. */
  @Override
  public String toString() {
    return username;
  }
}
