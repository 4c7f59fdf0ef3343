package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.Expiry.Certainty;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Freshness.State;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way to get a token that works: from a store, refreshed when it is time.
 *
 * <p>A grant is refreshed once, by one of all the threads and processes that share its store. New
 * tokens are stored before they are handed out. Nothing deletes a grant but {@link #disconnect} and
 * {@link #forget}: one that the provider has ended is marked, and stays.
 *
 * <p>Tokens are <i>fresh</i>, <i>stale</i> or <i>expired</i>. Fresh ones are handed out from
 * memory. When they are stale, the one caller who notices refreshes them, and everybody else goes
 * on with those that are there; so does that caller if the refresh fails. When they have expired,
 * everybody waits for the one refresh. After a refresh that failed there is no other for a
 * cool-down. Where a provider does not say when tokens end, as Salesforce, the length of a session
 * is estimated, and a refusal is the judge: {@link #call call} deals with it.
 *
 * <p>If the answer to a refresh is lost, the request is not sent again: the store is read once
 * more, an access token that is still good goes on being handed out, and the caller is told that
 * the {@linkplain AmpersandException#isOutcomeUnknown() outcome is unknown}.
 *
 * <p>Safe to share between threads. Make one for each store, and keep it: what it remembers is what
 * keeps threads from refreshing twice. It starts no thread. Its calls wait for the provider, the
 * store and each other for a bounded time, and stop waiting when their thread is interrupted.
 */
public final class FreshTokens {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);
  private static final int MOST_IN_MEMORY = 10_000;

  /** Why a grant is refreshed. */
  private enum Reason {
    /** It is time. */
    TIME,
    /** The provider has refused its access token. */
    REFUSAL,
    /** The caller wants it, whatever failed before. */
    ORDER
  }

  private final TokenStore store;
  private final Freshness freshness;
  private final Duration coolDown;
  private final Duration lookAgain;
  private final Duration longestWait;
  private final Clock clock;
  private final Listeners listeners;
  private final Unsaved unsaved = new Unsaved();
  private final LocalGrants local;
  private final KeptGrants kept;
  private final ConcurrentMap<ConnectionKey, Held> memory = new ConcurrentHashMap<>();
  private final ConcurrentMap<ConnectionKey, Flight> flights = new ConcurrentHashMap<>();
  private final ConcurrentMap<ConnectionKey, Failure> failures = new ConcurrentHashMap<>();

  private FreshTokens(Builder builder) {
    this.store = builder.store;
    this.freshness =
        new Freshness(builder.sessionLength, builder.refreshEarly, builder.expiryMargin);
    this.coolDown = builder.coolDown;
    this.lookAgain = builder.lookAgain;
    this.longestWait = builder.longestWait;
    this.clock = builder.clock;
    this.listeners = new Listeners(List.copyOf(builder.listeners));
    this.local = new LocalGrants(builder.flows, store, unsaved);
    this.kept = new KeptGrants(store, unsaved, builder.keeper);
  }

  /** Returns the fresh tokens of a store with every default. */
  public static FreshTokens of(OAuthFlow flow, TokenStore store) {
    return builder(flow, store).build();
  }

  /**
   * Starts to describe fresh tokens.
   *
   * @param flow refreshes every grant of the store
   */
  public static Builder builder(OAuthFlow flow, TokenStore store) {
    Objects.requireNonNull(flow, "flow");
    return builder(key -> flow, store);
  }

  /**
   * Starts to describe fresh tokens of customers who log in at different hosts.
   *
   * @param flows returns the flow that refreshes a grant: the one of the host that issued it; asked
   *     by many threads at once
   */
  public static Builder builder(
      Function<? super ConnectionKey, ? extends OAuthFlow> flows, TokenStore store) {
    return new Builder(flows, store);
  }

  /**
   * Returns tokens that work, as far as can be known without asking the provider.
   *
   * @throws OAuthException if the grant has ended and its last access token is over: the user has
   *     to consent again; or if a refresh that has to be waited for is refused
   * @throws TransportException if a refresh that has to be waited for gets no usable answer, or
   *     takes too long
   * @throws TokenStoreException if the store fails, and no good token is in memory
   * @throws NoSuchElementException if there is no such grant
   */
  public TokenSet get(ConnectionKey key) {
    Held held = memory.get(key);
    return held != null && held.serves(clock.millis()) ? held.tokens() : look(key);
  }

  /** Returns tokens as {@link #get} does; empty if there is no such grant. */
  public Optional<TokenSet> find(ConnectionKey key) {
    try {
      return Optional.of(get(key));
    } catch (NoSuchElementException e) {
      return Optional.empty();
    }
  }

  /**
   * Stores the tokens of a grant that a user has just consented to, in place of what was there.
   *
   * @throws TokenStoreException if the store fails
   */
  public void save(ConnectionKey key, TokenSet tokens) {
    store.save(key, tokens);
    unsaved.remove(key);
    forgetWhatIsKnownOf(key);
  }

  /**
   * Makes a call with tokens that work. If the provider refuses them all the same, the call is made
   * once more: with the tokens that are stored by now, if those are newer, or else with refreshed
   * ones. There is never a third time.
   *
   * @param call makes the call; {@link #get} says what may be thrown before it
   * @param refused tells from the answer that the token was refused, and nothing else was wrong:
   *     for HTTP that it is 401
   * @return the last answer, which may be a refusal again
   * @throws E if {@code call} does
   * @throws OAuthException if the grant has ended, or the refresh is refused
   */
  public <T, E extends Exception> T call(
      ConnectionKey key, TokenCall<T, E> call, Predicate<? super T> refused) throws E {
    TokenSet tokens = get(key);
    T answer = call.call(tokens);
    return refused.test(answer) ? call.call(afterRefusal(key, tokens)) : answer;
  }

  /**
   * Refreshes a grant now, however fresh it is and whatever failed before, and returns the new
   * tokens. Callers at the same time share one refresh.
   *
   * @throws OAuthException if the provider refuses
   * @throws TransportException if no usable answer arrives, or the wait takes too long
   * @throws TokenStoreException if the store fails before the refresh
   * @throws NoSuchElementException if there is no such grant
   */
  public TokenSet refresh(ConnectionKey key) {
    return fly(key, current(key), Reason.ORDER).tokens();
  }

  /**
   * Ends a grant at the provider, or at the {@link GrantKeeper} that has it, and deletes it here.
   * If it cannot be ended there, it stays here: the caller decides whether to try again or to
   * {@link #forget} it.
   *
   * @throws AmpersandException if the provider, the keeper or the store refuses or does not answer
   * @throws NoSuchElementException if there is no such grant
   */
  public void disconnect(ConnectionKey key) {
    kept.settled(key);
    Optional<TokenSet> ended = store.update(key, stored -> ended(key, stored));
    if (ended.isEmpty()) {
      throw LocalGrants.gone(key);
    }
    forget(key);
  }

  private TokenSet ended(ConnectionKey key, TokenSet stored) {
    Optional<String> connection = Marks.connection(stored);
    if (connection.isPresent()) {
      kept.delete(connection.get());
    } else {
      local.revoke(key, stored);
    }
    return stored;
  }

  /**
   * Deletes a grant here, and leaves it as it is at the provider.
   *
   * @return whether there was one
   * @throws TokenStoreException if the store fails
   */
  public boolean forget(ConnectionKey key) {
    boolean deleted = store.delete(key);
    unsaved.remove(key);
    forgetWhatIsKnownOf(key);
    return deleted;
  }

  private void forgetWhatIsKnownOf(ConnectionKey key) {
    memory.remove(key);
    failures.remove(key);
  }

  /**
   * Hands a grant over to the {@linkplain Builder#keeper keeper}, once: from then on it is
   * refreshed there and nowhere else, and {@link #get} asks there. If the keeper does not take it,
   * it stays here as it was. If that is not known, nobody refreshes it until a later call has asked
   * whether the connection is there.
   *
   * @return the ID of the connection; that of an earlier hand-over if there was one
   * @throws AmpersandException if the keeper refuses or does not answer
   * @throws IllegalStateException if no keeper was named, or it has a connection of that name which
   *     does not come from here
   * @throws NoSuchElementException if there is no such grant
   */
  public String handOver(ConnectionKey key) {
    local.save(key);
    String connection = kept.handOver(key);
    unsaved.remove(key);
    forgetWhatIsKnownOf(key);
    return connection;
  }

  /**
   * Refreshes the grants that were not refreshed for {@code unused}, one after the other: providers
   * end refresh tokens that lie idle, Salesforce's after 30 days. Call it now and then, from as
   * many nodes as you like: no grant is refreshed twice. One that fails is counted, and the next
   * one is tried.
   *
   * @param unused how long a grant was not refreshed, such as a week
   * @return what became of them; as far as it came if the thread is interrupted
   * @throws TokenStoreException if the store cannot list its grants
   */
  public KeepAliveReport keepAlive(Duration unused) {
    return new KeepAlive(this, store, clock, unused).run();
  }

  /** Refreshes a grant if nobody has done so since {@code seen} was read. */
  Renewed renew(ConnectionKey key, TokenSet seen) {
    return fly(key, seen, Reason.TIME);
  }

  private TokenSet look(ConnectionKey key) {
    TokenSet current = current(key);
    return switch (freshness.state(key, current, clock.instant())) {
      case FRESH -> remembered(key, current);
      case STALE -> early(key, current);
      case EXPIRED -> late(key, current);
    };
  }

  /** Returns the newest tokens that are known. */
  private TokenSet current(ConnectionKey key) {
    if (!local.save(key)) {
      return unsaved.find(key).orElseGet(() -> stored(key));
    }
    TokenSet stored = stored(key);
    if (Marks.isHandingOver(stored)) {
      return settled(key, stored);
    }
    return Marks.connection(stored).map(connection -> fromKeeper(key, stored)).orElse(stored);
  }

  /** What the keeper has handed out is in memory alone. */
  private TokenSet fromKeeper(ConnectionKey key, TokenSet stored) {
    Held held = memory.get(key);
    return held != null && Marks.connection(held.tokens()).equals(Marks.connection(stored))
        ? held.tokens()
        : stored;
  }

  private TokenSet stored(ConnectionKey key) {
    try {
      return store
          .find(key)
          .orElseThrow(
              () -> {
                forgetWhatIsKnownOf(key);
                return LocalGrants.gone(key);
              });
    } catch (TokenStoreException e) {
      Held held = memory.get(key);
      if (held != null && isGood(key, held.tokens())) {
        log.warn("the store does not answer; a good token of {} is handed out from memory", key);
        return held.tokens();
      }
      throw e;
    }
  }

  private TokenSet settled(ConnectionKey key, TokenSet stored) {
    try {
      return kept.settled(key);
    } catch (AmpersandException e) {
      if (isGood(key, stored)) {
        return stored;
      }
      throw e;
    }
  }

  private boolean isGood(ConnectionKey key, TokenSet tokens) {
    return freshness.state(key, tokens, clock.instant()) != State.EXPIRED;
  }

  /** One caller refreshes; the others, and that one too if it fails, go on with what is there. */
  private TokenSet early(ConnectionKey key, TokenSet current) {
    Flight own = new Flight();
    if (!isWorthATry(key, current) || flights.putIfAbsent(key, own) != null) {
      return current;
    }
    try {
      return lead(key, own, current, Reason.TIME).tokens();
    } catch (AmpersandException e) {
      log.debug("the early refresh of {} failed; its token is still good", key);
      return current;
    }
  }

  private boolean isWorthATry(ConnectionKey key, TokenSet current) {
    Failure failure = failures.get(key);
    return Marks.ending(current).isEmpty()
        && !Marks.isHandingOver(current)
        && canBeRenewed(current)
        && (failure == null
            || !(failure.keepsFrom(current, clock.instant(), coolDown)
                || failure.isDoubtAbout(current)));
  }

  private static boolean canBeRenewed(TokenSet tokens) {
    return tokens.refreshToken().isPresent() || Marks.connection(tokens).isPresent();
  }

  /**
   * All wait for one refresh. If it fails for a reason that says nothing about the token, and the
   * end of the token was estimated, it may still work.
   */
  private TokenSet late(ConnectionKey key, TokenSet current) {
    if (!canBeRenewed(current) && current.expiry().certainty() != Certainty.KNOWN) {
      return current;
    }
    try {
      throwIfOfNoUse(key, current);
      return fly(key, current, Reason.TIME).tokens();
    } catch (AmpersandException e) {
      boolean ended = e instanceof OAuthException refusal && refusal.needsReauthorization();
      if (ended || current.expiry().certainty() == Certainty.KNOWN || isInterrupted()) {
        throw e;
      }
      return current;
    }
  }

  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  private TokenSet afterRefusal(ConnectionKey key, TokenSet refused) {
    memory.computeIfPresent(key, (k, held) -> held.tokens().equals(refused) ? null : held);
    TokenSet current = unlessOlder(key, current(key), refused);
    if (!current.accessToken().equals(refused.accessToken())) {
      return look(key);
    }
    throwIfOfNoUse(key, current);
    return fly(key, current, Reason.REFUSAL).tokens();
  }

  /** What is stored of a grant that a keeper has is from the hand-over. */
  private TokenSet unlessOlder(ConnectionKey key, TokenSet current, TokenSet refused) {
    Optional<String> connection = Marks.connection(current);
    boolean older =
        connection.isPresent()
            && connection.equals(Marks.connection(refused))
            && !memory.containsKey(key);
    return older ? refused : current;
  }

  private void throwIfOfNoUse(ConnectionKey key, TokenSet current) {
    Optional<OAuthException> ending = Marks.ending(current);
    if (ending.isPresent()) {
      throw ending.get();
    }
    throwIfTooSoon(key, current);
  }

  private void throwIfTooSoon(ConnectionKey key, TokenSet current) {
    Failure failure = failures.get(key);
    if (failure != null && failure.keepsFrom(current, clock.instant(), coolDown)) {
      throw failure.cause();
    }
  }

  /** Refreshes, or waits for whoever does. */
  private Renewed fly(ConnectionKey key, TokenSet current, Reason reason) {
    while (true) {
      Flight own = new Flight();
      Flight other = flights.putIfAbsent(key, own);
      if (other == null) {
        return lead(key, own, current, reason);
      }
      Optional<TokenSet> landed = other.await(key, longestWait);
      if (landed.isPresent()) {
        return Renewed.byOthers(landed.get());
      }
    }
  }

  /** Refreshes for everybody, and tells listeners when all is done. */
  private Renewed lead(ConnectionKey key, Flight flight, TokenSet seen, Reason reason) {
    if (reason != Reason.ORDER) {
      throwIfFailedMeanwhile(key, flight, seen);
    }
    try {
      Renewed renewed = renewed(key, seen, reason != Reason.TIME);
      failures.remove(key);
      land(key, flight, renewed);
      listeners.tell(renewed.event());
      return renewed;
    } catch (AmpersandException e) {
      listeners.tell(fail(key, flight, seen, e));
      throw e;
    } catch (Throwable e) {
      flight.fail(e);
      flights.remove(key, flight);
      throw e;
    }
  }

  /** Who has failed since this caller looked has found out for this one too. */
  private void throwIfFailedMeanwhile(ConnectionKey key, Flight flight, TokenSet seen) {
    try {
      throwIfTooSoon(key, seen);
    } catch (Throwable e) {
      flight.fail(e);
      flights.remove(key, flight);
      throw e;
    }
  }

  private Renewed renewed(ConnectionKey key, TokenSet seen, boolean refused) {
    Renewed renewed =
        Marks.connection(seen).isPresent() ? Renewed.byOthers(seen) : local.renew(key, seen);
    Optional<String> connection = Marks.connection(renewed.tokens());
    return connection.isPresent() ? kept.renew(connection.get(), seen, refused) : renewed;
  }

  private void land(ConnectionKey key, Flight flight, Renewed renewed) {
    TokenSet tokens = renewed.tokens();
    remembered(key, tokens);
    if (Marks.connection(tokens).isPresent()) {
      // The keeper says that they are good, whatever their expiry seems to be.
      hold(key, tokens, coolDown);
    }
    flight.land(tokens);
    flights.remove(key, flight);
  }

  /** Returns what listeners are to be told. */
  private Consumer<TokenListener> fail(
      ConnectionKey key, Flight flight, TokenSet seen, AmpersandException e) {
    boolean abandoned = isInterrupted() && !e.isOutcomeUnknown() && !(e instanceof OAuthException);
    if (abandoned) {
      flight.abandon();
    } else {
      makeRoom(failures);
      failures.put(key, new Failure(e, seen.accessToken(), clock.instant()));
      flight.fail(e);
    }
    flights.remove(key, flight);
    if (e instanceof OAuthException refusal && refusal.needsReauthorization()) {
      return listener -> listener.consentNeeded(key, refusal);
    }
    return abandoned ? listener -> {} : listener -> listener.refreshFailed(key, e);
  }

  /**
   * Tokens that wait to be stored are not handed out from memory, so that each call tries again.
   */
  private TokenSet remembered(ConnectionKey key, TokenSet tokens) {
    if (unsaved.find(key).isPresent()) {
      memory.remove(key);
      return tokens;
    }
    Duration fresh = Duration.between(clock.instant(), freshness.staleFrom(key, tokens));
    hold(key, tokens, fresh.compareTo(lookAgain) < 0 ? fresh : lookAgain);
    return tokens;
  }

  private void hold(ConnectionKey key, TokenSet tokens, Duration time) {
    makeRoom(memory);
    long now = clock.millis();
    memory.put(key, new Held(tokens, now, now + time.toMillis()));
  }

  private static void makeRoom(ConcurrentMap<ConnectionKey, ?> map) {
    if (map.size() >= MOST_IN_MEMORY) {
      map.keySet().stream().limit(MOST_IN_MEMORY / 10).forEach(map::remove);
    }
  }

  /** Builds {@link FreshTokens}. Not safe to share between threads. */
  public static final class Builder {
    private final Function<? super ConnectionKey, ? extends OAuthFlow> flows;
    private final TokenStore store;
    private final List<TokenListener> listeners = new ArrayList<>();
    private Duration sessionLength = Duration.ofMinutes(30);
    private Duration refreshEarly = Duration.ofMinutes(5);
    private Duration expiryMargin = Duration.ofSeconds(30);
    private Duration coolDown = Duration.ofSeconds(30);
    private Duration lookAgain = Duration.ofSeconds(5);
    private Duration longestWait = Duration.ofMinutes(2);
    private Clock clock = Clock.systemUTC();
    private @Nullable GrantKeeper keeper;

    private Builder(Function<? super ConnectionKey, ? extends OAuthFlow> flows, TokenStore store) {
      this.flows = Objects.requireNonNull(flows, "flows");
      this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Sets how long an access token is expected to be good where nobody says; the default is 30
     * minutes. Administrators of Salesforce can choose 15.
     */
    public Builder sessionLength(Duration sessionLength) {
      this.sessionLength = requirePositive(sessionLength, "session length");
      return this;
    }

    /**
     * Sets how long before its end a token is stale, so that one caller refreshes it early; the
     * default is 5 minutes, and a quarter of the token's life at most. Up to as much again is
     * added, by the grant's name, so that a thousand grants are not refreshed at once.
     */
    public Builder refreshEarly(Duration refreshEarly) {
      this.refreshEarly = requireNotNegative(refreshEarly, "time to refresh early");
      return this;
    }

    /**
     * Sets how long before its end a token counts as expired, since clocks differ and calls take
     * time; the default is 30 seconds, and a tenth of the token's life at most.
     */
    public Builder expiryMargin(Duration expiryMargin) {
      this.expiryMargin = requireNotNegative(expiryMargin, "expiry margin");
      return this;
    }

    /**
     * Sets for how long no other refresh of a grant is tried after one has failed; the default is
     * 30 seconds. Until then the same failure is thrown again, or a token that is still good handed
     * out.
     */
    public Builder coolDown(Duration coolDown) {
      this.coolDown = requireNotNegative(coolDown, "cool-down");
      return this;
    }

    /**
     * Sets for how long fresh tokens are handed out from memory before the store is looked at
     * again; the default is 5 seconds. It bounds how late a process notices what another has
     * changed. Tokens of a grant that was handed over are kept for the cool-down.
     */
    public Builder lookAgainAfter(Duration lookAgain) {
      this.lookAgain = requireNotNegative(lookAgain, "time between looks at the store");
      return this;
    }

    /**
     * Sets how long a caller waits for another thread's refresh; the default is 2 minutes, which is
     * longer than the wait for a locked grant and a call together.
     */
    public Builder longestWait(Duration longestWait) {
      this.longestWait = requirePositive(longestWait, "longest wait");
      return this;
    }

    /**
     * Adds a listener; the default is none. They are told in the order in which they were added.
     */
    public Builder listener(TokenListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /** Sets who has the grants that are handed over; the default is nobody. */
    public Builder keeper(GrantKeeper keeper) {
      this.keeper = Objects.requireNonNull(keeper, "keeper");
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Builds the fresh tokens. */
    public FreshTokens build() {
      return new FreshTokens(this);
    }

    private static Duration requirePositive(Duration duration, String name) {
      if (duration.isZero()) {
        throw new IllegalArgumentException("the " + name + " has to be longer than nothing");
      }
      return requireNotNegative(duration, name);
    }

    private static Duration requireNotNegative(Duration duration, String name) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException(
            "the " + name + " cannot be less than nothing, as " + duration + " is");
      }
      return duration;
    }
  }
}
