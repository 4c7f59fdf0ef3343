package com.withampersand.sdk.token;

/**
 * What somebody has who has a grant for a change.
 *
 * @param owner told apart from all others by this
 * @param version of the tokens; while the row has it, nobody else has changed them
 * @param tokens as the row has them
 */
record Lease(ConnectionKey key, String owner, long version, String tokens) {
  /** Leaves the tokens out: they need not be encrypted. */
  @Override
  public String toString() {
    return "Lease[" + key + ", owner " + owner + ", version " + version + "]";
  }
}
