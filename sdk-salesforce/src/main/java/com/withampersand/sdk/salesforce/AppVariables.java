package com.withampersand.sdk.salesforce;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The environment variables that describe an app. No message quotes one. */
final class AppVariables {
  private AppVariables() {}

  static SalesforceApp.Builder app(Map<String, String> environment) {
    SalesforceApp.Builder app =
        SalesforceApp.builder(
                required(environment, "SALESFORCE_CLIENT_ID", "the Consumer Key"),
                required(environment, "SALESFORCE_CLIENT_SECRET", "the Consumer Secret"))
            .settings(settings(environment));
    variable(environment, "SALESFORCE_PACKAGE_INSTALL_URL")
        .map(text -> toUri("SALESFORCE_PACKAGE_INSTALL_URL", text))
        .ifPresent(app::packageInstallUrl);
    return app;
  }

  static SalesforceAppSettings.Builder settings(Map<String, String> environment) {
    SalesforceAppSettings.Builder settings =
        SalesforceAppSettings.builder()
            .scopes(variable(environment, "SALESFORCE_SCOPES").orElse("api refresh_token"));
    variable(environment, "SALESFORCE_CALLBACK")
        .map(AppVariables::addresses)
        .ifPresent(
            all ->
                settings
                    .callback(all.get(0))
                    .alsoCallbacks(all.subList(1, all.size()).toArray(URI[]::new)));
    return isPkce(environment) ? settings.withPkce() : settings;
  }

  private static boolean isPkce(Map<String, String> environment) {
    String pkce = variable(environment, "SALESFORCE_PKCE").orElse("false");
    if (!pkce.equals("true") && !pkce.equals("false")) {
      throw new IllegalArgumentException("SALESFORCE_PKCE is neither true nor false");
    }
    return pkce.equals("true");
  }

  private static List<URI> addresses(String list) {
    return Arrays.stream(list.split("\\s+"))
        .map(text -> toUri("SALESFORCE_CALLBACK", text))
        .toList();
  }

  private static String required(Map<String, String> environment, String name, String what) {
    return variable(environment, name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    name + " is not set: give it " + what + " from the app's page in Salesforce"));
  }

  private static URI toUri(String name, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // The parser's error would quote it.
      throw new IllegalArgumentException(name + " is not a URL");
    }
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }
}
