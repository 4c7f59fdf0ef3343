package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/** The provider apps of the project. As in reality, several may be alike in all but their IDs. */
final class FakeProviderApps {
  private final FakeProject project;
  private final Timestamps times;
  private final FakeRows<ProviderAppRow> rows = new FakeRows<>();

  FakeProviderApps(FakeProject project, Timestamps times) {
    this.project = project;
    this.times = times;
  }

  ProviderAppRow create(ObjectNode members) {
    String now = times.now();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", UUID.randomUUID().toString());
    json.put("projectId", project.id());
    json.put("createTime", now);
    ProviderAppRow row = new ProviderAppRow(json, "").with(ProviderAppRow.MEMBERS, members, now);
    return rows.add(row.id(), row);
  }

  ProviderAppRow change(String id, List<String> names, ObjectNode source) {
    return rows.update(id, row -> row.with(names, source, times.now()))
        .orElseThrow(FakeProviderApps::missing);
  }

  void delete(String id) {
    if (!rows.remove(id)) {
      throw missing();
    }
  }

  FakeRows<ProviderAppRow> rows() {
    return rows;
  }

  ProviderAppRow get(String id) {
    return rows.find(id).orElseThrow(FakeProviderApps::missing);
  }

  /** Returns the app of a provider that is taken if none is named. */
  ProviderAppRow defaultFor(String provider) {
    List<ProviderAppRow> candidates = of(provider);
    if (candidates.size() != 1) {
      throw new FakeRefusal(
          400,
          "The project has %d provider apps for %s".formatted(candidates.size(), provider),
          "Name the provider app by providerAppId");
    }
    return candidates.get(0);
  }

  /** Returns the app by which a connection is refreshed and renewed. */
  ProviderAppRow behind(ConnectionRow row) {
    return row.providerAppId().isEmpty()
        ? defaultFor(row.provider())
        : rows.find(row.providerAppId())
            .orElseThrow(
                () ->
                    new FakeRefusal(
                        400,
                        "The provider app of the connection does not exist any more",
                        "Connect anew, through another provider app"));
  }

  List<ProviderAppRow> of(String provider) {
    Predicate<ProviderAppRow> same = row -> row.provider().equals(provider);
    return rows.all().stream().filter(same).toList();
  }

  private static FakeRefusal missing() {
    return FakeRefusal.notFound("The provider app");
  }
}
