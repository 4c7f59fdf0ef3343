package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;

/**
 * Seals what a store keeps of a grant, and opens it again. {@link TokenCipher} is the one that
 * comes with the SDK; implement this for keys that can be used only through a key service.
 *
 * <p>Implementations are safe to share between threads.
 */
public interface TokenSealer {
  /**
   * Gets ready to seal: everything that can fail or take time, such as asking for a key, happens
   * here, since it is called before anything is sent to the provider.
   *
   * @param key whose grant will be sealed
   * @throws TokenStoreException if no key can be had
   */
  Sealing prepare(ConnectionKey key);

  /**
   * Returns what was sealed.
   *
   * @param key whose grant it is
   * @param text what {@link Sealing#seal} returned
   * @throws TokenStoreException if the text was sealed for another key, altered or cut, or if the
   *     key to it cannot be had. The message quotes nothing of what is inside
   */
  byte[] open(ConnectionKey key, String text);

  /**
   * Tells whether a text is sealed otherwise than it would be now, so that it should be renewed.
   *
   * @throws TokenStoreException if no key can be had to compare with
   */
  boolean isOutdated(String text);

  /** Seals any number of contents of one grant, without asking anyone for anything. */
  @FunctionalInterface
  interface Sealing {
    /** Returns the sealed content: characters of ASCII without white space. */
    String seal(byte[] grant);
  }
}
