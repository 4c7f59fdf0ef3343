package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow.ClientAuthentication;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.Introspection;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes users through Salesforce's consent: its web server flow, with the client's credentials in
 * the body, never a scope in a token request, and without PKCE unless {@linkplain
 * Builder#withPkce() told to}.
 *
 * <p>Immutable, and safe to share between threads. Make one for each login host, and keep it.
 *
 * @see <a
 *     href="https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm">Salesforce:
 *     OAuth 2.0 Web Server Flow</a>
 */
public final class SalesforceOAuthFlow implements OAuthFlow {
  private static final int NOT_FOUND = 404;

  private final LoginHost host;
  private final AuthorizationCodeFlow flow;
  private final GrantRules rules;

  private SalesforceOAuthFlow(LoginHost host, AuthorizationCodeFlow flow) {
    this.host = host;
    this.flow = flow;
    this.rules = new GrantRules(host);
  }

  /** Returns a flow with every default. */
  public static SalesforceOAuthFlow of(SalesforceApp app, LoginHost host) {
    return builder(app, host).build();
  }

  /** Starts a flow. */
  public static Builder builder(SalesforceApp app, LoginHost host) {
    return new Builder(app, host);
  }

  /** Returns the host at which this flow asks. */
  public LoginHost host() {
    return host;
  }

  /** Returns the app on whose behalf this flow asks: a {@link SalesforceApp}. */
  @Override
  public SalesforceApp app() {
    return (SalesforceApp) flow.app();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Salesforce honours {@link AuthorizationOptions.Prompt#LOGIN}, which also helps where the
   * browser is logged in to another organisation, {@link AuthorizationOptions.Prompt#CONSENT} and
   * {@link AuthorizationOptions.Prompt#SELECT_ACCOUNT}; a login hint fills in the username.
   *
   * @throws IllegalArgumentException if {@code options} asks for scopes that the app does not have,
   *     or for no refresh token
   */
  @Override
  public AuthorizationRequest authorize(AuthorizationOptions options) {
    options
        .scopes()
        .filter(scopes -> !SalesforceScopes.bringRefreshToken(scopes))
        .ifPresent(
            scopes -> {
              throw new IllegalArgumentException(
                  "without refresh_token among the scopes the connection would end with its first session; ask for it beside "
                      + scopes);
            });
    return flow.authorize(options);
  }

  @Override
  public AuthorizationCallback.Approved approved(AuthorizationCallback callback) {
    return flow.approved(callback);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Tokens whose signature does not fit, or whose instance is neither Salesforce's nor the named
   * host's, are refused with a {@link ProtocolException}. {@link SalesforceTokens#missing} tells
   * which scopes were not granted.
   *
   * @throws OAuthException as above; and with {@code no_refresh_token}, which is the SDK's own
   *     code, if the answer brings no refresh token: the connection would end with its first
   *     session
   */
  @Override
  public TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback) {
    return rules.requireUsable(flow.exchange(request, callback), request.scopes());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where Salesforce moved the organisation, the result holds the new instance. A new instance
   * that is neither Salesforce's nor the named host's is not taken over: the new tokens are
   * returned with the instance known before, and a warning is logged. Tokens whose signature does
   * not fit are refused with a {@link ProtocolException} of unknown outcome.
   */
  @Override
  public TokenSet refresh(TokenSet tokens) {
    return rules.keepInstance(tokens, flow.refresh(tokens));
  }

  @Override
  public void revoke(TokenSet tokens) {
    flow.revoke(tokens);
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
    URI instance = SalesforceTokens.of(tokens, host).instanceUrl().orElse(host.uri());
    URI endpoint = URI.create(instance + "/services/oauth2/userinfo");
    return SalesforceIdentity.of(flow.userInfo(endpoint, tokens));
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
    SalesforceTokens view = SalesforceTokens.of(tokens, host);
    URI identityUrl = requireIdentityUrl(view);
    try {
      return SalesforceIdentity.of(flow.userInfo(identityUrl, tokens));
    } catch (OAuthException e) {
      Optional<URI> atInstance = atInstance(identityUrl, view);
      if (e.httpStatus().orElse(0) != NOT_FOUND || atInstance.isEmpty()) {
        throw e;
      }
      return SalesforceIdentity.of(flow.userInfo(atInstance.get(), tokens));
    }
  }

  private URI requireIdentityUrl(SalesforceTokens tokens) {
    URI identityUrl =
        tokens
            .identityUrl()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "these tokens have no identity URL; ask userInfo instead"));
    if (!host.mayReceiveTokens(identityUrl)) {
      throw new ProtocolException(
          "The identity URL of these tokens is not Salesforce's, so no token is sent there: host "
              + identityUrl.getHost(),
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
    return flow.introspect(tokens);
  }

  /**
   * Returns these tokens with the end of the access token as Salesforce tells it now, which it does
   * not when it issues them. The end of a session moves with each use. Store the tokens before you
   * ask; they are returned unchanged where Salesforce names no end, or calls the token not active.
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
    private final LoginHost host;
    private final AuthorizationCodeFlow.Builder flow;

    private Builder(SalesforceApp app, LoginHost host) {
      this.host = Objects.requireNonNull(host, "host");
      this.flow =
          AuthorizationCodeFlow.builder(app, host.authorizationEndpoint(), host.tokenEndpoint())
              .revocationEndpoint(host.revocationEndpoint(), ClientAuthentication.NONE)
              .introspectionEndpoint(host.introspectionEndpoint())
              .verifyTokens(new SignatureCheck(app, host))
              .refineTokens(JwtExpiry::read)
              .refineErrors(SalesforceErrors::explain);
    }

    /**
     * Sends PKCE parameters ({@code S256}) beside the Consumer Secret. The default sends none, as
     * fits an app that was set up for Ampersand. Ask for it where the app's page has <i>Require
     * Proof Key for Code Exchange (PKCE)</i> ticked, or where the organisation requires it of every
     * app: Salesforce then refuses requests without as {@code missing required code challenge}.
     */
    public Builder withPkce() {
      flow.withPkce();
      return this;
    }

    /** Sets how requests are sent; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      flow.transport(transport);
      return this;
    }

    /**
     * Sets how long one call may take, from the first byte to the last; the default is 30 seconds.
     */
    public Builder callTimeout(Duration callTimeout) {
      flow.callTimeout(callTimeout);
      return this;
    }

    /**
     * Sets how long a session is expected to last, since Salesforce does not say. The
     * organisation's administrator chooses between 15 minutes and 24 hours; the usual setting is 2
     * hours. By default the expiry is unknown, and a refused call is the judge. A token in JWT
     * format says itself when it ends.
     *
     * @throws IllegalArgumentException if not longer than nothing, or longer than 100 years
     */
    public Builder sessionLength(Duration sessionLength) {
      flow.sessionLength(sessionLength);
      return this;
    }

    /**
     * Sets how long a user may take to consent; the default is 30 minutes.
     *
     * @throws IllegalArgumentException if shorter than 15 minutes, or longer than 100 years
     */
    public Builder stateLifetime(Duration stateLifetime) {
      flow.stateLifetime(stateLifetime);
      return this;
    }

    /**
     * Takes tokens even if Salesforce's signature over identity and time of issue does not fit. By
     * default such an answer is refused, with the code or refresh token perhaps used up. Leave the
     * check out while a new Consumer Secret is staged, if Salesforce turns out to sign with the one
     * that is not sent.
     */
    public Builder withoutSignatureCheck() {
      flow.verifyTokens((tokens, clientSecret) -> {});
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      flow.clock(clock);
      return this;
    }

    /**
     * Sets where states and code verifiers come from; the default is a {@link SecureRandom} of the
     * platform's choice.
     */
    public Builder random(SecureRandom random) {
      flow.random(random);
      return this;
    }

    /** Builds the flow. */
    public SalesforceOAuthFlow build() {
      return new SalesforceOAuthFlow(host, flow.build());
    }
  }
}
