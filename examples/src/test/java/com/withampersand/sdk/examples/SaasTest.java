package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.crypto.TokenCipher;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty customers on fifty hosts of Salesforce by their real names, two processes, one database.
 */
@Timeout(300)
class SaasTest {
  private static final String CUSTOM_DOMAIN = "https://crm.customer3.example";
  private static final String OK = "Salesforce answered 200.";

  private final HttpClient browser = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final Map<String, Customer> customers = new LinkedHashMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private FakeSalesforce salesforce;
  private EmbeddedPostgres database;
  @TempDir private Path directory;

  /**
   * A customer.
   *
   * @param host what its admin types
   */
  private record Customer(String name, String host, FakeOrg org) {}

  @BeforeEach
  void start() throws IOException {
    salesforce =
        FakeSalesforce.builder().callback(URI.create("https://saas.example/callback")).start();
    database = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    for (int i = 1; i <= 50; i++) {
      add("customer" + i, i);
    }
    settings.put("consumerKey", salesforce.consumerKey());
    settings.put("consumerSecret", salesforce.consumerSecret());
    settings.put("scopes", "api refresh_token");
    settings.put("callback", "https://saas.example/callback");
    settings.put("customDomain", CUSTOM_DOMAIN);
    settings.put("stateKey", StateSigner.newKey().reveal());
    settings.put("sealWith", "k1");
    settings.put("key.k1", TokenCipher.newKey().reveal());
    settings.put("clockAhead", "PT0S");
    settings.put("database", database.getJdbcUrl("postgres", "postgres"));
    settings.put("proxy", salesforce.proxyUri().toString());
    settings.put("trusted", directory.resolve("ca.pem").toString());
    Files.writeString(directory.resolve("ca.pem"), salesforce.certificateAuthority());
    startNodes();
  }

  /** Each kind of host, and each way in which people write it. */
  private void add(String name, int number) {
    boolean isSandbox = number == 2 || number > 30;
    FakeOrg org = salesforce.addOrg(isSandbox ? name + "--dev" : name);
    String host =
        switch (number) {
          case 1 -> "login.salesforce.com";
          case 2 -> "test.salesforce.com";
          case 3 -> org.addHost("crm.customer3.example").toString();
          case 4 -> "https://customer4.lightning.force.com/lightning/setup/SetupOneHome/home";
          case 5 -> "https://CUSTOMER5.my.salesforce.com/";
          default -> org.name();
        };
    customers.put(name, new Customer(name, host, org));
  }

  @AfterEach
  void stop() throws IOException {
    stopNodes();
    threads.shutdownNow();
    database.close();
    salesforce.close();
  }

  private Customer customer(String name) {
    return Objects.requireNonNull(customers.get(name), name);
  }

  // Processes

  /** A process, and where it listens. */
  private record Node(Process process, int port) {
    static Node start(Path settings) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  SaasNode.class.getName(),
                  settings.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      return new Node(process, Integer.parseInt(String.valueOf(out.readLine())));
    }
  }

  private void startNodes() throws IOException {
    writeSettings();
    nodes.add(Node.start(directory.resolve("settings")));
    nodes.add(Node.start(directory.resolve("settings")));
  }

  private void stopNodes() throws IOException {
    for (Node node : nodes) {
      node.process().getOutputStream().close();
      node.process().onExit().join();
    }
    nodes.clear();
  }

  private void writeSettings() throws IOException {
    StringBuilder text = new StringBuilder();
    settings.forEach((name, value) -> text.append(name + "=" + value + "\n"));
    Path written = Files.writeString(directory.resolve("new"), text);
    Files.move(
        written,
        directory.resolve("settings"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void set(String name, String value) throws IOException {
    settings.put(name, value);
    writeSettings();
  }

  // What people do

  private HttpResponse<String> get(int node, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + nodes.get(node).port() + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return browser.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String query(String... namesAndValues) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String value = URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8);
      query.append(i == 0 ? '?' : '&').append(namesAndValues[i]).append('=').append(value);
    }
    return query.toString();
  }

  private String page(int node, String path, Customer customer) {
    return get(node, path + query("customer", customer.name())).body().strip();
  }

  /** Begins at one node, and comes back to the other. */
  private String consent(Customer customer, boolean approves, FakeOrg org, String... more) {
    String[] parameters = {"customer", customer.name(), "host", customer.host()};
    String further = more.length == 0 ? "" : "&" + query(more).substring(1);
    HttpResponse<String> start = get(0, "/connect" + query(parameters) + further);
    assertThat(start.statusCode()).as(start.body()).isEqualTo(303);
    URI url = URI.create(start.headers().firstValue("Location").orElseThrow());
    String cookie = start.headers().firstValue("Set-Cookie").orElseThrow();
    URI back = approves ? org.approve(url) : org.deny(url);
    assertThat(back.toString()).startsWith("https://saas.example/callback?");
    return get(1, "/callback?" + back.getRawQuery(), "Cookie", cookie).body().strip();
  }

  /** Calls every customer's org from both nodes at once. */
  private void assertCalls(String expected, String... but) throws Exception {
    List<Callable<Map.Entry<String, String>>> calls = new ArrayList<>();
    for (Customer customer : customers.values()) {
      for (int node : new int[] {0, 1}) {
        calls.add(() -> Map.entry(customer.name() + "@" + node, page(node, "/call", customer)));
      }
    }
    Map<String, String> results = new HashMap<>();
    for (Future<Map.Entry<String, String>> call : threads.invokeAll(calls)) {
      results.put(call.get().getKey(), call.get().getValue());
    }
    Map<String, String> wanted = expected("@0", expected, but);
    wanted.putAll(expected("@1", expected, but));
    assertSame(results, wanted);
  }

  /** Shows what differs alone. */
  private static void assertSame(Map<String, String> seen, Map<String, String> expected) {
    assertThat(seen.keySet()).isEqualTo(expected.keySet());
    seen.entrySet().removeAll(expected.entrySet());
    assertThat(seen).isEmpty();
  }

  private Map<String, String> expected(String suffix, String all, String... but) {
    Map<String, String> expected =
        customers.keySet().stream()
            .collect(
                Collectors.toMap(name -> name + suffix, name -> all, (a, b) -> a, HashMap::new));
    for (int i = 0; i < but.length; i += 2) {
      expected.put(but[i] + suffix, but[i + 1]);
    }
    return expected;
  }

  /** Asks both nodes for the state of each customer. */
  private void assertStates(String all, String... but) {
    for (int node : new int[] {0, 1}) {
      Map<String, String> states = new HashMap<>();
      for (Customer customer : customers.values()) {
        states.put(customer.name(), page(node, "/status", customer));
      }
      assertSame(states, expected("", all, but));
    }
  }

  private long tokenRequests() {
    return salesforce.requests("/services/oauth2/token").size();
  }

  // The story

  @Test
  void fiftyCustomers_throughALifetime_eachIsInTheRightState() throws Exception {
    connect();
    rotateConsumerSecret();
    rotateEncryptionKey();
    revokeOne();
    addScope();
    renameMyDomain();
  }

  private void connect() throws Exception {
    assertStates("ABSENT");
    for (Customer customer : customers.values()) {
      if (customer.name().equals("customer50")) {
        assertThat(consent(customer, false, customer.org())).isEqualTo("customer50 declined.");
      } else {
        assertThat(consent(customer, true, customer.org()))
            .isEqualTo(customer.name() + " is connected.");
      }
    }
    assertStates("ACTIVE", "customer50", "ABSENT");
    assertCalls(OK, "customer50", "Connect Salesforce.");
    Customer last = customer("customer50");
    assertThat(consent(last, true, last.org())).isEqualTo("customer50 is connected.");
    assertThat(tokenRequests()).as("one exchange each").isEqualTo(50);
    assertStates("ACTIVE");
  }

  /** Each order in which Salesforce may sign, while processes run and sessions end. */
  private void rotateConsumerSecret() throws Exception {
    String old = salesforce.consumerSecret();
    String staged = salesforce.stageConsumerSecret();
    set("otherConsumerSecret", staged);
    assertRefreshedOnce();
    salesforce.signWithStagedSecret(true);
    assertRefreshedOnce();
    settings.put("otherConsumerSecret", old);
    set("consumerSecret", staged);
    assertRefreshedOnce();
    salesforce.signWithStagedSecret(false);
    assertRefreshedOnce();
    salesforce.rotateConsumerSecret();
    settings.remove("otherConsumerSecret");
    writeSettings();
    assertRefreshedOnce();
    assertStates("ACTIVE");
  }

  private void assertRefreshedOnce() throws Exception {
    salesforce.expireSessions();
    long before = tokenRequests();
    assertCalls(OK);
    assertThat(tokenRequests() - before).as("one refresh each, by two nodes").isEqualTo(50);
  }

  /** The steps of the guide, with eleven minutes between them. */
  private void rotateEncryptionKey() throws Exception {
    settings.put("key.k2", TokenCipher.newKey().reveal());
    settings.put("alsoOpen", "k2");
    set("clockAhead", "PT11M");
    assertRefreshedOnce();
    assertThat(sealedWith("k1")).isEqualTo(50);
    settings.put("sealWith", "k2");
    settings.put("alsoOpen", "k1");
    set("clockAhead", "PT22M");
    customer("customer6").org().expireSessions();
    assertCalls(OK);
    assertThat(sealedWith("k2")).as("what is written now").isEqualTo(1);
    assertThat(get(0, "/reencrypt").body().strip()).isEqualTo("0 failed.");
    assertThat(sealedWith("k2")).isEqualTo(50);
    assertStates("ACTIVE");
    assertCalls(OK);
  }

  private void rollingRestart(int index) throws IOException {
    Node old = nodes.get(index);
    nodes.set(index, Node.start(directory.resolve("settings")));
    old.process().getOutputStream().close();
    old.process().onExit().join();
  }

  private long sealedWith(String key) throws SQLException {
    try (Connection connection = database.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT COUNT(*) FROM ampersand_grant WHERE sealed LIKE 'v2." + key + ".%'")) {
      count.next();
      return count.getLong(1);
    }
  }

  private void revokeOne() throws Exception {
    customer("customer7").org().revokeAll();
    assertCalls(OK, "customer7", "END_USER: Connect Salesforce again.");
    assertStates("ACTIVE", "customer7", "NEEDS_CONSENT");
    Customer revoked = customer("customer7");
    assertThat(consent(revoked, true, revoked.org())).isEqualTo("customer7 is connected.");
    assertStates("ACTIVE");
  }

  private void addScope() throws Exception {
    settings.put("scopes", "api refresh_token id");
    writeSettings();
    rollingRestart(0);
    rollingRestart(1);
    assertStates("ACTIVE without id");
    Customer first = customer("customer8");
    FakeOrg other = customer("customer1").org();
    assertThat(consentAtLogin(first, other))
        .contains("customer8 is not connected", "another Salesforce org");
    assertStates("ACTIVE without id");
    assertThat(consent(first, true, first.org(), "org", first.org().id()))
        .isEqualTo("customer8 is connected.");
    assertStates("ACTIVE without id", "customer8", "ACTIVE");
    assertCalls(OK);
  }

  /** The admin's browser is signed in to another org. */
  private String consentAtLogin(Customer customer, FakeOrg other) {
    Customer atLogin = new Customer(customer.name(), "login.salesforce.com", customer.org());
    return consent(atLogin, true, other, "org", customer.org().id());
  }

  private void renameMyDomain() throws Exception {
    Customer renamed = customer("customer9");
    renamed.org().renameMyDomain("customer9-new");
    renamed.org().expireSessions();
    assertThat(page(0, "/call", renamed)).isEqualTo("Try again later.");
    assertThat(get(1, "/moved" + query("customer", "customer9", "host", "customer9-new")).body())
        .contains("customer9 moved.");
    // The other node looks into the database when what it remembers is five seconds old.
    while (!page(0, "/call", renamed).equals(OK)) {
      Thread.onSpinWait();
    }
    assertCalls(OK);
    assertStates("ACTIVE without id", "customer8", "ACTIVE");
  }

  @Test
  void code_isShort() throws IOException {
    Path source = Path.of("src/main/java/com/withampersand/sdk/examples/Saas.java");

    assertThat(Files.readAllLines(source)).hasSizeLessThan(250);
  }
}
