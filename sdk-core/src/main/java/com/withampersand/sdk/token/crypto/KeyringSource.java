package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.TokenStoreException;

/** Where a cipher gets its keyring from. */
interface KeyringSource {
  /**
   * Returns the keyring to write with.
   *
   * @throws TokenStoreException if there is none and none can be had
   */
  Keyring current();

  /**
   * Returns the keyring to open an envelope with.
   *
   * @param keyId the name of the envelope's key. The keyring has it if there is such a key
   * @throws TokenStoreException if the present keyring does not have the key, and no other keyring
   *     can be had
   */
  Keyring holding(String keyId);

  /** Tells whether a key that is missing now may be there later. */
  boolean mayChange();
}
