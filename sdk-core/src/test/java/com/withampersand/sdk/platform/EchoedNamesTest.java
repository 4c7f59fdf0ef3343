package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that Ampersand's answers give, with what a message must not show. */
class EchoedNamesTest {
  private static final String KEY = "CanaryApiKey-9Jx4Lm2Vq8Zt6Bw1";
  private static final String TOKEN = "5Aep861CanaryRefresh.Token_0123456789";

  private static AmpersandClient client(String answer) {
    return AmpersandClient.builder("project", Secret.of(KEY))
        .transport(request -> new Response(200, Map.of(), answer.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static String connection(String id, String status) {
    return """
        {"id":"%s","provider":"salesforce","group":{"groupRef":"acme"},
         "consumer":{"consumerRef":"ada"},"status":"%s"}"""
        .formatted(id, status);
  }

  @Test
  void list_idThatHoldsTheApiKey_isNoId() {
    AmpersandClient client = client("[" + connection("x " + KEY, "working") + "]");

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> client.connections().list());

    assertThat(error).hasMessageContaining("\"id\"").hasMessageNotContaining(KEY);
  }

  @Test
  void list_statusThatHoldsTheApiKey_isNotKept() {
    AmpersandClient client = client("[" + connection("id-1", KEY) + "]");

    assertThat(client.connections().list())
        .singleElement()
        .satisfies(connection -> assertThat(connection.status()).isEmpty());
  }

  /** The app stands beside the connection, which is whole without it. */
  @Test
  void list_clientIdThatHoldsTheApiKey_isNoApp() {
    String app = "\"providerApp\":{\"id\":\"a\",\"provider\":\"b\",\"clientId\":\"" + KEY + "\"}";
    AmpersandClient client =
        client(
            "[" + connection("id-1", "working").replace("\"status\"", app + ",\"status\"") + "]");

    assertThat(client.connections().list())
        .singleElement()
        .satisfies(connection -> assertThat(connection.providerApp()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%43", "\\\\u0043", "&#67;", "&#x43;"})
  void list_idThatHoldsTheApiKeyInEscapes_isNoId(String first) {
    AmpersandClient client = client("[" + connection(first + KEY.substring(1), "working") + "]");

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> client.connections().list())
        .withMessageContaining("\"id\"");
  }

  @Test
  void list_idTooLongToBeSearched_isNoId() {
    AmpersandClient client =
        client("[" + connection(KEY + " ".repeat(5_000) + "x", "working") + "]");

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> client.connections().list())
        .withMessageContaining("\"id\"");
  }

  @Test
  void plan_idOfTwoLinesWithAToken_isShownOnOneWithoutIt() {
    String app =
        "[{\"id\":\"pa\\n%s\",\"provider\":\"%s\",\"clientId\":\"%s\"}]"
            .formatted(TOKEN, new DeclaredApp().provider(), new DeclaredApp().clientId());

    assertThat(client(app).providerApps().plan(new DeclaredApp()).toString())
        .contains("pa ***")
        .doesNotContain("\n", TOKEN);
  }

  @Test
  void toString_namesThatLookLikeTokens_areHidden() {
    AmpersandClient client = client("[" + connection(TOKEN, TOKEN) + "]");

    assertThat(client.connections().list())
        .singleElement()
        .satisfies(connection -> assertThat(connection.id()).isEqualTo(TOKEN))
        .hasToString("Connection[***, salesforce / acme / ada, ***]");
  }

  @Test
  void toString_ofAKey_isOneLineWithoutTokens() {
    AmpersandClient client =
        client("[{\"id\":\"k\\n1\",\"label\":\"a\\u2028b " + TOKEN + "\",\"active\":true}]");

    assertThat(client.jwtKeys().list()).singleElement().hasToString("JwtKey[k 1, a b ***, active]");
  }

  @Test
  void toString_ofAProvider_hidesWhatLooksLikeAToken() {
    ProviderInfo provider = client("{\"name\":\"" + TOKEN + "\"}").providers().get("hub");

    assertThat(provider).hasToString("ProviderInfo[***, hub, ]");
  }
}
