package com.withampersand.sdk.salesforce.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.salesforce.internal.ServerJson;

/** The JSON that the doctor reads and writes. */
final class DoctorJson {
  private DoctorJson() {}

  /** Tells whether the text is an OpenID Connect configuration with the endpoints of OAuth. */
  static boolean isConfiguration(String text) {
    try {
      JsonNode node = ServerJson.read(text);
      return node.path("authorization_endpoint").isTextual()
          && node.path("token_endpoint").isTextual();
    } catch (JsonProcessingException e) {
      // Probably a web page.
      return false;
    }
  }

  static String write(DoctorReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("healthy", report.isHealthy());
    ArrayNode findings = json.putArray("findings");
    for (DoctorReport.Finding finding : report.findings()) {
      findings
          .addObject()
          .put("level", finding.level().name())
          .put("code", finding.code())
          .put("seen", finding.seen())
          .put("why", finding.why())
          .put("actor", finding.actor().name())
          .put("remedy", finding.remedy());
    }
    report.unseen().forEach(json.putArray("unseen")::add);
    return json.toPrettyString();
  }
}
