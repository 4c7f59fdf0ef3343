package com.withampersand.sdk.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** The settings of {@link StandaloneFakes}. A setting that no one reads is a mistake. */
final class StandaloneSettings {
  private final Properties properties;
  private final TreeSet<String> unread;

  StandaloneSettings(Properties properties) {
    this.properties = properties;
    this.unread = new TreeSet<>(properties.stringPropertyNames());
  }

  FakeSalesforce.Builder salesforce() {
    FakeSalesforce.Builder builder =
        FakeSalesforce.builder()
            .consumerKey(required("consumer.key"))
            .consumerSecret(required("consumer.secret"))
            .port(read("port", Integer::parseInt).orElse(0))
            .proxyPort(read("proxy.port", Integer::parseInt).orElse(0));
    list("callbacks").map(URI::create).forEach(builder::callback);
    String[] scopes = list("scopes").toArray(String[]::new);
    if (scopes.length > 0) {
      builder.scopes(scopes);
    }
    read("session.timeout", Duration::parse).ifPresent(builder::sessionTimeout);
    read("refresh.tokens", RefreshTokenPolicy::valueOf).ifPresent(builder::refreshTokenPolicy);
    read("reuse.grace", Duration::parse).ifPresent(builder::reuseGrace);
    read("pkce.required", StandaloneSettings::flag).ifPresent(builder::requirePkce);
    read("approve.automatically", StandaloneSettings::flag)
        .ifPresent(builder::approveAutomatically);
    names().stream().findFirst().ifPresent(builder::org);
    return builder;
  }

  private List<String> names() {
    return list("orgs").toList();
  }

  /** Adds the orgs after the first, and what all of them have. */
  void addOrgs(FakeSalesforce salesforce) {
    for (String name : names()) {
      FakeOrg org = salesforce.find(name).orElseGet(() -> salesforce.addOrg(name, port(name)));
      list(name + ".users").forEach(org::addUser);
      list(name + ".hosts").forEach(org::addHost);
    }
  }

  private int port(String org) {
    return read(org + ".port", Integer::parseInt).orElse(0);
  }

  Optional<FakeAmpersand.Builder> ampersand(FakeSalesforce salesforce) {
    return read("ampersand.port", Integer::parseInt)
        .map(
            port -> {
              FakeAmpersand.Builder builder =
                  FakeAmpersand.builder(salesforce).port(port).apiKey(required("ampersand.key"));
              read("ampersand.project", text -> text).ifPresent(builder::projectId);
              return builder;
            });
  }

  Optional<Path> certificateFile() {
    return read("certificate.file", Path::of);
  }

  /**
   * Ends the start if a setting is left.
   *
   * @throws IllegalArgumentException if one is
   */
  void requireAllRead() {
    if (!unread.isEmpty()) {
      throw new IllegalArgumentException("unknown settings: " + String.join(", ", unread));
    }
  }

  private String required(String name) {
    return read(name, text -> text)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not set"));
  }

  private Stream<String> list(String name) {
    return read(name, text -> Arrays.asList(text.split("[\\s,]+", -1))).stream()
        .flatMap(List::stream);
  }

  private <T> Optional<T> read(String name, Function<String, T> parser) {
    unread.remove(name);
    return Optional.ofNullable(properties.getProperty(name))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(text -> parse(name, text, parser));
  }

  private static <T> T parse(String name, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(name + " cannot be " + text, e);
    }
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }
}
