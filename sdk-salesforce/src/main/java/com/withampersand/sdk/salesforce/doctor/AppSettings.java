package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.SalesforceScopes;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of an app, and what is wrong with them. */
final class AppSettings {
  private static final Set<String> NEEDED_ONLINE =
      Set.of("consumerKey", "consumerSecret", "callback", "loginHost");

  private final List<Violation> violations = new ArrayList<>();
  private final String consumerKey;
  private final String scopes;
  private String consumerSecret = "";
  private @Nullable URI callback;
  private @Nullable LoginHost host;
  private @Nullable SalesforceApp app;
  private boolean hasInstallUrl;

  private AppSettings(String consumerKey, String scopes) {
    this.consumerKey = consumerKey;
    this.scopes = scopes;
  }

  static AppSettings of(SalesforceApp app, LoginHost host) {
    AppSettings settings = new AppSettings(app.clientId(), app.scopes().toString());
    settings.app = app;
    settings.host = host;
    settings.callback = app.callbackUri();
    settings.hasInstallUrl = app.packageInstallUrl().isPresent();
    try {
      settings.consumerSecret = app.clientSecret().reveal();
    } catch (InvalidProviderAppException e) {
      settings.violations.addAll(e.violations());
    }
    return settings;
  }

  /**
   * Reads variables.
   *
   * @throws IllegalArgumentException if key or secret is missing
   */
  static AppSettings from(Map<String, String> environment) {
    AppSettings settings =
        new AppSettings(
            required(environment, "SALESFORCE_CLIENT_ID"),
            optional(environment, "SALESFORCE_SCOPES").orElse("api refresh_token"));
    settings.consumerSecret = required(environment, "SALESFORCE_CLIENT_SECRET");
    settings.host =
        settings.readHost(
            optional(environment, "SALESFORCE_LOGIN_HOST").orElse("login.salesforce.com"));
    settings.readApp(environment);
    return settings;
  }

  private static Optional<String> optional(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  private static String required(Map<String, String> environment, String name) {
    return optional(environment, name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not set, and has no default"));
  }

  private void readApp(Map<String, String> environment) {
    SalesforceAppSettings.Builder settings = SalesforceAppSettings.builder().scopes(scopes);
    readCallbacks(optional(environment, "SALESFORCE_CALLBACK").orElse(""), settings);
    readPkce(optional(environment, "SALESFORCE_PKCE").orElse("false"), settings);
    SalesforceApp.Builder builder = SalesforceApp.builder(consumerKey, consumerSecret);
    Optional<String> installUrl = optional(environment, "SALESFORCE_PACKAGE_INSTALL_URL");
    hasInstallUrl = installUrl.isPresent();
    installUrl
        .map(text -> address("packageInstallUrl", text))
        .ifPresent(builder::packageInstallUrl);
    build(builder, settings);
  }

  /** Reads a list that white space separates. The first is used in requests. */
  private void readCallbacks(String list, SalesforceAppSettings.Builder settings) {
    List<URI> all =
        Arrays.stream(list.strip().split("\\s+"))
            .filter(text -> !text.isEmpty())
            .map(text -> address("callback", text))
            .filter(Objects::nonNull)
            .toList();
    if (list.isEmpty()) {
      callback = SalesforceApp.AMPERSAND_CALLBACK;
    } else if (!all.isEmpty()) {
      callback = all.get(0);
      settings.callback(callback).alsoCallbacks(all.subList(1, all.size()).toArray(URI[]::new));
    }
  }

  private void readPkce(String text, SalesforceAppSettings.Builder settings) {
    if (text.strip().equals("true")) {
      settings.withPkce();
    } else if (!text.strip().equals("false")) {
      violations.add(
          new Violation("pkce", "It is neither true nor false.", "Set SALESFORCE_PKCE to one."));
    }
  }

  private void build(SalesforceApp.Builder builder, SalesforceAppSettings.Builder settings) {
    try {
      builder.settings(settings.build());
    } catch (InvalidProviderAppException e) {
      violations.addAll(e.violations());
      builder.scopes(SalesforceScopes.REFRESH_TOKEN); // to see what else is wrong
    }
    try {
      SalesforceApp built = builder.build();
      app = violations.isEmpty() ? built : null;
    } catch (InvalidProviderAppException e) {
      violations.addAll(e.violations());
    }
  }

  private @Nullable URI address(String field, String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      violations.add(
          new Violation(field, "It is not a URL.", "Copy it again completely, with its scheme."));
      return null;
    }
  }

  private @Nullable LoginHost readHost(String text) {
    try {
      return isLoopback(text) ? LoginHost.custom(URI.create(text)) : LoginHost.parse(text);
    } catch (IllegalArgumentException e) {
      violations.add(
          new Violation(
              "loginHost",
              "It is not a login host of Salesforce.",
              "Use login.salesforce.com, test.salesforce.com, or the org's My Domain, such as"
                  + " acme.my.salesforce.com. Name a custom host in code, with LoginHost.custom."));
      return null;
    }
  }

  private static boolean isLoopback(String text) {
    return text.startsWith("http://") && SalesforceUrls.isLoopback(URI.create(text));
  }

  /** Returns what violates the rules for an app. */
  List<Violation> violations() {
    return violations;
  }

  /** Tells whether it can be checked at Salesforce. */
  boolean canBeSent() {
    return violations.stream().map(Violation::field).noneMatch(NEEDED_ONLINE::contains);
  }

  String consumerKey() {
    return consumerKey;
  }

  /** Returns the secret as it was set, even if it is blank. */
  String consumerSecret() {
    return consumerSecret;
  }

  boolean hasScope(String scope) {
    return List.of(scopes.split("\\s+")).contains(scope);
  }

  boolean hasInstallUrl() {
    return hasInstallUrl;
  }

  Optional<URI> callback() {
    return Optional.ofNullable(callback);
  }

  Optional<LoginHost> host() {
    return Optional.ofNullable(host);
  }

  /** Returns the app, if its settings violate no rule. */
  Optional<SalesforceApp> app() {
    return Optional.ofNullable(app);
  }
}
