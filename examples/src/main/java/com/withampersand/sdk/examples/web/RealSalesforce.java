package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Salesforce itself, with the app that the environment describes. */
record RealSalesforce(SalesforceApp app, HttpClient client) implements Salesforce {
  private static final String CALLBACK = "SALESFORCE_CALLBACK";

  /**
   * Reads the app.
   *
   * @throws IllegalArgumentException if a variable is missing or wrong; the message names it
   * @throws com.withampersand.sdk.InvalidProviderAppException if the app is set up wrong
   */
  static RealSalesforce of(Map<String, String> environment, String callback, HttpClient client) {
    Map<String, String> settings = new HashMap<>(environment);
    if (settings.getOrDefault(CALLBACK, "").isBlank()) {
      settings.put(CALLBACK, callback);
    }
    return new RealSalesforce(SalesforceApp.fromEnvironment(settings), client);
  }

  @Override
  public LoginHost host(String typed) {
    return Salesforce.parse(typed);
  }

  @Override
  public List<LoginHost> named() {
    return List.of();
  }

  /** An org can send its users on to the single sign-on of their company, wherever that is. */
  @Override
  public String formTargets() {
    return "https:";
  }

  @Override
  public Duration backoff() {
    return Duration.ofSeconds(30); // the SDK's default
  }

  @Override
  public String hint() {
    return "Its name, such as acme, or any address of your org. For a Developer Edition, login.salesforce.com works as well.";
  }

  @Override
  public Optional<Controls> controls() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
