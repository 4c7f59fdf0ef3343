package com.withampersand.sdk.fuzz;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The targets by their names, which are also those of the folders of the corpus. */
final class Targets {
  private static final Map<String, Supplier<Target>> ALL = new TreeMap<>();

  static {
    ALL.put("callback", CallbackTarget::new);
    ALL.put("connection-tokens", ConnectionTokensTarget::new);
    ALL.put("envelope", EnvelopeTarget::new);
    ALL.put("grant", GrantTarget::new);
    ALL.put("jdbc-row", JdbcRowTarget::new);
    ALL.put("jwt", JwtTarget::new);
    ALL.put("login-host", LoginHostTarget::new);
    ALL.put("metadata", MetadataTarget::new);
    ALL.put("mint", MintTarget::new);
    ALL.put("old-file", OldFileTarget::new);
    ALL.put("org-call", OrgCallTarget::new);
    ALL.put("pasted-text", PastedTextTarget::new);
    ALL.put("pem", PemTarget::new);
    ALL.put("problem", ProblemTarget::new);
    ALL.put("proxy", ProxyTarget::new);
    ALL.put("resource-refusal", ResourceRefusalTarget::new);
    ALL.put("retry-after", RetryAfterTarget::new);
    ALL.put("row-file", RowFileTarget::new);
    ALL.put("salesforce-answer", SalesforceAnswerTarget::new);
    ALL.put("saved-request", SavedRequestTarget::new);
    ALL.put("token-answer", TokenAnswerTarget::new);
    ALL.put("token-set", TokenSetTarget::new);
    ALL.put("webhook", WebhookTarget::new);
  }

  private Targets() {}

  static Set<String> names() {
    return ALL.keySet();
  }

  static Target named(String name) {
    Supplier<Target> target = ALL.get(name);
    if (target == null) {
      throw new IllegalArgumentException("no target " + name + ", but " + ALL.keySet());
    }
    Logs.requireClean(); // From here on it listens: what a target logs as it begins counts, too.
    return target.get();
  }
}
