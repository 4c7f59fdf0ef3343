package com.withampersand.sdk.token.refresh;

import java.time.Duration;

/**
 * The numbers of the protocol.
 *
 * @param holder the id of this instance in leases
 * @param certainty T: after which no answer means doubt
 * @param announce W: how long a careful try is announced before it is sent
 * @param lease how long a lease lasts
 * @param timeToStore how long storing a result may take
 * @param carefulWait how long after the last request the next one may follow, in doubt
 * @param longestCarefulWait what the doubling of that wait ends at
 * @param longestImport how long an import may take
 * @param cacheFor for how long tokens are served from memory without a look at the store
 * @param refreshBefore how long before its end a token is refreshed early
 * @param clockSkew how long before its end a token counts as over
 * @param youngest what is younger is not refreshed because of its age
 * @param sessionLength how long a token of unknown expiry is taken to be good by {@code get}
 * @param longestSession after which no access token of the provider is good
 * @param backoff the pause after a failed refresh
 * @param idle after which {@code keepAlive} refreshes a grant
 */
record Policy(
    String holder,
    Duration certainty,
    Duration announce,
    Duration lease,
    Duration timeToStore,
    Duration carefulWait,
    Duration longestCarefulWait,
    Duration longestImport,
    Duration cacheFor,
    Duration refreshBefore,
    Duration clockSkew,
    Duration youngest,
    Duration sessionLength,
    Duration longestSession,
    Duration backoff,
    Duration idle) {

  static final Duration STONE = Duration.ofDays(1);
  static final Duration RECHECK = Duration.ofDays(1);
  static final Duration RECHECKS_END = Duration.ofDays(7);
  static final Duration NEVER = Duration.ofDays(36_500);

  /** Returns the same for another holder. */
  Policy heldBy(String other) {
    return heldBy(other, lease);
  }

  /** Returns the same for another holder, whose leases are of another length. */
  Policy heldBy(String other, Duration length) {
    return new Policy(
        other,
        certainty,
        announce,
        length,
        timeToStore,
        carefulWait,
        longestCarefulWait,
        longestImport,
        cacheFor,
        refreshBefore,
        clockSkew,
        youngest,
        sessionLength,
        longestSession,
        backoff,
        idle);
  }

  /** How long a hand-over stays the business of the process that began it. */
  Duration cutOff() {
    return certainty.multipliedBy(3);
  }

  /** Returns how long after the last request the next one may follow. */
  Duration carefulWait(int tries) {
    Duration doubled = carefulWait.multipliedBy(1L << Math.min(tries, 10));
    return doubled.compareTo(longestCarefulWait) < 0 ? doubled : longestCarefulWait;
  }

  /** Returns how long after the last request the next one is sent, once it has been announced. */
  Duration carefulTry(int tries) {
    return carefulWait(tries).plus(announce);
  }
}
