package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.oauth.MovableClock;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many connections of a project, and what users' own code does wrong. */
class SharedAsksTest {
  private static final Pattern CONSUMER = Pattern.compile("consumerRef=(\\w+)|/connections/(\\w+)");

  private final MovableClock clock = new MovableClock();
  private final AtomicInteger requests = new AtomicInteger();
  private AmpersandTokens tokens = tokens(this::answer, 10_000);

  private AmpersandTokens tokens(HttpTransport transport, int cacheSize) {
    return builder(client(transport)).cacheSize(cacheSize).build();
  }

  private AmpersandTokens.Builder builder(AmpersandClient client) {
    return AmpersandTokens.builder(client).clock(clock);
  }

  private AmpersandClient client(HttpTransport transport) {
    return AmpersandClient.builder("p", Secret.of("key"))
        .baseUrl(URI.create("https://api.example.com/v1"))
        .transport(transport)
        .pause(wait -> {})
        .build();
  }

  @AfterEach
  void close() {
    tokens.close();
  }

  /** Answers as if each consumer had a connection of the same name. */
  private Response answer(Request request) {
    requests.incrementAndGet();
    Matcher consumer = CONSUMER.matcher(request.uri().toString());
    assertThat(consumer.find()).isTrue();
    String name = consumer.group(1) == null ? consumer.group(2) : consumer.group(1);
    String connection =
        ApiServer.CONNECTION
            .replace("c-1", name)
            .replace("ada", name)
            .replaceFirst(
                "\\{",
                "{\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"of-%s\"}},"
                    .formatted(name));
    String body = consumer.group(1) == null ? connection : "[" + connection + "]";
    return new Response(200, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  private static ConnectionKey key(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  @Test
  void get_moreConnectionsThanTheCacheHolds_dropsThoseUsedLeast() {
    tokens = builder(client(this::answer)).cacheSize(50).cacheFor(Duration.ofDays(1)).build();

    for (int i = 0; i < 500; i++) {
      tokens.get(key(i));
      tokens.get(key(0));
      clock.advance(Duration.ofSeconds(1));
    }
    awaitTrimmed(50);
    requests.set(0);
    tokens.get(key(0));
    tokens.get(key(499));

    assertThat(requests).as("the one in use and the last one are cached").hasValue(0);
    tokens.get(key(1));
    assertThat(requests).as("the oldest is not").hasValue(2);
  }

  /** The cache is trimmed after the caller got its answer. */
  private void awaitTrimmed(int size) {
    long start = System.nanoTime();
    while (tokens.cached() > size) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      Thread.onSpinWait();
    }
  }

  @Test
  void get_connectionsUnusedForAnHour_leaveMemory() {
    for (int i = 0; i < 10; i++) {
      tokens.get(key(i));
    }
    clock.advance(Duration.ofMinutes(61));

    tokens.get(key(10));
    awaitTrimmed(1);

    assertThat(tokens.cached()).isEqualTo(1);
  }

  @Test
  void get_ampersandUnreachable_isNotAskedForEachOfAThousandConnections() {
    tokens =
        builder(
                client(
                    request -> {
                      requests.incrementAndGet();
                      throw new ConnectException("refused");
                    }))
            .cacheSize(50)
            .build();

    for (int i = 0; i < 1000; i++) {
      ConnectionKey key = key(i);
      TransportException away =
          catchThrowableOfType(TransportException.class, () -> tokens.get(key));
      assertThat(away.connection()).contains(key);
      assertThat(away.isRetryable()).isTrue();
      assertThat(away.retryAfter()).isPresent();
    }

    assertThat(requests).as("one ask, which the client repeats twice").hasValue(3);
    assertThat(tokens.cached()).as("the cache is bounded all the same").isLessThanOrEqualTo(51);
  }

  @Test
  void get_supplierOfTheKeyThrows_failsClearlyAndHoldsNothingUp() {
    AtomicInteger calls = new AtomicInteger();
    AmpersandClient client =
        AmpersandClient.builder(
                "p",
                () -> {
                  if (calls.incrementAndGet() == 1) {
                    throw new IllegalStateException("the vault is sealed");
                  }
                  return Secret.of("key");
                })
            .baseUrl(URI.create("https://api.example.com/v1"))
            .transport(this::answer)
            .build();
    tokens = builder(client).build();

    TransportException failure =
        catchThrowableOfType(TransportException.class, () -> tokens.get(key(1)));
    clock.advance(Duration.ofSeconds(1));
    TokenSet later = tokens.get(key(1));

    assertThat(failure).hasMessageContaining("IllegalStateException").hasMessageContaining("user1");
    assertThat(failure).hasRootCauseMessage("the vault is sealed");
    assertThat(later.accessToken()).isEqualTo(Secret.of("of-user1"));
  }

  @Test
  void get_transportThrowsAnError_failsClearlyAndHoldsNothingUp() {
    AtomicInteger calls = new AtomicInteger();
    tokens =
        tokens(
            request -> {
              if (calls.incrementAndGet() == 1) {
                throw new AssertionError("a bug");
              }
              return answer(request);
            },
            10);

    TransportException failure =
        catchThrowableOfType(TransportException.class, () -> tokens.get(key(1)));
    clock.advance(Duration.ofSeconds(1));

    assertThat(failure).hasRootCauseMessage("a bug");
    assertThat(tokens.get(key(1))).isNotNull();
  }

  @Test
  void get_timedOutForOneConnection_leavesTheOthersAlone() {
    tokens =
        tokens(
            request -> {
              if (request.uri().toString().contains("user1")) {
                throw new IOException("no answer in time");
              }
              return answer(request);
            },
            10);

    TransportException late =
        catchThrowableOfType(TransportException.class, () -> tokens.get(key(1)));

    assertThat(late.isRetryable()).isTrue();
    assertThat(tokens.get(key(2))).isNotNull();
  }

  @Test
  void get_manyConnectionsAtOnce_areAskedForOnABoundedNumberOfThreads() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AmpersandClient client =
        client(
            request -> {
              most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
              held.await();
              underWay.decrementAndGet();
              return answer(request);
            });
    tokens = builder(client).maxRequests(3).build();
    List<FutureTask<TokenSet>> callers =
        IntStream.range(0, 20).mapToObj(i -> new FutureTask<>(() -> tokens.get(key(i)))).toList();

    callers.forEach(AmpersandTokensTest::waiting);
    held.countDown();

    for (FutureTask<TokenSet> caller : callers) {
      assertThat(caller.get(30, TimeUnit.SECONDS)).isNotNull();
    }
    assertThat(most.get()).isBetween(1, 3);
  }
}
