package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.ClientGrantFlow;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import com.withampersand.sdk.salesforce.internal.CredentialShapes;
import com.withampersand.sdk.salesforce.internal.OAuthEndpoints;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Salesforce's client-credentials flow: an app that signs in with its own Consumer Key and Secret,
 * as the user whom an admin set as <i>Run As</i> on the app's page.
 *
 * <pre>{@code
 * SalesforceClientCredentialsFlow flow =
 *     SalesforceClientCredentialsFlow.of(consumerKey, consumerSecret);
 * FreshTokens tokens = FreshTokens.builder(store, cipher).renewer(flow).build();
 *
 * tokens.save(key, flow.mint(LoginHost.myDomain("acme")));
 * }</pre>
 *
 * <p>It works at an org's My Domain only. There is no callback, no consent and no refresh token:
 * when the session ends, the tokens are minted anew. Their scopes are those of the app.
 *
 * <p><b>A mint proves nothing about who asks for it.</b> Who can name your customer's host to
 * {@link #mint} gets that org's tokens. Take it from someone who has proved that the org is theirs,
 * such as by one consent at a {@link SalesforceOAuthFlow}, and compare {@link
 * SalesforceTokens#organizationId()}.
 *
 * <p>Immutable, and safe to share between threads. Make one for each app, for all orgs.
 *
 * @see <a
 *     href="https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm">Salesforce:
 *     OAuth 2.0 Client Credentials Flow</a>
 */
public final class SalesforceClientCredentialsFlow implements TokenRenewer {
  private final String consumerKey;
  private final Supplier<Secret> consumerSecret;
  private final Supplier<Optional<Secret>> otherSigningSecret;
  private final ClientGrants grants;

  private SalesforceClientCredentialsFlow(Builder builder) {
    this.consumerKey = builder.consumerKey;
    this.consumerSecret = builder.consumerSecret;
    this.otherSigningSecret = builder.otherSigningSecret;
    this.grants = new ClientGrants(this::at, builder.settings);
  }

  /** Returns a flow with the defaults of its {@linkplain #builder builder}. */
  public static SalesforceClientCredentialsFlow of(String consumerKey, Secret consumerSecret) {
    ClientGrants.requirePasted("consumerSecret", consumerSecret.reveal(), "Consumer Secret");
    if (CredentialShapes.areSwapped(consumerKey, consumerSecret.reveal())) {
      throw new InvalidProviderAppException(List.of(SalesforceAppRules.swapped()));
    }
    return builder(consumerKey, () -> consumerSecret).build();
  }

  /**
   * Starts a flow.
   *
   * @param consumerKey the app's Consumer Key
   * @param consumerSecret called for each request, from any thread, so that the secret can be
   *     rotated while processes run
   * @throws InvalidProviderAppException if {@code consumerKey} is blank, or holds white space as
   *     copying adds
   */
  public static Builder builder(String consumerKey, Supplier<Secret> consumerSecret) {
    return new Builder(consumerKey, consumerSecret);
  }

  /**
   * Mints the first tokens of a grant, which carry the host, by one request. Save them with {@code
   * FreshTokens.save}, which from then on mints new ones when they end.
   *
   * @param host the org's My Domain
   * @throws IllegalArgumentException if {@code host} is {@code login.salesforce.com} or {@code
   *     test.salesforce.com}, which do not serve this flow; nothing was sent
   * @throws ForeignGrantException if {@code host} is neither Salesforce's nor named to this flow;
   *     nothing was sent
   * @throws OAuthException if Salesforce refuses
   * @throws TransportException if no usable answer arrives, or the secret could not be read; trying
   *     again does no harm
   * @throws ProtocolException if the answer does not follow RFC 6749, or names an instance that is
   *     not Salesforce's
   */
  public TokenSet mint(LoginHost host) {
    if (host.equals(LoginHost.production()) || host.equals(LoginHost.sandbox())) {
      throw new IllegalArgumentException(
          host.shown()
              + " does not serve the client credentials flow. Give the org's My Domain, such as"
              + " LoginHost.myDomain(\"acme\").");
    }
    return grants.mint(host, ClientGrantFlow::mint);
  }

  private ClientGrantFlow.Builder at(LoginHost host) {
    return ClientGrantFlow.clientCredentials(
            consumerKey, OAuthEndpoints.token(host.uri()), consumerSecret)
        .verifyTokens(new SignatureCheck(consumerKey, consumerSecret, otherSigningSecret, host))
        .refineErrors(SalesforceError::refineMint);
  }

  /**
   * Tells whether these tokens are this app's: minted with its Consumer Key and Secret, at a host
   * of Salesforce or one that was named.
   */
  @Override
  public boolean owns(TokenSet tokens) {
    return grants.own(ClientGrantFlow.CLIENT_CREDENTIALS, consumerKey, tokens);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return tokens.subject().isEmpty();
  }

  /**
   * Mints new tokens at the host of these tokens. Sending it twice does no harm.
   *
   * @return the result, merged with {@code tokens}
   * @throws ForeignGrantException if the tokens are another app's, or their host is neither
   *     Salesforce's nor named; nothing was sent
   * @throws OAuthException if Salesforce refuses; its verdict is never {@code FINAL}, since no user
   *     could consent: an admin or a developer fixes the cause, and the grant then works again
   * @throws TransportException if no usable answer arrives, or the secret could not be read
   * @throws ProtocolException if the answer does not follow RFC 6749
   */
  @Override
  public TokenSet refresh(TokenSet tokens) {
    return grants.refresh(tokens);
  }

  /** Ends the access token. The app can mint another one as long as it has a Run As user. */
  @Override
  public void revoke(TokenSet tokens) {
    grants.revoke(tokens);
  }

  @Override
  public Duration longestExchange() {
    return grants.longestExchange();
  }

  /** Returns false: there is no refresh token that a request could end. */
  @Override
  public boolean rotates(TokenSet tokens) {
    return false;
  }

  /** Builds a {@link SalesforceClientCredentialsFlow}. Not safe to share between threads. */
  public static final class Builder {
    private final String consumerKey;
    private final Supplier<Secret> consumerSecret;
    private final ClientGrants.Settings settings = new ClientGrants.Settings();
    private Supplier<Optional<Secret>> otherSigningSecret = Optional::empty;

    private Builder(String consumerKey, Supplier<Secret> consumerSecret) {
      this.consumerKey = ClientGrants.requireConsumerKey(consumerKey);
      this.consumerSecret = Objects.requireNonNull(consumerSecret, "consumerSecret");
    }

    /**
     * Names another Consumer Secret with which Salesforce may sign its answers, as while a new one
     * is staged; the default is none. An answer whose signature fits neither is refused at a mint;
     * at a refresh its tokens are kept, and identity and instance stay those known before.
     *
     * @param other called for answers that the other secret did not sign, from any thread
     */
    public Builder alsoSignedWith(Supplier<Optional<Secret>> other) {
      this.otherSigningSecret = Objects.requireNonNull(other, "other");
      return this;
    }

    /**
     * Names hosts to which this flow may send the Consumer Secret although they are not
     * Salesforce's, such as a server on this machine in a test. The default is none.
     */
    public Builder alsoAt(LoginHost... named) {
      settings.named = List.of(named);
      return this;
    }

    /** Sets how requests are sent; the default is {@link HttpTransport#shared()}. */
    public Builder transport(HttpTransport transport) {
      settings.transport = Objects.requireNonNull(transport, "transport");
      return this;
    }

    /**
     * Sets how long a request may take, from the first byte to the last; the default is 90 seconds.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder callTimeout(Duration callTimeout) {
      settings.callTimeout = ClientGrants.requireDuration(callTimeout);
      return this;
    }

    /**
     * Sets how long a session is expected to last, as {@link
     * SalesforceOAuthFlow.Builder#sessionLength(Duration)} does; by default the expiry is unknown,
     * and a refused call is the judge.
     *
     * @throws IllegalArgumentException if not positive, or longer than 100 years
     */
    public Builder sessionLength(Duration sessionLength) {
      settings.sessionLength = ClientGrants.requireDuration(sessionLength);
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      settings.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Builds the flow. */
    public SalesforceClientCredentialsFlow build() {
      return new SalesforceClientCredentialsFlow(this);
    }
  }
}
