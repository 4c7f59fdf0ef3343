package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are made as the tests run: none is stored. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RsaKeyTest {
  /** How long the envelope of PKCS#8 around a PKCS#1 key of 2048 bits is. */
  private static final int ENVELOPE = 26;

  private final KeyPair pair = pair("RSA", 2048);

  private static KeyPair pair(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, body, type);
  }

  private String pkcs8() {
    return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  private String pkcs1() {
    byte[] der = pair.getPrivate().getEncoded();
    return pem("RSA PRIVATE KEY", Arrays.copyOfRange(der, ENVELOPE, der.length));
  }

  private boolean isVerified(RsaKey key) throws GeneralSecurityException {
    byte[] text = "header.claims".getBytes(StandardCharsets.US_ASCII);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(pair.getPublic());
    verifier.update(text);
    return verifier.verify(key.sign(text));
  }

  @Test
  void fromPem_eachFormThatToolsWrite_isRead() throws Exception {
    for (String pem : new String[] {pkcs8(), pkcs1()}) {
      String[] written = {
        pem,
        pem.replace("\n", "\r\n"),
        pem.replace("\n", "\\n"),
        pem.strip(),
        "Bag Attributes\n  friendlyName: app\n" + pem + "trailing text",
        pem("CERTIFICATE", new byte[] {1, 2, 3}) + pem,
      };
      for (String text : written) {
        assertThat(isVerified(RsaKey.fromPem(Secret.of(text)))).isTrue();
      }
    }
  }

  @Test
  void toPem_isReadAgain() throws Exception {
    RsaKey key = RsaKey.of(pair.getPrivate());

    assertThat(isVerified(RsaKey.fromPem(key.toPem()))).isTrue();
    assertThat(key).hasToString("RsaKey[***]");
  }

  @Test
  void of_otherOrWeakKeys_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RsaKey.of(pair("EC", 256).getPrivate()))
        .withMessageContaining("RSA")
        .withMessageContaining("EC");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RsaKey.of(pair("RSA", 1024).getPrivate()))
        .withMessageContaining("1024")
        .withMessageContaining("2048");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ENCRYPTED PRIVATE KEY=encrypted",
        "EC PRIVATE KEY=EC PRIVATE KEY",
        "PUBLIC KEY=PUBLIC KEY",
        "CERTIFICATE=CERTIFICATE",
        "OPENSSH PRIVATE KEY=OPENSSH PRIVATE KEY",
        "PRIVATE KEY=cut, damaged, or not an RSA key",
        "RSA PRIVATE KEY=cut, damaged, or not an RSA key",
      })
  void fromPem_otherThings_areNamed(String typeAndWords) {
    String[] parts = typeAndWords.split("=", -1);
    byte[] der = pair("EC", 256).getPrivate().getEncoded();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RsaKey.fromPem(Secret.of(pem(parts[0], der))))
        .withMessageContaining(parts[1]);
  }

  @Test
  void fromPem_encryptedInTheOldWay_isNamed() {
    String encrypted =
        pkcs1()
            .replace(
                "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> RsaKey.fromPem(Secret.of(encrypted)))
        .withMessageContaining("encrypted");
  }

  @Test
  void fromPem_damaged_isRefusedAndQuotedNowhere() {
    String pem = pkcs8();
    String body = pem.lines().skip(1).findFirst().orElseThrow();
    String[] damaged = {
      pem.substring(0, pem.length() / 2),
      pem.replace(body, body.substring(0, 40)),
      pem.replace(body, "*" + body.substring(1)),
      pem.replace("-----BEGIN PRIVATE KEY-----", ""),
      body,
      "x",
      "-----BEGIN PRIVATE KEY-----".repeat(5000),
    };
    for (String text : damaged) {
      Throwable refusal = catchThrowable(() -> RsaKey.fromPem(Secret.of(text)));

      assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
      assertThat(String.valueOf(refusal.getMessage())).doesNotContain(body.substring(0, 20));
      assertThat(refusal).hasNoCause();
    }
  }
}
