package com.withampersand.sdk.oauth;

import com.github.scribejava.core.builder.api.DefaultApi20;
import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.oauth.AccessTokenRequestParams;
import com.github.scribejava.core.oauth.OAuth20Service;
import com.github.scribejava.core.oauth2.clientauthentication.RequestBodyAuthenticationScheme;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Percent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Builds the requests to a token endpoint with ScribeJava, and sends none: what it makes of answers
 * loses tokens and quotes secrets. It is told no scope of its own, since it would send that with
 * every token request.
 */
final class ScribeRequests extends OAuth20Service {

  ScribeRequests(URI endpoint, ClientAuthentication authentication, ClientCredentials client) {
    super(
        new Api(endpoint.toString(), scheme(authentication)),
        client.clientId(),
        client.redacted().map(Secret::reveal).orElse(null),
        client.callbackUri() == null ? null : client.callbackUri().toString(),
        null,
        "code",
        null,
        null,
        null,
        null);
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

  OAuthRequest clientCredentials() {
    return createAccessTokenClientCredentialsGrantRequest(null);
  }

  OAuthRequest revoke(Secret token) {
    return createRevokeTokenRequest(token.reveal(), null);
  }

  /** RFC 7662, section 2.1 asks in the same form in which RFC 7009 revokes. */
  OAuthRequest introspect(Secret token) {
    return createRevokeTokenRequest(token.reveal(), null);
  }

  private static com.github.scribejava.core.oauth2.clientauthentication.ClientAuthentication scheme(
      ClientAuthentication authentication) {
    return switch (authentication) {
      case CLIENT_SECRET_POST -> RequestBodyAuthenticationScheme.instance();
      case CLIENT_SECRET_BASIC -> ScribeRequests::addBasic;
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
    private final com.github.scribejava.core.oauth2.clientauthentication.ClientAuthentication
        authentication;

    Api(
        String endpoint,
        com.github.scribejava.core.oauth2.clientauthentication.ClientAuthentication
            authentication) {
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
    public com.github.scribejava.core.oauth2.clientauthentication.ClientAuthentication
        getClientAuthentication() {
      return authentication;
    }
  }
}
