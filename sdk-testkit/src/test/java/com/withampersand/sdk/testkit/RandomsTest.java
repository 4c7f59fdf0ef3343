package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomsTest {
  @ParameterizedTest
  @CsvSource({
    "001A0000006Vm9u, IAC",
    "00Dx0000000BV7z, EAG",
    "00D000000000062, EAA",
    "00d000000000000, AAA",
    "00DABCDEFGHIJKL, 255"
  })
  void checksum_ofAnId_tellsWhereItsCapitalsAre(String id, String checksum) {
    assertThat(Randoms.checksum(id)).isEqualTo(checksum);
  }

  @Test
  void id_ofAnOrg_endsInTheChecksumOfTheRest() {
    String id = Randoms.id("00D");

    assertThat(id).matches("00D[A-Za-z0-9]{15}").endsWith(Randoms.checksum(id.substring(0, 15)));
  }
}
