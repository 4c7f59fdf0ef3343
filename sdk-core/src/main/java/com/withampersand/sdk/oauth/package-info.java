/**
 * Consent: from the link that a user follows to the tokens that come of it, for any provider.
 *
 * <p>A {@link com.withampersand.sdk.oauth.ProviderApp} describes what you registered at the
 * provider. An {@link com.withampersand.sdk.oauth.OAuthFlow} for it makes an {@link
 * com.withampersand.sdk.oauth.AuthorizationRequest}, whose address the browser goes to, and takes
 * the {@link com.withampersand.sdk.oauth.AuthorizationCallback} that comes back. The result is an
 * {@link com.withampersand.sdk.oauth.AuthorizationResult}: connected with a {@link
 * com.withampersand.sdk.oauth.TokenSet}, declined, or failed. Between the two, either keep the
 * request in the session, or let a {@link com.withampersand.sdk.oauth.StateSigner} carry everything
 * in the state, so that nothing is kept.
 *
 * <p>{@link com.withampersand.sdk.oauth.AuthorizationCodeFlow} is the flow of RFC 6749, and what a
 * flow for one provider is built around. A flow is a {@link
 * com.withampersand.sdk.oauth.TokenRenewer} as well: it refreshes what it obtained.
 */
@NullMarked
package com.withampersand.sdk.oauth;

import org.jspecify.annotations.NullMarked;
