package com.withampersand.sdk.salesforce.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.Actor;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
  private static final Finding FINDING =
      new Finding(
          Level.ERROR,
          "secret-wrong",
          "It \"failed\"\nhere",
          "because",
          Actor.PROVIDER_ADMIN,
          "repair it");

  @Test
  void toJson_finding_hasEveryMember() throws Exception {
    DoctorReport report = new DoctorReport(List.of(FINDING), List.of("the rest"));

    JsonNode json = new ObjectMapper().readTree(report.toJson());

    assertThat(json.path("healthy").isBoolean()).isTrue();
    assertThat(json.path("healthy").asBoolean()).isFalse();
    assertThat(json.path("unseen").path(0).asText()).isEqualTo("the rest");
    assertThat(json.path("findings").path(0))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    "{\"level\":\"ERROR\",\"code\":\"secret-wrong\",\"seen\":\"It \\\"failed\\\"\\nhere\",\"why\":\"because\","
                        + "\"actor\":\"PROVIDER_ADMIN\",\"remedy\":\"repair it\"}"));
  }

  @Test
  void toJson_nothingFound_isHealthy() throws Exception {
    JsonNode json = new ObjectMapper().readTree(new DoctorReport(List.of(), List.of()).toJson());

    assertThat(json.path("healthy").asBoolean()).isTrue();
    assertThat(json.path("findings")).isEmpty();
  }

  @Test
  void toString_finding_tellsWhoDoesWhat() {
    assertThat(new DoctorReport(List.of(FINDING), List.of("the rest")).toString())
        .contains("ERROR secret-wrong", "because", "repair it (provider admin)", "- the rest");
  }
}
