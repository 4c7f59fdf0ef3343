package com.withampersand.sdk.token.refresh;

/**
 * What the provider of the model knows of one consent.
 *
 * @param issued the serial of the newest tokens
 * @param ended whether the grant is over
 * @param graceFor the serial of the refresh token that is taken once more; 0 for none
 * @param graceUntil until when
 * @param busy requests that are being processed
 * @param goodFrom the smallest serial of an access token that still works
 */
record Family(int issued, boolean ended, int graceFor, long graceUntil, int busy, int goodFrom) {
  static final Family NEW = new Family(1, false, 0, 0, 0, 1);

  /** Tells whether a refresh with the refresh token of this serial would be carried out. */
  boolean takes(int serial, ProviderKind kind, long now) {
    if (ended) {
      return false;
    }
    return !kind.rotates || serial == issued || (serial == graceFor && now < graceUntil);
  }

  /** Returns the family after it carried out a refresh. */
  Family refreshed(int serial, ProviderKind kind, long graceEnd) {
    boolean first = serial == issued;
    boolean grace = kind.hasGrace && first;
    return new Family(
        issued + 1,
        false,
        grace ? serial : 0,
        grace ? graceEnd : 0,
        busy,
        kind.rotates && !first ? issued + 1 : goodFrom);
  }

  Family ending() {
    return new Family(issued, true, 0, 0, busy, issued + 1);
  }

  Family busy(int change) {
    return new Family(issued, ended, graceFor, graceUntil, busy + change, goodFrom);
  }

  /** Returns the family with no access token that works. */
  Family expired() {
    return new Family(issued, ended, graceFor, graceUntil, busy, issued + 1);
  }

  boolean accepts(int serial) {
    return !ended && serial >= goodFrom;
  }
}
