package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Version;

/**
 * What is sealed in a row: one description of a grant.
 *
 * @param version which description this is
 * @param consent the id of the consent that the tokens descend from
 * @param rotates whether a refresh was seen to bring another refresh token although the renewer
 *     said that this does not happen
 */
record Grant(Version version, String consent, GrantState state, boolean rotates, TokenSet tokens) {

  Grant with(GrantState other, Version at) {
    return new Grant(at, consent, other, rotates, tokens);
  }

  /** Returns this state of the grant with the tokens of another description of it. */
  Grant withTokensOf(Grant other) {
    Version merged =
        new Version(
            other.version.consent(),
            other.version.generation(),
            other.version.lease(),
            version.stateLease(),
            version.step());
    return new Grant(merged, consent, state, rotates || other.rotates, other.tokens);
  }

  /** Returns the version of a state that is found under a lease. */
  Version stateAt(long lease, int step) {
    return new Version(version.consent(), version.generation(), version.lease(), lease, step);
  }

  /** Returns the version of the tokens that a refresh under a lease obtains. */
  Version refreshedAt(long lease) {
    return new Version(version.consent(), version.generation() + 1, lease, lease, 1);
  }
}
