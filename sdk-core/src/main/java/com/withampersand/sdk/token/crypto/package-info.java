/**
 * Encryption of what stores keep.
 *
 * <p>A {@link com.withampersand.sdk.token.crypto.TokenCipher} seals and opens grants with the keys
 * of a {@link com.withampersand.sdk.token.crypto.Keyring}: one to write with, and any number of
 * others that are read, so that keys can be rotated without a stop. Another {@link
 * com.withampersand.sdk.token.crypto.TokenSealer} can use a key that never leaves a service.
 */
@NullMarked
package com.withampersand.sdk.token.crypto;

import org.jspecify.annotations.NullMarked;
