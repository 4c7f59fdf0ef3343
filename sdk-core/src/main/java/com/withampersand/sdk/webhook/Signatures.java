package com.withampersand.sdk.webhook;

import java.security.MessageDigest;

/** Compares signatures, in the same time whichever fits and wherever they differ. */
final class Signatures {
  private Signatures() {}

  /** Compares each with each, even if one has been found that fits. */
  static boolean anyFits(Iterable<byte[]> expected, Iterable<byte[]> candidates) {
    boolean fits = false;
    for (byte[] signature : expected) {
      for (byte[] candidate : candidates) {
        fits |= MessageDigest.isEqual(signature, candidate);
      }
    }
    return fits;
  }
}
