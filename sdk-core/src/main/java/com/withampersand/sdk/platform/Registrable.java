package com.withampersand.sdk.platform;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.ProviderApp;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What an app has to have before Ampersand is told of it. */
final class Registrable {
  private static final String CALLBACK_PATH = "/callbacks/v1/oauth";
  private static final URI AMPERSANDS_CALLBACK =
      URI.create("https://api.withampersand.com" + CALLBACK_PATH);

  private Registrable() {}

  /**
   * Returns what is wrong with {@code app}.
   *
   * @param baseUrl the API that it is registered with; a callback on the same server is Ampersand's
   *     too
   */
  static List<Violation> violations(ProviderApp app, URI baseUrl) {
    List<Violation> violations = new ArrayList<>();
    checkName(app.provider(), "provider", violations);
    checkName(app.clientId(), "clientId", violations);
    app.externalRef().ifPresent(ref -> checkName(ref, "externalRef", violations));
    URI callback = app.callbackUri();
    if (!callback.equals(AMPERSANDS_CALLBACK) && !callback.equals(baseUrl.resolve(CALLBACK_PATH))) {
      violations.add(
          new Violation(
              "callbackUri",
              "The app is called back elsewhere than at Ampersand, which could then never take users through consent.",
              "Register "
                  + AMPERSANDS_CALLBACK
                  + " with the provider, and build the app with it."));
    }
    return violations;
  }

  private static void checkName(String value, String field, List<Violation> violations) {
    if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
      violations.add(
          new Violation(
              field, "It is blank or holds control characters.", "Copy it from the provider."));
    }
  }
}
