/**
 * The Ampersand API.
 *
 * <p>An {@link com.withampersand.sdk.platform.AmpersandClient} belongs to one project and has a
 * type for each resource, such as {@link com.withampersand.sdk.platform.ProviderApps} and {@link
 * com.withampersand.sdk.platform.Connections}. {@link
 * com.withampersand.sdk.platform.AmpersandTokens} gives out the tokens of connections that
 * Ampersand keeps, and {@link com.withampersand.sdk.platform.AmpersandProxy} calls a provider
 * through Ampersand, so that your process sees no token at all. {@link
 * com.withampersand.sdk.platform.AmpersandGrants} hands grants of your own over to Ampersand.
 */
@NullMarked
package com.withampersand.sdk.platform;

import org.jspecify.annotations.NullMarked;
