package com.withampersand.sdk.testkit;

import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;

/** Ampersand's proxy: sends calls on to the org of an installation, with a token of its own. */
final class ProxyEndpoint implements Work {
  static final String HOST = "proxy.withampersand.com";

  private final Problems problems;
  private final Keys keys;
  private final FakeProject project;
  private final FakeConnections connections;
  private final TokenKeeper keeper;
  private final SalesforceCalls salesforce;
  private final FakeRows<Installation> installations = new FakeRows<>();

  ProxyEndpoint(
      Problems problems,
      Keys keys,
      FakeProject project,
      FakeConnections connections,
      TokenKeeper keeper,
      SalesforceCalls salesforce) {
    this.problems = problems;
    this.keys = keys;
    this.project = project;
    this.connections = connections;
    this.keeper = keeper;
    this.salesforce = salesforce;
  }

  private record Installation(String id, String integration, String connection) {}

  /** Adds an installation, and returns its ID. */
  String install(String integration, String connection) {
    String id = UUID.randomUUID().toString();
    installations.add(id, new Installation(id, integration, connection));
    return id;
  }

  @Override
  public Answer carryOut(ReceivedRequest request, Runnable pause) {
    try {
      require(request);
      ConnectionRow row = connections.get(installation(request).connection());
      pause.run();
      Answer answer = salesforce.forward(row, request);
      return answer.status() == 401 ? again(row, request, answer) : answer;
    } catch (FakeRefusal e) {
      return problems.answer(e);
    } catch (UncheckedIOException e) {
      return problems.answer(FakeRefusal.temporary(502, "The provider does not answer", false));
    }
  }

  private Answer again(ConnectionRow row, ReceivedRequest request, Answer refused) {
    ConnectionRow fresh = keeper.refreshRefused(row.id(), row.accessToken());
    return fresh.accessToken().equals(row.accessToken())
        ? refused
        : salesforce.forward(fresh, request);
  }

  /** Checks the headers; the project's name is no ID, and a bearer token no key. */
  private void require(ReceivedRequest request) {
    if (!header(request, "X-Api-Key").equals(keys.apiKey())) {
      throw new FakeRefusal(401, "The API key is missing or unknown", "Send it in X-Api-Key");
    }
    if (!header(request, "X-Amp-Proxy-Version").equals("1")) {
      throw new FakeRefusal(400, "The version of the proxy is not 1", "Send it as a header");
    }
    if (!header(request, "X-Amp-Project-Id").equals(project.id())) {
      throw FakeRefusal.notFound("The project");
    }
  }

  private Installation installation(ReceivedRequest request) {
    Optional<String> id = request.header("X-Amp-Installation-Id");
    String integration = header(request, "X-Amp-Integration-Name");
    String group = header(request, "X-Amp-Group-Ref");
    return installations.all().stream()
        .filter(
            one ->
                id.map(one.id()::equals)
                    .orElseGet(() -> one.integration().equals(integration) && isOf(one, group)))
        .findFirst()
        .orElseThrow(() -> FakeRefusal.notFound("The installation"));
  }

  private boolean isOf(Installation installation, String group) {
    return connections
        .rows()
        .find(installation.connection())
        .filter(row -> row.facts().at("/group/groupRef").asText().equals(group))
        .isPresent();
  }

  private static String header(ReceivedRequest request, String name) {
    return request.header(name).orElse("");
  }
}
