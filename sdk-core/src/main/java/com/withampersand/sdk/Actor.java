package com.withampersand.sdk;

/** Who can fix an error. */
public enum Actor {
  /**
   * The developer or operator of the program that uses this SDK: configuration, deployment, code.
   */
  DEVELOPER,
  /** An admin at the provider, for example of the customer's Salesforce org. */
  PROVIDER_ADMIN,
  /** The user who connects the account. */
  END_USER,
  /**
   * Ampersand: the fault is in this SDK or in Ampersand. Report it there, with the message of the
   * error.
   */
  AMPERSAND,
  /**
   * No one: wait. The fault is temporary, at the provider or in the network, or a limit that
   * resets.
   */
  NONE
}
