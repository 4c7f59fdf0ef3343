package com.withampersand.sdk.platform;

import com.withampersand.sdk.internal.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A key that Ampersand checks {@link FrontendTokens} with. What is not typed here is among {@link
 * #members()}.
 *
 * @param id its ID, which is the {@code kid} of the tokens that it checks
 * @param label what it was called when it was registered
 * @param active whether tokens that it fits are accepted
 * @param members everything that Ampersand says about it, as texts, numbers, booleans, lists and
 *     maps
 */
public record JwtKey(String id, String label, boolean active, Map<String, Object> members) {
  /** Copies the members. */
  public JwtKey {
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  static JwtKey of(Members members) {
    return new JwtKey(
        members.require("id"),
        members.name("label").orElse(""),
        members.node().path("active").asBoolean(true),
        members.plain());
  }

  /** Returns ID, label and whether it is active. */
  @Override
  public String toString() {
    return "JwtKey[%s, %s, %s]"
        .formatted(
            Text.redacted(id, List.of()),
            Text.redacted(label, List.of()),
            active ? "active" : "inactive");
  }
}
