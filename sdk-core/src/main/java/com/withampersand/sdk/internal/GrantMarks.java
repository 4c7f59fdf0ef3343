package com.withampersand.sdk.internal;

/** Names under which this SDK writes notes of its own among the attributes of tokens. */
public final class GrantMarks {
  /** What each of these names begins with. No provider's member is taken under such a name. */
  public static final String PREFIX = "ampersand-sdk:";

  private GrantMarks() {}
}
