package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Which members a patch is about. */
final class UpdateMask {
  private static final String NAME = "updateMask";

  private UpdateMask() {}

  /**
   * Returns the members that {@code updateMask} names, noting those that cannot be updated and
   * those that the patch does not hold.
   */
  static List<String> of(Input body, Input patch, List<String> allowed) {
    body.require(NAME);
    body.lists(NAME);
    List<String> mask = FakeJson.values(body.object().path(NAME)).map(JsonNode::asText).toList();
    for (String name : mask) {
      if (!allowed.contains(name)) {
        String detail = NAME + " must only name " + String.join(", ", allowed);
        body.issue(Issue.malformed("body", NAME, detail).withValue(name));
      } else if (!patch.has(name)) {
        patch.malformed(name, "is required, since updateMask names it");
      }
    }
    return mask;
  }
}
