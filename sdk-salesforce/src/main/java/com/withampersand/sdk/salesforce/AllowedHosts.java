package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hosts to which a flow may send tokens and secrets: Salesforce's, and those that are named.
 */
final class AllowedHosts {
  private static final Logger log = LoggerFactory.getLogger(AllowedHosts.class);

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
    for (LoginHost host : named) {
      if (host.isAt(issuer)) {
        return Optional.of(host);
      }
    }
    return LoginHost.ofIssuer(issuer);
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

  /**
   * Returns the judge of what a callback says about who sent it (RFC 9207). Any host of Salesforce
   * will do, since Salesforce may name another than the one that was asked.
   */
  Predicate<String> issuersOf(LoginHost asked) {
    return named -> {
      Optional<LoginHost> issuer = uri(named).flatMap(this::at);
      if (issuer.isPresent() && !issuer.get().equals(asked)) {
        log.info("A callback says that {} sent it, and {} was asked", issuer.get(), asked);
      }
      return issuer.isPresent();
    };
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static ForeignGrantException foreign(URI issuer) {
    return new ForeignGrantException(
        ("The host %s is neither Salesforce's nor one that was named, so nothing is sent there. If it is"
                + " yours, name it with alsoAt(LoginHost.custom(...)) on the flow's builder.")
            .formatted(SalesforceUrls.shown(issuer.toString())));
  }
}
