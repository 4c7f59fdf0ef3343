package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.ClientGrantFlow;
import com.withampersand.sdk.oauth.JwtSigner;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.ConnectionImport;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import com.withampersand.sdk.salesforce.internal.OAuthEndpoints;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Salesforce's JWT bearer flow: an app that signs in as a user without a browser, by a JWT that it
 * signs with a key whose certificate is on the app's page.
 *
 * <pre>{@code
 * SalesforceJwtFlow flow = SalesforceJwtFlow.of(consumerKey, RsaKey.fromPem(privateKey));
 * FreshTokens tokens = FreshTokens.builder(store, cipher).renewer(flow).build();
 *
 * tokens.save(key, flow.mint(LoginHost.myDomain("acme"), "integration@acme.com"));
 * }</pre>
 *
 * <p>In Salesforce, an admin pre-authorizes the user: <i>Permitted Users</i> is <i>Admin approved
 * users are pre-authorized</i>, and a permission set or profile of the app has the user. There is
 * no Consumer Secret, no callback and no refresh token: when the session ends, the tokens are
 * minted anew. The IP ranges of the user's profile apply.
 *
 * <p><b>A mint proves nothing about who asks for it.</b> Who can name your customer's host and user
 * to {@link #mint} gets that org's tokens. Take both from someone who has proved that the org is
 * theirs, such as by one consent at a {@link SalesforceOAuthFlow}, and compare {@link
 * SalesforceTokens#organizationId()}.
 *
 * <p>Immutable, and safe to share between threads. Make one for each app, for all orgs.
 *
 * @see <a
 *     href="https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm">Salesforce:
 *     OAuth 2.0 JWT Bearer Flow</a>
 */
public final class SalesforceJwtFlow implements TokenRenewer {
  private final String consumerKey;
  private final JwtSigner signer;
  private final @Nullable URI audience;
  private final ClientGrants grants;

  private SalesforceJwtFlow(Builder builder) {
    this.consumerKey = builder.consumerKey;
    this.signer = builder.signer;
    this.audience = builder.audience;
    this.grants = new ClientGrants(this::at, builder.settings);
  }

  /** Returns a flow with the defaults of its {@linkplain #builder builder}. */
  public static SalesforceJwtFlow of(String consumerKey, JwtSigner signer) {
    return builder(consumerKey, signer).build();
  }

  /**
   * Starts a flow.
   *
   * @param consumerKey the app's Consumer Key
   * @param signer signs with the key whose certificate is on the app's page
   * @throws InvalidProviderAppException if {@code consumerKey} is blank, or holds white space as
   *     copying adds
   */
  public static Builder builder(String consumerKey, JwtSigner signer) {
    return new Builder(consumerKey, signer);
  }

  /**
   * Mints the first tokens of a grant, which carry host and user, by one request. Save them with
   * {@code FreshTokens.save}, which from then on mints new ones when they end.
   *
   * @param host the org's My Domain, or a shared host, to which the JWT goes
   * @param username the name by which the user signs in, such as {@code integration@acme.com}; not
   *     the email address, which may differ
   * @throws IllegalArgumentException if {@code username} is blank or has blanks around it
   * @throws ForeignGrantException if {@code host} is neither Salesforce's nor named to this flow;
   *     nothing was sent
   * @throws OAuthException if Salesforce refuses
   * @throws TransportException if no usable answer arrives, or the JWT could not be signed; trying
   *     again does no harm
   * @throws ProtocolException if the answer does not follow RFC 6749, or names an instance that is
   *     not Salesforce's
   */
  public TokenSet mint(LoginHost host, String username) {
    return grants.mint(host, flow -> flow.mint(username));
  }

  private ClientGrantFlow.Builder at(LoginHost host) {
    URI aud = audience == null ? JwtAudience.of(host) : audience;
    return ClientGrantFlow.jwtBearer(consumerKey, OAuthEndpoints.token(host.uri()), signer)
        .audience(aud)
        .refineErrors(refusal -> JwtAudience.named(SalesforceError.refineMint(refusal), aud, host));
  }

  /**
   * Tells whether these tokens are this app's: minted by a JWT for its Consumer Key, at a host of
   * Salesforce or one that was named.
   */
  @Override
  public boolean owns(TokenSet tokens) {
    return grants.own(ClientGrantFlow.JWT_BEARER, consumerKey, tokens);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return tokens.subject().isPresent();
  }

  /**
   * Mints new tokens for the same user, at the host of these tokens. Sending it twice does no harm.
   *
   * @return the result, merged with {@code tokens}
   * @throws ForeignGrantException if the tokens are another app's, or their host is neither
   *     Salesforce's nor named; nothing was sent
   * @throws OAuthException if Salesforce refuses; its verdict is never {@code FINAL}, since no user
   *     could consent: an admin or a developer fixes the cause, and the grant then works again
   * @throws TransportException if no usable answer arrives, or the JWT could not be signed
   * @throws ProtocolException if the answer does not follow RFC 6749
   */
  @Override
  public TokenSet refresh(TokenSet tokens) {
    return grants.refresh(tokens);
  }

  /** Ends the access token. The app can mint another one as long as the user is pre-authorized. */
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

  /**
   * Starts an import by which Ampersand signs in as the user itself, with a copy of the private
   * key, as a connection of its provider {@code salesforceJWT}. Both sides may go on to mint
   * tokens: one does not end the other's. Ampersand chooses the audience, and returns no access
   * token of such a connection. When you rotate the key, delete the connection and import it again.
   *
   * @param key whose connection it will be; its provider is replaced by {@code salesforceJWT}
   * @param host the org's My Domain
   * @param username the name by which the user signs in, as in {@link #mint}
   * @throws IllegalStateException if the signer of this flow is not an {@link RsaKey}
   * @throws IllegalArgumentException if Ampersand has no name for {@code host}, as {@link
   *     LoginHost#workspaceRef()} says, or it is a shared host, which names no org; or if {@code
   *     username} is blank or has blanks around it
   */
  public ConnectionImport.Builder connectionImport(
      ConnectionKey key, LoginHost host, String username) {
    return JwtImport.of(key, host, consumerKey, username, signer);
  }

  /** Builds a {@link SalesforceJwtFlow}. Not safe to share between threads. */
  public static final class Builder {
    private final String consumerKey;
    private final JwtSigner signer;
    private final ClientGrants.Settings settings = new ClientGrants.Settings();
    private @Nullable URI audience;

    private Builder(String consumerKey, JwtSigner signer) {
      this.consumerKey = ClientGrants.requireConsumerKey(consumerKey);
      this.signer = Objects.requireNonNull(signer, "signer");
    }

    /**
     * Sets the {@code aud} of JWTs for all orgs. The default depends on the host:
     *
     * <ul>
     *   <li>{@code login.salesforce.com} and {@code test.salesforce.com}: the host itself;
     *   <li>the My Domain of a sandbox ({@code acme--uat.sandbox.my.salesforce.com}): {@code
     *       https://test.salesforce.com};
     *   <li>any other My Domain: {@code https://login.salesforce.com};
     *   <li>a {@linkplain LoginHost#custom custom} host: its address, as Experience Cloud sites
     *       want it.
     * </ul>
     *
     * <p>Salesforce documents the shared hosts and sites. For scratch orgs ({@code
     * .scratch.my.salesforce.com}, taken for sandboxes), developer, trial and Trailhead orgs and
     * for government clouds the default is a guess. If Salesforce answers <i>audience is
     * invalid</i>, the error names the audience that was sent: set the other one.
     */
    public Builder audience(URI audience) {
      this.audience = Objects.requireNonNull(audience, "audience");
      return this;
    }

    /**
     * Names hosts to which this flow may send JWTs and tokens although they are not Salesforce's:
     * Experience Cloud sites, or a server on this machine in a test. The default is none.
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

    /** Sets the clock, by which JWTs end; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      settings.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Builds the flow. */
    public SalesforceJwtFlow build() {
      return new SalesforceJwtFlow(this);
    }
  }
}
