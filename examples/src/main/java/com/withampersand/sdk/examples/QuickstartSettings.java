package com.withampersand.sdk.examples;

import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real org to run {@link Quickstart} against, from the environment. */
record QuickstartSettings(SalesforceApp app, LoginHost host) {
  private static final String PREFIX = "SALESFORCE_";
  private static final List<String> KNOWN =
      List.of("CLIENT_ID", "CLIENT_SECRET", "LOGIN_HOST", "SCOPES", "CALLBACK");

  /**
   * Returns the settings; empty if no variable is set, so that the fake is to be used.
   *
   * @throws IllegalArgumentException if they are set by half
   * @throws com.withampersand.sdk.InvalidProviderAppException if what they say is wrong
   */
  static Optional<QuickstartSettings> from(Map<String, String> environment) {
    if (KNOWN.stream().noneMatch(name -> environment.containsKey(PREFIX + name))) {
      return Optional.empty();
    }
    Settings settings = new Settings(environment);
    SalesforceApp app =
        SalesforceApp.builder(required(settings, "CLIENT_ID"), required(settings, "CLIENT_SECRET"))
            .scopes(settings.optional(PREFIX + "SCOPES").orElse("api id refresh_token"))
            .callback(
                callback(
                    settings
                        .optional(PREFIX + "CALLBACK")
                        .orElse("http://localhost:8080/callback")))
            .build();
    LoginHost host =
        settings
            .optional(PREFIX + "LOGIN_HOST")
            .map(QuickstartSettings::host)
            .orElse(LoginHost.production());
    return Optional.of(new QuickstartSettings(app, host));
  }

  private static URI callback(String text) {
    URI callback;
    try {
      callback = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "SALESFORCE_CALLBACK is not a URL; the default is http://localhost:8080/callback", e);
    }
    if (!"localhost".equals(callback.getHost()) || !"http".equals(callback.getScheme())) {
      throw new IllegalArgumentException(
          "SALESFORCE_CALLBACK has to be an address of this machine such as http://localhost:8080/callback, since this program waits there");
    }
    return callback;
  }

  private static LoginHost host(String text) {
    return text.startsWith("http://localhost:")
        ? LoginHost.custom(URI.create(text))
        : LoginHost.parse(text);
  }

  private static String required(Settings settings, String name) {
    return settings
        .optional(PREFIX + name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    PREFIX
                        + name
                        + " is not set. Set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET both, to run against a real"
                        + " org, or unset every SALESFORCE_ variable, to run against the fake."));
  }
}
