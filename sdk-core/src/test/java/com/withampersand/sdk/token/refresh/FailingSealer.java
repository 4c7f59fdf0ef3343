package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A sealer whose key service can go away: what was got ready before goes on working. */
record FailingSealer(TokenSealer sealer, AtomicBoolean isAway) implements TokenSealer {
  @Override
  public Sealing prepare(ConnectionKey key) {
    if (isAway.get()) {
      throw new IllegalStateException("the key service is away");
    }
    return sealer.prepare(key);
  }

  @Override
  public byte[] open(ConnectionKey key, String text) {
    return sealer.open(key, text);
  }

  @Override
  public boolean isOutdated(String text) {
    return sealer.isOutdated(text);
  }
}
