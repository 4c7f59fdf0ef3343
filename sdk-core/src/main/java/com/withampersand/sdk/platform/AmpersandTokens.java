package com.withampersand.sdk.platform;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Ask.Came;
import com.withampersand.sdk.platform.Ask.Failed;
import com.withampersand.sdk.platform.Ask.Outcome;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.platform.KnownConnection.Times;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.TokenProvider;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens of connections that Ampersand keeps, for apps whose customers consent through
 * Ampersand. Ampersand refreshes the tokens; this caches them.
 *
 * <pre>{@code
 * AmpersandTokens tokens = AmpersandTokens.of(client);
 * try {
 *   int status = tokens.call(customer, fresh -> callTheApi(fresh), answer -> answer == 401);
 * } catch (NotConnectedException e) {
 *   // Send the user to client.connections().connectUrl(...).
 * } catch (OAuthException e) {
 *   if (e.needsReauthorization()) {
 *     URI url = tokens.reconnectUrl(customer); // Send the user there.
 *   }
 * }
 * }</pre>
 *
 * <p>A token is cached until shortly before its end if Ampersand knows it, else for some minutes,
 * and in any case until it is {@linkplain #refused refused}. Whatever the number of threads,
 * Ampersand is asked once at a time about a connection, on threads of this object's own: an
 * interrupted caller fails alone. If Ampersand does not answer, tokens that may still work are
 * handed out meanwhile, and it is asked again after a pause that doubles.
 *
 * <p>Errors say what to do next. A connection that is not there is a {@link NotConnectedException};
 * one whose user has to consent again an {@link OAuthException} with {@link Verdict#FINAL} and
 * {@link Reason#REVOKED_OR_EXPIRED}; several connections of one name are a {@link
 * ProtocolException}, which names them. A forced refresh whose token is refused at once is an
 * {@link OAuthException} with {@link Verdict#PASSING}. Everything else is what {@link
 * AmpersandClient} throws. After {@link #close()} every call throws {@link IllegalStateException}.
 *
 * <p>Safe to share between threads. Make one, and keep it.
 */
public final class AmpersandTokens implements TokenProvider, AutoCloseable {
  private final AmpersandClient client;
  private final Clock clock;
  private final Times times;
  private final Duration maxWait;
  private final ConnectionCache cache;
  private final AskThreads threads;
  private final SharedAsks asks;

  private AmpersandTokens(Builder builder) {
    this.client = builder.client;
    this.clock = builder.clock;
    this.times = new Times(builder.cacheFor, builder.backoff);
    this.maxWait = builder.maxWait;
    this.cache = new ConnectionCache(builder.cacheSize);
    this.threads = new AskThreads(builder.maxRequests);
    this.asks =
        new SharedAsks(new ConnectionReader(client.connections()), cache, threads, times, clock);
  }

  /** Returns the tokens of the client's project, with every default. */
  public static AmpersandTokens of(AmpersandClient client) {
    return builder(client).build();
  }

  /** Starts to describe the tokens of the client's project. */
  public static Builder builder(AmpersandClient client) {
    return new Builder(Objects.requireNonNull(client, "client"));
  }

  @Override
  public TokenSet get(ConnectionKey key) {
    ConnectionCache.Entry entry = cache.find(key);
    if (entry != null) {
      long now = clock.millis();
      TokenSet fresh = entry.known().fresh(now);
      if (fresh != null) {
        entry.use(now);
        return fresh;
      }
    }
    return tokens(key, null);
  }

  @Override
  public TokenSet refused(ConnectionKey key, Secret sentAccessToken) {
    return tokens(key, Objects.requireNonNull(sentAccessToken, "sentAccessToken"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Ampersand is asked each time. {@link GrantStatus.Kind#ACTIVE ACTIVE} is a connection that
   * works or has not been used yet, {@link GrantStatus.Kind#NEEDS_CONSENT NEEDS_CONSENT} one whose
   * credentials were refused, {@link GrantStatus.Kind#FOREIGN FOREIGN} means that there are several
   * of this name.
   */
  @Override
  public GrantStatus status(ConnectionKey key) {
    return asking(
        key,
        connections -> {
          List<Connection> found = connections.named(key);
          if (found.size() > 1) {
            return ConnectionStatus.several(key, found);
          }
          return found.isEmpty()
              ? ConnectionStatus.absent(key)
              : status(connections, key, found.get(0).id());
        });
  }

  private static GrantStatus status(Connections connections, ConnectionKey key, String id) {
    try {
      return ConnectionStatus.of(key, connections.getWithAccessToken(id, Refresh.NEVER));
    } catch (ApiException e) {
      if (ConnectionTokens.isNotFound(e)) {
        return ConnectionStatus.absent(key);
      }
      throw e;
    }
  }

  /**
   * Returns the address to send a customer's browser to, so that the customer consents again and
   * the connection works again. Call {@link #forget} when the customer comes back.
   *
   * @throws NotConnectedException if there is no such connection: the customer has to be sent to
   *     {@link Connections#connectUrl} in place of this
   * @throws AmpersandException if Ampersand refuses or does not answer
   */
  public URI reconnectUrl(ConnectionKey key) {
    return asking(
        key,
        connections -> connections.reconnectUrl(new ConnectionReader(connections).find(key).id()));
  }

  /**
   * Forgets what is cached of a connection: the next call asks Ampersand. For when it was deleted,
   * or its user consented again, which Ampersand's webhooks tell.
   */
  public void forget(ConnectionKey key) {
    cache.remove(Objects.requireNonNull(key, "key"));
  }

  /**
   * Ends this object: further calls throw {@link IllegalStateException}. Requests that are under
   * way are finished on their daemon threads, and their callers get the answers. Returns at once.
   */
  @Override
  public void close() {
    threads.close();
    cache.clear();
  }

  /** Asks Ampersand on the caller's own thread. */
  private <T> T asking(ConnectionKey key, Question<T> question) {
    threads.requireOpen();
    Objects.requireNonNull(key, "key");
    try {
      return question.ask(client.connections().until(Deadline.in(maxWait)));
    } catch (AmpersandException e) {
      Duration told = Pause.told(e, clock.instant()).orElse(null);
      throw e.forCall(key, e.isRetryable(), told);
    }
  }

  /** What is asked. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(Connections connections);
  }

  /**
   * What one caller wants: tokens other than {@code sent}.
   *
   * @param sent the access token that was refused; null if none was
   */
  private record Wanted(
      ConnectionKey key, ConnectionCache.Entry entry, @Nullable Secret sent, Deadline deadline) {

    boolean wasSent(TokenSet tokens) {
      return sent != null && sent.equals(tokens.accessToken());
    }
  }

  private TokenSet tokens(ConnectionKey key, @Nullable Secret sent) {
    threads.requireOpen();
    Objects.requireNonNull(key, "key");
    ConnectionCache.Entry entry = cache.get(key, clock.millis());
    Wanted wanted = new Wanted(key, entry, sent, Deadline.in(maxWait));
    while (true) {
      Optional<TokenSet> tokens = attempt(wanted);
      if (tokens.isPresent()) {
        return tokens.get();
      }
    }
  }

  /**
   * Returns tokens, or empty if more is known now than before, so that the next attempt differs.
   */
  private Optional<TokenSet> attempt(Wanted wanted) {
    KnownConnection known = known(wanted);
    long now = clock.millis();
    TokenSet good = wanted.sent() == null ? known.fresh(now) : known.usable(now);
    if (good != null) {
      return Optional.of(good);
    }
    Optional<Pause> pause = asks.pause(known, now);
    if (pause.isPresent()) {
      return Optional.of(usableOrThrow(wanted, pause.get()));
    }
    Optional<Ask> ask = asks.join(wanted.key(), wanted.entry(), known);
    TokenSet stale = known.stale(now);
    if (ask.isPresent() && stale == null) {
      return answer(wanted, await(ask.get(), wanted.deadline()));
    }
    return ask.isPresent() ? Optional.ofNullable(stale) : Optional.empty();
  }

  private KnownConnection known(Wanted wanted) {
    Secret sent = wanted.sent();
    if (sent != null) {
      wanted.entry().update(known -> known.refused(sent, times, clock.millis()));
    }
    return wanted.entry().known();
  }

  private Optional<TokenSet> answer(Wanted wanted, Outcome outcome) {
    if (outcome instanceof Failed failed) {
      return Optional.of(usableOrThrow(wanted, failed.pause()));
    }
    return outcome instanceof Came came
            && !wanted.wasSent(came.tokens())
            && !wanted.entry().known().isRefused(came.tokens())
        ? Optional.of(came.tokens())
        : Optional.empty();
  }

  private TokenSet usableOrThrow(Wanted wanted, Pause pause) {
    long now = clock.millis();
    TokenSet usable = wanted.entry().known().usable(now);
    if (usable == null || wanted.wasSent(usable)) {
      throw pause.toException(wanted.key(), now);
    }
    return usable;
  }

  private Outcome await(Ask ask, Deadline deadline) {
    try {
      return ask.outcome().get(deadline.left().toNanos(), NANOSECONDS);
    } catch (TimeoutException e) {
      return failed("Ampersand has not answered within " + maxWait + ". Try again later.", null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("The thread was interrupted while it waited for Ampersand.", e);
    } catch (ExecutionException e) {
      return failed("The request to Ampersand failed.", e);
    }
  }

  private Failed failed(String message, @Nullable Exception cause) {
    return new Failed(
        Pause.none(new TransportException(message, true, false, cause), clock.instant()));
  }

  /** Returns how many connections something is known of. */
  int cached() {
    return cache.size();
  }

  /** Returns the client's project and base URL. */
  @Override
  public String toString() {
    return "AmpersandTokens[project " + client.project() + " at " + client.baseUrl() + "]";
  }

  /** Builds {@link AmpersandTokens}. Not safe to share between threads. */
  public static final class Builder {
    private static final Duration LONGEST_CACHE = Duration.ofDays(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofHours(1);

    private final AmpersandClient client;
    private Clock clock = Clock.systemUTC();
    private Duration cacheFor = Duration.ofMinutes(5);
    private int cacheSize = 10_000;
    private Duration backoff = Duration.ofSeconds(1);
    private Duration maxWait = Duration.ofSeconds(30);
    private int maxRequests = 64;

    private Builder(AmpersandClient client) {
      this.client = client;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets how long a token whose end is not known is handed out without asking Ampersand; the
     * default is 5 minutes. As long again it is handed out while Ampersand is asked.
     *
     * @throws IllegalArgumentException if it is not between nothing and a day
     */
    public Builder cacheFor(Duration cacheFor) {
      this.cacheFor = requireUpTo(LONGEST_CACHE, cacheFor, "cacheFor");
      return this;
    }

    /**
     * Sets how many connections are cached; the default is 10,000. Those used least are dropped,
     * and those not used for an hour.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder cacheSize(int connections) {
      this.cacheSize = requirePositive(connections, "cacheSize");
      return this;
    }

    /**
     * Sets how long Ampersand is left alone after it failed to answer; the default is a second. It
     * doubles with each failure in a row, up to 32 times this. What Ampersand says about when to
     * come back is obeyed, up to an hour.
     *
     * @throws IllegalArgumentException if it is not between nothing and an hour
     */
    public Builder backoff(Duration backoff) {
      this.backoff = requireUpTo(LONGEST_BACKOFF, backoff, "backoff");
      return this;
    }

    /**
     * Sets how long a caller waits at most; the default is 30 seconds. Requests may take longer.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder maxWait(Duration maxWait) {
      if (maxWait.isNegative() || maxWait.isZero()) {
        throw new IllegalArgumentException("maxWait must be positive, not " + maxWait);
      }
      this.maxWait = maxWait;
      return this;
    }

    /**
     * Sets how many requests are under way at once, each on a thread; the default is 64.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxRequests(int requests) {
      this.maxRequests = requirePositive(requests, "maxRequests");
      return this;
    }

    /** Builds the tokens. No thread starts before one is needed. */
    public AmpersandTokens build() {
      return new AmpersandTokens(this);
    }

    private static int requirePositive(int value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, not " + value);
      }
      return value;
    }

    private static Duration requireUpTo(Duration most, Duration value, String name) {
      if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            name + " must be between a millisecond and " + most + ", not " + value);
      }
      return value;
    }
  }
}
