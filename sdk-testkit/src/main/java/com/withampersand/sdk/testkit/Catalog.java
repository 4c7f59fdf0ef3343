package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** {@code /providers}: what Ampersand knows of the providers, of which it knows four here. */
final class Catalog {
  private final JsonNode providers = read();

  private static JsonNode read() {
    try (InputStream file = Catalog.class.getResourceAsStream("catalog.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(file, "catalog.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Notes a provider that is not in the catalog. */
  void check(Input body) {
    body.find("provider")
        .filter(provider -> !providers.has(provider))
        .ifPresent(provider -> body.unacceptable("provider", "is not in the catalog"));
  }

  Answer all(ReceivedRequest request) {
    requireGet(request);
    return FakeJson.ok(providers);
  }

  Answer one(ReceivedRequest request, String provider) {
    requireGet(request);
    if (!providers.has(provider)) {
      throw FakeRefusal.notFound("The provider");
    }
    return FakeJson.ok(providers.path(provider));
  }

  private static void requireGet(ReceivedRequest request) {
    if (!request.method().equals("GET")) {
      throw FakeRefusal.badMethod(request);
    }
  }
}
