/**
 * The contracts of token keeping: who gives out tokens, and where they are stored.
 *
 * <p>Code that calls an API takes a {@link com.withampersand.sdk.token.TokenProvider}, and neither
 * knows nor cares who refreshes: {@link com.withampersand.sdk.token.refresh.FreshTokens} for grants
 * of your own, or {@link com.withampersand.sdk.platform.AmpersandTokens} for those that Ampersand
 * keeps. A {@link com.withampersand.sdk.token.GrantStatus} says how one grant is, for a settings
 * page or a list of customers to write to.
 *
 * <p>A {@link com.withampersand.sdk.token.TokenStore} keeps a {@link
 * com.withampersand.sdk.token.Row} for each grant, and writes one only if it is unchanged. It sees
 * sealed text, never a token. There are stores for databases, files and memory; to write another
 * one, implement its four methods. A {@link com.withampersand.sdk.token.TokenListener} hears what
 * happens, for logs and metrics, and a {@link com.withampersand.sdk.token.GrantRecipient} can take
 * grants over.
 */
@NullMarked
package com.withampersand.sdk.token;

import org.jspecify.annotations.NullMarked;
