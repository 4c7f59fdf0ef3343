package com.withampersand.sdk.oauth;

import com.github.scribejava.core.builder.api.DefaultApi20;
import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.oauth.AccessTokenRequestParams;
import com.github.scribejava.core.oauth.OAuth20Service;
import com.github.scribejava.core.oauth2.clientauthentication.ClientAuthentication;
import com.github.scribejava.core.oauth2.clientauthentication.RequestBodyAuthenticationScheme;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.internal.Percent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Builds the requests to a token endpoint with ScribeJava, and sends none: what it makes of answers
 * loses tokens and quotes secrets. It is told no scope of its own, since it would send that with
 * every token request.
 */
final class TokenRequests extends OAuth20Service {

  TokenRequests(
      URI endpoint, AuthorizationCodeFlow.ClientAuthentication authentication, ProviderApp app) {
    super(
        new Api(endpoint.toString(), scheme(authentication)),
        app.clientId(),
        secret(app).reveal(),
        app.callbackUri().toString(),
        null,
        "code",
        null,
        null,
        null,
        null);
  }

  /** The application's code may look it up anywhere, and fail. */
  private static Secret secret(ProviderApp app) {
    try {
      return Objects.requireNonNull(app.clientSecret(), "clientSecret");
    } catch (Throwable e) {
      throw new TransportException(
          "The client secret of "
              + OwnGrants.shown(app.clientId())
              + " could not be read ("
              + e.getClass().getName()
              + "). Nothing was sent. Repair what supplies the secret.",
          true,
          false,
          null);
    }
  }

  /** Returns the client secret that these requests carry; the app's own may be another by now. */
  Secret clientSecret() {
    return Secret.of(getApiSecret());
  }

  /**
   * Returns the request for the tokens of a code.
   *
   * @param verifier the code verifier of the code's challenge; null where none was sent
   */
  OAuthRequest exchange(Secret code, @Nullable Secret verifier) {
    AccessTokenRequestParams parameters = AccessTokenRequestParams.create(code.reveal());
    return createAccessTokenRequest(
        verifier == null ? parameters : parameters.pkceCodeVerifier(verifier.reveal()));
  }

  OAuthRequest refresh(Secret refreshToken) {
    return createRefreshTokenRequest(refreshToken.reveal(), null);
  }

  OAuthRequest revoke(Secret token) {
    return createRevokeTokenRequest(token.reveal(), null);
  }

  /** RFC 7662, section 2.1 asks in the same form in which RFC 7009 revokes. */
  OAuthRequest introspect(Secret token) {
    return createRevokeTokenRequest(token.reveal(), null);
  }

  private static ClientAuthentication scheme(
      AuthorizationCodeFlow.ClientAuthentication authentication) {
    return switch (authentication) {
      case BODY -> RequestBodyAuthenticationScheme.instance();
      case BASIC -> TokenRequests::addBasic;
      case NONE -> (request, id, secret) -> {};
    };
  }

  /** ScribeJava's own scheme leaves out the encoding that RFC 6749, section 2.3.1 asks for. */
  private static void addBasic(OAuthRequest request, String id, String secret) {
    String pair = Percent.encode(id) + ":" + Percent.encode(secret);
    request.addHeader(
        "Authorization",
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  private static final class Api extends DefaultApi20 {
    private final String endpoint;
    private final ClientAuthentication authentication;

    Api(String endpoint, ClientAuthentication authentication) {
      this.endpoint = endpoint;
      this.authentication = authentication;
    }

    @Override
    public String getAccessTokenEndpoint() {
      return endpoint;
    }

    @Override
    public String getRevokeTokenEndpoint() {
      return endpoint;
    }

    @Override
    protected String getAuthorizationBaseUrl() {
      throw new UnsupportedOperationException("AuthorizationUrl builds authorization URLs");
    }

    @Override
    public ClientAuthentication getClientAuthentication() {
      return authentication;
    }
  }
}
