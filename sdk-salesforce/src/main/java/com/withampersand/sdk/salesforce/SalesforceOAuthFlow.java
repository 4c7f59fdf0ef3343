package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ClientAuthentication;
import com.withampersand.sdk.oauth.Introspection;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import com.withampersand.sdk.salesforce.internal.OAuthEndpoints;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes users through Salesforce's consent (the web server flow), and keeps their grants alive:
 * with the client's credentials in the body, never a scope in a token request, and without PKCE
 * unless {@linkplain Builder#withPkce() told to}.
 *
 * <p>One flow per app, for customers on any host:
 *
 * <pre>{@code
 * SalesforceOAuthFlow flow = SalesforceOAuthFlow.builder(app).states(signer).withPkce().build();
 * // connect
 * AuthorizationOptions options =
 *     AuthorizationOptions.builder().payload(customer).binding(binding).build();
 * redirectTo(flow.authorize(LoginHost.parse(host), options).url());
 * // the callback of all customers
 * AuthorizationResult result = flow.complete(AuthorizationCallback.fromQuery(query), binding);
 * }</pre>
 *
 * <p>Request, signed state and tokens carry the host, and everything later is done there. Codes,
 * tokens and secrets go to Salesforce's own hosts and to those that were named, and to no other.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a
 *     href="https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm">Salesforce:
 *     OAuth 2.0 Web Server Flow</a>
 */
public final class SalesforceOAuthFlow implements OAuthFlow {
  private static final String AUTHORIZATION_CODE = "authorization_code";
  private static final int NOT_FOUND = 404;

  private static final Logger log = LoggerFactory.getLogger(SalesforceOAuthFlow.class);

  private final SalesforceApp app;
  private final LoginHost host;
  private final AllowedHosts hosts;
  private final AuthorizationCodeFlow flow;
  private final List<Consumer<AuthorizationCodeFlow.Builder>> settings;

  private SalesforceOAuthFlow(Builder builder) {
    this.app = builder.app;
    this.host = builder.host;
    this.hosts = new AllowedHosts(builder.host, builder.named);
    this.flow = builder.flow.verifyCallbackIssuer(hosts.issuersOf(host)).build();
    this.settings = List.copyOf(builder.settings);
  }

  /** Returns a flow with every default, which asks users at {@link LoginHost#production()}. */
  public static SalesforceOAuthFlow of(SalesforceApp app) {
    return builder(app).build();
  }

  /** Returns a flow with every default, which asks users at a host. */
  public static SalesforceOAuthFlow of(SalesforceApp app, LoginHost host) {
    return builder(app, host).build();
  }

  /** Starts a flow that asks users at {@link LoginHost#production()}. */
  public static Builder builder(SalesforceApp app) {
    return new Builder(app, LoginHost.production());
  }

  /** Starts a flow that asks users at a host. */
  public static Builder builder(SalesforceApp app, LoginHost host) {
    return new Builder(app, host);
  }

  /**
   * Returns the default host of this flow. Tokens that do not say who issued them count as this
   * host's.
   */
  public LoginHost host() {
    return host;
  }

  /** Returns the app on whose behalf this flow asks: a {@link SalesforceApp}. */
  @Override
  public SalesforceApp app() {
    return app;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Salesforce heeds {@link AuthorizationOptions.Prompt#LOGIN}, which also helps where the
   * browser is logged in to another org, {@link AuthorizationOptions.Prompt#CONSENT} and {@link
   * AuthorizationOptions.Prompt#SELECT_ACCOUNT}; a login hint fills in the username.
   *
   * @throws IllegalArgumentException if {@code options} asks for scopes that the app does not have,
   *     or for no refresh token
   */
  @Override
  public AuthorizationRequest authorize(AuthorizationOptions options) {
    return authorize(host, options);
  }

  /**
   * Returns a new request for consent at a customer's host. Nothing is sent. Request and signed
   * state carry the host, so this same flow completes all of them.
   *
   * @param host the customer's My Domain or a shared host, such as {@link LoginHost#parse} reads
   * @param options as in {@link #authorize(AuthorizationOptions)}
   * @throws IllegalArgumentException if {@code options} asks for scopes that the app does not have,
   *     or for no refresh token, or expects an org by what is not an identifier of one
   * @throws ForeignGrantException if {@code host} is neither Salesforce's nor named to this flow
   */
  public AuthorizationRequest authorize(LoginHost host, AuthorizationOptions options) {
    options.scopes().ifPresent(SalesforceOAuthFlow::requireRefreshToken);
    options.expectedOrg().ifPresent(OrgId::require);
    return at(hosts.require(host.uri())).authorize(options);
  }

  private static void requireRefreshToken(Scopes scopes) {
    if (!SalesforceScopes.bringRefreshToken(scopes)) {
      throw new IllegalArgumentException(
          "without refresh_token among the scopes the connection would end with its first session; ask for it beside "
              + scopes);
    }
  }

  @Override
  public AuthorizationRequest recover(AuthorizationCallback callback, BrowserBinding binding) {
    return flow.recover(callback, binding);
  }

  /** {@inheritDoc} */
  @Override
  public AuthorizationResult complete(
      AuthorizationCallback callback, @Nullable AuthorizationRequest kept) {
    return kept == null
        ? flow.complete(callback, (AuthorizationRequest) null)
        : OAuthFlow.super.complete(callback, kept);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The code goes to the host that the request was made for. Tokens whose signature does not
   * fit, or whose instance is neither Salesforce's nor the named host's, are refused with a {@link
   * ProtocolException}. {@link SalesforceTokens#missing} tells which scopes were not granted.
   *
   * <p>Where the request expects an org, the answer names the org in its identity URL. An answer
   * without a signature counts: it comes from the host that was asked, over TLS unless that is this
   * machine. A signature that does not fit never counts, even {@linkplain
   * Builder#withoutSignatureCheck() without signature check}, nor does one that cannot be checked
   * because the time of issue is missing.
   *
   * @throws OAuthException as above; and with codes of the SDK's own: {@code no_refresh_token} if
   *     the answer brings no refresh token, so that the connection would end with its first
   *     session, and {@code wrong_org} if another org answered than the one that was expected, or
   *     the answer does not name its org
   * @throws ForeignGrantException if the request names a host that is neither Salesforce's nor
   *     named to this flow; nothing was sent
   */
  @Override
  public TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback) {
    LoginHost issuer = request.issuer().map(hosts::require).orElse(host);
    TokenSet tokens = exchangeAt(issuer, request).exchange(request, callback);
    try {
      return new GrantRules(issuer).requireUsable(tokens, request);
    } catch (RuntimeException e) {
      revokeRefused(tokens, e);
      throw e;
    }
  }

  /** Where an org is expected, an answer whose signature does not fit says nothing about it. */
  private AuthorizationCodeFlow exchangeAt(LoginHost issuer, AuthorizationRequest request) {
    return request.expectedOrg().isEmpty()
        ? at(issuer)
        : builderAt(issuer).verifyTokens(new SignatureCheck(app, issuer)).build();
  }

  /** Ends a grant that is not taken: each counts against the user's five of an app. */
  private void revokeRefused(TokenSet tokens, RuntimeException refusal) {
    try {
      revoke(tokens);
    } catch (AmpersandException e) {
      log.warn(
          "A grant that was refused could not be revoked, and stays at Salesforce: {}",
          e.getMessage());
      refusal.addSuppressed(e);
    }
  }

  /**
   * Tells whether these tokens are this app's: issued to its Consumer Key, or to one that {@link
   * SalesforceApp.Builder#alsoIssuedTo} names, by this flow, at a host of Salesforce or one that
   * was named. Missing details count as a match.
   */
  @Override
  public boolean owns(TokenSet tokens) {
    return tokens.grantType().equals(AUTHORIZATION_CODE)
        && tokens.clientId().map(this::isIssuedTo).orElse(true)
        && hosts.of(tokens).isPresent();
  }

  private boolean isIssuedTo(String consumerKey) {
    return consumerKey.equals(app.clientId()) || app.formerConsumerKeys().contains(consumerKey);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return flow.canRenew(tokens);
  }

  @Override
  public Duration longestExchange() {
    return flow.longestExchange();
  }

  /**
   * Tells whether a refresh may end its refresh token: true unless the app was built with {@link
   * SalesforceApp.Builder#doesNotRotateRefreshTokens()}.
   */
  @Override
  public boolean rotates(TokenSet tokens) {
    return flow.rotates(tokens);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where Salesforce moved the org, the result holds the new instance. A new instance that is
   * neither Salesforce's nor the named host's is not taken over: the new tokens are returned with
   * the instance known before, and a warning is logged. If the signature of the answer does not
   * match, identity and instance stay those known before, too.
   *
   * @throws ForeignGrantException if the tokens are another app's, or were issued at a host that is
   *     neither Salesforce's nor named; nothing was sent
   */
  @Override
  public TokenSet refresh(TokenSet tokens) {
    LoginHost issuer = hosts.require(tokens);
    return new GrantRules(issuer).keepInstance(tokens, at(issuer).refresh(tokens));
  }

  /**
   * Creates a grant from a refresh token obtained elsewhere, by one refresh at the host that issued
   * it. If refresh tokens rotate, this ends the old one: save the result before you use it, and let
   * no other program use the old one.
   *
   * @param host the host that issued it: Salesforce's, or one that was named to this flow
   * @return tokens of a new consent, with their issuer and client
   * @throws ForeignGrantException if {@code host} is neither; nothing was sent
   * @throws OAuthException if Salesforce refuses
   * @throws TransportException if no usable answer arrives
   * @throws ProtocolException if the answer is none that RFC 6749 knows
   */
  public TokenSet adopt(LoginHost host, Secret refreshToken) {
    return at(hosts.require(host.uri())).adopt(refreshToken);
  }

  @Override
  public void revoke(TokenSet tokens) {
    at(hosts.require(tokens)).revoke(tokens);
  }

  private AuthorizationCodeFlow at(LoginHost issuer) {
    return issuer.equals(host) ? flow : builderAt(issuer).build();
  }

  private AuthorizationCodeFlow.Builder builderAt(LoginHost issuer) {
    AuthorizationCodeFlow.Builder builder = flowAt(app, issuer);
    settings.forEach(setting -> setting.accept(builder));
    return builder.verifyCallbackIssuer(hosts.issuersOf(issuer));
  }

  /** Of calls with an access token, {@code invalid_token} means something else. */
  private AuthorizationCodeFlow callsAt(LoginHost issuer) {
    return builderAt(issuer)
        .refineErrors(refusal -> InstallHint.added(SalesforceError.refineCall(refusal), app))
        .build();
  }

  private static AuthorizationCodeFlow.Builder flowAt(SalesforceApp app, LoginHost host) {
    AuthorizationCodeFlow.Builder flow =
        AuthorizationCodeFlow.builder(
                app, OAuthEndpoints.authorization(host.uri()), OAuthEndpoints.token(host.uri()))
            .issuer(host.uri())
            .alsoIssuedTo(app.formerConsumerKeys().toArray(String[]::new))
            .revocationEndpoint(OAuthEndpoints.revocation(host.uri()), ClientAuthentication.NONE)
            .introspectionEndpoint(OAuthEndpoints.introspection(host.uri()))
            .verifyTokens(new SignatureCheck(app, host))
            .refineTokens(JwtExpiry::read)
            .refineErrors(refusal -> InstallHint.added(SalesforceError.refine(refusal), app))
            .refineRefreshErrors(
                refusal -> InstallHint.added(SalesforceError.refineRefresh(refusal), app))
            .checksOrg();
    return app.rotatesRefreshTokens() ? flow : flow.doesNotRotate();
  }

  /**
   * Asks Salesforce's userinfo endpoint who consented. An answer also shows that the access token
   * is good; without scope {@code id}, {@code openid} or the like Salesforce may refuse.
   *
   * @throws OAuthException if Salesforce refuses; {@code Bad_OAuth_Token} is its word for an access
   *     token that has ended
   * @throws TransportException if no usable answer arrives; trying again does no harm
   * @throws ProtocolException if the answer names no user, or the instance of the tokens is
   *     foreign: then nothing was sent
   */
  public SalesforceIdentity userInfo(TokenSet tokens) {
    LoginHost issuer = hosts.require(tokens);
    URI instance = SalesforceTokens.of(tokens, issuer).instanceUrl().orElse(issuer.uri());
    URI endpoint = URI.create(instance + "/services/oauth2/userinfo");
    return SalesforceIdentity.of(callsAt(issuer).userInfo(endpoint, tokens));
  }

  /**
   * Asks the identity URL of these tokens who consented. Its answer holds what userinfo's does, by
   * other names, and more of it. Where the identity URL's host does not know the user, as after a
   * move, the instance is asked.
   *
   * @throws IllegalArgumentException if the tokens have no identity URL
   * @throws OAuthException if Salesforce refuses; {@code Bad_OAuth_Token} is its word for an access
   *     token that has ended
   * @throws TransportException if no usable answer arrives; trying again does no harm
   * @throws ProtocolException if the answer names no user, or the host is neither Salesforce's nor
   *     the named one: then nothing was sent
   */
  public SalesforceIdentity identity(TokenSet tokens) {
    LoginHost issuer = hosts.require(tokens);
    SalesforceTokens view = SalesforceTokens.of(tokens, issuer);
    URI identityUrl = requireIdentityUrl(view, issuer);
    try {
      return SalesforceIdentity.of(callsAt(issuer).userInfo(identityUrl, tokens));
    } catch (OAuthException e) {
      Optional<URI> atInstance = atInstance(identityUrl, view);
      if (e.httpStatus().orElse(0) != NOT_FOUND || atInstance.isEmpty()) {
        throw e;
      }
      return SalesforceIdentity.of(callsAt(issuer).userInfo(atInstance.get(), tokens));
    }
  }

  private static URI requireIdentityUrl(SalesforceTokens tokens, LoginHost issuer) {
    URI identityUrl =
        tokens
            .identityUrl()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "these tokens have no identity URL; ask userInfo instead"));
    if (!issuer.mayReceiveTokens(identityUrl)) {
      throw new ProtocolException(
          "The identity URL of these tokens is not Salesforce's, so no token is sent there: host "
              + (identityUrl.getHost() == null
                  ? "unreadable"
                  : SalesforceUrls.shownHost(identityUrl.getHost(), tokens.tokens())),
          false);
    }
    return identityUrl;
  }

  private static Optional<URI> atInstance(URI identityUrl, SalesforceTokens tokens) {
    return tokens
        .instanceUrl()
        .map(instance -> URI.create(instance + identityUrl.getRawPath()))
        .filter(address -> !address.equals(identityUrl));
  }

  /**
   * Asks Salesforce what it knows about the access token: whether it is active, until when, and
   * what it is for. An app sees its own tokens, and those of others only with <i>Introspect All
   * Tokens</i>: what it may not see is not active.
   *
   * @throws OAuthException if Salesforce refuses to tell
   * @throws TransportException if no usable answer arrives; trying again does no harm
   * @throws ProtocolException if the answer does not tell whether the token is active
   */
  public Introspection introspect(TokenSet tokens) {
    return at(hosts.require(tokens)).introspect(tokens);
  }

  /**
   * Returns these tokens with the expiry of the access token, which Salesforce tells only on
   * request. The end of a session moves with each use. Store the tokens before you ask; they are
   * returned unchanged where Salesforce names no end, or calls the token not active.
   *
   * @throws OAuthException if Salesforce refuses to tell
   * @throws TransportException if no usable answer arrives; trying again does no harm
   * @throws ProtocolException if the answer does not tell whether the token is active
   */
  public TokenSet withKnownExpiry(TokenSet tokens) {
    Introspection introspection = introspect(tokens);
    return introspection
        .expiry()
        .instant()
        .filter(end -> introspection.isActive())
        .map(end -> JwtExpiry.endingAt(end, tokens))
        .orElse(tokens);
  }

  /** Builds a {@link SalesforceOAuthFlow}. Not safe to share between threads. */
  public static final class Builder {
    private final SalesforceApp app;
    private final LoginHost host;
    private final AuthorizationCodeFlow.Builder flow;
    private final List<Consumer<AuthorizationCodeFlow.Builder>> settings = new ArrayList<>();
    private List<LoginHost> named = List.of();

    private Builder(SalesforceApp app, LoginHost host) {
      this.app = Objects.requireNonNull(app, "app");
      this.host = Objects.requireNonNull(host, "host");
      this.flow = flowAt(app, host);
      if (app.settings().usesPkce()) {
        set(AuthorizationCodeFlow.Builder::withPkce);
      }
    }

    private Builder set(Consumer<AuthorizationCodeFlow.Builder> setting) {
      setting.accept(flow);
      settings.add(setting);
      return this;
    }

    /**
     * Names hosts to which this flow may send tokens and secrets although they are not
     * Salesforce's: Experience Cloud sites, or a server on this machine in a test. The default is
     * none beside the flow's own host. Salesforce's hosts need no naming.
     */
    public Builder alsoAt(LoginHost... hosts) {
      this.named = List.of(hosts);
      return this;
    }

    /**
     * Sends PKCE parameters ({@code S256}) beside the Consumer Secret. The default is what the
     * app's {@linkplain SalesforceAppSettings#usesPkce() settings} say, and their default is to
     * send none, as fits an app whose callback Ampersand runs. With a callback of your own, send
     * them: a code that an attacker injects is then useless. Salesforce demands them of an app that
     * is shipped to more than two customers' orgs, where the app's page has <i>Require Proof Key
     * for Code Exchange (PKCE)</i> ticked, and where the org requires it of every app.
     */
    public Builder withPkce() {
      return set(AuthorizationCodeFlow.Builder::withPkce);
    }

    /**
     * Sets the signer of states for requests that are tied to a browser ({@link
     * AuthorizationOptions.Builder#binding}), so that nothing is kept until the callback; the
     * default is none, and then requests must be kept.
     */
    public Builder states(StateSigner states) {
      return set(flow -> flow.states(states));
    }

    /** Sets how requests are sent; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      return set(flow -> flow.transport(transport));
    }

    /**
     * Sets how long one call may take, from the first byte to the last, other than a refresh, which
     * takes as long as {@link #longestExchange(Duration)} lets it; the default is 30 seconds.
     */
    public Builder callTimeout(Duration callTimeout) {
      return set(flow -> flow.callTimeout(callTimeout));
    }

    /**
     * Sets how long a refresh may take, from the first byte to the last; the default is 90 seconds.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     * @see AuthorizationCodeFlow.Builder#longestExchange(Duration)
     */
    public Builder longestExchange(Duration longestExchange) {
      return set(flow -> flow.longestExchange(longestExchange));
    }

    /**
     * Sets how long a session is expected to last, since Salesforce does not say. The org's
     * administrator chooses between 15 minutes and 24 hours; the usual setting is 2 hours. By
     * default the expiry is unknown, and a refused call is the judge. A token in JWT format says
     * itself when it ends.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder sessionLength(Duration sessionLength) {
      return set(flow -> flow.sessionLength(sessionLength));
    }

    /**
     * Sets how long a user may take to consent; the default is 30 minutes.
     *
     * @throws IllegalArgumentException if shorter than 15 minutes, or longer than 100 years
     */
    public Builder stateLifetime(Duration stateLifetime) {
      return set(flow -> flow.stateLifetime(stateLifetime));
    }

    /**
     * Takes answers even if Salesforce's signature over identity and time of issue does not fit. By
     * default a code exchange then fails and its tokens are revoked, and a refresh keeps the
     * identity known before. A code exchange that {@linkplain
     * AuthorizationOptions.Builder#expectOrg expects an org} fails in any case. While a new
     * Consumer Secret is staged, prefer {@link SalesforceApp.Builder#alsoSignedWith(Secret)}.
     */
    public Builder withoutSignatureCheck() {
      return set(flow -> flow.verifyTokens((tokens, clientSecret) -> {}));
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      return set(flow -> flow.clock(clock));
    }

    /**
     * Sets where states and code verifiers come from; the default is a {@link SecureRandom} of the
     * platform's choice.
     */
    public Builder random(SecureRandom random) {
      return set(flow -> flow.random(random));
    }

    /** Builds the flow. */
    public SalesforceOAuthFlow build() {
      return new SalesforceOAuthFlow(this);
    }
  }
}
