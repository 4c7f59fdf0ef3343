package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.internal.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegisteredProviderAppTest {
  private static final String WHOLE =
      "{\"id\":\"pa-1\",\"provider\":\"salesforce\",\"clientId\":\"key\",\"scopes\":[\"api\",\"id\"],\"externalRef\":\"ref\","
          + "\"metadata\":{\"providerParams\":{\"k\":\"v\"}},\"updateTime\":\"2026-11-24T12:00:00Z\"}";

  private static Members members(String json) {
    ApiRequest request = ApiRequest.of("reading", "GET", "/x");
    return new Members(Json.read(json.getBytes(StandardCharsets.UTF_8)), request);
  }

  private static RegisteredProviderApp app(String json) {
    return RegisteredProviderApp.of(members(json));
  }

  @Test
  void equals_sameState_isTheSameWhateverTheOrderOfScopes() {
    RegisteredProviderApp other = app(WHOLE.replace("[\"api\",\"id\"]", "[\"id\",\"api\"]"));

    assertThat(app(WHOLE)).isEqualTo(other).hasSameHashCodeAs(other);
  }

  @ParameterizedTest
  @CsvSource({
    "pa-1, pa-2",
    "salesforce, hubspot",
    "key, other",
    "api, web",
    "ref, other",
    "\"v\", \"w\"",
    "12:00, 12:01"
  })
  void equals_oneThingDiffers_isAnother(String from, String to) {
    assertThat(app(WHOLE)).isNotEqualTo(app(WHOLE.replace(from, to)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "provider", "clientId"})
  void find_oneNameMissing_isEmpty(String name) {
    assertThat(RegisteredProviderApp.find(members(WHOLE))).isPresent();
    assertThat(RegisteredProviderApp.find(members(WHOLE.replace("\"" + name + "\"", "\"x\""))))
        .isEmpty();
  }
}
