package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.ClientGrantFlow;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.internal.OAuthEndpoints;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Grants without a user at a browser, at the host that each of them belongs to. */
final class ClientGrants {
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private final Function<LoginHost, ClientGrantFlow.Builder> flows;
  private final Settings settings;
  private final AllowedHosts hosts;

  /** What the flows of all hosts have in common. */
  static final class Settings {
    List<LoginHost> named = List.of();
    HttpTransport transport = HttpTransport.shared();
    Duration callTimeout = Duration.ofSeconds(90);
    @Nullable Duration sessionLength;
    Clock clock = Clock.systemUTC();

    Settings copy() {
      Settings copy = new Settings();
      copy.named = named;
      copy.transport = transport;
      copy.callTimeout = callTimeout;
      copy.sessionLength = sessionLength;
      copy.clock = clock;
      return copy;
    }
  }

  ClientGrants(Function<LoginHost, ClientGrantFlow.Builder> flows, Settings settings) {
    this.flows = flows;
    this.settings = settings.copy();
    this.hosts = new AllowedHosts(LoginHost.production(), this.settings.named);
  }

  /**
   * Returns a Consumer Key as it was pasted, if it can be one.
   *
   * @throws InvalidProviderAppException if not
   */
  static String requireConsumerKey(String consumerKey) {
    return requirePasted("consumerKey", consumerKey, "Consumer Key");
  }

  /**
   * Returns a value as it was pasted, if it can be a key or a secret.
   *
   * @throws InvalidProviderAppException if not
   */
  static String requirePasted(String field, String value, String name) {
    List<Violation> violations = SalesforceApp.pasteViolations(field, value, name);
    if (!violations.isEmpty()) {
      throw new InvalidProviderAppException(violations);
    }
    return value;
  }

  static Duration requireDuration(Duration duration) {
    if (duration.isZero() || duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the duration must be positive and 100 years at most: " + duration);
    }
    return duration;
  }

  TokenSet mint(LoginHost host, Function<ClientGrantFlow, TokenSet> mint) {
    LoginHost allowed = hosts.require(host.uri());
    return new GrantRules(allowed).requireOwnInstance(mint.apply(at(allowed)), "token request");
  }

  boolean own(String grantType, String consumerKey, TokenSet tokens) {
    return tokens.grantType().equals(grantType)
        && tokens.clientId().filter(consumerKey::equals).isPresent()
        && hosts.of(tokens).isPresent();
  }

  TokenSet refresh(TokenSet tokens) {
    LoginHost host = hosts.require(tokens);
    return new GrantRules(host).keepInstance(tokens, at(host).refresh(tokens));
  }

  void revoke(TokenSet tokens) {
    at(hosts.require(tokens)).revoke(tokens);
  }

  Duration longestExchange() {
    return settings.callTimeout;
  }

  private ClientGrantFlow at(LoginHost host) {
    ClientGrantFlow.Builder flow =
        flows
            .apply(host)
            .issuer(host.uri())
            .revocationEndpoint(OAuthEndpoints.revocation(host.uri()))
            .refineTokens(JwtExpiry::read)
            .transport(settings.transport)
            .callTimeout(settings.callTimeout)
            .clock(settings.clock);
    Duration sessionLength = settings.sessionLength;
    return (sessionLength == null ? flow : flow.sessionLength(sessionLength)).build();
  }
}
