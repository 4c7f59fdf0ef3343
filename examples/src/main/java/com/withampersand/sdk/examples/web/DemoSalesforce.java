package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fake Salesforce in this process, with three orgs. A browser finds each at a port of this
 * machine: its real name, which is what a customer types, leads there through a proxy only.
 */
final class DemoSalesforce implements Salesforce, Salesforce.Controls {
  private final FakeSalesforce fake;
  private final SalesforceApp app;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  private DemoSalesforce(FakeSalesforce fake, SalesforceApp app) {
    this.fake = fake;
    this.app = app;
  }

  static DemoSalesforce start(URI callback) {
    FakeSalesforce fake = FakeSalesforce.builder().org("acme").callback(callback).start();
    name(fake.org(), "Acme Corporation");
    name(fake.addOrg("globex"), "Globex");
    name(fake.addOrg("acme--dev"), "Acme Corporation");
    SalesforceApp app =
        SalesforceApp.builder(fake.consumerKey(), fake.consumerSecret())
            .scopes("api", "id", "refresh_token")
            .callback(callback)
            .build();
    return new DemoSalesforce(fake, app);
  }

  private static void name(FakeOrg org, String name) {
    String records =
        "{\"totalSize\":1,\"done\":true,\"records\":[{\"Name\":\"%s\"}]}".formatted(name);
    org.answer("GET", "/services/data/*/query", call -> FakeResponse.json(records));
  }

  /** Returns the fake, for tests. */
  FakeSalesforce fake() {
    return fake;
  }

  @Override
  public SalesforceApp app() {
    return app;
  }

  @Override
  public HttpClient client() {
    return client;
  }

  @Override
  public LoginHost host(String typed) {
    LoginHost real = Salesforce.parse(typed);
    return orgs(real).findFirst().map(DemoSalesforce::here).orElseThrow(() -> unknown(real));
  }

  private Stream<FakeOrg> orgs(LoginHost host) {
    boolean shared = host.equals(LoginHost.production()) || host.equals(LoginHost.sandbox());
    return fake.orgs().stream()
        .filter(
            org ->
                shared
                    ? org.isSandbox() == host.equals(LoginHost.sandbox())
                    : org.myDomain().equals(host.uri()));
  }

  private IllegalArgumentException unknown(LoginHost host) {
    return new IllegalArgumentException(
        "The fake Salesforce has no org at " + host.uri().getHost() + ". It has " + names() + ".");
  }

  private String names() {
    return fake.orgs().stream().map(FakeOrg::name).collect(Collectors.joining(", "));
  }

  private static LoginHost here(FakeOrg org) {
    return LoginHost.custom(org.uri());
  }

  @Override
  public List<LoginHost> named() {
    return fake.orgs().stream().map(DemoSalesforce::here).toList();
  }

  @Override
  public String formTargets() {
    return fake.orgs().stream().map(org -> org.uri().toString()).collect(Collectors.joining(" "));
  }

  /** The buttons end sessions faster than time does. */
  @Override
  public Duration backoff() {
    return Duration.ofMillis(1);
  }

  @Override
  public String hint() {
    return "The fake Salesforce has the orgs " + names() + ". Give a name or an address.";
  }

  @Override
  public Optional<Controls> controls() {
    return Optional.of(this);
  }

  @Override
  public void endSession(String accessToken) {
    fake.grant(accessToken).expireSessions();
  }

  @Override
  public void revoke(String accessToken) {
    fake.grant(accessToken).revoke();
  }

  @Override
  public void disableApi(String accessToken) {
    IssuedGrant grant = fake.grant(accessToken);
    grant
        .user()
        .org()
        .nextRequest(
            request ->
                request.path().endsWith("/limits")
                    && request.header("Authorization").equals(Optional.of("Bearer " + accessToken)),
            Fault.apiError(403, "API_CURRENTLY_DISABLED", "API is disabled for this User"));
  }

  @Override
  public void close() {
    fake.close();
  }
}
