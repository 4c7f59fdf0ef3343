package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.TokenListener;
import com.withampersand.sdk.token.TokenProvider;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps grants and returns tokens that work: from memory, from a store, or by a refresh.
 *
 * <pre>{@code
 * FreshTokens tokens =
 *     FreshTokens.builder(store, cipher).renewer(flow).build();
 * tokens.save(customer, flow.exchange(request, callback));
 * TokenSet fresh = tokens.get(customer);
 * }</pre>
 *
 * <p>A grant is refreshed once, by one of all the threads and processes that share its store. New
 * tokens are stored before they are handed out; if the store does not take them, this process hands
 * them out from memory, tells its listeners, and tries to store them for as long as it lives. A
 * grant is deleted only when you ask for it, and ends only on the provider's final word.
 *
 * <p><b>When a refresh ends badly</b>, because its answer is lost, late or not understood, the
 * refresh token may be used up. The grant is then <i>in doubt</i>, for every process and across
 * restarts. Its access token is handed out for as long as it may be good. After {@link
 * Builder#carefulWait}, a minute by default, one process announces in the store that it will send
 * the refresh token once more (a <i>careful try</i>); a process that has newer tokens stores them
 * first. So an old refresh token is sent again only when no running process has a newer one. A
 * grant is lost only if its newer token is, because the answer never arrived or the process that
 * had it ended before the store took it, and the provider does not accept the old one.
 *
 * <p><b>Waiting.</b> A call waits {@link Builder#maxWait} at most, and stops waiting when its
 * thread is interrupted. The work that it waited for continues on this object's own threads, which
 * a caller's interrupt, cancellation or timeout does not affect. A call never waits if a good token
 * is available. The threads are daemons that are made on demand and end after ten idle seconds, or
 * at {@link #close}. To pass thread-locals on, decorate the {@linkplain Builder#executor executor}.
 *
 * <p>Safe to share between threads. Make one for each store and keep it until {@link #close}.
 */
public final class FreshTokens implements TokenProvider, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  private static final Duration SWEEP_WAIT = Duration.ofMinutes(1);
  private static final Duration DEFAULT_CLOSE = Duration.ofSeconds(15);
  private static final long POLL_NANOS = 5_000_000;

  private final Engine engine;
  private final Statuses statuses;
  private final StoreTools tools;
  private final Duration maxWait;

  private FreshTokens(Builder builder) {
    Policy policy = builder.policy();
    this.engine = new Engine(builder, policy);
    this.statuses = new Statuses(engine.opener, policy);
    this.tools = new StoreTools(engine.guardedStore, engine.opener, policy);
    this.maxWait = builder.maxWait;
  }

  /**
   * Returns a builder.
   *
   * @param store where grants are kept
   * @param sealer seals what the store keeps
   */
  public static Builder builder(TokenStore store, TokenSealer sealer) {
    return new Builder(store, sealer);
  }

  /**
   * Returns a builder for grants that are kept in this process's memory, sealed with a random key:
   * for tests, and for programs that may lose their grants when they stop.
   */
  public static Builder inMemory() {
    return builder(
        new InMemoryTokenStore(), TokenCipher.of(Keyring.of("memory", TokenCipher.newKey())));
  }

  /**
   * Returns a provider that reads grants and never refreshes them, for workers that must not: what
   * it cannot serve is a {@link ForeignGrantException}. It need not be closed.
   */
  public static TokenProvider readOnly(TokenStore store, TokenSealer sealer) {
    return builder(store, sealer).build();
  }

  @Override
  public TokenSet get(ConnectionKey key) {
    GrantWorker worker = engine.known(key);
    if (worker != null && !engine.isClosed()) {
      TokenSet fast = worker.fast(engine.nanoTime());
      if (fast != null) {
        return fast;
      }
    }
    return tokens(key, Why.GET, null);
  }

  @Override
  public TokenSet refused(ConnectionKey key, Secret sentAccessToken) {
    return tokens(key, Why.REFUSED, Objects.requireNonNull(sentAccessToken, "sentAccessToken"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The first call may use a token whose expiry is only estimated; if the API refuses it, the
   * token is refreshed.
   */
  @Override
  public TokenSet getForCall(ConnectionKey key) {
    GrantWorker worker = engine.known(key);
    TokenSet fast = worker == null || engine.isClosed() ? null : worker.fast(engine.nanoTime());
    return fast == null ? tokens(key, Why.CALL, null) : fast;
  }

  /**
   * Refreshes a grant now, however fresh it is, and returns the new tokens. Callers at the same
   * time share one refresh. A grant in doubt is not refreshed before that is safe.
   *
   * @throws NotConnectedException if there is no such grant
   * @throws ForeignGrantException if no renewer here owns it
   * @throws OAuthException if the provider refuses
   * @throws TransportException if no usable answer arrives, or it is too early for another try
   * @throws TokenStoreException if the store fails
   */
  public TokenSet refresh(ConnectionKey key) {
    return tokens(key, Why.ORDERED, null);
  }

  private TokenSet tokens(ConnectionKey key, Why why, @Nullable Secret refused) {
    Call call = call(key, id -> new Event.Wanted(waiter(id, why, refused, null, false)));
    return Objects.requireNonNull(call.tokens());
  }

  private static Waiter waiter(
      int id, Why why, @Nullable Secret refused, @Nullable URI issuer, boolean force) {
    return new Waiter(id, why, refused, null, issuer, force);
  }

  /**
   * Stores the tokens of a grant that a user has just consented to, in place of what was there.
   * Waits for no refresh. Saving the same tokens again does no harm, and an earlier consent does
   * not replace a later one: {@link TokenListener#superseded} is told then.
   *
   * @throws TokenStoreException if the store does not take them now. This process keeps them, hands
   *     them out, and goes on trying to store them; saving them again does no harm
   * @throws TransportException if this waits for longer than {@link Builder#maxWait}, or the thread
   *     is interrupted; the tokens are kept and stored as above
   */
  public void save(ConnectionKey key, TokenSet tokens) {
    Objects.requireNonNull(tokens, "tokens");
    NodeTime exchangedAt = new NodeTime(engine.nanoTime() - tokens.sinceConsent().toNanos());
    GrantRow.Traits traits = engine.opener.traits(key, tokens);
    warnOfOtherNames(key, tokens);
    call(
        key,
        id ->
            new Event.Consented(
                waiter(id, Why.SAVE, null, null, false), tokens, traits, exchangedAt));
  }

  /** Only this process's memory is searched: it is a hint. */
  private void warnOfOtherNames(ConnectionKey key, TokenSet tokens) {
    for (GrantWorker worker : engine.workers()) {
      if (worker.isOfSameUser(tokens) && !worker.key().equals(key)) {
        log.warn(
            "{} is saved for the same user and app as {}. Providers limit how many grants a user may have of one app, and end the"
                + " oldest: keep one name for each user.",
            key,
            worker.key());
        return;
      }
    }
  }

  /**
   * Ends a grant at the provider, or at the {@linkplain Builder#recipient recipient} that keeps it,
   * and deletes it here. One that has ended there already is a success. If it cannot be ended, it
   * stays here, and each process that meets it tries again.
   *
   * @return whether there was one
   * @throws AmpersandException if the provider, the recipient or the store refuses or does not
   *     answer
   */
  public boolean disconnect(ConnectionKey key) {
    return disconnect(key, false);
  }

  /**
   * Ends a grant as {@link #disconnect(ConnectionKey)} does.
   *
   * @param evenIfNotRevoked delete it here although the provider did not end it
   * @return whether there was one
   * @throws AmpersandException as above; because of the provider only if not {@code
   *     evenIfNotRevoked}
   */
  public boolean disconnect(ConnectionKey key, boolean evenIfNotRevoked) {
    return wasThere(
        call(
            key, id -> new Event.Wanted(waiter(id, Why.DISCONNECT, null, null, evenIfNotRevoked))));
  }

  /**
   * Deletes a grant here, and leaves it as it is at the provider. Waits for no refresh.
   *
   * @return whether there was one
   * @throws TokenStoreException if the store fails
   * @throws TransportException if this waits for longer than {@link Builder#maxWait}, or the thread
   *     is interrupted; the grant may be deleted all the same
   */
  public boolean forget(ConnectionKey key) {
    return wasThere(call(key, id -> new Event.Wanted(waiter(id, Why.FORGET, null, null, false))));
  }

  private static boolean wasThere(Call call) {
    Outcome outcome = call.outcome();
    return outcome != null && outcome.kind() == Outcome.Kind.DONE;
  }

  /**
   * Hands a grant over to the {@linkplain Builder#recipient recipient}, once: from then on it is
   * refreshed there and nowhere else, and {@link #get} asks there. If it is not known whether the
   * recipient took it, the grant is refreshed by no one until that is found out.
   *
   * @return the id of the connection; that of an earlier hand-over if there was one
   * @throws NotConnectedException if there is no such grant
   * @throws AmpersandException if the recipient refuses or does not answer, or the grant is in
   *     doubt or has ended
   * @throws IllegalStateException if no recipient was named, or it has a connection of that name
   *     which does not come from here
   */
  public String handOver(ConnectionKey key) {
    engine.recipient();
    Call call = call(key, id -> new Event.Wanted(Waiter.of(id, Why.HAND_OVER)));
    return Objects.requireNonNull(Objects.requireNonNull(call.outcome()).connection());
  }

  /**
   * Takes a grant back whose hand-over was cut off, so that no one knows whether the recipient has
   * it. If the recipient says that it does, the hand-over is completed. The grant is refreshed,
   * carefully, before anything else.
   *
   * @throws NotConnectedException if there is no such grant
   * @throws AmpersandException if the recipient or the store does not answer
   * @throws IllegalStateException if the grant is not being handed over, or the recipient has it
   */
  public void takeBack(ConnectionKey key) {
    engine.recipient();
    call(key, id -> new Event.Wanted(Waiter.of(id, Why.TAKE_BACK)));
  }

  /**
   * Gives a grant's issuer another address, as after a customer has renamed its domain. Refreshes
   * go there from now on, if a renewer owns the grant there. What else the tokens say, such as
   * where the customer's data is, stays until the next refresh: call {@link #refresh} if that has
   * moved, too.
   *
   * @param issuer the base address of the provider
   * @throws NotConnectedException if there is no such grant
   * @throws ForeignGrantException if no renewer here owns the grant, as it is or at that issuer;
   *     nothing was changed
   * @throws AmpersandException if the store does not answer, or the grant is in doubt for now
   * @throws IllegalStateException if the grant was handed over
   */
  public void changeIssuer(ConnectionKey key, URI issuer) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(issuer, "issuer");
    engine.requireOpen();
    requireOwnedAt(key, issuer);
    call(key, id -> new Event.Wanted(waiter(id, Why.CHANGE_ISSUER, null, issuer, false)));
  }

  /** A grant that is foreign because of its issuer may be moved to one at which it is not. */
  private void requireOwnedAt(ConnectionKey key, URI issuer) {
    if (engine.opener.open(tools.read(key)) instanceof GrantRow.Live live
        && engine.opener.owners().owner(key, at(issuer, live.grant().tokens())).isEmpty()) {
      throw new ForeignGrantException(
              "No renewer here owns the grant at " + issuer + ". Nothing was changed.")
          .forCall(key, false, null);
    }
  }

  private static TokenSet at(URI issuer, TokenSet tokens) {
    return tokens.toBuilder().issuer(issuer).build();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reads the store, never memory.
   */
  @Override
  public GrantStatus status(ConnectionKey key) {
    Objects.requireNonNull(key, "key");
    engine.requireOpen();
    return statuses.of(tools.read(key));
  }

  /**
   * Lists grants by their status, a page at a time. A page may be empty although there is more.
   * What the store's columns do not tell is read by opening rows: see {@link StatusFilter}.
   *
   * @param after where the page before {@linkplain Page#next() ended}; null for the first
   * @param limit how many rows to look at
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails
   */
  public Page<GrantStatus> statuses(StatusFilter filter, @Nullable ConnectionKey after, int limit) {
    engine.requireOpen();
    return tools.statuses(statuses, filter, after, limit);
  }

  /**
   * Lists the names of a group's grants, a page at a time.
   *
   * @param after where the page before {@linkplain Page#next() ended}; null for the first
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails
   */
  public Page<ConnectionKey> keys(
      String provider, String groupRef, @Nullable ConnectionKey after, int limit) {
    engine.requireOpen();
    return tools.keys(provider, groupRef, after, limit);
  }

  /**
   * Ends and deletes all grants of a group, one after the other, as when a customer leaves. If it
   * is cut off, call it again: what is ended already is not listed any more.
   *
   * @return those that could not be ended, each with the reason; empty if all were
   * @throws TokenStoreException if the store cannot list them
   * @throws TransportException if the thread is interrupted: no other grant is begun, and the
   *     interrupt status stays set
   * @throws IllegalStateException if this is closed, also meanwhile
   */
  public Map<ConnectionKey, RuntimeException> disconnectAll(String provider, String groupRef) {
    engine.requireOpen();
    return tools.forEach(provider, groupRef, engine::requireOpen, this::disconnect);
  }

  /**
   * Gives a grant another name. If this fails or is cut off, call it again: it goes on from what
   * the store has by then, also if that is all of it. Until then both names may be there. The grant
   * is refreshed under {@code from} alone, if it is refreshed at all; under {@code to} its access
   * token is handed out for as long as it may be good. Whatever is refreshed meanwhile is carried
   * over.
   *
   * @throws NotConnectedException if there is no grant of the name {@code from}
   * @throws TokenStoreException if the store fails, the grant is in use, in doubt or blocked for
   *     too long, or there is another grant of the name {@code to}
   */
  public void rename(ConnectionKey from, ConnectionKey to) {
    engine.requireOpen();
    tools.rename(from, to, engine.nodeTime().plus(maxWait), engine::nodeTime);
  }

  /**
   * Copies all grants to another store, where it has none or an older one: as they are sealed, and
   * with every instant of the rows, such as {@code tokens_at} and {@code sent_at}, set to the time
   * of the copy.
   *
   * <p>Leases are not copied. A grant whose lease is held or has lapsed may have been refreshed by
   * an answer that is not in the store yet, so it arrives in doubt: its copy is opened and sealed
   * anew. A copy of a store that is in use is therefore safe to read, but must not be used to
   * refresh: stop the processes that use the old store, copy, and start them with the new one. Call
   * this again for what was refreshed after the first copy.
   *
   * @return how many were copied
   * @throws TokenStoreException if a store fails
   */
  public long copyTo(TokenStore target) {
    engine.requireOpen();
    return tools.copyTo(target);
  }

  /**
   * Seals one page of grants anew, as far as they are not sealed as they would be now: after a
   * change of keys.
   *
   * @param after where the page before {@linkplain ReencryptionReport#next() ended}; null for the
   *     first
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails
   */
  public ReencryptionReport reencryptAll(@Nullable ConnectionKey after, int limit) {
    engine.requireOpen();
    return tools.reencryptAll(after, limit);
  }

  /**
   * Looks at all grants that are due, with the defaults of {@link SweepOptions}.
   *
   * @return what became of them
   * @throws TokenStoreException if the store cannot list them
   */
  public KeepAliveReport keepAlive() {
    return keepAlive(SweepOptions.defaults());
  }

  /**
   * Looks at the grants that are due: refreshes those that were not refreshed for {@link
   * Builder#idle}, since providers end refresh tokens that are not used, Salesforce's after 30
   * days; resolves old doubts; asks again about ended and blocked grants now and then; completes
   * what was cut off. Call it every few minutes, from as many processes as you like. Grants that
   * are not due cost nothing.
   *
   * @return what became of them; as far as it came if the thread is interrupted
   * @throws TokenStoreException if the store cannot list them
   */
  public KeepAliveReport keepAlive(SweepOptions options) {
    engine.requireOpen();
    engine.expire();
    return new Sweep(engine, options, SWEEP_WAIT).run();
  }

  /**
   * Waits until everything is stored that this process has obtained, and no answer to a refresh is
   * waited for.
   *
   * @param longest how long to wait at most
   * @return whether that is so
   */
  public boolean flush(Duration longest) {
    Durations.requireNotNegative(longest, "time to flush");
    return await(longest, () -> isQuiet());
  }

  private boolean isQuiet() {
    for (GrantWorker worker : engine.workers()) {
      if (worker.isPending()) {
        return false;
      }
    }
    return true;
  }

  private boolean await(Duration longest, BooleanSupplier condition) {
    long end = System.nanoTime() + Durations.nanos(longest);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /**
   * Returns how many grants have tokens or states that the store has not taken yet: for a metric.
   */
  public int unsaved() {
    int unsaved = 0;
    for (GrantWorker worker : engine.workers()) {
      if (worker.hasUnsaved()) {
        unsaved++;
      }
    }
    return unsaved;
  }

  /** Closes as {@link #close(Duration)} does, with 15 seconds. */
  @Override
  public void close() {
    close(DEFAULT_CLOSE);
  }

  /**
   * Sends no other request, ends sweeps, waits for the requests that are under way and for what has
   * to be stored, and ends the threads. Calls after this throw {@link IllegalStateException}.
   *
   * <p>If the time is over first, tokens may be lost when the process ends. Until then what was not
   * stored is tried again: the threads are daemons, and end once all is stored.
   *
   * @param longest how long to wait at most; a request takes up to 90 seconds by default
   * @return whether everything was stored
   */
  public boolean close(Duration longest) {
    Durations.requireNotNegative(longest, "time to close");
    engine.close();
    boolean isStored = await(longest, this::isQuiet);
    if (isStored) {
      engine.threads.close();
    }
    return isStored;
  }

  private Call call(ConnectionKey key, GrantWorker.Asking asking) {
    Objects.requireNonNull(key, "key");
    engine.requireOpen();
    Engine.Asked asked = engine.ask(key, asking);
    Call call = asked.call();
    await(key, asked.worker(), asked.id(), call);
    Failure failure = call.failure();
    if (failure != null) {
      throw Failures.exception(key, failure);
    }
    return call;
  }

  private void await(ConnectionKey key, GrantWorker worker, int id, Call call) {
    try {
      if (!call.await(maxWait)) {
        worker.left(id, true);
      }
      if (!call.await(Duration.ZERO)) {
        throw new TransportException(
                "The call waited for " + maxWait + " and was not served.", true, false, null)
            .forCall(key, true, null);
      }
    } catch (InterruptedException e) {
      worker.left(id, false);
      Thread.currentThread().interrupt();
      throw new TransportException(
              "The thread was interrupted while it waited. What it waited for goes on.",
              true,
              false,
              e)
          .forCall(key, true, null);
    }
  }

  /** Builds a {@link FreshTokens}. Not safe to share between threads. */
  public static final class Builder {
    final TokenStore store;
    final TokenSealer sealer;
    final List<TokenRenewer> renewers = new ArrayList<>();
    final List<TokenListener> listeners = new ArrayList<>();
    @Nullable Function<? super ConnectionKey, ? extends @Nullable TokenRenewer> ownerOf;
    @Nullable Function<? super ConnectionKey, ? extends @Nullable URI> issuerOf;
    @Nullable GrantRecipient recipient;
    @Nullable Executor executor;
    Threads.@Nullable Timers timers;
    Clock clock = Clock.systemUTC();
    LongSupplier nanos = System::nanoTime;
    int cacheSize = 10_000;
    Duration cacheExpiry = Duration.ofMinutes(30);
    Duration storeLimit = Duration.ofMillis(2500);
    Duration maxWait = Duration.ofSeconds(30);
    private Duration certainty = Duration.ofSeconds(10);
    private Duration announce = Duration.ofSeconds(10);
    private Duration lease = Duration.ofSeconds(30);
    private Duration carefulWait = Duration.ofSeconds(60);
    private Duration cacheFor = Duration.ofSeconds(5);
    private Duration refreshBefore = Duration.ofMinutes(5);
    private Duration clockSkew = Duration.ofSeconds(30);
    private Duration sessionLength = Duration.ofMinutes(30);
    private Duration backoff = Duration.ofSeconds(30);
    private Duration idle = Duration.ofDays(7);

    private static final Duration TIME_TO_STORE = Duration.ofSeconds(5);
    private static final Duration LONGEST_CAREFUL_WAIT = Duration.ofMinutes(16);
    private static final Duration YOUNGEST = Duration.ofMinutes(5);
    private static final Duration LONGEST_SESSION = Duration.ofHours(24);
    private static final Duration LONGEST_IMPORT = Duration.ofSeconds(15);

    private Builder(TokenStore store, TokenSealer sealer) {
      this.store = Objects.requireNonNull(store, "store");
      this.sealer = Objects.requireNonNull(sealer, "sealer");
    }

    /**
     * Adds what refreshes grants; the default is nothing, which reads grants and never refreshes
     * them. Several may be added: exactly one has to own each grant.
     */
    public Builder renewer(TokenRenewer renewer) {
      renewers.add(Objects.requireNonNull(renewer, "renewer"));
      return this;
    }

    /**
     * Names the renewer of grants that do not say to which client they were issued, as those that
     * earlier snapshots of this SDK stored; the default is the only renewer that would take them.
     */
    public Builder ownerOf(
        Function<? super ConnectionKey, ? extends @Nullable TokenRenewer> ownerOf) {
      this.ownerOf = Objects.requireNonNull(ownerOf, "ownerOf");
      return this;
    }

    /**
     * Names the issuer of grants that do not say where they were issued, as those that earlier
     * snapshots of this SDK stored; the default is the renewer's own.
     */
    public Builder issuerOf(Function<? super ConnectionKey, ? extends @Nullable URI> issuerOf) {
      this.issuerOf = Objects.requireNonNull(issuerOf, "issuerOf");
      return this;
    }

    /** Sets who takes grants over; the default is no one. */
    public Builder recipient(GrantRecipient recipient) {
      this.recipient = Objects.requireNonNull(recipient, "recipient");
      return this;
    }

    /** Adds a listener; the default is none. */
    public Builder listener(TokenListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Sets the threads for requests and store work, in place of this object's own. At most 64
     * requests and 8 operations of the store run on it at once. It must not run tasks on the thread
     * that hands them in, and has to run them while {@link FreshTokens#close} waits. If it takes no
     * more, what has to be stored is stored on threads of this object's own, and nothing else is
     * done.
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /** Sets how long a call waits at most; the default is 30 seconds. */
    public Builder maxWait(Duration maxWait) {
      this.maxWait = Durations.requirePositive(maxWait, "longest wait");
      return this;
    }

    /**
     * Sets for how long tokens are handed out from memory before the store is looked at again; the
     * default is 5 seconds. It bounds how late a process notices what another has changed.
     */
    public Builder cacheFor(Duration cacheFor) {
      this.cacheFor = Durations.requireNotNegative(cacheFor, "time in the cache");
      return this;
    }

    /**
     * Sets how many grants are kept in memory; the default is 10,000. Those with something to be
     * stored or an answer to come are kept beyond it.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder cacheSize(int cacheSize) {
      if (cacheSize < 1) {
        throw new IllegalArgumentException(
            "the cache has to hold 1 grant at least, not " + cacheSize);
      }
      this.cacheSize = cacheSize;
      return this;
    }

    /**
     * Sets how long before its end a token is refreshed early, by one process while the others go
     * on with it; the default is 5 minutes, and a quarter of the token's life at most. Up to half
     * as much is added, so that a thousand grants are not refreshed at once.
     */
    public Builder refreshBefore(Duration refreshBefore) {
      this.refreshBefore = Durations.requireNotNegative(refreshBefore, "time to refresh before");
      return this;
    }

    /**
     * Sets how long before its end a token counts as over, since clocks differ and calls take time;
     * the default is 30 seconds, and a tenth of the token's life at most.
     */
    public Builder clockSkew(Duration clockSkew) {
      this.clockSkew = Durations.requireNotNegative(clockSkew, "clock skew");
      return this;
    }

    /**
     * Sets for how long {@link FreshTokens#get} takes a token to be good if the provider does not
     * say; the default is 30 minutes. {@code call} does not need it: a refusal is its judge.
     */
    public Builder sessionLength(Duration sessionLength) {
      this.sessionLength = Durations.requirePositive(sessionLength, "session length");
      return this;
    }

    /**
     * Sets the longest pause after a refresh that failed and was not carried out; the default is 30
     * seconds. It begins with one second and doubles. What a provider asks for is honored up to an
     * hour.
     */
    public Builder backoff(Duration backoff) {
      this.backoff = Durations.requirePositive(backoff, "backoff");
      return this;
    }

    /**
     * Sets for how long a grant may lie unused before {@link FreshTokens#keepAlive} refreshes it;
     * the default is 7 days. It is written into the rows, so a new value counts for each grant from
     * its next change on.
     */
    public Builder idle(Duration idle) {
      this.idle = Durations.requirePositive(idle, "idle time");
      return this;
    }

    /**
     * Sets how long a refresh may go without an answer before the grant is in doubt; the default is
     * 10 seconds. The answer is still listened for.
     */
    public Builder certainty(Duration certainty) {
      this.certainty = Durations.requirePositive(certainty, "certainty");
      return this;
    }

    /**
     * Sets how long a careful try is announced before it is sent; the default is 10 seconds. It has
     * to be longer than a try to store something and its pause: 5 seconds.
     */
    public Builder announce(Duration announce) {
      this.announce = Durations.requirePositive(announce, "announcement");
      return this;
    }

    /**
     * Sets how long a process has a grant for itself; the default is 30 seconds. After that it
     * counts as dead.
     */
    public Builder lease(Duration lease) {
      this.lease = Durations.requirePositive(lease, "lease");
      return this;
    }

    /**
     * Sets how long after a request in doubt the next one may follow; the default is 60 seconds. It
     * doubles with each try that has no answer, up to 16 minutes.
     */
    public Builder carefulWait(Duration carefulWait) {
      this.carefulWait = Durations.requirePositive(carefulWait, "careful wait");
      return this;
    }

    /** Sets the clock by which the ends of tokens are judged; the default is the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Sets the monotonic clock; the default is the system's. */
    Builder nanos(LongSupplier nanos) {
      this.nanos = nanos;
      return this;
    }

    /** Sets what runs things later; the default is a thread of its own. */
    Builder timers(Threads.Timers timers) {
      this.timers = timers;
      return this;
    }

    /** Sets how long one read or write of the store may take; the default is 2.5 seconds. */
    Builder storeLimit(Duration storeLimit) {
      this.storeLimit = storeLimit;
      return this;
    }

    Policy policy() {
      return new Policy(
          Ids.next(),
          certainty,
          announce,
          lease,
          Durations.least(TIME_TO_STORE, lease.dividedBy(4)),
          carefulWait,
          Durations.most(LONGEST_CAREFUL_WAIT, carefulWait),
          Durations.least(LONGEST_IMPORT, lease.dividedBy(2)),
          cacheFor,
          refreshBefore,
          clockSkew,
          YOUNGEST,
          sessionLength,
          LONGEST_SESSION,
          backoff,
          idle);
    }

    /**
     * Builds the fresh tokens. Connects to nothing, and starts no thread.
     *
     * @throws IllegalArgumentException if the durations do not fit each other; the message names
     *     everything that is wrong
     */
    public FreshTokens build() {
      Json.checkJackson();
      List<String> problems = problems(policy());
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(String.join(" ", problems));
      }
      return new FreshTokens(this);
    }

    private List<String> problems(Policy policy) {
      List<String> problems = new ArrayList<>();
      Duration needed = policy.announce().plus(policy.certainty()).plus(policy.timeToStore());
      if (policy.lease().compareTo(needed) < 0) {
        problems.add(
            "The lease has to be at least announcement, certainty and time to store together: "
                + needed
                + ", not "
                + policy.lease()
                + ".");
      }
      if (policy.carefulWait().compareTo(policy.certainty().multipliedBy(2)) < 0) {
        problems.add(
            "The careful wait has to be at least twice the certainty: "
                + policy.certainty().multipliedBy(2)
                + ", not "
                + policy.carefulWait()
                + ".");
      }
      for (TokenRenewer renewer : renewers) {
        Duration open = policy.certainty().plus(policy.carefulWait()).plus(policy.announce());
        Duration longest =
            Durations.requirePositive(renewer.longestExchange(), "longest exchange of a renewer");
        if (longest.compareTo(open) < 0) {
          problems.add(
              "The longest exchange of a renewer has to be at least certainty, careful wait and"
                  + " announcement together: "
                  + open
                  + ", not "
                  + longest
                  + ".");
        }
      }
      return problems;
    }
  }

  /** Returns what it is, and how many grants it has in memory. */
  @Override
  public String toString() {
    return "FreshTokens[" + engine.size() + " grants in memory]";
  }

  /** Reads a row as it is: for tests. */
  Row row(ConnectionKey key) {
    return tools.read(key);
  }
}
