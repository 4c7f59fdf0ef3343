package com.withampersand.sdk.examples.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.file.FileTokenStore;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorTest {
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final String PASSWORD = "a-password-of-the-database";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final Secret key = TokenCipher.newKey();
  private final Secret newKey = TokenCipher.newKey();
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path directory;

  OperatorTest() {
    environment.put("SALESFORCE_CLIENT_ID", salesforce.consumerKey());
    environment.put("SALESFORCE_CLIENT_SECRET", salesforce.consumerSecret());
    environment.put("SALESFORCE_LOGIN_HOST", salesforce.uri().toString());
    environment.put("AMP_API_KEY", ampersand.apiKey());
    environment.put("AMP_API_URL", ampersand.apiUri().toString());
    environment.put("AMP_PROJECT", ampersand.projectName());
  }

  @AfterEach
  void stop() {
    assertThat(shown() + told())
        .doesNotContain(
            salesforce.consumerSecret(),
            ampersand.apiKey(),
            key.reveal(),
            newKey.reveal(),
            PASSWORD);
    for (IssuedGrant grant : salesforce.grants()) {
      assertThat(shown() + told()).doesNotContain(grant.accessToken(), grant.refreshToken());
    }
    ampersand.close();
    salesforce.close();
  }

  private int run(String... arguments) {
    return run(false, arguments);
  }

  private int run(boolean isTerminal, String... arguments) {
    return Operator.run(
        List.of(arguments),
        new Console(
            environment,
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            isTerminal));
  }

  private String shown() {
    return out.toString(UTF_8);
  }

  private String told() {
    return err.toString(UTF_8);
  }

  private FileTokenStore files() {
    environment.put("TOKEN_STORE", "file:" + directory);
    environment.put("TOKEN_KEYS", "2026=" + key.reveal());
    return FileTokenStore.open(directory);
  }

  private FreshTokens tokens(TokenStore store) {
    SalesforceApp app = SalesforceApp.fromEnvironment(environment);
    LoginHost host = LoginHost.fromStored(salesforce.uri().toString());
    return FreshTokens.builder(store, TokenCipher.of(Keyring.of("2026", key)))
        .renewer(SalesforceOAuthFlow.of(app, host))
        .idle(AT_ONCE)
        .build();
  }

  private static ConnectionKey customer(int number) {
    return new ConnectionKey("salesforce", "customer" + number, "admin");
  }

  /** Stores grants of customers 1, 2 and so on. */
  private List<IssuedGrant> connect(FreshTokens tokens, int count) {
    List<IssuedGrant> grants = salesforce.issueGrants(count);
    for (int i = 1; i <= count; i++) {
      tokens.save(customer(i), tokenSet(grants.get(i - 1), salesforce.consumerKey()));
    }
    return grants;
  }

  private TokenSet tokenSet(IssuedGrant grant, String clientId) {
    return TokenSet.builder(Secret.of(grant.accessToken()), Instant.now())
        .refreshToken(Secret.of(grant.refreshToken()))
        .issuer(salesforce.uri())
        .clientId(clientId)
        .build();
  }

  private static void end(FreshTokens tokens, IssuedGrant grant, ConnectionKey name) {
    grant.revoke();
    Assertions.assertThatExceptionOfType(OAuthException.class)
        .isThrownBy(() -> tokens.refresh(name));
  }

  @Test
  void help_listsEachCommandAndTheVariables() {
    assertThat(run("help")).isZero();

    assertThat(shown())
        .contains("status ", "doctor ", "explain ", "register ", "keep-alive ", "reseal ")
        .contains("TOKEN_STORE", "TOKEN_KEYS", "Exit status");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stats | \"stats\" is no command; there are status,",
        "status --al | \"--al\" is no option of this command; there are --all.",
        "reseal now | \"now\" is no option of this command.",
        "explain | Add the error",
        "register --paln | \"--paln\" is no option"
      })
  void run_wrongArguments_saysWhatThereIs(String arguments, String sentence) {
    files();

    assertThat(run(arguments.split(" ", -1))).isEqualTo(2);

    assertThat(told()).startsWith("Wrong use: ").contains(sentence).hasLineCount(1);
    assertThat(out.size()).isZero();
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void run_nothing_saysWhatThereIs() {
    assertThat(run()).isEqualTo(2);

    assertThat(told()).startsWith("Wrong use: Name a command; there are status, doctor,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TOKEN_STORE | '' | TOKEN_STORE is not set",
        "TOKEN_STORE | redis:here | TOKEN_STORE begins with neither jdbc: nor file:",
        "TOKEN_STORE | file:/no/such/place | TOKEN_STORE names no directory",
        "TOKEN_STORE | jdbc:odd:a-password-of-the-database | There is no JDBC driver",
        "TOKEN_KEYS | '' | TOKEN_KEYS is not set",
        "TOKEN_KEYS | a-password-of-the-database | TOKEN_KEYS is a list of NAME=KEY",
        "TOKEN_KEYS | a=a-password-of-the-database | TOKEN_KEYS is wrong: ",
        "TOKEN_KEYS | a-password-of-the-database= | an entry has no name",
        "TOKEN_KEYS | a-password-of-the-database== | an entry has no name",
        "TOKEN_KEYS | a-password-of-the-database=x,a-password-of-the-database=y | two keys of one name",
        "SALESFORCE_LOGIN_HOST | evil.com | SALESFORCE_LOGIN_HOST is wrong: \"evil.com\"",
        "SALESFORCE_LOGIN_HOST | http://evil.com | SALESFORCE_LOGIN_HOST is wrong: ",
        "TOKEN_IDLE | 7d | TOKEN_IDLE is no duration such as P7D",
        "SALESFORCE_CLIENT_ID | '' | SALESFORCE_CLIENT_ID is not set"
      })
  void run_wrongSetting_namesIt(String variable, String value, String sentence) {
    files();
    environment.put(variable, value);

    assertThat(run("status")).isEqualTo(2);

    assertThat(told()).startsWith("Wrong use: ").contains(sentence).hasLineCount(1);
    assertThat(out.size()).isZero();
  }

  /** A grant of another host stays foreign: that the others do not tells that the host is read. */
  @ParameterizedTest
  @CsvSource({
    "login.salesforce.com, https://login.salesforce.com",
    "test.salesforce.com, https://test.salesforce.com",
    "sandbox, https://test.salesforce.com",
    "acme, https://acme.my.salesforce.com",
    "https://acme.my.salesforce.com/, https://acme.my.salesforce.com",
    "https://customers.example.com/partners, https://customers.example.com/partners"
  })
  void status_loginHost_isReadAsPeopleTypeIt(String host, URI issuer) {
    try (FreshTokens tokens = tokens(files())) {
      IssuedGrant grant = salesforce.issueGrant();
      String app = salesforce.consumerKey();
      tokens.save(customer(1), tokenSet(grant, app).toBuilder().issuer(issuer).build());
    }
    environment.put("SALESFORCE_LOGIN_HOST", host);

    assertThat(run("status")).isZero();

    assertThat(shown()).isEqualToNormalizingNewlines("1 grants: 1 active\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db?user=crm&password=" + PASSWORD,
        "jdbc:postgresql://a//b?password=" + PASSWORD,
        "jdbc:postgresql://crm:" + PASSWORD + "@db/crm"
      })
  void status_addressThatTheDriverCannotRead_isNotLogged(String address) throws Exception {
    files();
    environment.put("TOKEN_STORE", address);

    Process process = start("status");

    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(printed)
        .startsWith("Wrong use: There is no JDBC driver")
        .hasLineCount(1)
        .doesNotContain(PASSWORD);
  }

  /** Runs in another process, whose output and errors are one stream. */
  private Process start(String command) throws IOException {
    ProcessBuilder process =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Operator.class.getName(),
            command);
    process.environment().keySet().removeIf(name -> name.startsWith("JAVA_TOOL"));
    process.environment().putAll(environment);
    return process.redirectErrorStream(true).start();
  }

  @Test
  void run_unexpectedFailure_showsItsClassAloneAndEndsWithThree() {
    PrintStream broken =
        new PrintStream(out, true, UTF_8) {
          @Override
          public void println(String line) {
            throw new IllegalStateException("what is in " + PASSWORD);
          }
        };
    Console console = new Console(environment, broken, new PrintStream(err, true, UTF_8), false);

    assertThat(Operator.run(List.of("explain", "invalid_grant"), console)).isEqualTo(3);

    assertThat(told())
        .isEqualToNormalizingNewlines("Failed unexpectedly: java.lang.IllegalStateException\n");
  }

  @Test
  void status_nameThatTurnsTheText_staysOnItsLine() {
    ConnectionKey name = new ConnectionKey("salesforce", "acme\u2028\u202Ecorp", "admin");
    try (FreshTokens tokens = tokens(files())) {
      tokens.save(name, tokenSet(salesforce.issueGrant(), salesforce.consumerKey()));
    }

    assertThat(run("status", "--all")).isZero();

    assertThat(shown()).contains("salesforce/acme  corp/admin").doesNotContain("\u202E", "\u2028");
  }

  @Test
  void status_allWell_endsWithZeroAndListsNoOne() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 2);
    }

    assertThat(run("status")).isZero();

    assertThat(shown()).isEqualToNormalizingNewlines("2 grants: 2 active\n");
  }

  @Test
  void status_someEnded_listsThoseWithWhatToDo() {
    try (FreshTokens tokens = tokens(files())) {
      List<IssuedGrant> grants = connect(tokens, 3);
      end(tokens, grants.get(1), customer(2));
    }

    assertThat(run("status")).isEqualTo(1);

    assertThat(shown().lines())
        .hasSize(3)
        .satisfiesExactly(
            titles -> assertThat(titles).startsWith("CONNECTION").endsWith("WHAT TO DO"),
            row ->
                assertThat(row)
                    .startsWith("salesforce/customer2/admin  needs consent  20")
                    .contains("end user")
                    .endsWith("."),
            summary -> assertThat(summary).isEqualTo("3 grants: 2 active, 1 needs consent"));
  }

  @Test
  void status_all_listsEveryGrantInColumns() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 11);
    }

    assertThat(run("status", "--all")).isZero();

    List<String> lines = shown().lines().toList();
    assertThat(lines).hasSize(13);
    int column = lines.get(0).indexOf("STATUS");
    assertThat(lines.subList(1, 12))
        .allSatisfy(line -> assertThat(line.substring(column)).startsWith("active "));
  }

  @Test
  void status_otherAppAlone_isCountedButNotListed() {
    try (FreshTokens tokens = tokens(files())) {
      tokens.save(customer(1), tokenSet(salesforce.issueGrant(), "another-app"));
    }

    assertThat(run("status")).isZero();

    assertThat(shown()).isEqualToNormalizingNewlines("1 grants: 1 foreign\n");
  }

  @Test
  void status_otherAppAndOtherKey_areShown() {
    TokenCipher other = TokenCipher.of(Keyring.of("2027", newKey));
    try (FreshTokens tokens = tokens(files());
        FreshTokens elsewhere = FreshTokens.builder(files(), other).build()) {
      IssuedGrant grant = salesforce.issueGrant();
      tokens.save(customer(1), tokenSet(grant, "another-app"));
      elsewhere.save(customer(2), tokenSet(grant, salesforce.consumerKey()));
    }

    assertThat(run("status", "--all")).isEqualTo(1);

    assertThat(shown())
        .containsPattern("customer1/admin +foreign +20\\S+ +- +It was issued to another app")
        .containsPattern("customer2/admin +unreadable .* developer +Add the key")
        .contains("2 grants: 1 foreign, 1 unreadable");
  }

  @Test
  void status_ofADatabase_readsItsTable() throws IOException {
    try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
      JdbcTokenStore store = JdbcTokenStore.of(database.getPostgresDatabase());
      store.migrate();
      files();
      try (FreshTokens tokens = tokens(store)) {
        List<IssuedGrant> grants = connect(tokens, 2);
        end(tokens, grants.get(0), customer(1));
      }
      environment.put("TOKEN_STORE", database.getJdbcUrl("postgres", "postgres"));
      environment.put("TOKEN_STORE_USER", "postgres");
      environment.put("TOKEN_STORE_PASSWORD", PASSWORD);

      assertThat(run("status")).isEqualTo(1);

      assertThat(shown()).contains("customer1").contains("2 grants: 1 active, 1 needs consent");
    }
  }

  @Test
  void status_tableOfAnotherName_isRead() throws IOException {
    try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
      JdbcTokenStore store =
          JdbcTokenStore.builder(database.getPostgresDatabase()).table("crm_grants").build();
      store.migrate();
      files();
      try (FreshTokens tokens = tokens(store)) {
        connect(tokens, 2);
      }
      environment.put("TOKEN_STORE", database.getJdbcUrl("postgres", "postgres"));
      environment.put("TOKEN_TABLE", "crm_grants");

      assertThat(run("status")).isZero();

      assertThat(shown()).contains("2 grants: 2 active");
    }
  }

  @Test
  void status_tableThatNoneCanBeCalled_isRefused() {
    files();
    environment.put("TOKEN_STORE", "jdbc:postgresql://localhost/crm");
    environment.put("TOKEN_TABLE", "grants; drop");

    assertThat(run("status")).isEqualTo(2);

    assertThat(told()).startsWith("Wrong use: TOKEN_TABLE is wrong: ").hasLineCount(1);
  }

  @Test
  void status_databaseAway_endsWithThreeAndShowsNoPassword() throws IOException {
    files();
    environment.put(
        "TOKEN_STORE", "jdbc:postgresql://localhost:" + unusedPort() + "/crm?password=" + PASSWORD);

    assertThat(run("status")).isEqualTo(3);

    assertThat(told()).startsWith("Failed: ").hasLineCount(1);
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void keepAlive_grantsThatAreDue_refreshesThemAndShowsHowFarItIs() {
    List<IssuedGrant> grants;
    try (FreshTokens tokens = tokens(files())) {
      grants = connect(tokens, 20);
    }
    environment.put("TOKEN_IDLE", AT_ONCE.toString());

    assertThat(run("keep-alive")).isZero();

    assertThat(grants).allSatisfy(grant -> assertThat(grant.refreshes()).isEqualTo(1));
    assertThat(shown()).startsWith("20 due: 20 refreshed, 0 settled");
    assertThat(told().lines())
        .hasSize(11)
        .startsWith("keep-alive [------------------------------]   0%  0 of 20")
        .contains("keep-alive [###############---------------]  50%  10 of 20")
        .endsWith("keep-alive [##############################] 100%  20 of 20");
  }

  @Test
  void keepAlive_grantThatEnded_namesItAndEndsWithOne() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 2).get(0).revoke();
    }
    environment.put("TOKEN_IDLE", AT_ONCE.toString());

    assertThat(run("keep-alive")).isEqualTo(1);

    assertThat(shown())
        .startsWith("salesforce/customer1/admin: ")
        .containsOnlyOnce("customer1")
        .contains("see errors.md#")
        .contains("2 due: 1 refreshed, 0 settled, 0 not due any more, 0 of other apps, 1 failed");
  }

  @Test
  void keepAlive_outage_endsWithThree() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 2);
    }
    environment.put("TOKEN_IDLE", AT_ONCE.toString());
    salesforce.everyTokenRequest(Fault.respond(503));

    assertThat(run("keep-alive")).isEqualTo(3);

    assertThat(shown()).contains("2 due: 0 refreshed", "2 failed");
  }

  @Test
  void keepAlive_outageAndAGrantThatEnded_endsWithOne() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 2).get(0).revoke();
    }
    environment.put("TOKEN_IDLE", AT_ONCE.toString());
    String ended = salesforce.grants().get(0).refreshToken();
    salesforce.everyRequest(
        request -> request.form("refresh_token").filter(token -> !token.equals(ended)).isPresent(),
        Fault.respond(503));

    assertThat(run("keep-alive")).isEqualTo(1);

    assertThat(shown()).contains("0 refreshed", "2 failed");
  }

  @Test
  void keepAlive_toldToEnd_storesWhatIsUnderWay() throws Exception {
    salesforce.rotateRefreshTokens(true);
    IssuedGrant grant;
    try (FreshTokens tokens = tokens(files())) {
      grant = connect(tokens, 1).get(0);
    }
    String former = grant.refreshToken();
    environment.put("TOKEN_IDLE", AT_ONCE.toString());

    try (Gate gate = new Gate()) {
      salesforce.nextTokenRequest(Fault.holdAnswer(gate));
      Process process = start("keep-alive");
      gate.awaitArrived(1);
      process.toHandle().destroy(); // SIGTERM; the output stays open
      BufferedReader printed = process.inputReader(UTF_8);
      assertThat(printed.lines().filter(line -> line.startsWith("Stopping. Waiting")).findFirst())
          .isPresent();
      gate.release();
      assertThat(process.waitFor()).isNotZero();
    }

    assertThat(grant.refreshToken()).isNotEqualTo(former);
    try (FreshTokens tokens = tokens(files())) {
      assertThat(tokens.refresh(customer(1)).refreshToken())
          .isEqualTo(Optional.of(Secret.of(grant.refreshToken())));
    }
  }

  @Test
  void keepAlive_onATerminal_drawsOverOneLine() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 2);
    }
    environment.put("TOKEN_IDLE", AT_ONCE.toString());

    assertThat(run(true, "keep-alive")).isZero();

    assertThat(List.of(told().strip().split("\r", -1)))
        .hasSize(3)
        .last()
        .isEqualTo("keep-alive [##############################] 100%  2 of 2");
  }

  @Test
  void reseal_newKeyFirst_leavesNothingUnderTheOldOne() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 3);
    }
    environment.put("TOKEN_KEYS", "2027=" + newKey.reveal() + ",2026=" + key.reveal());

    assertThat(run("reseal")).isZero();

    assertThat(shown()).isEqualToNormalizingNewlines("3 encrypted, 0 failed\n");
    assertThat(told()).contains("reseal [##############################] 100%  3 of 3");
    environment.put("TOKEN_KEYS", "2027=" + newKey.reveal());
    assertThat(run("status")).isZero();
  }

  @Test
  void reseal_failureUnderTheBar_isOnALineOfItsOwn() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 1);
    }
    PrintStream broken =
        new PrintStream(err, true, UTF_8) {
          @Override
          public void print(String text) {
            if (text.contains("1 of 1")) {
              throw new IllegalStateException("a bar that breaks");
            }
            super.print(text);
          }
        };
    Console console = new Console(environment, new PrintStream(out, true, UTF_8), broken, true);

    assertThat(Operator.run(List.of("reseal"), console)).isEqualTo(3);

    assertThat(told().lines())
        .last()
        .isEqualTo("Failed unexpectedly: java.lang.IllegalStateException");
  }

  @Test
  void reseal_grantWhoseKeyIsMissing_isNamed() {
    try (FreshTokens tokens = tokens(files())) {
      connect(tokens, 1);
    }
    environment.put("TOKEN_KEYS", "2027=" + newKey.reveal());

    assertThat(run("reseal")).isEqualTo(1);

    assertThat(shown())
        .contains("salesforce/customer1/admin: not encrypted: its key is missing, or it changed")
        .contains("0 encrypted, 1 failed");
  }

  @Test
  void doctor_rightSetUp_endsWithZero() {
    environment.remove("AMP_PROJECT");

    assertThat(run("doctor")).isZero();

    assertThat(shown()).startsWith("Nothing wrong was found.");
  }

  @Test
  void doctor_appNotRegistered_endsWithOne() {
    assertThat(run("doctor")).isEqualTo(1);

    assertThat(shown()).contains("provider-app-missing");
  }

  @Test
  void register_thenDoctor_findsNothing() {
    assertThat(run("register", "--plan")).isEqualTo(1);
    assertThat(run("doctor")).isEqualTo(1);

    assertThat(run("register")).isZero();

    assertThat(run("doctor")).isZero();
    assertThat(run("register", "--plan")).isZero();
  }

  @Test
  void register_withoutScopes_sendsThoseOfTheGuides() {
    run("register");

    environment.put("SALESFORCE_SCOPES", "api refresh_token");
    assertThat(run("register", "--plan")).isZero();
  }

  @Test
  void register_refused_endsWithOne() {
    environment.put("AMP_API_KEY", "wrong");

    assertThat(run("register")).isEqualTo(1);

    assertThat(told()).startsWith("Failed: ").contains("status 401");
  }

  @Test
  void doctor_salesforceAway_endsWithThree() {
    environment.remove("AMP_PROJECT");
    salesforce.close();

    assertThat(run("doctor")).isEqualTo(3);

    assertThat(shown()).contains("salesforce-not-checked");
  }

  @Test
  void doctor_salesforceAwayAndAppNotRegistered_endsWithOne() {
    salesforce.close();

    assertThat(run("doctor")).isEqualTo(1);

    assertThat(shown()).contains("salesforce-not-checked", "provider-app-missing");
  }

  @Test
  void register_ampersandAway_endsWithThree() {
    ampersand.close();

    assertThat(run("register")).isEqualTo(3);

    assertThat(told()).startsWith("Failed: ").contains("see guides/when-it-fails.md#no-answer");
  }

  @Test
  void register_wrongApp_endsWithTwo() {
    environment.put("SALESFORCE_SCOPES", "api");

    assertThat(run("register")).isEqualTo(2);

    assertThat(told()).contains("refresh_token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error=invalid_grant&error_description=inactive+user",
        "https://acme.my.salesforce.com/setup/secur/RemoteAccessErrorPage.apexp?error=OAUTH_APP_BLOCKED&code=aPrx4sgoM2Nd1zWeFVlOWveD0HhYmiDiLmlLnXEBgX01tpVOQMWVSUuafFPHu3kCSjzk4CUTZg"
      })
  void explain_knownError_tellsMeaningRemedyAndPage(String pasted) {
    assertThat(run("explain", pasted)).isZero();

    assertThat(shown())
        .contains("  Meaning: ", "  Do:      ", "  Page:    errors.md#")
        .doesNotContain("aPrx4sgo");
  }

  @Test
  void explain_severalArguments_areOneText() {
    assertThat(run("explain", "invalid_grant", "inactive", "user")).isZero();

    assertThat(shown()).startsWith("USER_IS_INACTIVE");
  }

  @Test
  void explain_unknownError_endsWithOne() {
    assertThat(run("explain", "error=very_odd_code")).isEqualTo(1);

    assertThat(shown()).startsWith("This error is not in the catalog.");
  }

  @Test
  void dataSource_withoutUser_asksTheDriverWithTheAddressAlone() {
    Assertions.assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new DriverDataSource("jdbc:odd", Optional.empty(), Optional.of(PASSWORD)));
  }
}
