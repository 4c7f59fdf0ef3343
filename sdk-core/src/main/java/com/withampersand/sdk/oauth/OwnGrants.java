package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells which grants one client at one issuer owns, and what a refusal is worth for each. */
final class OwnGrants {
  private static final int CLIENT_SHOWN = 12;
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final String grantType;
  private final URI issuer;
  private final String clientId;
  private final Set<String> formerClientIds;

  OwnGrants(String grantType, URI issuer, String clientId, Set<String> formerClientIds) {
    this.grantType = grantType;
    this.issuer = normalized(issuer);
    this.clientId = clientId;
    this.formerClientIds = Set.copyOf(formerClientIds);
  }

  /**
   * Returns an address that grants can carry as their issuer.
   *
   * @throws IllegalArgumentException if it is neither https nor this machine's, or has a query
   */
  static URI requireIssuer(URI issuer) {
    if (Endpoints.requireSafe(issuer, "issuer").getRawQuery() != null) {
      throw new IllegalArgumentException(
          "the issuer must not have a query, at host " + issuer.getHost());
    }
    return issuer;
  }

  /** Returns the issuer of a provider of which nothing but its token endpoint is known. */
  static URI issuerOf(URI tokenEndpoint) {
    return URI.create(tokenEndpoint.getScheme() + "://" + tokenEndpoint.getRawAuthority());
  }

  /**
   * Returns an address as two of them are compared: scheme and host in lower case, without the
   * usual port and without slashes at its end. An address that is no issuer's is left as it is.
   */
  private static URI normalized(URI uri) {
    boolean plain =
        uri.getScheme() != null
            && uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    if (!plain) {
      return uri;
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? HTTPS : HTTP;
    String port = uri.getPort() == -1 || uri.getPort() == usual ? "" : ":" + uri.getPort();
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return URI.create(scheme + "://" + host + port + withoutSlashes(uri.getRawPath()));
  }

  /** Returns a path without the slashes at its end. */
  private static String withoutSlashes(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  /** Returns the beginning of a client identifier: enough to tell two of them apart. */
  static String shown(String clientId) {
    return clientId.length() <= CLIENT_SHOWN ? clientId : clientId.substring(0, CLIENT_SHOWN) + "…";
  }

  URI issuer() {
    return issuer;
  }

  boolean own(TokenSet tokens) {
    return tokens.grantType().equals(grantType)
        && tokens.clientId().map(this::isClient).orElse(true)
        && tokens.issuer().map(this::isIssuer).orElse(true);
  }

  private boolean isClient(String id) {
    return id.equals(clientId) || formerClientIds.contains(id);
  }

  private boolean isIssuer(URI uri) {
    return uri.equals(issuer) || normalized(uri).equals(issuer);
  }

  /**
   * Refuses tokens that another flow owns.
   *
   * @throws ForeignGrantException if these are another issuer's, client's or kind of grant's
   */
  void requireOwn(TokenSet tokens) {
    if (!tokens.grantType().equals(grantType)) {
      throw foreign(
          "obtained by the grant type " + Text.redacted(tokens.grantType(), List.of()),
          "use the renewer of that grant type");
    }
    URI tokensIssuer = tokens.issuer().orElse(issuer);
    if (!isIssuer(tokensIssuer)) {
      throw foreign(
          "issued at host %s, and this flow's issuer is %s"
              .formatted(Text.redacted(String.valueOf(tokensIssuer.getHost()), List.of()), issuer),
          "use the flow of that issuer");
    }
    String tokensClient = tokens.clientId().orElse(clientId);
    if (!isClient(tokensClient)) {
      throw foreign(
          "issued to the client %s, and this flow's client is %s"
              .formatted(Text.readable(shown(tokensClient)), shown(clientId)),
          "use that client's flow, or name that client with alsoIssuedTo if it is the same app's former one");
    }
  }

  private static ForeignGrantException foreign(String what, String remedy) {
    return new ForeignGrantException(
        "These tokens were %s. Nothing was sent; %s.".formatted(what, remedy));
  }

  /** Returns the tokens of an answer with the issuer and the client that they belong to. */
  TokenSet stamped(TokenSet answer) {
    return answer.toBuilder().issuer(issuer).clientId(clientId).build();
  }

  /**
   * Returns the refusal of a refresh as it counts for these tokens. It ends a grant only at the
   * issuer and for the client that the grant was issued to.
   */
  OAuthException judged(OAuthException refusal, TokenSet tokens) {
    if (refusal.verdict() != Verdict.FINAL) {
      return refusal;
    }
    if (tokens.clientId().filter(formerClientIds::contains).isPresent()) {
      return ofFormerClient(refusal, tokens.clientId().get());
    }
    boolean certain = tokens.issuer().isPresent() && tokens.clientId().isPresent();
    return certain ? refusal : ofUnknownOrigin(refusal);
  }

  private OAuthException ofFormerClient(OAuthException refusal, String formerClientId) {
    return refusal.toBuilder()
        .verdict(Verdict.BLOCKED)
        .reason(Reason.WRONG_HOST_OR_APP)
        .actor(Actor.DEVELOPER)
        .remedy(
            ("The grant was issued to the former client %s, and the provider does not take it from %s. Check that both are the"
                    + " same app, or let the customer connect again.")
                .formatted(shown(formerClientId), shown(clientId)))
        .build();
  }

  private OAuthException ofUnknownOrigin(OAuthException refusal) {
    List<String> causes = new ArrayList<>();
    causes.add(
        "The tokens do not say who issued them, and it may have been another host or app than "
            + issuer
            + " and this client.");
    causes.addAll(refusal.causes());
    return refusal.toBuilder().verdict(Verdict.UNKNOWN).causes(causes).build();
  }
}
