package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenListener;
import com.withampersand.sdk.token.TokenProvider;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.crypto.TokenSealer;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.StatusFilter;
import com.withampersand.sdk.token.refresh.SweepOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;

/**
 * Takes grants whose tokens are canaries through all that may become of them, at a provider that
 * sends back what it was sent, and looks for the tokens in all that is stored, logged and said.
 */
public final class TokenCanary implements AutoCloseable {
  private static final String GROUP = "acme";
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{24,}");

  private final MockWebServer server = new MockWebServer();
  private final LogLines log = new LogLines();
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<String> stored = new ConcurrentLinkedQueue<>();
  private final Secret firstKey = TokenCipher.newKey();
  private final Secret secondKey = TokenCipher.newKey();
  private volatile Answer answer = body -> json(200, renewed());

  /** Makes the provider's answer of what it was sent. */
  private interface Answer {
    MockResponse to(String body);
  }

  public TokenCanary() {
    try {
      server.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer.to(request.getBody() == null ? "" : request.getBody().utf8());
          }
        });
    log.start();
  }

  @Override
  public void close() {
    log.stop();
    server.close();
  }

  private static MockResponse json(int status, String body) {
    return new MockResponse.Builder()
        .code(status)
        .setHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }

  private static String renewed() {
    return "{\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"id_token\":\"%s\"}"
        .formatted(Canaries.NEW_ACCESS_TOKEN, Canaries.NEW_REFRESH_TOKEN, Canaries.ID_TOKEN);
  }

  private static String refusal(String error, String body) {
    return "{\"error\":\"%s\",\"error_description\":\"%s\"}".formatted(error, body);
  }

  private AuthorizationCodeFlow flow() {
    ProviderApp app = new CanaryApp(URI.create("http://localhost:8080/callback"));
    URI base = server.url("/").uri();
    return AuthorizationCodeFlow.builder(app, base.resolve("/authorize"), base.resolve("/token"))
        .revocationEndpoint(base.resolve("/revoke"))
        .build();
  }

  private static TokenSet tokens() {
    return TokenSet.builder(Secret.of(Canaries.ACCESS_TOKEN), Instant.now())
        .refreshToken(Secret.of(Canaries.REFRESH_TOKEN))
        .consentedNow()
        .build();
  }

  /** What a store is given and gives back, and may fail at. */
  private final class Watched implements TokenStore {
    private final TokenStore store;
    volatile boolean refusesResults;

    Watched(TokenStore store) {
      this.store = store;
    }

    private Row seen(Row row) {
      stored.add(row + " " + row.consent() + " " + row.client() + " " + row.sealed());
      return row;
    }

    @Override
    public Row read(ConnectionKey key) {
      return seen(store.read(key));
    }

    @Override
    public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
      stored.add(next + " " + next.consent() + " " + next.client() + " " + next.sealed());
      if (refusesResults && next.version().generation() > 1) {
        throw new TokenStoreException("The store is away.", true, null);
      }
      return store.write(key, expected, next);
    }

    @Override
    public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
      return store.rows(filter, after, limit).stream().map(this::seen).toList();
    }

    @Override
    public List<Row> due(Row.@Nullable Cursor after, int limit) {
      return store.due(after, limit).stream().map(this::seen).toList();
    }
  }

  /** Hears what listeners hear. */
  private final class Listener implements TokenListener {
    @Override
    public void refreshed(ConnectionKey key, TokenSet tokens, Duration took) {
      said.add(key + " " + tokens + " " + took);
    }

    @Override
    public void refreshFailed(ConnectionKey key, AmpersandException failure, Duration took) {
      say(failure);
    }

    @Override
    public void consentNeeded(ConnectionKey key, OAuthException refusal) {
      say(refusal);
    }

    @Override
    public void blocked(ConnectionKey key, OAuthException refusal) {
      say(refusal);
    }

    @Override
    public void pendingWrite(ConnectionKey key, AmpersandException failure) {
      say(failure);
    }

    @Override
    public void superseded(ConnectionKey key, TokenSet tokens) {
      said.add(key + " " + tokens);
    }

    @Override
    public void warned(ConnectionKey key, String warning) {
      said.add(warning);
    }
  }

  /** Fails at everything, and says which tokens it was given. */
  private static final class Recipient implements GrantRecipient {
    @Override
    public String take(ConnectionKey key, TokenSet tokens, Duration limit) {
      throw new ProtocolException("not taken: " + tokens, false);
    }

    @Override
    public Optional<String> find(ConnectionKey key) {
      return Optional.empty();
    }

    @Override
    public TokenSet tokens(String connectionId, boolean force) {
      throw new ProtocolException("no tokens", false);
    }

    @Override
    public void delete(String connectionId) {
      throw new ProtocolException("not deleted", false);
    }
  }

  private void say(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    said.add(trace.toString());
    said.add(String.valueOf(failure.getMessage()));
    said.add(Serialized.text(failure));
  }

  private void run(Callable<?> call) {
    Throwable failure = catchThrowable(() -> said.add(String.valueOf(call.call())));
    if (failure != null) {
      say(failure);
    }
  }

  private static ConnectionKey key(String name) {
    return new ConnectionKey("salesforce", GROUP, name);
  }

  private FreshTokens fresh(TokenStore store, TokenSealer sealer) {
    return FreshTokens.builder(store, sealer)
        .renewer(flow())
        .listener(new Listener())
        .recipient(new Recipient())
        .maxWait(Duration.ofSeconds(5))
        .idle(Duration.ofMillis(1))
        .build();
  }

  /** Takes grants through everything, over a store that has none. */
  public void runOver(TokenStore store) {
    runOver(store, TokenCipher.of(Keyring.of("first", firstKey)));
  }

  /** Takes grants through everything, over a store that has none, and seals them as told. */
  public void runOver(TokenStore real, TokenSealer sealer) {
    Watched store = new Watched(real);
    try (FreshTokens fresh = fresh(store, sealer)) {
      use(fresh);
      fail(fresh);
      storeFails(fresh, store);
      maintain(fresh, store);
      said.add(fresh.toString());
    }
    log.lines().forEach(said::add);
  }

  private void use(FreshTokens fresh) {
    ConnectionKey key = key("used");
    run(tokens()::toString);
    fresh.save(key, tokens());
    run(() -> fresh.get(key));
    run(() -> fresh.getForCall(key));
    run(() -> fresh.refused(key, Secret.of(Canaries.ACCESS_TOKEN)));
    run(() -> fresh.refused(key, Secret.of(Canaries.NEW_ACCESS_TOKEN)));
    run(() -> fresh.refresh(key));
    run(() -> fresh.status(key));
    run(() -> fresh.call(key, TokenSet::toString, result -> true));
    run(() -> fresh.get(key("absent")));
  }

  private void fail(FreshTokens fresh) {
    fails(fresh, "refused", body -> json(400, refusal("invalid_grant", body)));
    fails(fresh, "blocked", body -> json(400, refusal("invalid_client", body)));
    fails(fresh, "unknown", body -> json(400, refusal(body, body)));
    fails(fresh, "page", body -> json(503, "<html>" + body));
    fails(fresh, "throttled", body -> json(429, body));
    fails(fresh, "cut", body -> json(200, "{\"access_token\":\"" + Canaries.NEW_ACCESS_TOKEN));
    fails(fresh, "nothing", body -> json(200, body));
    fails(
        fresh,
        "lost",
        body -> new MockResponse.Builder().onRequestStart(new SocketEffect.CloseSocket()).build());
  }

  private void fails(FreshTokens fresh, String name, Answer failing) {
    ConnectionKey key = key(name);
    fresh.save(key, tokens());
    answer = failing;
    run(() -> fresh.refresh(key));
    run(() -> fresh.refused(key, Secret.of(Canaries.ACCESS_TOKEN)));
    run(() -> fresh.disconnect(key));
    answer = body -> json(200, renewed());
    run(() -> fresh.get(key));
    run(() -> fresh.status(key));
    run(() -> fresh.disconnect(key, true));
  }

  private void storeFails(FreshTokens fresh, Watched store) {
    ConnectionKey key = key("unsaved");
    fresh.save(key, tokens());
    store.refusesResults = true;
    run(() -> fresh.refresh(key));
    run(() -> fresh.refused(key, Secret.of(Canaries.NEW_ACCESS_TOKEN)));
    store.refusesResults = false;
    run(() -> fresh.flush(Duration.ofSeconds(10)));
    Row row = store.read(key);
    String sealed = String.valueOf(row.sealed());
    ConnectionKey truncated = key("truncated");
    Row.Change cut =
        new Row.Change(
            Row.Revision.random(),
            java.util.Objects.requireNonNull(row.version()),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Clear(),
            row.leases(),
            Duration.ZERO,
            java.util.Set.of(),
            Duration.ZERO,
            sealed.substring(0, sealed.length() - 7));
    store.write(truncated, Row.Revision.ABSENT, cut);
    run(() -> fresh.get(truncated));
    run(() -> fresh.status(truncated));
  }

  private void maintain(FreshTokens fresh, TokenStore store) {
    run(() -> fresh.handOver(key("used")));
    ConnectionKey renamed = key("renamed");
    fresh.save(renamed, tokens());
    run(
        () -> {
          fresh.rename(renamed, key("other"));
          return "renamed";
        });
    run(() -> fresh.statuses(StatusFilter.all(), null, 100).items());
    run(() -> fresh.statuses(StatusFilter.of(GrantStatus.Kind.ACTIVE), null, 100));
    run(() -> fresh.keys("salesforce", GROUP, null, 100));
    run(() -> fresh.keepAlive(SweepOptions.defaults().deadline(Duration.ofSeconds(10))));
    run(() -> fresh.copyTo(new Watched(new InMemoryTokenStore())));
    TokenCipher both = TokenCipher.of(Keyring.of("second", secondKey).alsoReads("first", firstKey));
    try (FreshTokens anew = fresh(store, both)) {
      run(() -> anew.reencryptAll(null, 100));
      run(() -> anew.get(key("other")));
    }
    TokenProvider readOnly = FreshTokens.readOnly(store, both);
    run(() -> readOnly.get(key("other")));
    run(() -> readOnly.refused(key("other"), Secret.of(Canaries.NEW_ACCESS_TOKEN)));
    run(() -> fresh.forget(key("other")));
    run(() -> fresh.disconnectAll("salesforce", GROUP));
  }

  /** Returns the texts that hold a token, of these and of all that was stored and said. */
  List<String> found(Collection<String> further) {
    for (String text : further) {
      stored.add(text);
    }
    List<String> found = new ArrayList<>(Canaries.foundIn(said));
    found.addAll(foundIn(stored));
    return found;
  }

  /** Returns the texts that hold a token, plain or in Base64. */
  public static List<String> foundIn(Collection<String> texts) {
    List<String> all = new ArrayList<>(texts);
    texts.forEach(text -> all.addAll(decoded(text)));
    return Canaries.foundIn(all);
  }

  /** Base64 hides nothing. */
  private static List<String> decoded(String text) {
    List<String> decoded = new ArrayList<>();
    Matcher matcher = BASE64.matcher(text);
    while (matcher.find()) {
      String word = matcher.group().replace('-', '+').replace('_', '/');
      byte[] bytes = Base64.getDecoder().decode(word.substring(0, word.length() / 4 * 4));
      decoded.add(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    return decoded;
  }

  /** Fails if a token is in what was stored or said, or in these texts. */
  public void assertNothingShown(Collection<String> further) {
    assertThat(said).hasSizeGreaterThan(50);
    assertThat(stored).hasSizeGreaterThan(30);
    assertThat(found(further)).isEmpty();
  }
}
