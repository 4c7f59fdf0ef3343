package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * A server that sends every secret of each request back, in every member, header, status line and
 * host, and the search for what is left of them in all that is logged and said.
 */
class EchoCanaryTest {
  /** None has a shape by which it could be known as a token. */
  private static final String CONSUMER_SECRET = "CanaryConsumerSecret7Zq4Wn8Rt2Yp6Kd";

  private static final String CODE = "CanaryCode7d93hf82hQ9Zk4==";
  private static final String REFRESH_TOKEN = "CanaryRefresh!861TSESvWeug=xv";
  private static final String ACCESS_TOKEN = "CanaryAccess!AQcAQH0dMHZ.fz972";
  private static final Set<String> SECRET_FIELDS =
      Set.of("client_secret", "code", "code_verifier", "refresh_token", "token", "assertion");
  private static final List<String> MEMBERS =
      List.of(
          "error",
          "error_description",
          "error_uri",
          "message",
          "errorCode",
          "access_token",
          "refresh_token",
          "id_token",
          "token_type",
          "token_format",
          "expires_in",
          "scope",
          "state",
          "instance_url",
          "api_instance_url",
          "id",
          "issued_at",
          "signature",
          "sfdc_community_url",
          "sfdc_community_id",
          "user_id",
          "organization_id",
          "preferred_username",
          "username",
          "display_name",
          "email",
          "user_type",
          "language",
          "sub",
          "client_id",
          "iat",
          "nbf",
          "exp",
          "aud",
          "jti");
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final String LIMITS = "/services/data/v65.0/limits";
  private static final int PIECE = 12;

  private final EchoServer server;
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level usualLevel = root.getLevel();
  private final List<Appender<ILoggingEvent>> usual = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> said = new ArrayList<>();
  private final Set<String> seen = new TreeSet<>();
  private final Set<String> successes = new TreeSet<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final SalesforceOAuthFlow flow;
  private final LoginHost host;
  private final SalesforceJwtFlow jwt;
  private final SalesforceClientCredentialsFlow credentials;
  private int failures;

  EchoCanaryTest() throws IOException {
    server = new EchoServer();
    host = LoginHost.custom(server.uri());
    SalesforceApp app =
        SalesforceApp.builder("CanaryClientIsNoSecret", CONSUMER_SECRET)
            .scopes("api", "openid", "refresh_token")
            .callback(URI.create("http://localhost:8080/callback"))
            .build();
    flow = SalesforceOAuthFlow.builder(app, host).withPkce().withoutSignatureCheck().build();
    jwt =
        SalesforceJwtFlow.builder("CanaryClientIsNoSecret", input -> new byte[256])
            .alsoAt(host)
            .build();
    credentials =
        SalesforceClientCredentialsFlow.builder(
                "CanaryClientIsNoSecret", () -> Secret.of(CONSUMER_SECRET))
            .alsoAt(host)
            .build();
  }

  @BeforeEach
  void listen() {
    root.iteratorForAppenders().forEachRemaining(usual::add);
    usual.forEach(root::detachAppender);
    log.start();
    root.setLevel(Level.TRACE);
    root.addAppender(log);
  }

  @AfterEach
  void stop() throws IOException {
    root.detachAppender(log);
    root.setLevel(usualLevel);
    usual.forEach(root::addAppender);
    server.close();
  }

  /** How a secret is written. */
  @SuppressWarnings("ImmutableEnumChecker") // No function here keeps a state.
  enum Form {
    PLAIN(secret -> secret),
    PERCENT(secret -> URLEncoder.encode(secret, StandardCharsets.UTF_8)),
    TWICE_PERCENT(
        secret ->
            URLEncoder.encode(secret, StandardCharsets.UTF_8)
                .replace("%21", "%2521")
                .replace("%3D", "%3d")),
    HEX(secret -> HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8))),
    BASE64(Form::base64),
    /** As a part of other Base64, which is written otherwise. */
    BASE64_BEHIND_ONE_BYTE(secret -> base64("x" + secret)),
    BASE64_BEHIND_TWO_BYTES(secret -> base64("xy" + secret)),
    BASE64_URL(
        secret ->
            Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(secret.getBytes(StandardCharsets.UTF_8)));

    private static String base64(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private final UnaryOperator<String> writing;

    Form(UnaryOperator<String> writing) {
      this.writing = writing;
    }

    String of(String secret) {
      return writing.apply(secret);
    }
  }

  // What is echoed

  private static List<String> secrets(String request) {
    Set<String> secrets = new LinkedHashSet<>();
    String credentials = EchoServer.header(request, "Authorization", "");
    if (!credentials.isEmpty()) {
      secrets.add(credentials.substring(credentials.indexOf(' ') + 1));
    }
    String body = request.substring(request.indexOf("\r\n\r\n") + 4);
    for (String field : body.split("&", -1)) {
      String[] pair = field.split("=", 2);
      if (pair.length == 2 && SECRET_FIELDS.contains(pair[0])) {
        secrets.add(URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
      }
    }
    return List.copyOf(secrets);
  }

  /** A label for each secret, of letters and digits alone. */
  private static String hostOf(String echo) {
    String labels =
        Arrays.stream(echo.split(" ", -1))
            .map(secret -> secret.replaceAll("[^A-Za-z0-9]", ""))
            .map(letters -> letters.substring(0, Math.min(60, letters.length())) + ".")
            .collect(Collectors.joining());
    return "https://" + labels + "evil.example/" + labels;
  }

  private static String json(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> "\"" + member.getKey() + "\":\"" + member.getValue() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static Map<String, String> everyMember(String echo) {
    Map<String, String> members = new LinkedHashMap<>();
    MEMBERS.forEach(name -> members.put(name, echo));
    members.put(echo, echo);
    return members;
  }

  private static String response(String status, String type, String headers, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: "
        + type
        + "\r\n"
        + headers
        + "Connection: close\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private static String headers(String echo) {
    return Stream.of(
            "WWW-Authenticate: Bearer realm=\"@\", error=\"@\", error_description=\"@\"",
            "Location: https://@.evil.example/@?@",
            "Retry-After: @",
            "Sforce-Limit-Info: api-usage=@",
            "X-Request-Id: @",
            "X-Echo: @",
            "Set-Cookie: sid=@",
            "Date: @",
            "Server: @")
        .map(line -> line.replace("@", echo) + "\r\n")
        .collect(Collectors.joining());
  }

  /** What a text of secrets is answered with, in each place that an answer has. */
  private Map<String, Function<String, String>> places() {
    Map<String, Function<String, String>> places = new LinkedHashMap<>();
    for (String status : List.of("400", "401", "403", "404", "429", "500", "503")) {
      places.put(
          status + " with every member",
          echo -> response(status + " No", "application/json", "", json(everyMember(echo))));
      places.put(
          status + " with a list",
          echo ->
              response(
                  status + " No", "application/json", "", "[" + json(everyMember(echo)) + "]"));
    }
    places.put(
        "known code",
        echo ->
            response(
                "400 Bad Request",
                "application/json",
                "",
                "{\"error\":\"invalid_grant\",\"error_description\":\"expired " + echo + "\"}"));
    places.put(
        "headers of an error", echo -> response("401 No", "text/plain", headers(echo), echo));
    places.put("redirect", echo -> response("302 Found", "text/html", headers(echo), echo));
    places.put(
        "page",
        echo -> response("503 No", "text/html", headers(echo), "<html>" + echo + "</html>"));
    places.put("type", echo -> response("400 No", echo + "; charset=" + echo, "", echo));
    places.put("reason phrase", echo -> response("400 " + echo, "application/json", "", "{}"));
    places.put("broken status", echo -> "HTTP/1.1 x " + echo + "\r\n\r\n");
    places.put("no status", echo -> echo + "\r\n\r\n");
    places.put("length", echo -> "HTTP/1.1 200 OK\r\nContent-Length: " + echo + "\r\n\r\n");
    places.put("broken header", echo -> "HTTP/1.1 200 OK\r\n" + echo + "\r\n\r\n");
    places.put("cut", echo -> "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{\"a\":\"" + echo);
    places.put(
        "success with every member",
        echo ->
            response("200 " + echo, "application/json", headers(echo), json(everyMember(echo))));
    places.put("success, broken", echo -> response("200 OK", "application/json", "", "{\"" + echo));
    places.put("success, bare", echo -> response("200 OK", "text/plain", "", echo));
    places.put("success, hosts", echo -> response("200 OK", "application/json", "", hosts(echo)));
    places.put("success, usable", this::usable);
    places.put("success, active", this::active);
    return places;
  }

  private static String hosts(String echo) {
    Map<String, String> members = everyMember(echo);
    members.keySet().removeAll(List.of("error", "errorCode"));
    members.put("access_token", "new");
    members.put("token_type", "Bearer");
    members.put("instance_url", hostOf(echo));
    members.put("id", hostOf(echo) + "/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU");
    return json(members);
  }

  /** Good but for what no one needs. */
  private String usable(String echo) {
    Map<String, String> members = everyMember(echo);
    members.keySet().removeAll(List.of("error", "errorCode", "expires_in", "issued_at"));
    members.put("access_token", "CanaryOther!Qm5Xc8Vb2Nz");
    members.put("token_type", "Bearer");
    members.put("instance_url", server.uri().toString());
    members.put("id", server.uri() + "/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU");
    return response("200 OK", "application/json", headers(echo), json(members));
  }

  private String active(String echo) {
    Map<String, String> members = everyMember(echo);
    members.keySet().removeAll(List.of("error", "errorCode", "exp", "iat", "nbf"));
    return response(
        "200 OK",
        "application/json",
        headers(echo),
        json(members).replace("{", "{\"active\":true,"));
  }

  // What is done

  private TokenSet tokens() {
    return TokenSet.builder(Secret.of(ACCESS_TOKEN), Instant.now())
        .refreshToken(Secret.of(REFRESH_TOKEN))
        .attribute("instance_url", server.uri().toString())
        .attribute("id", server.uri() + "/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU")
        .consentedNow()
        .build();
  }

  private interface Step {
    Object run() throws Exception;
  }

  private void step(Step step) {
    try {
      String result = String.valueOf(step.run());
      said.add(result);
      successes.add(result.replaceAll("[\\[ ].*", ""));
    } catch (Exception e) {
      failures++;
      say(e);
    }
  }

  private void say(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    said.add(trace.toString());
    said.add(serialized(error));
    if (error instanceof OAuthException refused) {
      said.add(refused.error() + refused.description() + refused.remedy() + refused.causes());
    }
  }

  private static String serialized(Throwable error) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(error);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private void exchange() {
    AuthorizationRequest request = flow.authorize();
    String state = request.url().getQuery().replaceAll(".*state=([^&]*).*", "$1");
    String callback =
        "http://localhost:8080/callback?code="
            + URLEncoder.encode(CODE, StandardCharsets.UTF_8)
            + "&state="
            + URLEncoder.encode(state, StandardCharsets.UTF_8);
    step(() -> flow.exchange(request, AuthorizationCallback.fromUri(URI.create(callback))));
  }

  private void everyCall() {
    exchange();
    step(() -> flow.refresh(tokens()));
    step(() -> SalesforceTokens.of(flow.refresh(tokens()), host));
    step(() -> SalesforceTokens.of(flow.refresh(tokens()), host).instanceUrl());
    step(() -> flow.introspect(tokens()));
    step(() -> flow.withKnownExpiry(tokens()));
    step(() -> flow.userInfo(tokens()).toString() + flow.identity(tokens()).toString());
    step(() -> jwt.mint(host, "ada@acme.example"));
    step(() -> credentials.mint(host));
    step(
        () -> {
          flow.revoke(tokens());
          return "revoked";
        });
    try (FreshTokens fresh =
        FreshTokens.builder(
                new InMemoryTokenStore(), TokenCipher.of(Keyring.of("k1", TokenCipher.newKey())))
            .renewer(flow)
            .build()) {
      fresh.save(ADA, tokens());
      SalesforceHttp.Org org =
          SalesforceHttp.builder(fresh, client)
              .alsoAt(host)
              .onApiUsage((key, usage) -> said.add(key + " " + usage))
              .build()
              .at(ADA);
      step(() -> org.send(LIMITS, HttpRequest.Builder::GET));
      step(() -> org.send(LIMITS, HttpRequest.Builder::GET, BodyHandlers.discarding()));
      step(() -> org.sendAsync(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofString()).get());
      step(() -> fresh.status(ADA));
      step(() -> fresh.status(ADA).remedy());
      step(() -> fresh.get(ADA));
      step(fresh::keepAlive);
    }
  }

  // The search

  private Set<String> pieces() {
    Set<String> pieces = new HashSet<>();
    for (String secret : seen) {
      for (Form form : Form.values()) {
        addPieces(form.of(secret), pieces);
      }
      addPieces(secret.replaceAll("[^A-Za-z0-9]", ""), pieces);
    }
    return pieces;
  }

  private static void addPieces(String text, Set<String> pieces) {
    for (int i = 0; i + PIECE <= text.length(); i++) {
      pieces.add(text.substring(i, i + PIECE).toLowerCase(Locale.ROOT));
    }
  }

  private List<String> logged() {
    return List.copyOf(log.list).stream()
        .map(
            event ->
                event.getLoggerName()
                    + " "
                    + event.getFormattedMessage()
                    + Arrays.toString(event.getArgumentArray())
                    + (event.getThrowableProxy() == null
                        ? ""
                        : ThrowableProxyUtil.asString(event.getThrowableProxy())))
        .toList();
  }

  private List<String> leaks() {
    Set<String> pieces = pieces();
    return Stream.concat(said.stream(), logged().stream())
        .filter(text -> hasAny(pieces, text.toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static boolean hasAny(Set<String> pieces, String text) {
    return IntStream.rangeClosed(0, text.length() - PIECE)
        .anyMatch(start -> pieces.contains(text.substring(start, start + PIECE)));
  }

  @ParameterizedTest
  @EnumSource
  void r04_everySecretOfARequestIsEchoedEverywhere_nothingLoggedOrSaidHoldsOne(Form form) {
    Map<String, List<String>> leaks = new LinkedHashMap<>();
    places()
        .forEach(
            (place, answer) -> {
              server.answer(
                  request -> {
                    List<String> secrets = secrets(request);
                    seen.addAll(secrets);
                    return answer.apply(
                        secrets.stream().map(form::of).collect(Collectors.joining(" ")));
                  });
              said.clear();
              log.list.clear();
              everyCall();
              List<String> found = leaks();
              if (!found.isEmpty()) {
                leaks.put(place, found);
              }
            });

    assertThat(leaks).isEmpty();
    assertThat(seen).contains(CONSUMER_SECRET, CODE, REFRESH_TOKEN, ACCESS_TOKEN);
    assertThat(seen).as("the assertion").anyMatch(secret -> secret.startsWith("eyJ"));
    assertThat(failures).isGreaterThan(100);
    assertThat(successes).contains("TokenSet", "Introspection", "SalesforceIdentity", "(GET");
  }

  @Test
  void search_textWithPartOfASecret_isFound() {
    seen.add(REFRESH_TOKEN);
    said.add("x " + Form.BASE64.of(REFRESH_TOKEN).substring(3, 20) + " x");
    said.add("x " + REFRESH_TOKEN.substring(5, 18).toLowerCase(Locale.ROOT) + " x");
    said.add("harmless");

    assertThat(leaks()).hasSize(2);
  }
}
