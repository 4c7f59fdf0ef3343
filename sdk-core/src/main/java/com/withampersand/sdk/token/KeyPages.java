package com.withampersand.sdk.token;

/** What the stores have in common in listing their keys. */
final class KeyPages {
  private KeyPages() {}

  static int requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page holds one key or more, not " + limit);
    }
    return limit;
  }
}
