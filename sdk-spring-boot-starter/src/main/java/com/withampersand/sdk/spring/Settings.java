package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** The properties, or what stands in their place in development on the fakes. */
final class Settings {
  private static final String CLIENT_ID = "ampersand.salesforce.client-id";
  private static final String CALLBACK = "ampersand.salesforce.callback";
  private static final Set<String> LOCAL_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String USUAL_PORT = "8080";

  private final AmpersandProperties properties;
  private final Environment environment;
  private final @Nullable DevMode dev;

  Settings(AmpersandProperties properties, Environment environment, @Nullable DevMode dev) {
    this.properties = properties;
    this.environment = environment;
    this.dev = dev;
  }

  AmpersandProperties properties() {
    return properties;
  }

  Optional<DevMode> dev() {
    return Optional.ofNullable(dev);
  }

  String clientId() {
    if (dev != null) {
      return dev.clientId();
    }
    String clientId = properties.salesforce().clientId();
    if (!StringUtils.hasText(clientId)) {
      throw SetupException.notSet(
          CLIENT_ID,
          "give it the Consumer Key from the app's page in Salesforce, or activate the profile dev or test to run on the fakes");
    }
    return clientId;
  }

  Secret clientSecret() {
    return dev == null
        ? required(
            "ampersand.salesforce.client-secret",
            properties.salesforce().clientSecret(),
            "give it the Consumer Secret from the app's page in Salesforce")
        : dev.clientSecret();
  }

  static Secret required(String property, @Nullable Secret value, String remedy) {
    if (value == null) {
      throw SetupException.notSet(property, remedy);
    }
    return value;
  }

  URI callback() {
    return callback(properties, environment, dev != null);
  }

  /** A browser on this machine finds no other: in development the callback is this machine's. */
  static URI callback(AmpersandProperties properties, Environment environment, boolean isDev) {
    URI callback = properties.salesforce().callback();
    if (isDev) {
      return isLocal(callback) ? Objects.requireNonNull(callback) : local(properties, environment);
    }
    if (callback == null && properties.connect().enabled()) {
      throw SetupException.notSet(
          CALLBACK,
          "give it the callback as it is registered in Salesforce, such as https://app.example.com/salesforce/callback");
    }
    return callback == null ? SalesforceApp.AMPERSAND_CALLBACK : callback;
  }

  private static boolean isLocal(@Nullable URI callback) {
    return callback != null && LOCAL_HOSTS.contains(String.valueOf(callback.getHost()));
  }

  private static URI local(AmpersandProperties properties, Environment environment) {
    String port = environment.getProperty("server.port", USUAL_PORT);
    return URI.create(
        "http://localhost:"
            + (port.equals("0") ? USUAL_PORT : port)
            + localPath(properties, environment));
  }

  private static String localPath(AmpersandProperties properties, Environment environment) {
    String context = environment.getProperty("server.servlet.context-path", "");
    URI callback = properties.salesforce().callback();
    if (properties.connect().callbackPath() != null) {
      return context + properties.connect().callbackPath();
    }
    return callback == null ? context + "/salesforce/callback" : callback.getRawPath();
  }

  /** Returns the path of the callback in this application. */
  String callbackPath() {
    String path = properties.connect().callbackPath();
    if (path != null) {
      return path("ampersand.connect.callback-path", path);
    }
    String whole = Optional.ofNullable(callback().getPath()).orElse("");
    String context = environment.getProperty("server.servlet.context-path", "");
    return path(
        CALLBACK, whole.startsWith(context + "/") ? whole.substring(context.length()) : whole);
  }

  /** Returns a path of this application, as a property names it. */
  static String path(String property, String path) {
    if (!path.startsWith("/") || path.length() == 1) {
      throw new SetupException(property + " has to have a path that begins with a slash.");
    }
    return path;
  }

  LoginHost loginHost() {
    if (dev != null) {
      return dev.login();
    }
    String host = properties.salesforce().loginHost();
    try {
      return named(host).orElseGet(() -> LoginHost.parse(host));
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong("ampersand.salesforce.login-host", e);
    }
  }

  /**
   * Returns the host that a user typed. In development there is one.
   *
   * @throws IllegalArgumentException if it is neither Salesforce's nor named in the properties
   */
  LoginHost typed(String host) {
    return dev == null ? named(host).orElseGet(() -> LoginHost.parse(host)) : dev.login();
  }

  private Optional<LoginHost> named(String host) {
    return Stream.of(alsoAt()).filter(named -> named.toString().equals(host.strip())).findFirst();
  }

  LoginHost[] alsoAt() {
    Stream<LoginHost> named = properties.salesforce().alsoAt().stream().map(Settings::custom);
    return Stream.concat(named, dev().map(DevMode::login).stream()).toArray(LoginHost[]::new);
  }

  private static LoginHost custom(URI address) {
    try {
      return LoginHost.custom(address);
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong("ampersand.salesforce.also-at", e);
    }
  }
}
