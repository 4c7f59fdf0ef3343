/**
 * Fresh tokens: one refresh for each grant, and nothing lost when a refresh ends badly.
 *
 * <p>{@link com.withampersand.sdk.token.refresh.FreshTokens} joins three parts: a {@linkplain
 * com.withampersand.sdk.token.TokenStore store}, a {@linkplain
 * com.withampersand.sdk.token.crypto.TokenSealer sealer} that encrypts what the store keeps, and
 * one or more {@linkplain com.withampersand.sdk.oauth.TokenRenewer renewers}, usually a flow. Any
 * number of processes may share a store.
 *
 * <p>Some methods work on the whole store, and report how far they came: {@code keepAlive} takes
 * {@link com.withampersand.sdk.token.refresh.SweepOptions} and returns a {@link
 * com.withampersand.sdk.token.refresh.KeepAliveReport}, {@code reencryptAll} returns a {@link
 * com.withampersand.sdk.token.refresh.ReencryptionReport} for each page, and {@code statuses}
 * returns a {@link com.withampersand.sdk.token.refresh.Page} of what a {@link
 * com.withampersand.sdk.token.refresh.StatusFilter} selects.
 */
@NullMarked
package com.withampersand.sdk.token.refresh;

import org.jspecify.annotations.NullMarked;
