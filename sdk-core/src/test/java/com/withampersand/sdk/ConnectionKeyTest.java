package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionKeyTest {
  @Test
  void constructor_threeNames_keepsThemUnaltered() {
    ConnectionKey key = new ConnectionKey("salesforce", " Acme GmbH ", "ada@example.com/\u00fc");

    assertThat(key.provider()).isEqualTo("salesforce");
    assertThat(key.groupRef()).isEqualTo(" Acme GmbH ");
    assertThat(key.consumerRef()).isEqualTo("ada@example.com/\u00fc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u2003"})
  void constructor_blankPart_isRefusedByName(String blank) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionKey(blank, "acme", "ada"))
        .withMessageStartingWith("provider must not be blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionKey("salesforce", blank, "ada"))
        .withMessageStartingWith("groupRef must not be blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionKey("salesforce", "acme", blank))
        .withMessageStartingWith("consumerRef must not be blank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u2028", "\u2029", "\u202e", "\u2066", "\u200f"})
  void toString_charactersThatForgeALogLine_areSpaces(String forging) {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "a" + forging + "b");

    assertThat(key.consumerRef()).isEqualTo("a" + forging + "b");
    assertThat(key)
        .hasToString("ConnectionKey[provider=salesforce, groupRef=acme, consumerRef=a b]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\u0000b", "a\u0085b", "a\u007fb"})
  void constructor_controlCharacter_isRefusedByNameWithoutPrintingIt(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionKey("salesforce", "acme", name))
        .withMessage("consumerRef must not hold control characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\ud83d", "\ude80b", "\ude80\ud83d"})
  void constructor_halfASurrogatePair_isRefusedByName(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ConnectionKey("salesforce", name, "ada"))
        .withMessageStartingWith("groupRef must not hold half of a surrogate pair");
  }

  @Test
  void sha256_sameLettersSplitOtherwise_areDifferentHashes() {
    assertThat(new ConnectionKey("salesforce", "acme", "ada").id())
        .isEqualTo(new ConnectionKey("salesforce", "acme", "ada").id())
        .isNotEqualTo(new ConnectionKey("salesforce", "acmea", "da").id())
        .isNotEqualTo(new ConnectionKey("salesforceacme", "a", "da").id())
        .isNotEqualTo(new ConnectionKey("salesforce", "Acme", "ada").id());
  }

  @Test
  void equals_sameParts_isTrueWithTheSameHashCode() {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");
    ConnectionKey same = new ConnectionKey("salesforce", "acme", "ada");

    assertThat(key).isEqualTo(same).hasSameHashCodeAs(same);
  }

  @Test
  void equals_oneOtherPart_isFalse() {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");

    assertThat(key)
        .isNotEqualTo(new ConnectionKey("hubspot", "acme", "ada"))
        .isNotEqualTo(new ConnectionKey("salesforce", "Acme", "ada"))
        .isNotEqualTo(new ConnectionKey("salesforce", "acme", "bob"));
  }
}
