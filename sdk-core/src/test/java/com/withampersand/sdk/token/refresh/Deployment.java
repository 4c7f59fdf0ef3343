package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A provider over HTTP, a store, and processes that share both, in time that a test moves. */
final class Deployment implements AutoCloseable {
  static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  static final String TOKEN = "/services/oauth2/token";
  static final String REVOKE = "/services/oauth2/revoke";

  final MovableTime time = new MovableTime();
  final FakeSalesforce salesforce;
  final TestStore store = new TestStore(time.ofStore());
  final TokenSealer sealer = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
  final Notices notices = new Notices();
  private final List<FreshTokens> processes = new ArrayList<>();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  /** How many tasks a test holds up. */
  int busy;

  Deployment() {
    this(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE);
  }

  Deployment(RefreshTokenPolicy policy) {
    salesforce =
        FakeSalesforce.builder()
            .clock(time)
            .sessionTimeout(Duration.ofDays(365))
            .refreshTokenPolicy(policy)
            .start();
  }

  /** The app of the fake. */
  record App(FakeSalesforce salesforce) implements ProviderApp {
    @Override
    public String provider() {
      return "salesforce";
    }

    @Override
    public String clientId() {
      return salesforce.consumerKey();
    }

    @Override
    public Secret clientSecret() {
      return Secret.of(salesforce.consumerSecret());
    }

    @Override
    public URI callbackUri() {
      return URI.create("http://localhost:8080/callback");
    }

    @Override
    public Scopes scopes() {
      return Scopes.of("api", "refresh_token");
    }
  }

  AuthorizationCodeFlow.Builder flowAt(FakeSalesforce host) {
    return AuthorizationCodeFlow.builder(
            new App(host),
            host.uri().resolve("/services/oauth2/authorize"),
            host.uri().resolve(TOKEN))
        .revocationEndpoint(host.uri().resolve(REVOKE))
        .refineErrors(Deployment::judged)
        .clock(time);
  }

  AuthorizationCodeFlow flow() {
    return flowAt(salesforce).build();
  }

  /** Judges words as a flow for this provider does. */
  private static OAuthException judged(OAuthException refusal) {
    String words = refusal.description().orElse("");
    if (words.contains("already being processed")) {
      return refusal.toBuilder().verdict(Verdict.PASSING).build();
    }
    if (words.contains("inactive user") || words.contains("ip restricted")) {
      return refusal.toBuilder().verdict(Verdict.BLOCKED).build();
    }
    return words.contains("no one knows")
        ? refusal.toBuilder().verdict(Verdict.UNKNOWN).build()
        : refusal;
  }

  FreshTokens.Builder builder() {
    return FreshTokens.builder(store, sealer)
        .nanos(time::nanoTime)
        .clock(time)
        .timers(time::later)
        .executor(time.executor())
        .listener(notices);
  }

  /** Starts a process that refreshes at the provider. */
  FreshTokens process() {
    return process(flow());
  }

  FreshTokens process(TokenRenewer renewer) {
    return started(builder().renewer(renewer));
  }

  FreshTokens started(FreshTokens.Builder builder) {
    FreshTokens process = builder.build();
    processes.add(process);
    return process;
  }

  /** Returns the tokens of a new consent, of unknown expiry. */
  TokenSet consent() {
    return tokensOf(salesforce.issueGrant());
  }

  TokenSet tokensOf(IssuedGrant grant) {
    return tokensOf(grant, Expiry.unknown());
  }

  TokenSet tokensOf(IssuedGrant grant, Expiry expiry) {
    return TokenSet.builder(Secret.of(grant.accessToken()), time.instant())
        .refreshToken(Secret.of(grant.refreshToken()))
        .issuer(salesforce.uri())
        .clientId(salesforce.consumerKey())
        .expiry(expiry)
        .consentedNow()
        .build();
  }

  /** Returns a grant that was issued before, by its tokens. */
  IssuedGrant grantOf(TokenSet tokens) {
    return salesforce.grant(tokens.accessToken().reveal());
  }

  Kind kind(FreshTokens process) {
    return process.status(ADA).kind();
  }

  /** Returns the names of what listeners were told, once nothing happens any more. */
  List<String> told() {
    settle();
    return notices.told();
  }

  long told(String name) {
    settle();
    return notices.count(name);
  }

  /** Lets time pass as it does. */
  void pass(Duration duration) {
    time.pass(duration, busy);
  }

  void settle() {
    time.settle(busy);
  }

  void settle(int heldUp) {
    time.settle(heldUp);
  }

  /** Calls on a thread of its own. */
  <T> Future<T> async(Callable<T> call) {
    return callers.submit(call);
  }

  /** Calls on a thread of its own, and does not wait for what comes of it. */
  void start(Callable<?> call) {
    callers.execute(() -> attempt(call::call));
  }

  /** Calls something that may fail. */
  static void attempt(ThrowingCallable call) {
    if (catchThrowable(call) instanceof AssertionError e) {
      throw e;
    }
  }

  static <T> T join(Future<T> call) throws Throwable {
    try {
      return call.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  /** Lets time pass until a call ends. */
  <T> T joinWhilePassing(Future<T> call, Duration step) throws Throwable {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < end) {
      try {
        return call.get(3, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw e.getCause();
      } catch (TimeoutException e) {
        pass(step);
      }
    }
    throw new AssertionError("the call did not end");
  }

  static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come about");
      }
      LockSupport.parkNanos(500_000);
    }
  }

  @Override
  public void close() {
    callers.shutdownNow();
    processes.forEach(process -> process.close(Duration.ZERO));
    salesforce.close();
    time.close();
  }
}
