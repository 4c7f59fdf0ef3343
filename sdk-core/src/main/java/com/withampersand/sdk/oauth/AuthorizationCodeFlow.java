package com.withampersand.sdk.oauth;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authorization-code grant of RFC 6749 with any provider, from its endpoints. It sends no PKCE
 * parameter unless {@linkplain Builder#withPkce() told to}, and no {@code scope} in a token
 * request.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1">RFC 6749, section 4.1</a>
 */
public final class AuthorizationCodeFlow implements OAuthFlow {

  private static final Logger log = LoggerFactory.getLogger(AuthorizationCodeFlow.class);

  private final ProviderApp app;
  private final ClientAuthentication clientAuthentication;
  private final Duration longestExchange;
  private final boolean rotates;
  private final @Nullable Duration reuseGrace;
  private final Clock clock;
  private final HttpCalls http;
  private final Refinements refinements;
  private final AuthorizationUrl authorizationUrl;
  private final OwnGrants grants;
  private final AuthorizationRequests requests;
  private final TokenEndpoint tokens;
  private final TokenEndpoint refreshedTokens;
  private final @Nullable ProviderEndpoint revocation;
  private final @Nullable ProviderEndpoint introspection;
  private final @Nullable StateSigner states;
  private final SingleUse singleUse;
  private final Predicate<String> callbackIssuer;
  private final boolean checksOrg;

  private AuthorizationCodeFlow(Builder builder) {
    this.app = builder.app;
    this.clientAuthentication = builder.clientAuthentication;
    this.longestExchange = builder.longestExchange;
    this.rotates = builder.rotates;
    this.reuseGrace = builder.reuseGrace;
    this.clock = builder.clock;
    this.http = new HttpCalls(builder.transport, builder.callTimeout);
    this.refinements = builder.refinements();
    this.authorizationUrl = new AuthorizationUrl(builder.authorizationEndpoint, app);
    this.grants =
        new OwnGrants(
            TokenSet.AUTHORIZATION_CODE,
            builder.issuer == null ? OwnGrants.issuerOf(builder.tokenEndpoint) : builder.issuer,
            app.clientId(),
            builder.formerClientIds);
    this.requests =
        new AuthorizationRequests(
            authorizationUrl,
            grants.issuer(),
            builder.pkce,
            builder.stateLifetime,
            clock,
            builder.random);
    TokenAnswer answers = new TokenAnswer(builder.sessionLength);
    this.tokens = new TokenEndpoint(endpoint(builder.tokenEndpoint), answers, clock);
    this.refreshedTokens = new TokenEndpoint(refreshEndpoint(builder), answers, clock);
    this.revocation =
        builder.revocationEndpoint == null
            ? null
            : revocationEndpoint(builder.revocationEndpoint, builder.revocationAuthentication);
    this.introspection =
        builder.introspectionEndpoint == null ? null : endpoint(builder.introspectionEndpoint);
    this.states = builder.states;
    this.singleUse = new SingleUse(states, clock);
    this.callbackIssuer = callbackIssuer(builder);
    this.checksOrg = builder.checksOrg;
  }

  private ProviderEndpoint endpoint(URI uri) {
    return new ProviderEndpoint(uri, clientAuthentication, http, refinements::refused);
  }

  private ProviderEndpoint refreshEndpoint(Builder builder) {
    return new ProviderEndpoint(
        builder.tokenEndpoint,
        clientAuthentication,
        http.withTimeout(longestExchange),
        refinements::refreshRefused);
  }

  private ProviderEndpoint revocationEndpoint(
      URI uri, @Nullable ClientAuthentication authentication) {
    return new ProviderEndpoint(
        uri,
        authentication == null ? clientAuthentication : authentication,
        http,
        refinements::refused);
  }

  private static Predicate<String> callbackIssuer(Builder builder) {
    if (builder.callbackIssuer != null) {
      return builder.callbackIssuer;
    }
    return builder.issuer == null ? issuer -> true : builder.issuer.toString()::equals;
  }

  /**
   * Starts a flow.
   *
   * @param app the app on whose behalf to ask
   * @param authorizationEndpoint where users' browsers are sent; it may have a query
   * @param tokenEndpoint where codes and refresh tokens are traded
   */
  public static Builder builder(ProviderApp app, URI authorizationEndpoint, URI tokenEndpoint) {
    return new Builder(app, authorizationEndpoint, tokenEndpoint);
  }

  @Override
  public ProviderApp app() {
    return app;
  }

  @Override
  public AuthorizationRequest authorize(AuthorizationOptions options) {
    Scopes scopes = options.scopes().orElse(app.scopes());
    if (!app.scopes().containsAll(scopes)) {
      throw new IllegalArgumentException(
          "the app does not have these scopes, so they cannot be asked for: "
              + scopes.without(app.scopes()));
    }
    if (options.expectedOrg().isPresent() && !checksOrg) {
      throw new IllegalArgumentException(
          "this flow cannot tell which org consents, so expectOrg would not be kept");
    }
    return options
        .binding()
        .map(binding -> requests.signed(options, scopes, requireSigner(), binding))
        .orElseGet(() -> requests.kept(options, scopes));
  }

  private StateSigner requireSigner() {
    if (states == null) {
      throw new IllegalArgumentException(
          "this flow has no signer for a state that is tied to a browser; build it with states(signer)");
    }
    return states;
  }

  @Override
  public AuthorizationRequest recover(AuthorizationCallback callback, BrowserBinding binding) {
    if (states == null) {
      return OAuthFlow.super.recover(callback, binding);
    }
    return states.open(callback.state().orElseThrow(AuthorizationRequest::missingState), binding);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where nothing is kept and the callback has an error but no state, the error is explained: it
   * belongs to no attempt that is known, and does no harm.
   */
  @Override
  public AuthorizationResult complete(
      AuthorizationCallback callback, @Nullable AuthorizationRequest kept) {
    if (kept != null || callback.state().isPresent()) {
      return OAuthFlow.super.complete(callback, kept);
    }
    if (callback instanceof AuthorizationCallback.Refusal refusal) {
      OAuthException reason = explained(refusal);
      return callback instanceof AuthorizationCallback.Declined
          ? new AuthorizationResult.Declined("", reason)
          : new AuthorizationResult.Failed("", reason);
    }
    return new AuthorizationResult.Failed("", AuthorizationRequest.missingState());
  }

  private AuthorizationCallback.Approved requireApproved(AuthorizationCallback callback) {
    if (callback instanceof AuthorizationCallback.Refusal refusal) {
      throw explained(refusal);
    }
    return (AuthorizationCallback.Approved) callback;
  }

  private OAuthException explained(AuthorizationCallback.Refusal refusal) {
    OAuthException.Builder exception =
        OAuthException.builder(refusal.error()).context("authorization, " + client());
    refusal.description().ifPresent(exception::description);
    // Even if the provider recovers, this callback carries no code, and never will.
    return SingleUse.notRetryable(
        refinements.refused(RfcErrors.explainRedirect(exception, refusal.error()).build()));
  }

  @Override
  public TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback) {
    requireMadeHere(request);
    requireGenuine(callback, request);
    Secret code = requireApproved(callback).code();
    ClientCredentials client = ClientCredentials.of(app);
    singleUse.mark(request);
    try {
      TokenSet tokens =
          exchanged(TokenRequest.exchange(code, request.codeVerifier(), client), client);
      // RFC 6749, section 5.1: an answer that names no scopes grants those that were asked for.
      return tokens.scopes().isEmpty()
          ? tokens.toBuilder().scopes(request.scopes()).build()
          : tokens;
    } catch (AmpersandException e) {
      throw singleUse.failed(request, e);
    }
  }

  private void requireMadeHere(AuthorizationRequest request) {
    request.requireFrom(authorizationUrl);
    if (request.expectedOrg().isPresent() && !checksOrg) {
      throw new IllegalArgumentException(
          "this flow cannot tell which org consents, and the request expects one: complete it with the flow that made it");
    }
  }

  /** An error may lack its state, as an approval may not, and is then shown for what it is. */
  private void requireGenuine(AuthorizationCallback callback, AuthorizationRequest request) {
    callback.issuer().ifPresent(this::requireIssuer);
    if (callback instanceof AuthorizationCallback.Approved || callback.state().isPresent()) {
      request.requireState(callback.state());
    }
    if (callback instanceof AuthorizationCallback.Declined && callback.state().isPresent()) {
      request.requireInTime(clock.instant());
    }
  }

  private void requireIssuer(String named) {
    if (!callbackIssuer.test(named)) {
      throw new CallbackException(
          CallbackException.Reason.ISSUER_MISMATCH,
          "The callback says that %s sent it, and %s was asked. Nothing was exchanged; let the user start again."
              .formatted(Text.redacted(named, List.of()), grants.issuer()));
    }
  }

  private TokenSet exchanged(TokenRequest request, ClientCredentials client) {
    TokenSet answer = tokens.requestTokens(request);
    try {
      tokens.requireBearer(answer, request);
      TokenSet refined = refinements.exchanged(answer, client.requireSecret());
      return grants.stamped(refined).toBuilder().consentedNow().build();
    } catch (RuntimeException e) {
      revokeRefused(answer, e);
      throw e;
    }
  }

  /** Ends a grant that is not taken: providers limit how many a user may have. */
  private void revokeRefused(TokenSet answer, RuntimeException refusal) {
    if (revocation == null) {
      return;
    }
    try {
      revoke(grants.stamped(answer));
    } catch (RuntimeException e) {
      log.warn(
          "A grant that was refused could not be revoked, and stays at the provider: {}",
          Refinements.reason(e));
      refusal.addSuppressed(e);
    }
  }

  @Override
  public boolean owns(TokenSet tokens) {
    return grants.own(tokens);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return tokens.refreshToken().isPresent();
  }

  @Override
  public Duration longestExchange() {
    return longestExchange;
  }

  @Override
  public boolean rotates(TokenSet tokens) {
    return rotates;
  }

  @Override
  public Optional<Duration> reuseGrace() {
    return Optional.ofNullable(reuseGrace);
  }

  @Override
  public TokenSet refresh(TokenSet tokens) {
    grants.requireOwn(tokens);
    Secret refreshToken = requireRefreshToken(tokens);
    ClientCredentials client = ClientCredentials.of(app);
    TokenRequest request =
        TokenRequest.refresh(refreshToken, client).redacting(tokens.accessToken());
    try {
      return tokens.mergedWith(refreshed(request, client));
    } catch (OAuthException e) {
      throw grants.judged(e, tokens);
    }
  }

  private static Secret requireRefreshToken(TokenSet tokens) {
    return tokens
        .refreshToken()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no refresh token to refresh with; the user has to consent again, and the app has to"
                        + " ask for offline access"));
  }

  /**
   * Makes a grant of a refresh token that you have from elsewhere, by one refresh at this flow's
   * issuer. Where the provider rotates, that ends the refresh token: save the result before it is
   * used, and let no other program use the old one.
   *
   * @return tokens of a new consent, with this flow's issuer and client, and with a refresh token
   * @throws OAuthException if the provider refuses
   * @throws TransportException if no usable answer arrives; {@link
   *     TransportException#isOutcomeUnknown()} tells whether the refresh token may have been used
   *     up
   * @throws ProtocolException if the answer is none that RFC 6749 knows
   */
  public TokenSet adopt(Secret refreshToken) {
    Objects.requireNonNull(refreshToken, "refreshToken");
    ClientCredentials client = ClientCredentials.of(app);
    TokenSet adopted = refreshed(TokenRequest.refresh(refreshToken, client), client);
    return adopted.toBuilder()
        .refreshToken(adopted.refreshToken().orElse(refreshToken))
        .consentedNow()
        .build();
  }

  private TokenSet refreshed(TokenRequest request, ClientCredentials client) {
    TokenSet answer = refreshedTokens.requestTokens(request);
    refreshedTokens.requireBearer(answer, request);
    return grants.stamped(refinements.renewed(answer, client.requireSecret()));
  }

  @Override
  public void revoke(TokenSet tokens) {
    ProviderEndpoint endpoint =
        require(revocation, "a revocation endpoint, so it cannot end grants at the provider");
    grants.requireOwn(tokens);
    Secret token = tokens.refreshToken().orElse(tokens.accessToken());
    ClientCredentials client = ClientCredentials.of(app, endpoint.authentication());
    new Revocation(endpoint).send(TokenRequest.revoke(token, client), tokens);
  }

  private static ProviderEndpoint require(@Nullable ProviderEndpoint endpoint, String what) {
    if (endpoint == null) {
      throw new UnsupportedOperationException("this flow was built without " + what);
    }
    return endpoint;
  }

  /**
   * Asks the provider what it knows about an access token. Changes nothing, and may be repeated.
   *
   * @throws OAuthException if the provider refuses to tell
   * @throws TransportException if no usable answer arrives
   * @throws ProtocolException if the answer is none that RFC 7662 knows
   * @throws ForeignGrantException if the tokens are another issuer's or client's; nothing was sent
   * @throws UnsupportedOperationException if this flow was built without an introspection endpoint
   * @see <a href="https://www.rfc-editor.org/rfc/rfc7662">RFC 7662</a>
   */
  public Introspection introspect(TokenSet tokens) {
    ProviderEndpoint endpoint =
        require(introspection, "an introspection endpoint, so it cannot ask about tokens");
    grants.requireOwn(tokens);
    ClientCredentials client = ClientCredentials.of(app, endpoint.authentication());
    TokenRequest request = TokenRequest.introspect(tokens.accessToken(), client);
    AnswerBody body = endpoint.post(request);
    return Introspection.read(body)
        .orElseThrow(() -> endpoint.unexpectedResponse(request, Introspection.flaw(body), false));
  }

  /**
   * Reads what a resource of the provider's says about the user, such as the userinfo endpoint of
   * OpenID Connect: sends the access token there in one GET. Changes nothing, and may be repeated.
   *
   * @param resource its address; that it is the provider's is for the caller to know
   * @return the members of the answer that are no objects and no arrays, numbers and booleans as
   *     they were written
   * @throws IllegalArgumentException if {@code resource} is neither https nor this machine's
   * @throws OAuthException if the provider refuses, be it in JSON or in a word
   * @throws TransportException if no usable answer arrives
   * @throws ProtocolException if the answer is neither
   */
  public Map<String, String> userInfo(URI resource, TokenSet tokens) {
    Endpoints.requireSafe(resource, "resource");
    ProviderEndpoint endpoint =
        new ProviderEndpoint(resource, ClientAuthentication.NONE, http, refinements::refused);
    TokenRequest request = TokenRequest.userInfo(tokens.accessToken(), app.clientId());
    AnswerBody body = endpoint.get(request);
    if (!body.flaw().isEmpty()) {
      throw endpoint.unexpectedResponse(request, body.flaw(), false);
    }
    return Map.copyOf(body.scalars());
  }

  private String client() {
    return "client " + OwnGrants.shown(app.clientId());
  }

  /** Builds an {@link AuthorizationCodeFlow}. Not safe to share between threads. */
  public static final class Builder {
    private final ProviderApp app;
    private final URI authorizationEndpoint;
    private final URI tokenEndpoint;
    private @Nullable URI issuer;
    private @Nullable URI revocationEndpoint;
    private @Nullable URI introspectionEndpoint;
    private ClientAuthentication clientAuthentication = ClientAuthentication.CLIENT_SECRET_POST;
    private @Nullable ClientAuthentication revocationAuthentication;
    private HttpTransport transport = HttpTransport.shared();
    private Duration callTimeout = Duration.ofSeconds(30);
    private Duration longestExchange = Duration.ofSeconds(90);
    private @Nullable Duration reuseGrace;
    private boolean rotates = true;
    private Set<String> formerClientIds = Set.of();
    private @Nullable Duration sessionLength;
    private boolean pkce;
    private @Nullable StateSigner states;
    private @Nullable Predicate<String> callbackIssuer;
    private boolean checksOrg;
    private Duration stateLifetime = Duration.ofMinutes(30);
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();
    private BiConsumer<TokenSet, Secret> tokenVerification = (tokens, clientSecret) -> {};
    private UnaryOperator<TokenSet> tokenRefinement = UnaryOperator.identity();
    private UnaryOperator<OAuthException> errorRefinement = UnaryOperator.identity();
    private @Nullable UnaryOperator<OAuthException> refreshErrorRefinement;

    private Builder(ProviderApp app, URI authorizationEndpoint, URI tokenEndpoint) {
      this.app = Objects.requireNonNull(app, "app");
      this.authorizationEndpoint =
          Endpoints.requireSafe(authorizationEndpoint, "authorization endpoint");
      this.tokenEndpoint = Endpoints.requireSafe(tokenEndpoint, "token endpoint");
    }

    /**
     * Sets the base address of the provider that issues the grants, which each grant carries:
     * scheme, host, port and path. The default is scheme, host and port of the token endpoint; set
     * it where one host serves several issuers, each under a path of its own. A grant that carries
     * another issuer is not this flow's, and none of its tokens is sent. A callback that names an
     * issuer ({@code iss}, RFC 9207) must name this one, if it is set.
     *
     * @throws IllegalArgumentException if it is neither https nor this machine's, or has a query
     */
    public Builder issuer(URI issuer) {
      this.issuer = OwnGrants.requireIssuer(issuer);
      return this;
    }

    /**
     * Sets which issuers a callback may name ({@code iss}), for a provider that has several names;
     * the default is the one that was set with {@link #issuer}, and without that any.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9207#section-2.4">RFC 9207, section 2.4</a>
     */
    public Builder verifyCallbackIssuer(Predicate<String> isExpected) {
      this.callbackIssuer = Objects.requireNonNull(isExpected, "isExpected");
      return this;
    }

    /**
     * Sets the signer of states for requests that are tied to a browser ({@link
     * AuthorizationOptions.Builder#binding}), so that nothing is kept until the callback; the
     * default is none, and then requests must be kept.
     */
    public Builder states(StateSigner states) {
      this.states = Objects.requireNonNull(states, "states");
      return this;
    }

    /**
     * Says that {@link AuthorizationOptions.Builder#expectOrg} is checked by the caller of this
     * flow, with {@link AuthorizationRequest#expectedOrg()} and the tokens; by default that option
     * is refused.
     */
    public Builder checksOrg() {
      this.checksOrg = true;
      return this;
    }

    /**
     * Names client identifiers that the same app had before; the default is none. Their grants are
     * this flow's too, and are refreshed with today's credentials. Where the provider refuses one
     * for good, that is for you to act on ({@link Verdict#BLOCKED}): it ends no grant.
     */
    public Builder alsoIssuedTo(String... formerClientIds) {
      this.formerClientIds = new LinkedHashSet<>(List.of(formerClientIds));
      return this;
    }

    /**
     * Says that a refresh never ends the refresh token that it was made with, so that a refresh
     * whose answer was lost may be made again at once. The default is that it may. Say so only if
     * you know: a provider that rotates takes the second use for theft, and ends the grant.
     */
    public Builder doesNotRotate() {
      this.rotates = false;
      return this;
    }

    /**
     * Sets for how long the provider takes a refresh token once more after it was used; the default
     * is that it does not.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder reuseGrace(Duration reuseGrace) {
      this.reuseGrace =
          Lifetimes.requireDatable(
              Durations.requirePositive(reuseGrace, "reuse grace"), "reuse grace");
      return this;
    }

    /**
     * Sets where grants are ended; the default is nowhere. The client proves itself there as at the
     * token endpoint.
     */
    public Builder revocationEndpoint(URI revocationEndpoint) {
      this.revocationEndpoint = Endpoints.requireSafe(revocationEndpoint, "revocation endpoint");
      return this;
    }

    /** Sets where grants are ended, and how the client proves itself there. */
    public Builder revocationEndpoint(URI revocationEndpoint, ClientAuthentication authentication) {
      revocationEndpoint(revocationEndpoint);
      this.revocationAuthentication = Objects.requireNonNull(authentication, "authentication");
      return this;
    }

    /**
     * Sets where tokens are asked about; the default is nowhere. The client proves itself there as
     * at the token endpoint.
     */
    public Builder introspectionEndpoint(URI introspectionEndpoint) {
      this.introspectionEndpoint =
          Endpoints.requireSafe(introspectionEndpoint, "introspection endpoint");
      return this;
    }

    /**
     * Sets how the client proves itself at the token endpoint; the default is {@link
     * ClientAuthentication#CLIENT_SECRET_POST}.
     */
    public Builder clientAuthentication(ClientAuthentication clientAuthentication) {
      this.clientAuthentication =
          Objects.requireNonNull(clientAuthentication, "clientAuthentication");
      return this;
    }

    /**
     * Sends PKCE parameters, with the method {@code S256} and a code verifier that belongs to one
     * request alone. The default sends none: ask for it where the provider requires it. Beside a
     * {@link StateSigner}'s state the verifier is derived from it, so that every node has it. A
     * request is exchanged as it was made, whatever is set here by then.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc7636">RFC 7636</a>
     */
    public Builder withPkce() {
      this.pkce = true;
      return this;
    }

    /** Sets how requests are sent; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      this.transport = Objects.requireNonNull(transport, "transport");
      return this;
    }

    /**
     * Sets how long one call may take, from the first byte to the last, other than a {@linkplain
     * #longestExchange(Duration) refresh}; the default is 30 seconds.
     */
    public Builder callTimeout(Duration callTimeout) {
      this.callTimeout = Durations.requirePositive(callTimeout, "call timeout");
      return this;
    }

    /**
     * Sets how long a refresh may take, from the first byte to the last; the default is 90 seconds.
     * It is long on purpose: a provider that rotates has ended the old refresh token by the time it
     * answers, and an answer that nothing waits for is lost. {@code FreshTokens} lets its callers
     * wait no longer than they want to.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder longestExchange(Duration longestExchange) {
      this.longestExchange =
          Lifetimes.requireDatable(
              Durations.requirePositive(longestExchange, "longest exchange"), "longest exchange");
      return this;
    }

    /**
     * Sets how long an access token is expected to live where the provider does not say; its expiry
     * is then {@link Expiry.Certainty#ESTIMATED}. By default such an expiry is unknown.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder sessionLength(Duration sessionLength) {
      this.sessionLength =
          Lifetimes.requireDatable(
              Durations.requirePositive(sessionLength, "session length"), "session length");
      return this;
    }

    /**
     * Sets how long a user may take to consent; the default is 30 minutes.
     *
     * @throws IllegalArgumentException if shorter than 15 minutes, which users and their
     *     administrators do need, or longer than 100 years
     */
    public Builder stateLifetime(Duration stateLifetime) {
      this.stateLifetime = Lifetimes.requireForState(stateLifetime);
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets where states and code verifiers come from; the default is a {@link SecureRandom} of the
     * platform's choice.
     */
    public Builder random(SecureRandom random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /**
     * Sets how the answers of a provider that signs them are checked, before anything is made of
     * them. The check is handed the tokens of one answer, as it came, and the client secret that
     * was sent for them; it refuses them by throwing a {@link ProtocolException} whose outcome is
     * unknown. The default checks nothing.
     *
     * <p>A code exchange whose answer is refused fails. A refresh does not: its tokens are kept,
     * since the old ones may be used up, the attributes stay those known before, and a warning is
     * logged.
     */
    public Builder verifyTokens(BiConsumer<TokenSet, Secret> verification) {
      this.tokenVerification = Objects.requireNonNull(verification, "verification");
      return this;
    }

    /**
     * Sets what a provider's own knowledge makes of the tokens of an answer, before they are merged
     * or returned: a better expiry, or an exception if they are not to be accepted. At a refresh an
     * exception is logged, and the tokens are kept as they came. The default changes nothing.
     */
    public Builder refineTokens(UnaryOperator<TokenSet> refinement) {
      this.tokenRefinement = Objects.requireNonNull(refinement, "refinement");
      return this;
    }

    /**
     * Sets what a provider's own knowledge makes of a refusal, on top of what RFC 6749 says about
     * its code: remedy, actor, verdict, reason. What it throws is logged, and the refusal stays as
     * it is. The default changes nothing.
     */
    public Builder refineErrors(UnaryOperator<OAuthException> refinement) {
      this.errorRefinement = Objects.requireNonNull(refinement, "refinement");
      return this;
    }

    /**
     * Sets what is made of the refusal of a refresh in place of {@link #refineErrors}, for a
     * provider whose words mean something else there than in answer to a code. The default is what
     * is set there.
     */
    public Builder refineRefreshErrors(UnaryOperator<OAuthException> refinement) {
      this.refreshErrorRefinement = Objects.requireNonNull(refinement, "refinement");
      return this;
    }

    private Refinements refinements() {
      return new Refinements(
          tokenVerification,
          tokenRefinement,
          errorRefinement,
          refreshErrorRefinement == null ? errorRefinement : refreshErrorRefinement);
    }

    /**
     * Builds the flow.
     *
     * @throws InvalidProviderAppException if the app has no client identifier, or its callback is
     *     no absolute URI, has a fragment, or is plain http to another machine
     */
    public AuthorizationCodeFlow build() {
      requireUsable(app);
      return new AuthorizationCodeFlow(this);
    }

    private static void requireUsable(ProviderApp app) {
      List<Violation> violations = new ArrayList<>();
      if (app.clientId().isBlank()) {
        violations.add(new Violation("clientId", "It is blank.", "Copy it from the provider."));
      }
      URI callback = app.callbackUri();
      if (!callback.isAbsolute() || callback.getRawFragment() != null) {
        violations.add(
            new Violation(
                "callbackUri",
                "It is not an absolute URI without fragment.",
                "Give it exactly as it is registered, such as https://example.com/oauth/callback."));
      } else if ("http".equalsIgnoreCase(callback.getScheme()) && !Endpoints.isLoopback(callback)) {
        violations.add(
            new Violation(
                "callbackUri",
                "It is plain http, so the code would travel readable for all.",
                "Use https; http is for localhost alone."));
      }
      if (!violations.isEmpty()) {
        throw new InvalidProviderAppException(violations);
      }
    }
  }
}
