package com.withampersand.sdk.token.refresh;

import java.util.UUID;

/** Random ids: of revisions, calls and attempts. */
final class Ids {
  private Ids() {}

  static String next() {
    return UUID.randomUUID().toString();
  }
}
