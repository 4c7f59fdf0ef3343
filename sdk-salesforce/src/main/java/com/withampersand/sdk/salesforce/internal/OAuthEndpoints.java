package com.withampersand.sdk.salesforce.internal;

import java.net.URI;

/** Where each of Salesforce's hosts has the endpoints of OAuth. */
public final class OAuthEndpoints {
  private OAuthEndpoints() {}

  /** Returns where users are asked for consent. */
  public static URI authorization(URI host) {
    return at(host, "authorize");
  }

  /** Returns where codes and refresh tokens are exchanged. */
  public static URI token(URI host) {
    return at(host, "token");
  }

  /** Returns where grants are ended. */
  public static URI revocation(URI host) {
    return at(host, "revoke");
  }

  /** Returns where tokens are asked about. */
  public static URI introspection(URI host) {
    return at(host, "introspect");
  }

  /** The path of a site stays in front. */
  private static URI at(URI host, String endpoint) {
    return URI.create(host + "/services/oauth2/" + endpoint);
  }
}
