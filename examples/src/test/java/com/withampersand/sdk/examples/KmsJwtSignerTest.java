package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.RsaKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KmsJwtSignerTest {
  /** RFC 8017, section 9.2, note 1: what stands before a SHA-256 digest. */
  private static final String SHA_256 = "3031300d060960864801650304020105000420";

  @Test
  void sign_kmsThatGetsTheDigest_returnsTheSignatureOfTheKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    byte[] signingInput = "header.claims".getBytes(StandardCharsets.US_ASCII);

    byte[] signature =
        new KmsJwtSigner((keyName, digest) -> signed(pair, digest), "k").sign(signingInput);

    assertThat(signature).isEqualTo(RsaKey.of(pair.getPrivate()).sign(signingInput));
  }

  private static byte[] signed(KeyPair pair, byte[] digest) {
    try {
      ByteArrayOutputStream encoded = new ByteArrayOutputStream();
      encoded.writeBytes(HexFormat.of().parseHex(SHA_256));
      encoded.writeBytes(digest);
      Signature raw = Signature.getInstance("NONEwithRSA");
      raw.initSign(pair.getPrivate());
      raw.update(encoded.toByteArray());
      return raw.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
