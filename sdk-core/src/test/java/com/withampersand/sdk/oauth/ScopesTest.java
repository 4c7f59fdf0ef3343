package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopesTest {
  @Test
  void of_severalNames_keepsTheirOrder() {
    Scopes scopes = Scopes.of("refresh_token", "api", "openid");

    assertThat(scopes.toList()).containsExactly("refresh_token", "api", "openid");
    assertThat(scopes).hasToString("refresh_token api openid");
  }

  @Test
  void of_nameGivenTwice_keepsItOnce() {
    Scopes scopes = Scopes.of("api", "openid", "api");

    assertThat(scopes.toList()).containsExactly("api", "openid");
  }

  /** RFC 6749, section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ). */
  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "api openid", "a\"b", "a\\b", "a\tb", "a\nb", "caf\u00e9", "a\u007fb"})
  void of_nameThatRfc6749Forbids_isRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scopes.of("api", name))
        .withMessageContaining("a scope is one or more printable ASCII characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"!", "#", "[", "]", "~", "https://www.example.com/auth/drive", "user:email"})
  void of_nameThatRfc6749Allows_isTaken(String name) {
    Scopes scopes = Scopes.of(name);

    assertThat(scopes.contains(name)).isTrue();
  }

  @Test
  void of_nameWithControlCharacter_isRefusedWithoutPrintingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scopes.of("api\r\nforged line"))
        .withMessageContaining("got \"api forged line\"");
  }

  @Test
  void of_listChangedAfterwards_keepsItsOwn() {
    List<String> names = new ArrayList<>(List.of("api"));
    Scopes scopes = Scopes.of(names);

    names.add("full");

    assertThat(scopes).containsExactly("api");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api openid",
        "  api   openid ",
        "api\topenid\n",
        "openid api openid",
        "\u00a0api\u2003openid\ufeff",
        "\u200bapi\u0085openid",
        "api\u2028openid\u3000"
      })
  void parse_listWithAnyWhiteSpace_holdsTheNames(String list) {
    Scopes scopes = Scopes.parse(list);

    assertThat(scopes).isEqualTo(Scopes.of("api", "openid"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\n", "\u00a0", "\u200b\u2003"})
  void parse_blankList_isEmpty(String list) {
    Scopes scopes = Scopes.parse(list);

    assertThat(scopes).isEqualTo(Scopes.none());
    assertThat(scopes.isEmpty()).isTrue();
  }

  @Test
  void parse_namesThatRfc6749Forbids_areTakenAsTheyCome() {
    Scopes scopes = Scopes.parse("caf\u00e9 a\"b");

    assertThat(scopes).containsExactly("caf\u00e9", "a\"b");
  }

  @Test
  void parse_ofToString_isEqual() {
    Scopes scopes = Scopes.of("refresh_token", "api");

    assertThat(Scopes.parse(scopes.toString())).isEqualTo(scopes);
  }

  @Test
  void none_hasNoName() {
    Scopes none = Scopes.none();

    assertThat(none).isEmpty();
    assertThat(none).hasToString("").isEqualTo(Scopes.of());
  }

  @Test
  void equals_sameNamesInOtherOrder_isTrueWithTheSameHashCode() {
    Scopes scopes = Scopes.of("api", "openid");
    Scopes turned = Scopes.of("openid", "api");

    assertThat(scopes).isEqualTo(turned).hasSameHashCodeAs(turned);
  }

  @Test
  void equals_otherNames_isFalse() {
    Scopes scopes = Scopes.of("api", "openid");

    assertThat(scopes).isNotEqualTo(Scopes.of("api")).isNotEqualTo(Scopes.of("API", "openid"));
  }

  @Test
  void contains_nameInOtherCase_isFalse() {
    Scopes scopes = Scopes.of("api");

    assertThat(scopes.contains("API")).isFalse();
  }

  @Test
  void containsAll_partAndMore_tellsThemApart() {
    Scopes scopes = Scopes.of("api", "openid");

    assertThat(scopes.containsAll(Scopes.of("openid"))).isTrue();
    assertThat(scopes.containsAll(Scopes.none())).isTrue();
    assertThat(scopes.containsAll(Scopes.of("api", "full"))).isFalse();
  }

  @Test
  void without_someOfThem_leavesTheOthersInOrder() {
    Scopes scopes = Scopes.of("refresh_token", "api", "openid");

    Scopes rest = scopes.without(Scopes.of("api", "full"));

    assertThat(rest).containsExactly("refresh_token", "openid");
    assertThat(scopes).hasSize(3);
  }

  @Test
  void iterator_remove_isRefused() {
    Iterator<String> names = Scopes.of("api").iterator();
    names.next();

    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(names::remove);
  }

  @Test
  void toList_add_isRefused() {
    List<String> names = Scopes.of("api").toList();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> names.add("full"));
  }
}
