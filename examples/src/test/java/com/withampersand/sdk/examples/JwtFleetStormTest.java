package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeUser;
import com.withampersand.sdk.testkit.Situation;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hundred grants by JWT in twenty orgs, four processes of fifty threads, one PostgreSQL. */
@Tag("storm")
@Timeout(300)
class JwtFleetStormTest {
  private static final int ORGS = 20;
  private static final int USERS = 10;
  private static final int GRANTS = ORGS * USERS;
  private static final String ALL = GRANTS + " []";
  private static final String TOKEN = "/services/oauth2/token";

  /** One for the first tokens, and one for each time that the sessions end below. */
  private static final int SIGN_INS = 4;

  private final List<FakeOrg> orgs = new ArrayList<>();
  private final List<Process> nodes = new ArrayList<>();
  private final List<BufferedReader> answers = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private FakeSalesforce salesforce;
  private EmbeddedPostgres database;
  @TempDir private Path directory;

  @BeforeEach
  void start() throws Exception {
    salesforce = FakeSalesforce.builder().maxLoginsPerHour(SIGN_INS).start();
    database = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    salesforce.registerCertificate(pair.getPublic());
    settings.put("consumerKey", salesforce.consumerKey());
    settings.put("privateKey", RsaKey.of(pair.getPrivate()).toPem().reveal());
    settings.put("key", TokenCipher.newKey().reveal());
    settings.put("database", database.getJdbcUrl("postgres", "postgres"));
    settings.put("proxy", salesforce.proxyUri().toString());
    settings.put("trusted", directory.resolve("ca.pem").toString());
    Files.writeString(directory.resolve("ca.pem"), salesforce.certificateAuthority());
    settings.put("grants", String.join(",", mintAll()));
    startNodes();
  }

  /** Mints the first tokens of all grants, and returns their names. */
  private List<String> mintAll() {
    JdbcTokenStore store = JdbcTokenStore.of(database.getPostgresDatabase());
    store.migrate();
    SalesforceJwtFlow flow = JwtFleetNode.flow(settings, salesforce.httpClient());
    List<String> grants = new ArrayList<>();
    try (FreshTokens tokens =
        FreshTokens.builder(store, JwtFleetNode.cipher(settings)).renewer(flow).build()) {
      for (int i = 1; i <= ORGS; i++) {
        FakeOrg org = salesforce.addOrg("org" + i + (i % 2 == 0 ? "--dev" : ""));
        orgs.add(org);
        for (int j = 1; j <= USERS; j++) {
          FakeUser user = org.addUser("user" + j + "@org" + i + ".example");
          LoginHost host = LoginHost.parse(org.myDomain().toString());
          tokens.save(
              new ConnectionKey("salesforce", org.name(), user.username()),
              flow.mint(host, user.username()));
          grants.add(org.name() + "/" + user.username());
        }
      }
    }
    return grants;
  }

  private void startNodes() throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path file = Files.writeString(directory.resolve("settings"), text.toString());
    for (int i = 0; i < 4; i++) {
      Process node =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  JwtFleetNode.class.getName(),
                  file.toString())
              .redirectError(directory.resolve("errors" + i).toFile())
              .start();
      nodes.add(node);
      answers.add(node.inputReader(StandardCharsets.UTF_8));
    }
    for (BufferedReader answer : answers) {
      assertThat(answer.readLine()).isEqualTo("ready");
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (Process node : nodes) {
      node.getOutputStream().close();
      node.onExit().join();
    }
    database.close();
    salesforce.close();
  }

  /** Lets all processes call all orgs at once, and returns what each of them says. */
  private List<String> round() throws IOException {
    for (Process node : nodes) {
      node.getOutputStream().write('\n');
      node.getOutputStream().flush();
    }
    List<String> said = new ArrayList<>();
    for (BufferedReader answer : answers) {
      said.add(answer.readLine());
    }
    return said;
  }

  private String say(int node, String order) throws IOException {
    nodes.get(node).getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
    nodes.get(node).getOutputStream().flush();
    return answers.get(node).readLine();
  }

  private int tokenRequests() {
    return orgs.stream().mapToInt(org -> org.requests(TOKEN).size()).sum();
  }

  @Test
  void fleet_sessionsThatEnd_areMintedOnceEach() throws Exception {
    assertThat(round()).containsOnly(ALL);
    assertThat(tokenRequests()).isEqualTo(GRANTS);

    salesforce.expireSessions();
    assertThat(round()).containsOnly(ALL);
    assertThat(tokenRequests()).as("one mint per grant and session").isEqualTo(2 * GRANTS);

    FakeOrg broken = orgs.get(6);
    broken.set(Situation.USER_NOT_PREAUTHORIZED, true);
    salesforce.expireSessions();
    assertThat(round()).containsOnly(GRANTS - USERS + " [" + broken.name() + "]");
    assertThat(tokenRequests() - broken.requests(TOKEN).size())
        .as("the other orgs")
        .isEqualTo(3 * (GRANTS - USERS));
    assertThat(broken.requests(TOKEN).size() - 2 * USERS)
        .as("refused once per grant and node at most")
        .isBetween(USERS, 4 * USERS);
    int refused = broken.requests(TOKEN).size();

    assertThat(round()).containsOnly(GRANTS - USERS + " [" + broken.name() + "]");
    assertThat(broken.requests(TOKEN)).as("not asked again so soon").hasSize(refused);

    broken.set(Situation.USER_NOT_PREAUTHORIZED, false);
    assertThat(say(0, "refresh " + broken.name())).isEqualTo(USERS + " []");
    assertThat(broken.requests(TOKEN)).hasSize(refused + USERS);

    // Each process takes over what the first one healed, once its cache of five seconds is over.
    while (!round().equals(List.of(ALL, ALL, ALL, ALL))) {}
    broken.expireSessions();
    assertThat(round()).containsOnly(ALL);
    assertThat(broken.requests(TOKEN)).hasSize(refused + 2 * USERS);
  }
}
