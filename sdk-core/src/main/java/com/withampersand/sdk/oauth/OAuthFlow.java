package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;

/**
 * Takes a user through consent and keeps what comes of it: the authorization-code grant of RFC
 * 6749.
 *
 * <p>Nothing is sent twice: a request whose outcome is unknown is reported, never repeated.
 * Implementations are safe to share between threads; make one for each provider app and host, and
 * keep it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.1">RFC 6749, section 4.1</a>
 */
public interface OAuthFlow extends TokenRenewer {
  /** Returns the app on whose behalf this flow asks. */
  ProviderApp app();

  /**
   * Returns a new request for consent to the app's scopes, with a fresh state and without further
   * options.
   */
  default AuthorizationRequest authorize() {
    return authorize(AuthorizationOptions.none());
  }

  /**
   * Returns a new request for consent. Nothing is sent: the user's browser has to be sent to {@link
   * AuthorizationRequest#url()}, and the request has to be kept, out of reach of anyone else, until
   * the browser comes back.
   *
   * @throws IllegalArgumentException if {@code options} asks for scopes that the app does not have
   */
  AuthorizationRequest authorize(AuthorizationOptions options);

  /**
   * Returns the callback if the user consented, and throws the provider's error, explained, if not.
   * {@link #exchange exchange} does this by itself; call it where something has to be read from the
   * callback first, such as the state of a {@link StateSigner}.
   *
   * @throws OAuthException if the user declined or the provider refused; never retryable, since the
   *     same callback will never hold a code
   */
  AuthorizationCallback.Approved approved(AuthorizationCallback callback);

  /**
   * Trades the code of a callback for tokens. The state is checked before anything is sent, and a
   * request that was used is not taken again.
   *
   * <p>The tokens carry their issuer, their client and an id of this consent. If this fails with an
   * exception that is {@linkplain com.withampersand.sdk.AmpersandException#isRetryable()
   * retryable}, nothing was carried out, and the same request and callback may be tried again. In
   * every other case the code may be used up: let the user start again.
   *
   * @param request what {@link #authorize(AuthorizationOptions)} returned for this user
   * @param callback what came back
   * @return the tokens, to be stored before they are used
   * @throws OAuthException if the provider refuses, at the redirect or now; the provider's error is
   *     shown even where the redirect lacks a state
   * @throws CallbackException if the callback does not belong to {@code request}, is late, or was
   *     used before
   * @throws TransportException if no usable answer arrives
   * @throws ProtocolException if the answer is none that RFC 6749 knows
   */
  TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback);

  /**
   * Trades a refresh token for a fresh access token.
   *
   * <p>Sends one {@code grant_type=refresh_token} request, without scope. What the answer leaves
   * out is kept from {@code tokens}, the refresh token among it, so the result can always replace
   * {@code tokens} in a store. Providers that rotate refresh tokens end the old one as they answer:
   * save the result before using it, and never send one refresh token twice.
   *
   * @param tokens the tokens to renew
   * @return the renewed tokens, never without a refresh token
   * @throws IllegalArgumentException if {@code tokens} holds no refresh token
   * @throws ForeignGrantException if the tokens are another issuer's or client's; nothing was sent
   * @throws OAuthException if the provider refuses; {@link OAuthException#needsReauthorization()}
   *     tells whether the user has to consent again
   * @throws TransportException if no usable answer arrives; {@link
   *     TransportException#isOutcomeUnknown()} tells whether the refresh token may have been used
   *     up
   * @throws ProtocolException if the answer is none that RFC 6749 knows
   * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-6">RFC 6749, section 6</a>
   */
  @Override
  TokenSet refresh(TokenSet tokens);
}
