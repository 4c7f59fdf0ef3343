package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.util.concurrent.atomic.AtomicInteger;

/** A sealer that counts what it opens. */
record CountingSealer(TokenSealer sealer, AtomicInteger opened) implements TokenSealer {
  @Override
  public Sealing prepare(ConnectionKey key) {
    return sealer.prepare(key);
  }

  @Override
  public byte[] open(ConnectionKey key, String text) {
    opened.incrementAndGet();
    return sealer.open(key, text);
  }

  @Override
  public boolean isOutdated(String text) {
    return sealer.isOutdated(text);
  }
}
