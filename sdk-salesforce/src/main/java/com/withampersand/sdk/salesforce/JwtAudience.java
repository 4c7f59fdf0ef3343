package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.OAuthException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The {@code aud} of a JWT: whom Salesforce says it must be for, by the kind of org. */
final class JwtAudience {
  private JwtAudience() {}

  static URI of(LoginHost host) {
    if (!host.isSalesforces()) {
      return host.uri();
    }
    return isForTest(host) ? LoginHost.sandbox().uri() : LoginHost.production().uri();
  }

  private static boolean isForTest(LoginHost host) {
    String name = String.valueOf(host.uri().getHost()).toLowerCase(Locale.ROOT);
    return host.equals(LoginHost.sandbox())
        || name.contains("--")
        || name.contains(".sandbox.")
        || name.contains(".scratch.");
  }

  /** Returns a refusal because of the audience with the one that was sent. */
  static OAuthException named(OAuthException refusal, URI audience, LoginHost host) {
    String description = refusal.description().orElse("").toLowerCase(Locale.ROOT);
    if (!description.contains("audience")) {
      return refusal;
    }
    List<String> causes = new ArrayList<>();
    causes.add(
        "The JWT was sent to %s with the audience %s. If the org wants another one, set it with audience(...) on the flow's builder."
            .formatted(host.shown(), audience));
    causes.addAll(refusal.causes());
    return refusal.toBuilder().causes(causes).build();
  }
}
