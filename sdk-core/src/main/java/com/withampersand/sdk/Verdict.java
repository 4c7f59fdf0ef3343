package com.withampersand.sdk;

/** What a provider's refusal of a refresh says about the grant. */
public enum Verdict {
  /** The grant ended, in words that are known to be final. Only the user's consent helps. */
  FINAL,
  /** The provider refuses for a reason that consent does not cure. The tokens are still good. */
  BLOCKED,
  /** The refusal says nothing about the grant, and the request may have been carried out. */
  PASSING,
  /** Too many requests: this one was not carried out. */
  THROTTLED,
  /** Words that are not known. The request may have been carried out. */
  UNKNOWN
}
