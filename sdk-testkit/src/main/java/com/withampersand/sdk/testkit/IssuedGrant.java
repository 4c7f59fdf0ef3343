package com.withampersand.sdk.testkit;

import java.util.List;

/**
 * A grant of a {@link FakeSalesforce}: what came of one consent of its user. It is a view, and
 * always shows the present.
 *
 * <p>Safe to share between threads.
 */
public final class IssuedGrant {
  private final Grants grants;
  private final Grants.Grant grant;

  IssuedGrant(Grants grants, Grants.Grant grant) {
    this.grants = grants;
    this.grant = grant;
  }

  /** Returns whose grant it is. */
  public FakeUser user() {
    return grant.user;
  }

  /** Returns the access token that was issued last. */
  public String accessToken() {
    return grants.read(grant, Grants.Grant::accessToken);
  }

  /**
   * Returns the refresh token that was issued last.
   *
   * @throws IllegalStateException if none was, for want of the scope
   */
  public String refreshToken() {
    List<String> issued = refreshTokens();
    if (issued.isEmpty()) {
      throw new IllegalStateException("the grant has no refresh token, since its scopes lack it");
    }
    return issued.get(issued.size() - 1);
  }

  /** Returns all refresh tokens that were issued, in that order. */
  public List<String> refreshTokens() {
    return grants.read(grant, Grants.Grant::refreshTokens);
  }

  /**
   * Returns which of its refresh tokens were presented to the token endpoint, in the order of
   * arrival, whatever became of the request. Each is named by its number: 1 is the refresh token
   * that was issued first. Two requests with the first and one with the second are {@code [1, 1,
   * 2]}.
   */
  public List<Integer> presented() {
    return grants.read(grant, Grants.Grant::presented);
  }

  /** Returns how many refreshes were carried out. */
  public int refreshes() {
    return grants.read(grant, Grants.Grant::refreshes);
  }

  /** Tells whether the grant has not ended: neither was it revoked, nor ended by a reuse. */
  public boolean isAlive() {
    return grants.read(grant, Grants.Grant::isAlive);
  }

  /** Ends the grant, as a user or an admin can: its tokens are not good any more. */
  public void revoke() {
    grants.end(grant);
  }

  /** Ends its sessions: its access tokens are not good any more, its refresh token is. */
  public void expireSessions() {
    grants.expireSessions(grant);
  }

  /** Returns a text without tokens. */
  @Override
  public String toString() {
    return "grant, presented " + presented() + (isAlive() ? "" : ", ended");
  }
}
