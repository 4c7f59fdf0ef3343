package com.withampersand.sdk.token.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A key service that makes and unwraps data keys; its own keys never leave it. */
final class FakeKms {
  final AtomicBoolean away = new AtomicBoolean();
  final AtomicInteger asked = new AtomicInteger();

  private final SecureRandom random = new SecureRandom();
  private final Map<String, SecretKey> keys = new ConcurrentHashMap<>();

  /** A data key, and the same wrapped by a key of the service. */
  static final class DataKey {
    private final byte[] bytes;
    private final byte[] wrapped;

    private DataKey(byte[] bytes, byte[] wrapped) {
      this.bytes = bytes;
      this.wrapped = wrapped;
    }

    SecretKey key() {
      return new SecretKeySpec(bytes, "AES");
    }

    byte[] wrapped() {
      return wrapped.clone();
    }
  }

  /** The service does not answer. */
  static final class UnavailableException extends RuntimeException {}

  /** The service refuses what it is asked to unwrap. */
  static final class InvalidCiphertextException extends RuntimeException {}

  DataKey generateDataKey(String keyName, byte[] context) {
    ask();
    byte[] bytes = random(32);
    try {
      return new DataKey(bytes, AesGcm.encrypt(master(keyName), random(12), bytes, context));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  SecretKey unwrap(String keyName, byte[] wrapped, byte[] context) {
    ask();
    try {
      return AesGcm.decrypt(master(keyName), wrapped, context)
          .map(bytes -> new SecretKeySpec(bytes, "AES"))
          .orElseThrow(InvalidCiphertextException::new);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void ask() {
    asked.incrementAndGet();
    if (away.get()) {
      throw new UnavailableException();
    }
  }

  private SecretKey master(String keyName) {
    return keys.computeIfAbsent(keyName, name -> new SecretKeySpec(random(32), "AES"));
  }

  private byte[] random(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
