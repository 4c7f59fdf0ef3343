package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrgIdTest {
  @ParameterizedTest
  @CsvSource({
    // 15 and 18 characters of the same org.
    "00D5g000004XyZa,    00D5g000004XyZa,    true",
    "00D5g000004XyZa,    00D5g000004XyZaEAK, true",
    "00D5g000004XyZaEAK, 00D5g000004XyZa,    true",
    "00D5g000004XyZaEAK, 00D5g000004XyZaEAK, true",
    "00Dx0000000BV7z,    00Dx0000000BV7zEAG, true",
    // Case tells orgs apart.
    "00D5g000004XyZa,    00D5g000004Xyza,    false",
    "00D5g000004XyZa,    00D5g000004XyzaEAC, false",
    // A suffix that does not fit.
    "00D5g000004XyZa,    00D5g000004XyZaEAA, false",
    "00D5g000004XyZaEAK, 00D5g000004XyZaEAA, false",
    "00D5g000004XyZaEAA, 00D5g000004XyZaEAK, false",
    "00D5g000004XyZaEAK, 00D5g000004XyZaeak, false",
    // What is no identifier.
    "00D5g000004XyZa,    00D5g000004XyZaE,   false",
    "00D5g000004XyZa,    '',                 false",
  })
  void areSame_formsOfAnIdentifier_needTheSuffixThatFits(
      String one, String other, boolean areSame) {
    assertThat(OrgId.areSame(one, other)).isEqualTo(areSame);
  }
}
