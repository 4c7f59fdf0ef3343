/**
 * What every part of the SDK uses: names, secrets and errors.
 *
 * <p>A {@link com.withampersand.sdk.ConnectionKey} names one grant: a provider, your customer, and
 * its user. The same name is used by stores, by Ampersand and in every message. A {@link
 * com.withampersand.sdk.Secret} holds a token or a key and never prints it.
 *
 * <p>Everything that the SDK throws on purpose is below {@link
 * com.withampersand.sdk.AmpersandException}; catch the subclass whose case you handle, and let the
 * rest pass. A refusal by the provider is an {@link com.withampersand.sdk.OAuthException}: its
 * {@link com.withampersand.sdk.Reason} is stable and can be translated, its {@link
 * com.withampersand.sdk.Verdict} says what the refusal means for the grant, and its {@link
 * com.withampersand.sdk.Actor} says who has to act.
 */
@NullMarked
package com.withampersand.sdk;

import org.jspecify.annotations.NullMarked;
