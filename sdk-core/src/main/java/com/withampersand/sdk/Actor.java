package com.withampersand.sdk;

/** Who can put an error right. */
public enum Actor {
  /**
   * The developer or operator of the program that uses this SDK: configuration, deployment, code.
   */
  DEVELOPER,
  /** An administrator at the provider: of the customer's Salesforce org, for example. */
  PROVIDER_ADMIN,
  /** The person whose consent is asked for. */
  END_USER,
  /**
   * Ampersand: what failed is this SDK's or Ampersand's own doing. Report it there, with the
   * message of the error.
   */
  AMPERSAND,
  /**
   * No one, other than by waiting: the fault is the provider's or the network's, or a limit that
   * lifts by itself.
   */
  NOBODY
}
