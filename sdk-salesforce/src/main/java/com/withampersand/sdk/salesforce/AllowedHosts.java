package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The hosts to which a flow may send tokens and secrets: Salesforce's, and those that are named.
 */
final class AllowedHosts {
  private final LoginHost byDefault;
  private final List<LoginHost> named;

  /**
   * Creates the hosts of a flow.
   *
   * @param byDefault the host of tokens that do not say who issued them
   */
  AllowedHosts(LoginHost byDefault, List<LoginHost> named) {
    this.byDefault = byDefault;
    this.named = Stream.concat(Stream.of(byDefault), named.stream()).toList();
  }

  /** Returns the host that issued these tokens; empty if nothing may be sent there. */
  Optional<LoginHost> of(TokenSet tokens) {
    return tokens.issuer().map(this::at).orElse(Optional.of(byDefault));
  }

  private Optional<LoginHost> at(URI issuer) {
    return named.stream()
        .filter(host -> host.isAt(issuer))
        .findFirst()
        .or(() -> LoginHost.ofIssuer(issuer));
  }

  /**
   * Returns the host that issued these tokens.
   *
   * @throws ForeignGrantException if nothing may be sent there
   */
  LoginHost require(TokenSet tokens) {
    return of(tokens).orElseThrow(() -> foreign(tokens.issuer().orElse(byDefault.uri())));
  }

  /**
   * Returns the host at this address.
   *
   * @throws ForeignGrantException if nothing may be sent there
   */
  LoginHost require(URI issuer) {
    return at(issuer).orElseThrow(() -> foreign(issuer));
  }

  private static ForeignGrantException foreign(URI issuer) {
    return new ForeignGrantException(
        ("The issuer of these tokens, %s, is neither Salesforce's nor a host that was named, so nothing was sent there. If it is"
                + " yours, name it with SalesforceOAuthFlow.builder(...).alsoAt(LoginHost.custom(...)).")
            .formatted(SalesforceUrls.shown(issuer.toString())));
  }
}
