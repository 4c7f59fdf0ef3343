package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.benchmarks.Machine;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.lang.ref.Reference;

/** Bytes for one more grant: in the memory of a process, and in a store in memory. */
final class MemoryScale {
  private MemoryScale() {}

  public static void main(String[] args) throws Exception {
    int grants = Integer.parseInt(args[0]);
    System.out.println(Machine.describe(1));
    InMemoryTokenStore store = new InMemoryTokenStore();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
    long empty = used();
    try (FreshTokens writer = tokens(store, cipher, 1)) {
      Rate.times(grants, 2, i -> writer.save(InstantProvider.user(i), InstantProvider.consent()));
    }
    long stored = used();
    try (FreshTokens reader = tokens(store, cipher, grants)) {
      Rate.times(grants, 2, i -> reader.get(InstantProvider.user(i)));
      long cached = used();
      System.out.printf(
          "%,d grants: %,d bytes each in InMemoryTokenStore, %,d bytes each in the memory of FreshTokens%n",
          grants, (stored - empty) / grants, (cached - stored) / grants);
    } finally {
      Reference.reachabilityFence(store);
    }
  }

  private static FreshTokens tokens(InMemoryTokenStore store, TokenCipher cipher, int cacheSize) {
    return FreshTokens.builder(store, cipher)
        .renewer(new InstantProvider())
        .cacheSize(cacheSize)
        .build();
  }

  @SuppressWarnings("SystemGc")
  private static long used() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
