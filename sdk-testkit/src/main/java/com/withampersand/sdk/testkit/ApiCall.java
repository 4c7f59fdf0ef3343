package com.withampersand.sdk.testkit;

/**
 * A call of an API whose access token is good.
 *
 * @param request the request as it arrived
 * @param user whose token it is
 */
public record ApiCall(ReceivedRequest request, FakeUser user) {
  /** Returns the org that was called. */
  public FakeOrg org() {
    return user.org();
  }
}
