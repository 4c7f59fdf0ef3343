package com.withampersand.sdk.token.crypto;

/** A keyring that never changes. */
record FixedKeyring(Keyring current) implements KeyringSource {
  @Override
  public Keyring holding(String keyId) {
    return current;
  }

  @Override
  public boolean mayChange() {
    return false;
  }

  @Override
  public String toString() {
    return current.toString();
  }
}
