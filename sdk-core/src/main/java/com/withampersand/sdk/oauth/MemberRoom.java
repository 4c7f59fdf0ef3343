package com.withampersand.sdk.oauth;

/**
 * How much of what a provider sends beside the tokens is kept: 65,536 characters of names and
 * values, where each member counts as 64 more, which is what it costs besides. It is stored with
 * each grant, and kept from refresh to refresh, so that without a limit it could grow until the
 * grant does not fit into the store. What does not fit is left out, the tokens never are. Not safe
 * to share between threads.
 */
final class MemberRoom {
  private static final int LONGEST_NAME = 256;
  private static final int COST = 64;

  private int left = 64 * 1024;

  /** Takes the room that a member needs, and tells whether there was any. */
  boolean takes(String name, String value) {
    long needed = COST + name.length() + (long) value.length();
    if (name.length() > LONGEST_NAME || needed > left) {
      return false;
    }
    left -= (int) needed;
    return true;
  }
}
