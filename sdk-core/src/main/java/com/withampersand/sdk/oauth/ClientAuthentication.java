package com.withampersand.sdk.oauth;

/**
 * How a client proves its identity at an endpoint of the provider, by the names of OAuth's registry
 * of metadata.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7591#section-2">RFC 7591, section 2</a>
 */
public enum ClientAuthentication {
  /** Identifier and secret in the body, as {@code client_id} and {@code client_secret}. */
  CLIENT_SECRET_POST,
  /** Identifier and secret in an {@code Authorization: Basic} header. */
  CLIENT_SECRET_BASIC,
  /** Not at all: for revocation endpoints that take the token alone. */
  NONE
}
