package com.withampersand.sdk.examples;

import static java.util.Objects.requireNonNull;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** An app whose Consumer Secret changes while the program runs. */
final class RotatingSecrets {
  private RotatingSecrets() {}

  static SalesforceApp app(String consumerKey, Supplier<Map<String, String>> secrets) {
    // region secrets
    SalesforceApp app =
        SalesforceApp.builder(
                consumerKey, () -> Secret.of(requireNonNull(secrets.get().get("current"))))
            .alsoSignedWith(() -> Optional.ofNullable(secrets.get().get("other")).map(Secret::of))
            .scopes("api", "refresh_token")
            .callback(URI.create("https://example.com/salesforce/callback"))
            .build();
    // endregion
    return app;
  }
}
