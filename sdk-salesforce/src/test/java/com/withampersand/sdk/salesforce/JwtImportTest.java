package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.Connection;
import com.withampersand.sdk.platform.ConnectionImport;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Ampersand as the one that signs in by JWT. */
class JwtImportTest {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "integration");
  private static final LoginHost ACME = LoginHost.myDomain("acme");
  private static final String USER = "integration@acme.example";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final AmpersandClient client =
      AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
          .transport(HttpTransport.over(salesforce.httpClient()))
          .maxRetries(0)
          .build();
  private final RsaKey signer = newKey();
  private final SalesforceJwtFlow flow = SalesforceJwtFlow.of(salesforce.consumerKey(), signer);

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level usualLevel = root.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    root.setLevel(Level.TRACE);
    root.addAppender(log);
  }

  @AfterEach
  void stop() {
    root.detachAppender(log);
    root.setLevel(usualLevel);
    ampersand.close();
    salesforce.close();
  }

  private static RsaKey newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return RsaKey.of(generator.generateKeyPair().getPrivate());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private String base64() {
    byte[] pem = signer.toPem().reveal().getBytes(StandardCharsets.US_ASCII);
    return Base64.getEncoder().encodeToString(pem);
  }

  private ConnectionImport imported() {
    return flow.connectionImport(KEY, ACME, USER).consumerName("Integration").build();
  }

  @Test
  void connectionImport_sendsWhatTheProviderAsksFor() throws Exception {
    Connection connection = client.connections().importConnection(imported());

    ReceivedRequest request =
        ampersand.requests().stream()
            .filter(sent -> sent.path().endsWith("/connections:generate"))
            .findFirst()
            .orElseThrow();
    JsonNode body = new ObjectMapper().readTree(request.body());
    assertThat(body.path("provider").asText()).isEqualTo("salesforceJWT");
    assertThat(body.path("groupRef").asText()).isEqualTo("acme");
    assertThat(body.path("consumerRef").asText()).isEqualTo("integration");
    assertThat(body.path("providerWorkspaceRef").asText()).isEqualTo("acme");
    assertThat(body.path("customAuth"))
        .isEqualTo(
            new ObjectMapper()
                .createObjectNode()
                .put("clientId", salesforce.consumerKey())
                .put("username", USER)
                .put("privateKey", base64()));
    assertThat(client.connections().find(new ConnectionKey("salesforceJWT", "acme", "integration")))
        .map(Connection::id)
        .contains(connection.id());
  }

  @Test
  void connectionImport_theKeyThatArrives_isTheOneThatSigns() throws Exception {
    client.connections().importConnection(imported());

    String sent = ampersand.requests().get(0).body();
    String value = new ObjectMapper().readTree(sent).at("/customAuth/privateKey").asText();
    Secret pem =
        Secret.of(new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII));
    byte[] text = "text".getBytes(StandardCharsets.US_ASCII);
    assertThat(RsaKey.fromPem(pem).sign(text)).isEqualTo(signer.sign(text));
  }

  @Test
  void connectionImport_signerThatIsNoKey_isRefused() {
    SalesforceJwtFlow kms = SalesforceJwtFlow.of("key", input -> new byte[256]);

    assertThatIllegalStateException()
        .isThrownBy(() -> kms.connectionImport(KEY, ACME, USER))
        .withMessageContaining("RsaKey");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.salesforce.com",
        "https://test.salesforce.com",
        "https://acme.my.salesforce.mil",
        "https://crm.acme.example/portal"
      })
  void connectionImport_hostThatAmpersandCannotName_isRefused(String host) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.connectionImport(KEY, LoginHost.custom(URI.create(host)), USER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " u@acme.example", "u@acme.example\n"})
  void connectionImport_userNameWithBlanks_isRefused(String username) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.connectionImport(KEY, ACME, username));
  }

  @Test
  void r04_connectionImport_keyIsShownNowhere() throws Exception {
    List<String> said = new ArrayList<>();
    ConnectionImport imported = imported();
    Connection connection = client.connections().importConnection(imported);
    Stream.of(imported, flow, flow.connectionImport(KEY, ACME, USER), connection)
        .map(String::valueOf)
        .forEach(said::add);
    said.add(String.valueOf(client.connections().list()));
    said.add(
        String.valueOf(client.connections().getWithRefreshToken(connection.id(), Refresh.FORCE)));
    for (String echo : List.of(base64(), signer.toPem().reveal(), "username " + USER)) {
      String problem =
          new ObjectMapper().createObjectNode().put("detail", "got " + echo).toString();
      ampersand.nextImport(Fault.respond(422, "application/problem+json", problem));
      ApiException refusal =
          catchThrowableOfType(
              ApiException.class, () -> client.connections().importConnection(imported));
      said.add(refusal + " " + refusal.problem());
    }
    log.list.forEach(event -> said.add(event.getFormattedMessage() + event.getThrowableProxy()));

    assertThat(said).hasSizeGreaterThan(9).anyMatch(text -> text.contains("got ***"));
    assertThat(said).noneMatch(this::holdsTheKey);
    assertThat(said)
        .filteredOn(text -> text.contains("422"))
        .noneMatch(text -> text.contains(USER));
  }

  /** Looks for each line of the key, and for its base64 in pieces. */
  private boolean holdsTheKey(String text) {
    String whole = base64();
    Stream<String> pieces =
        Stream.iterate(0, at -> at + 40 <= whole.length(), at -> at + 40)
            .map(at -> whole.substring(at, at + 40));
    Stream<String> lines =
        signer.toPem().reveal().lines().filter(line -> !line.startsWith("-----"));
    return Stream.concat(pieces, lines).anyMatch(text::contains);
  }
}
