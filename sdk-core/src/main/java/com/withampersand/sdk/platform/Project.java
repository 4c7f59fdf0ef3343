package com.withampersand.sdk.platform;

import com.withampersand.sdk.internal.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A project in Ampersand. What is not typed here is among {@link #members()}.
 *
 * @param id its ID
 * @param name its name, unique in Ampersand
 * @param appName the name that users see while they connect
 * @param orgId the ID of the organization that it belongs to
 * @param members everything that Ampersand says about it, as texts, numbers, booleans, lists and
 *     maps
 */
public record Project(
    String id, String name, String appName, String orgId, Map<String, Object> members) {
  /** Copies the members. */
  public Project {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** Returns ID and name. */
  @Override
  public String toString() {
    return "Project[%s, %s]"
        .formatted(Text.redacted(id, List.of()), Text.redacted(name, List.of()));
  }

  static Project of(Members members) {
    return new Project(
        members.require("id"),
        members.require("name"),
        members.name("appName").orElse(""),
        members.name("orgId").orElse(""),
        members.plain());
  }
}
