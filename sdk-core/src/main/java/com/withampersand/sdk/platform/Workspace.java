package com.withampersand.sdk.platform;

import java.util.Optional;

/**
 * A customer's account at a provider, as Ampersand's connector names it: for Salesforce a {@code
 * LoginHost}.
 *
 * <p>Implementations are immutable, and safe to share between threads.
 */
@FunctionalInterface
public interface Workspace {
  /**
   * Returns the name that Ampersand sends users and requests to.
   *
   * @return the name, such as {@code acme}; empty if Ampersand's default is right
   * @throws IllegalArgumentException if Ampersand has no name for it
   */
  Optional<String> workspaceRef();
}
