package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.Scopes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports of credentials that are not tokens. */
class ConnectionImportTest {
  private static final ConnectionKey ADA = new ConnectionKey("stripe", "acme", "ada");
  private static final Secret SECRET = Secret.of("CANARY-12345");

  private final ApiServer server = new ApiServer();
  private final AmpersandClient client = server.client();

  @AfterEach
  void stop() {
    server.close();
  }

  private static Map<String, Secret> keyOfAService() {
    Map<String, Secret> values = new LinkedHashMap<>();
    values.put("clientId", Secret.of("id"));
    values.put("privateKey", SECRET);
    return values;
  }

  private String sent(ConnectionImport.Builder credentials) {
    server.json(201, ApiServer.CONNECTION);
    client.connections().importConnection(credentials.build());
    return server.take();
  }

  private static String body(String credentials) {
    return "POST /v1/projects/my-project/connections:generate {\"provider\":\"stripe\",\"groupRef\":\"acme\",\"consumerRef\":\"ada\","
        + credentials
        + "}";
  }

  @Test
  void apiKey_isSentByItsName() {
    assertThat(sent(ConnectionImport.apiKey(ADA, SECRET)))
        .isEqualTo(body("\"apiKey\":\"CANARY-12345\""));
  }

  @Test
  void basicAuth_isSentByItsName() {
    assertThat(sent(ConnectionImport.basicAuth(ADA, "u", SECRET)))
        .isEqualTo(body("\"basicAuth\":{\"username\":\"u\",\"password\":\"CANARY-12345\"}"));
  }

  @Test
  void clientCredentials_areSentWithTheirScopes() {
    assertThat(sent(ConnectionImport.clientCredentials(ADA, "ci", SECRET, Scopes.of("a", "b"))))
        .isEqualTo(
            body(
                "\"oauth2ClientCredentials\":{\"clientId\":\"ci\",\"clientSecret\":\"CANARY-12345\",\"scopes\":[\"a\",\"b\"]}"));
  }

  @Test
  void customAuth_eachValueIsSentByItsName_besideTheRest() {
    assertThat(sent(ConnectionImport.customAuth(ADA, keyOfAService()).workspaceRef("acme")))
        .isEqualTo(
            body(
                "\"providerWorkspaceRef\":\"acme\",\"customAuth\":{\"clientId\":\"id\",\"privateKey\":\"CANARY-12345\"}"));
  }

  static List<ConnectionImport> imports() {
    return List.of(
        ConnectionImport.apiKey(ADA, SECRET).build(),
        ConnectionImport.basicAuth(ADA, "u", SECRET).build(),
        ConnectionImport.clientCredentials(ADA, "ci", SECRET, Scopes.none()).build(),
        ConnectionImport.customAuth(ADA, keyOfAService()).build());
  }

  @ParameterizedTest
  @MethodSource("imports")
  void secret_echoed_isShownNowhere(ConnectionImport credentials) {
    server.problem(422, "{\"detail\":\"CANARY-12345 is wrong\",\"issues\":[\"CANARY-12345\"]}");

    ApiException refusal =
        catchThrowableOfType(
            ApiException.class, () -> client.connections().importConnection(credentials));

    assertThat(refusal.getMessage()).contains("*** is wrong");
    assertThat(refusal.toString() + refusal.problem() + credentials).doesNotContain("CANARY");
  }

  /** The values may be names, too. */
  @Test
  void customAuth_valueThatIsTheUsersReference_connectionHasIt() {
    String ada = "ada.lovelace@example.com";
    server.json(201, ApiServer.CONNECTION.replace("\"ada\"", "\"" + ada + "\""));
    ConnectionKey key = new ConnectionKey("stripe", "acme", ada);

    Connection connection =
        client
            .connections()
            .importConnection(
                ConnectionImport.customAuth(key, Map.of("username", Secret.of(ada))).build());

    assertThat(connection.key().consumerRef()).isEqualTo(ada);
  }

  @Test
  void customAuth_whatAValueIsTheBase64Of_isShownNowhereEither() {
    String pem = "-----BEGIN KEY-----\nCANARY/Zm9v+YmFy\nTWFu/cGxh\n-----END KEY-----\n";
    Secret value =
        Secret.of(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
    server.problem(422, "{\"detail\":\"cannot read " + pem.replace("\n", "\\n") + "\"}");
    ConnectionImport credentials =
        ConnectionImport.customAuth(ADA, Map.of("privateKey", value)).build();

    ApiException refusal =
        catchThrowableOfType(
            ApiException.class, () -> client.connections().importConnection(credentials));

    assertThat(refusal.getMessage()).contains("cannot read ***");
    assertThat(refusal.toString() + refusal.problem()).doesNotContain("CANARY", "TWFu");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0007", "\n"})
  void name_blankOrWithControlCharacters_isRefused(String name) {
    List<Runnable> calls =
        List.of(
            () -> ConnectionImport.basicAuth(ADA, name, SECRET),
            () -> ConnectionImport.clientCredentials(ADA, name, SECRET, Scopes.none()),
            () -> ConnectionImport.customAuth(ADA, Map.of(name, SECRET)));

    assertThat(calls)
        .allSatisfy(call -> assertThatIllegalArgumentException().isThrownBy(call::run));
  }

  @Test
  void customAuth_withoutValues_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectionImport.customAuth(ADA, Map.of()))
        .withMessageContaining("catalog");
  }
}
