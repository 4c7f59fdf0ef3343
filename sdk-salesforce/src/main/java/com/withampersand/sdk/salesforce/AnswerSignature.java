package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What Salesforce signs an answer with: HMAC-SHA256, keyed with the Consumer Secret, over the
 * identity URL and the time of issue, one behind the other and as they were sent.
 */
final class AnswerSignature {
  private static final String HMAC_SHA256 = "HmacSHA256";

  private final String signed;
  private final byte[] signature;

  private AnswerSignature(String signed, String signature) {
    this.signed = signed;
    this.signature = decode(signature);
  }

  /**
   * Returns the signature of an answer; empty if it has none, or lacks a part of what is signed.
   */
  static Optional<AnswerSignature> of(TokenSet answer) {
    return text(answer)
        .flatMap(
            signature ->
                answer
                    .attribute("id")
                    .flatMap(id -> answer.attribute("issued_at").map(id::concat))
                    .map(signed -> new AnswerSignature(signed, signature)));
  }

  /** Returns the signature as it was sent. One of many looks like a token, and is kept as one. */
  static Optional<String> text(TokenSet tokens) {
    return tokens
        .attribute("signature")
        .or(() -> tokens.secretAttribute("signature").map(Secret::reveal));
  }

  /** Tells, in a time that does not depend on where they differ, whether it was made with this. */
  boolean isMadeWith(Secret secret) {
    return MessageDigest.isEqual(signature, hmac(secret));
  }

  private byte[] hmac(Secret secret) {
    try {
      Mac mac = Mac.getInstance(HMAC_SHA256);
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), HMAC_SHA256));
      return mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + HMAC_SHA256, e);
    }
  }

  /**
   * Either alphabet, padded or not: what is compared are the bytes. What is no base64 fits none.
   */
  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
