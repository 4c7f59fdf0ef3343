package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.webhook.WebhookVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * No secret is in what Java makes of a failure: its trace with causes and suppressed failures, what
 * a thread that ends by it prints, and its bytes when it is sent to another process.
 */
class WiderCanaryTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final URI CALLBACK = URI.create("http://localhost:8080/callback");

  private final MockWebServer server = new MockWebServer();
  private final Map<String, Throwable> failures = new LinkedHashMap<>();

  @BeforeEach
  void start() throws IOException {
    server.start();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String sent =
                request.getHeaders().get("X-Api-Key")
                    + (request.getBody() == null ? "" : request.getBody().utf8());
            return request.getUrl().encodedPath().equals("/bare")
                ? new MockResponse.Builder().body(sent).build()
                : echo(sent);
          }
        });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static MockResponse echo(String sent) {
    String text = sent.replace("\\", "\\\\").replace("\"", "\\\"");
    return new MockResponse.Builder()
        .code(400)
        .setHeader("Content-Type", "application/json")
        .body(
            "{\"error\":\"invalid_grant\",\"error_description\":\"@\",\"detail\":\"@\",\"causes\":[\"@\"],\"issues\":[{\"name\":\"@\"}],\"context\":{\"@\":\"@\"}}"
                .replace("@", text))
        .build();
  }

  private AuthorizationCodeFlow.Builder flow(URI callback) {
    return flow(callback, "/token");
  }

  private AuthorizationCodeFlow.Builder flow(URI callback, String tokenPath) {
    URI base = server.url("/").uri();
    return AuthorizationCodeFlow.builder(
        new CanaryApp(callback), base.resolve("/authorize"), base.resolve(tokenPath));
  }

  private AmpersandClient client() {
    return AmpersandClient.builder("p", Secret.of(Canaries.API_KEY))
        .baseUrl(server.url("/v1").uri())
        .maxRetries(0)
        .build();
  }

  private static TokenSet tokens() {
    return TokenSet.builder(Secret.of(Canaries.ACCESS_TOKEN), Instant.now())
        .refreshToken(Secret.of(Canaries.REFRESH_TOKEN))
        .consentedNow()
        .build();
  }

  private static String query(AuthorizationRequest request) {
    return "code="
        + Canaries.percentEncoded(Canaries.CODE)
        + "&state="
        + Canaries.percentEncoded(request.state());
  }

  /** Sends nothing, and quotes what it should have sent, as its cause and what it suppressed do. */
  private static HttpTransport talkative() {
    return request -> {
      String sent = request.headers() + new String(request.body(), StandardCharsets.UTF_8);
      IOException failure = new IOException("not sent: " + sent, new IOException(sent));
      failure.addSuppressed(new IOException("not closed: " + sent));
      throw failure;
    };
  }

  /** Sends nothing, and quotes what it should have sent in what is suppressed. */
  private static HttpTransport suppressing(IOException thrown) {
    return request -> {
      thrown.addSuppressed(
          new IOException("sent " + new String(request.body(), StandardCharsets.UTF_8)));
      throw thrown;
    };
  }

  private static Stream<IOException> neverSent() {
    return Stream.of(
        new ConnectException("no route"),
        new UnknownHostException("login.example"),
        new NoRouteToHostException("no route"),
        new HttpConnectTimeoutException("no connection"),
        new SSLHandshakeException("no trusted certificate"),
        new SSLPeerUnverifiedException("another host"));
  }

  private void fails(String how, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).as(how).isNotNull();
    failures.put(how, failure);
  }

  private void failInEachWay() {
    AuthorizationCodeFlow flow = flow(CALLBACK).withPkce().build();
    failAtTheProvider(flow);
    failAtTheCallback(flow);
    failAtGrants(flow);
    AmpersandClient client = client();
    fails(
        "Ampersand refuses",
        () -> client.providerApps().apply(new CanaryApp(CALLBACK), SecretPolicy.SEND));
    fails(
        "Ampersand refuses what it was sent",
        () ->
            client
                .providerApps()
                .create(
                    new CanaryApp(URI.create("https://api.withampersand.com/callbacks/v1/oauth"))));
    fails("app is not usable", () -> flow(URI.create("http://example.com/callback")).build());
    WebhookVerifier webhooks = WebhookVerifier.builder(Secret.of(Canaries.WEBHOOK_SECRET)).build();
    byte[] body =
        ("{\"token\":\"" + Canaries.ACCESS_TOKEN + "\"}").getBytes(StandardCharsets.UTF_8);
    Map<String, List<String>> headers =
        Map.of(
            "svix-id", List.of(Canaries.SESSION_ID),
            "svix-timestamp", List.of("1764000000"),
            "svix-signature", List.of("v1," + Canaries.STATE_KEY));
    fails("webhook is forged", () -> webhooks.verify(body, headers::get));
    fails(
        "webhook is not signed",
        () -> webhooks.verify(body, name -> List.of(Canaries.WEBHOOK_SECRET)));
  }

  private void failAtTheProvider(AuthorizationCodeFlow flow) {
    fails("provider refuses", () -> flow.refresh(tokens()));
    AuthorizationRequest request = flow.authorize(AuthorizationOptions.none());
    AuthorizationCallback callback = AuthorizationCallback.fromQuery(query(request));
    fails("provider refuses the code", () -> flow.exchange(request, callback));
    fails(
        "transport quotes", () -> flow(CALLBACK).transport(talkative()).build().refresh(tokens()));
    neverSent()
        .forEach(
            thrown ->
                fails(
                    "transport quotes in what " + thrown.getClass() + " suppressed",
                    () -> flow(CALLBACK).transport(suppressing(thrown)).build().refresh(tokens())));
    fails("answer is no JSON", () -> flow(CALLBACK, "/bare").build().refresh(tokens()));
    fails("answer is refused", () -> flow.userInfo(server.url("/me").uri(), tokens()));
    fails(
        "tokens are another client's",
        () -> flow.refresh(tokens().toBuilder().clientId("other").build()));
    fails(
        "tokens are another issuer's",
        () ->
            flow.refresh(tokens().toBuilder().issuer(URI.create("https://evil.example")).build()));
  }

  private void failAtTheCallback(AuthorizationCodeFlow flow) {
    AuthorizationRequest request = flow.authorize(AuthorizationOptions.none());
    String query = query(request);
    fails(
        "state is forged",
        () -> flow.exchange(request, AuthorizationCallback.fromQuery(query + "forged")));
    fails("callback is malformed", () -> AuthorizationCallback.fromQuery(query + "%zz&code=%zz"));
    fails("code is malformed", () -> AuthorizationCallback.fromQuery(query + "%" + Canaries.CODE));
    fails("code comes twice", () -> AuthorizationCallback.fromQuery(query + "&" + query));
    fails(
        "issuer is not ours",
        () ->
            flow.exchange(
                request,
                AuthorizationCallback.fromQuery(query + "&iss=https%3A%2F%2Fevil.example")));
    AuthorizationCodeFlow signed =
        flow(CALLBACK)
            .states(
                StateSigner.builder("s", Secret.of(Canaries.STATE_KEY))
                    .replayGuard(new Away())
                    .build())
            .build();
    BrowserBinding browser = BrowserBinding.random();
    AuthorizationRequest begun =
        signed.authorize(AuthorizationOptions.builder().binding(browser).build());
    AuthorizationCallback callback = AuthorizationCallback.fromQuery(query(begun));
    fails("browser is another", () -> signed.recover(callback, BrowserBinding.random()));
    fails("guard is away", () -> signed.exchange(signed.recover(callback, browser), callback));
  }

  /** Is not there, and quotes what it knows. */
  private static final class Away implements ReplayGuard {
    @Override
    public boolean markUsed(String nonce, Instant expiresAt) {
      throw new IllegalStateException(Canaries.STATE_KEY);
    }

    @Override
    public void markUnused(String nonce) {
      throw new IllegalStateException(Canaries.STATE_KEY);
    }
  }

  private void failAtGrants(AuthorizationCodeFlow flow) {
    InMemoryTokenStore store = new InMemoryTokenStore();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k", Secret.of(Canaries.SEALING_KEY)));
    TokenCipher other = TokenCipher.of(Keyring.of("k", TokenCipher.newKey()));
    try (FreshTokens fresh = FreshTokens.builder(store, cipher).renewer(flow).build();
        FreshTokens stranger = FreshTokens.builder(store, other).renewer(flow).build()) {
      fails("grant is absent", () -> fresh.get(ADA));
      TokenSet own =
          tokens().toBuilder().issuer(server.url("/").uri()).clientId(Canaries.CLIENT_ID).build();
      fresh.save(ADA, own);
      fails("grant does not open", () -> stranger.get(ADA));
      fails("grant is refused", () -> fresh.refresh(ADA));
    }
  }

  private static List<String> forms(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    List<String> forms = new ArrayList<>();
    forms.add(trace.toString());
    forms.add(Serialized.text(failure));
    return forms;
  }

  @Test
  void everyException_printedUncaughtAndSerialized_showsNoSecret() {
    failInEachWay();

    failures.forEach(
        (how, failure) -> assertThat(Canaries.foundIn(forms(failure))).as(how).isEmpty());
    assertThat(failures.values().stream().map(Object::getClass).collect(Collectors.toSet()))
        .isEqualTo(Set.of(AmpersandException.class.getPermittedSubclasses()));
  }

  /** As a grant's callers get it, with what a caller hangs on to it. */
  @Test
  void everyException_ofACallAndWrapped_showsNoSecret() {
    failInEachWay();

    failures.forEach(
        (how, failure) -> {
          AmpersandException ours = (AmpersandException) failure;
          Exception wrapped =
              new IllegalStateException("wrapped", ours.forCall(ADA, true, Duration.ofSeconds(1)));
          failures.values().stream()
              .filter(another -> another != failure)
              .forEach(wrapped::addSuppressed);
          assertThat(Canaries.foundIn(forms(wrapped))).as(how).isEmpty();
        });
  }

  @Test
  void search_failureThatQuotesASecret_findsItInEachForm() {
    IllegalStateException quoting =
        new IllegalStateException("outer", new IOException(Canaries.REFRESH_TOKEN));

    assertThat(Canaries.foundIn(forms(quoting))).hasSize(2);
  }

  /** A type that becomes serializable has to be looked at, and one with a secret must not. */
  @Test
  void serializableTypes_areFailuresAndWhatTheyHold() {
    Set<String> serializable =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/testkit/"))
                .importPackages("com.withampersand.sdk")
                .stream()
                .filter(type -> type.isAssignableTo(Serializable.class) && !type.isEnum())
                .filter(type -> !type.isAnonymousClass())
                .map(JavaClass::getName)
                .collect(Collectors.toSet());

    Set<String> expected =
        Arrays.stream(AmpersandException.class.getPermittedSubclasses())
            .map(Class::getName)
            .collect(Collectors.toSet());
    expected.add(AmpersandException.class.getName());
    expected.add(Problem.class.getName());
    expected.add(Problem.Issue.class.getName());
    expected.add(InvalidProviderAppException.Violation.class.getName());
    assertThat(serializable).isEqualTo(expected);
  }
}
