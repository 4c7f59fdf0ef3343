package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.internal.Json;
import org.junit.jupiter.api.Test;

class MembersTest {
  @Test
  void toString_answerWithToken_showsNothingOfIt() {
    ApiRequest request = ApiRequest.of("reading of connection c-1", "GET", "/x");
    Members members = new Members(Json.object().put("token", "CANARY"), request);

    assertThat(members).hasToString("Members[answer to the reading of connection c-1]");
  }
}
