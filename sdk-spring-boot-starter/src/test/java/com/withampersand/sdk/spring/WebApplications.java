package com.withampersand.sdk.spring;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Applications at one Salesforce, each of which is started once for the tests of a class. */
final class WebApplications implements AutoCloseable {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final Map<List<String>, WebApplication> running = new HashMap<>();

  FakeSalesforce salesforce() {
    return salesforce;
  }

  /** Returns an application with these properties. */
  WebApplication with(String... properties) {
    return running.computeIfAbsent(
        List.of(properties), set -> WebApplication.start(salesforce, properties));
  }

  /** Forgets what an earlier test left. */
  void reset() {
    running.values().forEach(WebApplication::reset);
  }

  Iterable<WebApplication> running() {
    return running.values();
  }

  @Override
  public void close() {
    running.values().forEach(WebApplication::close);
    salesforce.close();
  }
}
