package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeDestination;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeWebhook;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process of its own lives a whole life with secrets: connects, calls, refreshes, fails, hands
 * over, disconnects and is killed. No secret is in what it leaves on disk, says of itself, prints,
 * or keeps in static fields.
 */
@Timeout(180)
class WiderCanaryTest {
  private static final String TOKENS = "/services/oauth2/token";
  private static final int TAIL = 16;
  private static final List<String> SECRET_MEMBERS =
      List.of("code", "code_verifier", "refresh_token", "token", "client_secret", "assertion");

  private final FakeSalesforce salesforce =
      FakeSalesforce.builder()
          .consumerSecret("CanaryConsumerSecret7Zq4Wn8Rt2Yp6Kd")
          .callback(URI.create("https://saas.example/callback"))
          .start();
  private final FakeAmpersand ampersand =
      FakeAmpersand.builder(salesforce).apiKey("CanaryApiKey9Jx4Lm2Vq8Zt6Bw1").start();
  private final FakeDestination destination =
      ampersand.addDestination("events", URI.create("http://localhost:1/events"));
  private final KeyPair signing = newKeyPair();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, String> secrets = new TreeMap<>();
  private final List<String> shown = new ArrayList<>();
  private final Deque<Node> nodes = new ArrayDeque<>();

  @TempDir private Path directory;
  private Path work;

  /** A process, and what it is told and says. */
  private record Node(Process process, PrintStream orders, BufferedReader answers) {
    static Node of(Process process) {
      return new Node(
          process,
          new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8),
          process.inputReader(StandardCharsets.UTF_8));
    }
  }

  private static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void start() throws IOException {
    salesforce.registerCertificate(signing.getPublic());
    ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
    settings.put("host", salesforce.uri().toString());
    settings.put("consumerKey", salesforce.consumerKey());
    settings.put("callback", "https://saas.example/callback");
    settings.put("api", ampersand.apiUri().toString());
    settings.put("project", ampersand.projectName());
    settings.put("consumerSecret", salesforce.consumerSecret());
    settings.put("apiKey", ampersand.apiKey());
    settings.put("stateKey", StateSigner.newKey().reveal());
    settings.put("sealingKey", TokenCipher.newKey().reveal());
    settings.put("webhookSecret", destination.signingSecret());
    settings.put("privateKey", RsaKey.of(signing.getPrivate()).toPem().reveal());
    List.of("consumerSecret", "apiKey", "webhookSecret")
        .forEach(name -> secrets.put(setting(name), name));
    List.of("stateKey", "sealingKey").forEach(name -> addKey(setting(name), name));
    addKey(setting("webhookSecret").replace("whsec_", ""), "webhook key");
    setting("privateKey").lines().skip(1).forEach(line -> secrets.put(line, "private key"));
    secrets.remove("-----END PRIVATE KEY-----");
    RSAPrivateKey rsa = (RSAPrivateKey) signing.getPrivate();
    secrets.put(rsa.getPrivateExponent().toString(), "private key");
    secrets.put(rsa.getPrivateExponent().toString(16), "private key");
    work = Files.createDirectories(directory.resolve("work"));
    Files.createDirectory(directory.resolve("tmp"));
    Files.createDirectory(
        work.resolve("before"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.write(directory.resolve("arguments"), opened());
  }

  private String setting(String name) {
    return Objects.requireNonNull(settings.get(name), name);
  }

  private void addKey(String base64, String name) {
    secrets.put(base64, name);
    byte[] key = Base64.getDecoder().decode(base64);
    secrets.put(new String(key, StandardCharsets.ISO_8859_1), name);
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> node.process().destroyForcibly());
    ampersand.close();
    salesforce.close();
  }

  // The process

  /** Options that let a process look into the objects of the JDK. */
  private static List<String> opened() {
    return ModuleLayer.boot().modules().stream()
        .flatMap(
            module ->
                module.getPackages().stream()
                    .map(name -> "--add-opens=" + module.getName() + "/" + name + "=ALL-UNNAMED"))
        .toList();
  }

  /** Starts the process where new files are open to all unless they are made otherwise. */
  private void run(String store) throws IOException {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "umask 000; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + directory.resolve("arguments"),
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-cp",
                absolute(System.getProperty("java.class.path")),
                CanaryNode.class.getName(),
                store)
            .directory(work.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(directory.resolve("errors").toFile()))
            .start();
    Node node = Node.of(process);
    nodes.add(node);
    settings.forEach(
        (name, value) ->
            node.orders().println(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    node.orders().println();
  }

  private static String absolute(String classPath) {
    return String.join(
        File.pathSeparator,
        Arrays.stream(classPath.split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }

  private String order(String... words) throws IOException {
    Node node = nodes.getLast();
    node.orders().println(String.join(" ", words));
    List<String> lines = new ArrayList<>();
    String line = node.answers().readLine();
    while (line != null && !line.equals(".")) {
      lines.add(line);
      line = node.answers().readLine();
    }
    assertThat(line).as("end of the answer to %s: %s", words[0], lines).isNotNull();
    shown.addAll(lines);
    addSent();
    salesforce.grants().forEach(this::addTokens);
    return String.join("\n", lines);
  }

  private void addTokens(IssuedGrant grant) {
    secrets.put(grant.accessToken(), "access token");
    grant.refreshTokens().forEach(token -> secrets.put(token, "refresh token"));
  }

  private void connect() throws IOException {
    URI callback = salesforce.approve(URI.create(order("connect")));
    assertThat(order("callback", callback.getRawQuery())).startsWith("Connected");
  }

  // What is searched

  /** All that a request carried and no one else may see. */
  private void addSent() {
    Stream.concat(salesforce.requests().stream(), ampersand.requests().stream())
        .forEach(this::addSent);
  }

  private void addSent(ReceivedRequest request) {
    for (String name : SECRET_MEMBERS) {
      request.form(name).ifPresent(value -> secrets.put(value, name));
    }
    request.header("Authorization").ifPresent(value -> secrets.put(value, "header"));
  }

  private List<String> found(List<String> texts) {
    List<String> found = new ArrayList<>();
    for (String text : texts) {
      secrets.forEach(
          (secret, name) -> {
            String tail = secret.substring(Math.max(0, secret.length() - TAIL));
            if (text.contains(tail)
                || text.contains(URLEncoder.encode(tail, StandardCharsets.UTF_8))) {
              found.add(name + " in: " + text);
            }
          });
    }
    return found;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<String> texts = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.add(file + ": " + Files.readString(file, StandardCharsets.ISO_8859_1));
      }
      return texts;
    }
  }

  private List<String> names(String place) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(place))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<Path> below(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(file -> !file.equals(store)).toList();
    }
  }

  private static boolean hasDraft(Path store) throws IOException {
    try {
      return below(store).stream().anyMatch(file -> file.toString().endsWith(".tmp"));
    } catch (UncheckedIOException e) {
      return false; // a file was moved meanwhile
    }
  }

  private static void assertOwnersAlone(Path file) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .as(file.toString())
        .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
  }

  // The life

  @Test
  void r04_wholeLife_ofAProcess_leavesNoSecretAnywhere() throws Exception {
    run("new/store");
    live();
    order("close");
    assertThat(nodes.getLast().process().waitFor()).isZero();

    assertThat(names("work")).containsExactly("before", "new");
    assertThat(names("tmp")).isEmpty();
    assertThat(shown)
        .anyMatch(text -> text.startsWith("thread: ") && text.contains("ampersand-"))
        .anyMatch(text -> text.startsWith("bean java.lang:type=Runtime InputArguments: "))
        .anyMatch(text -> text.startsWith("file ") && text.contains(".spare: ampersand spare "))
        .noneMatch(text -> text.startsWith("closed: "));
    assertThat(Files.readString(directory.resolve("errors")))
        .contains("Exception in thread \"Thread-", "OAuthException: The provider refused");
    assertThat(secrets.values())
        .contains("code", "code_verifier", "assertion", "access token", "refresh token");
    assertThat(found(shown)).isEmpty();
    assertThat(found(files())).isEmpty();
    for (Path file : below(work.resolve("new"))) {
      assertOwnersAlone(file);
    }
  }

  private void live() throws IOException {
    connect();
    assertThat(order("call")).startsWith("answered 200 to TokenSet");
    assertThat(order("refresh")).startsWith("TokenSet");
    assertThat(order("mint", salesforce.username())).startsWith("answered 200");
    assertThat(order("import")).startsWith("Connection");
    assertThat(order("read", ampersand.connectionIds().get(0))).startsWith("Connection");
    webhook();
    salesforce.expireSessions();
    assertThat(order("call")).startsWith("answered 200");
    String echo = String.join(" ", secrets.keySet()).replaceAll("[^ -!#-\\[\\]-~]", "");
    for (Fault fault :
        List.of(
            Fault.respond(400, "application/json", error("invalid_client", echo)),
            Fault.respond(503, "text/html", "<html>" + echo),
            Fault.respond(200, "application/json", error("odd", echo)),
            Fault.loseAnswer())) {
      connect();
      failing(fault, "refresh");
    }
    connect();
    failing(Fault.respond(400, "application/json", error("unknown_error", echo)), "uncaught");
    order("callback", "code=" + encoded(echo) + "&state=" + encoded(echo));
    order("disconnect");
    connect();
    salesforce.revokeAll();
    assertThat(order("refresh")).contains("OAuthException");
    order("uncaught");
    assertThat(order("call")).contains("OAuthException");
  }

  /** Lets the next token request fail, which is the one of an order. */
  private void failing(Fault fault, String order) throws IOException {
    int before = salesforce.requests(TOKENS).size();
    salesforce.nextTokenRequest(fault);
    assertThat(order(order)).containsAnyOf("Exception", "printed");
    assertThat(salesforce.requests(TOKENS)).hasSize(before + 1);
  }

  private static String error(String code, String description) {
    return "{\"error\":\"" + code + "\",\"error_description\":\"" + description + "\"}";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void webhook() throws IOException {
    FakeWebhook webhook = destination.webhook("{\"action\":\"create\"}");
    List<String> words = new ArrayList<>();
    words.add("webhook");
    words.add(Base64.getEncoder().encodeToString(webhook.body().getBytes(StandardCharsets.UTF_8)));
    destination.headers(webhook).forEach((name, value) -> words.addAll(List.of(name, value)));
    assertThat(order(words.toArray(String[]::new))).doesNotContain("Exception");
    words.set(1, "e30=");
    assertThat(order(words.toArray(String[]::new))).contains("WebhookException");
  }

  @Test
  void r04_processKilledWhileItWrites_leavesDraftsForItsOwnerAloneWithoutSecrets()
      throws Exception {
    Path store = work.resolve("before");
    do {
      run("before");
      connect();
      nodes.getLast().orders().println("write");
      while (!hasDraft(store)) {
        Thread.onSpinWait();
      }
      nodes.getLast().process().destroyForcibly().waitFor();
    } while (!hasDraft(store));

    assertThat(found(files())).isEmpty();
    assertThat(names("work")).containsExactly("before");
    assertThat(names("tmp")).isEmpty();
    for (Path file : below(store)) {
      assertOwnersAlone(file);
    }
  }

  @Test
  void search_filesWithASecret_findsIt() throws IOException {
    run("new/store");
    connect();
    String token = salesforce.grants().get(0).accessToken();
    Files.writeString(directory.resolve("tmp/left"), "x" + token);
    Files.writeString(directory.resolve("tmp/key"), setting("privateKey"));

    assertThat(found(files())).hasSizeGreaterThan(20);
    assertThat(found(List.of(encoded(token), "harmless"))).hasSize(1);
  }
}
