package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Jwt;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Grants that an app gets without a user at a browser: by a signed JWT that names the user (the JWT
 * bearer grant), or by its own credentials (the client-credentials grant).
 *
 * <p>Such a grant has no refresh token: when its session ends, the same request mints new tokens. A
 * request that is sent twice ends nothing, so one whose answer was lost is simply sent again. A JWT
 * has the claims {@code iss}, {@code sub}, {@code aud} and {@code exp}, and no others: a provider
 * that asks for more, such as a {@code jti}, is not served.
 *
 * <p><b>A mint proves nothing about who asks for it.</b> In a product with several customers, let a
 * customer name its org only after it has proved that the org is its own.
 *
 * <p>Immutable, and safe to share between threads. Make one for each app and issuer, and keep it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7523">RFC 7523</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, section 4.4</a>
 */
public final class ClientGrantFlow implements TokenRenewer {
  /** The {@linkplain TokenSet#grantType() grant type} of tokens that a JWT was sent for. */
  public static final String JWT_BEARER = "jwt_bearer";

  /** The {@linkplain TokenSet#grantType() grant type} of tokens for the app's own credentials. */
  public static final String CLIENT_CREDENTIALS = "client_credentials";

  private static final String NOT_A_USER =
      "Check the app's credentials, its permissions and the user that it acts for at the provider.";

  private final String grantType;
  private final String clientId;
  private final @Nullable JwtSigner signer;
  private final @Nullable Supplier<Secret> secret;
  private final URI audience;
  private final Duration assertionLifetime;
  private final Duration callTimeout;
  private final Clock clock;
  private final OwnGrants grants;
  private final Refinements refinements;
  private final TokenEndpoint tokens;
  private final @Nullable Revocation revocation;

  private ClientGrantFlow(Builder builder) {
    this.grantType = builder.grantType;
    this.clientId = builder.clientId;
    this.signer = builder.signer;
    this.secret = builder.secret;
    this.audience = builder.audience == null ? builder.tokenEndpoint : builder.audience;
    this.assertionLifetime = builder.assertionLifetime;
    this.callTimeout = builder.callTimeout;
    this.clock = builder.clock;
    URI issuer =
        builder.issuer == null ? OwnGrants.issuerOf(builder.tokenEndpoint) : builder.issuer;
    this.grants = new OwnGrants(grantType, issuer, clientId, Set.of());
    this.refinements =
        new Refinements(
            builder.tokenVerification,
            builder.tokenRefinement,
            builder.errorRefinement,
            builder.errorRefinement);
    HttpCalls http = new HttpCalls(builder.transport, callTimeout);
    ClientAuthentication proof =
        secret == null ? ClientAuthentication.NONE : builder.clientAuthentication;
    this.tokens =
        new TokenEndpoint(
            new ProviderEndpoint(builder.tokenEndpoint, proof, http, refinements::refused),
            new TokenAnswer(builder.sessionLength),
            clock);
    this.revocation =
        builder.revocationEndpoint == null
            ? null
            : new Revocation(
                new ProviderEndpoint(
                    builder.revocationEndpoint,
                    ClientAuthentication.NONE,
                    http,
                    refinements::refused));
  }

  /**
   * Starts a flow that sends a JWT, signed with a key that the provider knows the public half of.
   *
   * @param clientId the app, which is the {@code iss} of the JWT
   * @param tokenEndpoint where the JWT is sent
   */
  public static Builder jwtBearer(String clientId, URI tokenEndpoint, JwtSigner signer) {
    Builder builder = new Builder(JWT_BEARER, clientId, tokenEndpoint);
    builder.signer = Objects.requireNonNull(signer, "signer");
    return builder;
  }

  /**
   * Starts a flow that sends the credentials of the app.
   *
   * @param secret called for each request, from any thread
   */
  public static Builder clientCredentials(
      String clientId, URI tokenEndpoint, Supplier<Secret> secret) {
    Builder builder = new Builder(CLIENT_CREDENTIALS, clientId, tokenEndpoint);
    builder.secret = Objects.requireNonNull(secret, "secret");
    return builder;
  }

  /**
   * Mints the first tokens of a grant by the app's own credentials.
   *
   * @return tokens of a new grant, to be saved before they are used
   * @throws IllegalStateException if this flow sends JWTs, which must name a user
   * @throws OAuthException if the provider refuses; as at {@link #refresh}, never for a user
   * @throws TransportException if no usable answer arrives; trying again does no harm
   * @throws ProtocolException if the answer does not follow RFC 6749
   */
  public TokenSet mint() {
    if (signer != null) {
      throw new IllegalStateException("a JWT must name its user: call mint(subject)");
    }
    return minted(null);
  }

  /**
   * Mints the first tokens of a grant for a user, by a JWT.
   *
   * @param subject the user, as the provider names it: the {@code sub} of the JWT
   * @return tokens of a new grant, to be saved before they are used
   * @throws IllegalArgumentException if {@code subject} is blank
   * @throws IllegalStateException if this flow sends the app's own credentials, for no user
   * @throws OAuthException if the provider refuses
   * @throws TransportException if no usable answer arrives; trying again does no harm
   * @throws ProtocolException if the answer does not follow RFC 6749
   */
  public TokenSet mint(String subject) {
    if (signer == null) {
      throw new IllegalStateException(
          "the provider chooses the user of the client-credentials grant: call mint()");
    }
    return minted(requireSubject(subject));
  }

  private static String requireSubject(String subject) {
    if (subject.isBlank() || !subject.equals(subject.strip())) {
      throw new IllegalArgumentException(
          "the subject of a JWT must be a user name without blanks around it");
    }
    return subject;
  }

  private TokenSet minted(@Nullable String subject) {
    ClientCredentials client = credentials();
    TokenRequest request = request(subject, client);
    TokenSet answer = answer(request);
    TokenSet.Builder minted =
        stamped(refinements.minted(answer, client.secret())).toBuilder().consentedNow();
    return (subject == null ? minted : minted.subject(subject)).build();
  }

  private TokenRequest request(@Nullable String subject, ClientCredentials client) {
    return subject == null
        ? TokenRequest.clientCredentials(client)
        : TokenRequest.jwtBearer(assertion(subject), subject, clientId);
  }

  private TokenSet answer(TokenRequest request) {
    try {
      TokenSet answer = tokens.requestTokens(request);
      tokens.requireBearer(answer, request);
      return answer;
    } catch (OAuthException e) {
      throw judged(e);
    }
  }

  private TokenSet stamped(TokenSet answer) {
    return grants.stamped(answer).toBuilder().withoutRefreshToken().grantType(grantType).build();
  }

  /** No user consented, so none can consent again, and minting twice does no harm. */
  private static OAuthException judged(OAuthException refusal) {
    OAuthException.Builder judged = refusal.toBuilder();
    switch (refusal.verdict()) {
      case FINAL -> judged.verdict(Verdict.BLOCKED);
      case UNKNOWN -> judged.verdict(Verdict.PASSING);
      default -> {}
    }
    if (refusal.actor() == Actor.END_USER) {
      judged
          .actor(Actor.DEVELOPER)
          .reason(Reason.MISCONFIGURED)
          .causes(List.of())
          .remedy(NOT_A_USER);
    }
    return judged.build();
  }

  private ClientCredentials credentials() {
    return secret == null
        ? ClientCredentials.withoutSecret(clientId)
        : ClientCredentials.of(clientId, secret);
  }

  /** A revocation does not carry the secret, and does not fail because it cannot be read. */
  private ClientCredentials credentialsToRedact() {
    try {
      return credentials();
    } catch (TransportException e) {
      return ClientCredentials.withoutSecret(clientId);
    }
  }

  /** RFC 7523, section 3. */
  private Secret assertion(String subject) {
    ObjectNode header = Json.object().put("alg", "RS256").put("typ", "JWT");
    ObjectNode claims =
        Json.object()
            .put("iss", clientId)
            .put("sub", subject)
            .put("aud", audience.toString())
            .put("exp", clock.instant().plus(assertionLifetime).getEpochSecond());
    try {
      return Jwt.signed(header, claims, Objects.requireNonNull(signer)::sign);
    } catch (AmpersandException e) {
      throw e;
    } catch (Throwable e) {
      // Other exceptions than ours may quote a secret.
      throw new TransportException(
          "The JWT for client %s could not be signed (%s). Nothing was sent. Repair the signer."
              .formatted(OwnGrants.shown(clientId), e.getClass().getName()),
          true,
          false,
          null);
    }
  }

  @Override
  public boolean owns(TokenSet tokens) {
    return grants.own(tokens);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return tokens.subject().isPresent() == (signer != null);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A refusal never asks the user to consent, since no user did: where its words are final, its
   * verdict is {@link Verdict#BLOCKED}, and {@link OAuthException#actor()} tells who corrects it.
   */
  @Override
  public TokenSet refresh(TokenSet tokens) {
    grants.requireOwn(tokens);
    if (!canRenew(tokens)) {
      throw new IllegalArgumentException(
          "these tokens do not name the user that they were minted for; mint them again");
    }
    ClientCredentials client = credentials();
    TokenRequest request =
        request(tokens.subject().orElse(null), client).redacting(tokens.accessToken());
    TokenSet answer = answer(request);
    Secret sent = client.secret();
    TokenSet renewed =
        sent == null ? refinements.minted(answer, null) : refinements.renewed(answer, sent);
    return tokens.mergedWith(stamped(renewed));
  }

  /**
   * {@inheritDoc}
   *
   * <p>This ends the access token. The app can mint another one until the provider's admin removes
   * its permission.
   */
  @Override
  public void revoke(TokenSet tokens) {
    if (revocation == null) {
      throw new UnsupportedOperationException(
          "this flow was built without a revocation endpoint, so it cannot end tokens at the provider");
    }
    grants.requireOwn(tokens);
    revocation.send(TokenRequest.revoke(tokens.accessToken(), credentialsToRedact()), tokens);
  }

  @Override
  public Duration longestExchange() {
    return callTimeout;
  }

  /** Returns false: there is no refresh token that a request could end. */
  @Override
  public boolean rotates(TokenSet tokens) {
    return false;
  }

  /** Builds a {@link ClientGrantFlow}. Not safe to share between threads. */
  public static final class Builder {
    private final String grantType;
    private final String clientId;
    private final URI tokenEndpoint;
    private @Nullable JwtSigner signer;
    private @Nullable Supplier<Secret> secret;
    private @Nullable URI audience;
    private @Nullable URI issuer;
    private @Nullable URI revocationEndpoint;
    private ClientAuthentication clientAuthentication = ClientAuthentication.CLIENT_SECRET_POST;
    private Duration assertionLifetime = Duration.ofSeconds(90);
    private HttpTransport transport = HttpTransport.shared();
    private Duration callTimeout = Duration.ofSeconds(90);
    private @Nullable Duration sessionLength;
    private Clock clock = Clock.systemUTC();
    private BiConsumer<TokenSet, Secret> tokenVerification = (tokens, clientSecret) -> {};
    private UnaryOperator<TokenSet> tokenRefinement = UnaryOperator.identity();
    private UnaryOperator<OAuthException> errorRefinement = UnaryOperator.identity();

    private Builder(String grantType, String clientId, URI tokenEndpoint) {
      if (clientId.isBlank()) {
        throw new IllegalArgumentException("the client ID is blank: copy it from the provider");
      }
      this.grantType = grantType;
      this.clientId = clientId;
      this.tokenEndpoint = Endpoints.requireSafe(tokenEndpoint, "token endpoint");
    }

    /**
     * Sets the {@code aud} of JWTs: whom the provider says they must be for. The default is the
     * token endpoint, as RFC 7523 suggests.
     */
    public Builder audience(URI audience) {
      this.audience = Objects.requireNonNull(audience, "audience");
      return this;
    }

    /**
     * Sets how long a JWT is good; the default is 90 seconds. A server whose clock differs by more
     * refuses it as expired, and one that limits the lifetime to twice as much refuses one that
     * comes from a clock that is that much ahead.
     *
     * @throws IllegalArgumentException if it is not positive, or longer than an hour
     */
    public Builder assertionLifetime(Duration lifetime) {
      this.assertionLifetime = Durations.requirePositive(lifetime, "lifetime of a JWT");
      if (lifetime.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException("the lifetime of a JWT must be an hour at most");
      }
      return this;
    }

    /**
     * Sets the base URL of the provider that issues the grants, which each grant carries; the
     * default is scheme, host and port of the token endpoint.
     *
     * @throws IllegalArgumentException if it is neither https nor this machine's, or has a query
     */
    public Builder issuer(URI issuer) {
      this.issuer = OwnGrants.requireIssuer(issuer);
      return this;
    }

    /** Sets where tokens are ended; the default is nowhere. The token alone is sent there. */
    public Builder revocationEndpoint(URI revocationEndpoint) {
      this.revocationEndpoint = Endpoints.requireSafe(revocationEndpoint, "revocation endpoint");
      return this;
    }

    /**
     * Sets how credentials of the app's own are sent; the default is {@link
     * ClientAuthentication#CLIENT_SECRET_POST}. A JWT is sent without any.
     */
    public Builder clientAuthentication(ClientAuthentication clientAuthentication) {
      this.clientAuthentication =
          Objects.requireNonNull(clientAuthentication, "clientAuthentication");
      return this;
    }

    /** Sets how requests are sent; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      this.transport = Objects.requireNonNull(transport, "transport");
      return this;
    }

    /**
     * Sets how long a request may take, from the first byte to the last; the default is 90 seconds.
     * {@code FreshTokens} lets its callers wait no longer than they want to.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder callTimeout(Duration callTimeout) {
      this.callTimeout =
          Lifetimes.requireDatable(
              Durations.requirePositive(callTimeout, "call timeout"), "call timeout");
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

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets how answers are checked: given the tokens and the secret that was sent, it refuses them
     * by throwing a {@link ProtocolException}. It is not called where a JWT was sent. The default
     * checks nothing.
     */
    public Builder verifyTokens(BiConsumer<TokenSet, Secret> verification) {
      this.tokenVerification = Objects.requireNonNull(verification, "verification");
      return this;
    }

    /**
     * Sets what a provider's own knowledge makes of the tokens of an answer, or throws if they are
     * not to be accepted. The default changes nothing.
     */
    public Builder refineTokens(UnaryOperator<TokenSet> refinement) {
      this.tokenRefinement = Objects.requireNonNull(refinement, "refinement");
      return this;
    }

    /**
     * Sets what a provider's own knowledge makes of a refusal. What it throws is logged, and the
     * refusal stays as it is. The default changes nothing.
     */
    public Builder refineErrors(UnaryOperator<OAuthException> refinement) {
      this.errorRefinement = Objects.requireNonNull(refinement, "refinement");
      return this;
    }

    /** Builds the flow. */
    public ClientGrantFlow build() {
      return new ClientGrantFlow(this);
    }
  }
}
