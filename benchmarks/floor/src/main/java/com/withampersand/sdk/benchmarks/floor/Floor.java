package com.withampersand.sdk.benchmarks.floor;

import com.fasterxml.jackson.core.JsonFactory;
import com.withampersand.sdk.benchmarks.Contestant;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Operation;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.benchmarks.Work;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** What any library has to do, and nothing more. */
public final class Floor implements Contestant {
  private static final int STATE_BYTES = 32;
  private static final String SCOPE = String.join(" ", Fixture.SCOPES);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final SecureRandom random = new SecureRandom();
  private final JsonFactory json = new JsonFactory();

  @Override
  public Optional<Work> prepare(Operation operation) {
    return Optional.of(
        switch (operation) {
          case URL_GIVEN -> Work.of(() -> url(Fixture.STATE));
          case URL_FRESH -> Work.of(() -> url(freshState()));
          case CALLBACK -> Work.of(() -> HandWritten.code(Fixture.QUERY, Fixture.STATE));
          case PARSE -> parse(Fixture.answer());
          case REFRESH -> refreshed(Fixture.answer());
          case ROUND_TRIP, ROUND_TRIP_MANY -> roundTrip();
          case VALID_KEPT, VALID_KEPT_TWO, VALID_FRESH -> valid();
          case STORM -> storm();
        });
  }

  private static String url(String state) {
    StringBuilder url = new StringBuilder(512);
    url.append(Fixture.HOST).append("/services/oauth2/authorize?response_type=code&client_id=");
    HandWritten.encode(Fixture.CLIENT_ID, url);
    HandWritten.encode(Fixture.CALLBACK, url.append("&redirect_uri="));
    HandWritten.encode(SCOPE, url.append("&scope="));
    HandWritten.encode(state, url.append("&state="));
    return url.toString();
  }

  private String freshState() {
    byte[] bytes = new byte[STATE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private Work parse(byte[] answer) {
    return Work.of(() -> token(answer), HandWritten.Token.class, HandWritten.Token::accessToken);
  }

  private HandWritten.Token token(byte[] answer) throws IOException {
    return HandWritten.token(json, answer);
  }

  private Work refreshed(byte[] answer) {
    return Work.of(
        () -> {
          if (HandWritten.form(Fixture.REFRESH_TOKEN).isEmpty()) {
            throw new IllegalStateException();
          }
          return token(answer);
        },
        HandWritten.Token.class,
        HandWritten.Token::accessToken);
  }

  private Work roundTrip() {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    URI endpoint = Settings.server().resolve(Fixture.TOKEN_PATH);
    return Work.of(
        () -> {
          HttpRequest request =
              HttpRequest.newBuilder(endpoint)
                  .timeout(TIMEOUT)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(HandWritten.form(Fixture.REFRESH_TOKEN)))
                  .build();
          return token(client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        },
        HandWritten.Token.class,
        HandWritten.Token::accessToken);
  }

  /** One thread asks, under a lock; the others wait for the lock. */
  private Work storm() {
    Work request = roundTrip();
    List<String> held = new ArrayList<>();
    Lock lock = new ReentrantLock();
    return Work.of(
        () -> {
          lock.lock();
          try {
            if (held.isEmpty()) {
              held.add(request.once());
            }
            return held.get(0);
          } finally {
            lock.unlock();
          }
        });
  }

  private static Work valid() {
    Map<Key, Held> tokens = new ConcurrentHashMap<>();
    Key key = new Key("salesforce", "acme", "user-1");
    tokens.put(key, new Held(Fixture.ACCESS_TOKEN, Fixture.later().toEpochMilli()));
    return Work.of(
        () -> {
          Held held = tokens.get(key);
          if (held == null || held.endsAt() <= System.currentTimeMillis()) {
            throw new IllegalStateException();
          }
          return held.accessToken();
        });
  }

  private record Key(String provider, String group, String consumer) {}

  private record Held(String accessToken, long endsAt) {}
}
