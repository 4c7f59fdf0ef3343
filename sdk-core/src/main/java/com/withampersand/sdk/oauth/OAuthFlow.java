package com.withampersand.sdk.oauth;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a user through consent and exchanges the code for tokens: the authorization-code grant of
 * RFC 6749.
 *
 * <p>A flow never retries a request whose outcome is unknown; it reports it. Implementations are
 * safe to share between threads; make one for each provider app, and keep it.
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
   * Returns a new request for consent. Sends nothing: redirect the user's browser to {@link
   * AuthorizationRequest#url()}. Unless the request has a signed state, keep it, out of reach of
   * other users, until the browser comes back.
   *
   * @throws IllegalArgumentException if {@code options} asks for scopes that the app does not have
   */
  AuthorizationRequest authorize(AuthorizationOptions options);

  /**
   * Completes an attempt whose request was kept: exchanges the code, or tells why there is none.
   *
   * <p>Never throws because of the callback or the provider's answer: that is {@link
   * AuthorizationResult.Declined} or {@link AuthorizationResult.Failed}, with the payload of the
   * request. Stores nothing.
   *
   * @param callback what came back
   * @param kept what {@link #authorize(AuthorizationOptions)} returned for this {@linkplain
   *     AuthorizationCallback#requestId() request id} and user; null if nothing is kept for it
   */
  default AuthorizationResult complete(
      AuthorizationCallback callback, @Nullable AuthorizationRequest kept) {
    if (kept == null) {
      return new AuthorizationResult.Failed("", AuthorizationRequest.unknown());
    }
    String payload = callback.state().map(kept::hasState).orElse(true) ? kept.payload() : "";
    try {
      return new AuthorizationResult.Connected(payload, exchange(kept, callback));
    } catch (OAuthException e) {
      return callback instanceof AuthorizationCallback.Declined
          ? new AuthorizationResult.Declined(payload, e)
          : new AuthorizationResult.Failed(payload, e);
    } catch (AmpersandException e) {
      return new AuthorizationResult.Failed(payload, e);
    }
  }

  /**
   * Completes an attempt that was made with a signed state, on any node that has its key: exchanges
   * the code, or tells why there is none. Like {@link #complete(AuthorizationCallback,
   * AuthorizationRequest)}, with nothing kept; a callback that is repeated or late carries its
   * payload, too.
   *
   * @param callback what came back
   * @param binding what the browser sent in its cookie
   * @throws UnsupportedOperationException if this flow has no {@link StateSigner}
   */
  default AuthorizationResult complete(AuthorizationCallback callback, BrowserBinding binding) {
    AuthorizationRequest request = null;
    try {
      request = recover(callback, binding);
    } catch (CallbackException e) {
      if (callback.state().isPresent()) {
        return new AuthorizationResult.Failed("", e);
      }
    }
    return complete(callback, request);
  }

  /**
   * Returns the request that the signed state of a callback was made for, to {@linkplain #exchange
   * exchange} its code, or to read its payload first. The exchange checks whether the state has
   * expired or was used.
   *
   * @throws CallbackException if the state is missing, not genuine, or another browser's
   * @throws UnsupportedOperationException if this flow has no {@link StateSigner}
   */
  default AuthorizationRequest recover(AuthorizationCallback callback, BrowserBinding binding) {
    throw new UnsupportedOperationException(
        "this flow was built without a signer of states, so its requests must be kept");
  }

  /**
   * Trades the code of a callback for tokens. The flow checks the state before it sends anything,
   * and accepts a request once.
   *
   * <p>The tokens carry their issuer, their client and an id of this consent. If this fails with an
   * exception that is {@linkplain com.withampersand.sdk.AmpersandException#isRetryable()
   * retryable}, the code was not used, and you may try the same request and callback again. In
   * every other case the code may be used up: let the user start again. Tokens that are refused
   * after they were issued are revoked.
   *
   * @param request what {@link #authorize(AuthorizationOptions)} returned for this user, or what
   *     {@link #recover} did
   * @param callback what came back
   * @return the tokens, to be stored before they are used
   * @throws OAuthException if the provider refuses, at the redirect or now; the provider's error is
   *     shown even where the redirect lacks a state
   * @throws CallbackException if the callback does not belong to {@code request}, is late, or was
   *     used before
   * @throws TransportException if no usable answer arrives
   * @throws ProtocolException if the answer does not follow RFC 6749
   */
  TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback);

  /**
   * Trades a refresh token for a fresh access token.
   *
   * <p>Sends one {@code grant_type=refresh_token} request, without scope. What the answer leaves
   * out is kept from {@code tokens}, the refresh token among it, so the result can always replace
   * {@code tokens} in a store. Providers that rotate refresh tokens end the old one as they answer:
   * save the result before you use it, and do not send the old token again.
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
   * @throws ProtocolException if the answer does not follow RFC 6749
   * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-6">RFC 6749, section 6</a>
   */
  @Override
  TokenSet refresh(TokenSet tokens);
}
