package com.withampersand.sdk.testkit;

import java.util.List;
import java.util.function.Function;

/** Which path is served by whom. Paths are compared as they arrive, colons and all. */
final class AmpersandRoutes implements Function<ReceivedRequest, Answer> {
  static final String API = "/v1";
  private static final String UPDATE = ":oauth-update";

  private final Problems problems;
  private final Keys keys;
  private final FakeProject project;
  private final Catalog catalog;
  private final ProviderAppsEndpoint apps;
  private final ConnectionsEndpoint connections;
  private final DestinationsEndpoint destinations;
  private final JwtKeysEndpoint jwtKeys;
  private final ConnectEndpoint connect;
  private final CallbackEndpoint callback;

  AmpersandRoutes(
      Problems problems,
      Keys keys,
      FakeProject project,
      Catalog catalog,
      ProviderAppsEndpoint apps,
      ConnectionsEndpoint connections,
      DestinationsEndpoint destinations,
      JwtKeysEndpoint jwtKeys,
      ConnectEndpoint connect,
      CallbackEndpoint callback) {
    this.problems = problems;
    this.keys = keys;
    this.project = project;
    this.catalog = catalog;
    this.apps = apps;
    this.connections = connections;
    this.destinations = destinations;
    this.jwtKeys = jwtKeys;
    this.connect = connect;
    this.callback = callback;
  }

  @Override
  public Answer apply(ReceivedRequest request) {
    try {
      String path = request.path();
      if (path.equals(CallbackEndpoint.PATH)) {
        return callback.answer(request);
      }
      if (!path.startsWith(API + "/")) {
        throw FakeRefusal.notFound("The page");
      }
      return route(request, List.of(path.substring(API.length() + 1).split("/", -1)));
    } catch (FakeRefusal e) {
      return problems.answer(e);
    }
  }

  private Answer route(ReceivedRequest request, List<String> path) {
    String first = path.get(0);
    if (first.equals("providers") && path.size() <= 2) {
      return path.size() == 1 ? catalog.all(request) : catalog.one(request, decode(path.get(1)));
    }
    keys.require(request);
    if (first.equals("oauth-connect") && path.size() == 1) {
      return connect.connect(request);
    }
    if (first.equals("projects")) {
      return projects(request, path.subList(1, path.size()));
    }
    throw FakeRefusal.notFound("The page");
  }

  private Answer projects(ReceivedRequest request, List<String> path) {
    if (path.isEmpty()) {
      return project.all(request);
    }
    project.require(decode(path.get(0)));
    return switch (path.size()) {
      case 1 -> project.one(request);
      case 2 -> collection(request, path.get(1));
      case 3 -> member(request, path.get(1), path.get(2));
      default -> throw FakeRefusal.notFound("The page");
    };
  }

  private Answer collection(ReceivedRequest request, String name) {
    return switch (name) {
      case "provider-apps" -> apps.all(request);
      case "connections" -> connections.all(request);
      case "connections:generate" -> connections.generate(request);
      case "destinations" -> destinations.all(request);
      case "jwt-keys" -> jwtKeys.all(request);
      default -> throw FakeRefusal.notFound("The page");
    };
  }

  private Answer member(ReceivedRequest request, String collection, String rawId) {
    if (collection.equals("connections") && rawId.endsWith(UPDATE)) {
      String id = rawId.substring(0, rawId.length() - UPDATE.length());
      return connect.renew(request, decode(id));
    }
    return switch (collection) {
      case "provider-apps" -> apps.one(request, decode(rawId));
      case "connections" -> connections.one(request, decode(rawId));
      case "destinations" -> destinations.one(request, decode(rawId));
      case "jwt-keys" -> jwtKeys.one(request, decode(rawId));
      default -> throw FakeRefusal.notFound("The page");
    };
  }

  /** Decodes a segment of the path, where a plus is a plus. */
  private static String decode(String segment) {
    try {
      return Forms.unescape(segment.replace("+", "%2B"));
    } catch (IllegalArgumentException e) {
      throw FakeRefusal.notFound("The page");
    }
  }
}
