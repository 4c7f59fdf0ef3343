package com.withampersand.sdk.testkit;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;

/**
 * A certificate authority that lives as long as its fake: its key is made as the fake starts to
 * serve real names, stays in memory, and signs for the fake's hosts alone (RFC 5280).
 */
final class Certificates {
  private static final Duration LIFETIME = Duration.ofDays(365);
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair authorityKey;
  private final KeyPair hostKey;
  private final byte[] name = name("Fake Salesforce, test CA " + Randoms.alphanumeric(8));
  private final X509Certificate authority;

  Certificates() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      authorityKey = generator.generateKeyPair();
      hostKey = generator.generateKeyPair();
      authority = sign(authorityKey.getPublic(), name, authorityExtensions());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the certificate that clients have to trust. */
  X509Certificate authority() {
    return authority;
  }

  /** Returns the key of every certificate for a host. */
  PrivateKey hostKey() {
    return hostKey.getPrivate();
  }

  /** Signs a certificate for a host. */
  X509Certificate forHost(String host) {
    try {
      return sign(hostKey.getPublic(), name(host), hostExtensions(host));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(PublicKey key, byte[] subject, byte[] extensions)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    byte[] content =
        Der.sequence(
            Der.tagged(0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(64, RANDOM).add(BigInteger.ONE)),
            ECDSA_WITH_SHA256,
            name,
            Der.sequence(Der.time(now.minus(Duration.ofDays(1))), Der.time(now.plus(LIFETIME))),
            subject,
            key.getEncoded(),
            Der.tagged(3, extensions));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(authorityKey.getPrivate());
    signature.update(content);
    byte[] certificate = Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate));
  }

  private byte[] authorityExtensions() throws GeneralSecurityException {
    return Der.sequence(
        critical("2.5.29.19", Der.sequence(Der.yes())),
        // keyCertSign
        critical("2.5.29.15", Der.bits(2, (byte) 0x04)),
        extension("2.5.29.14", Der.octets(keyId(authorityKey.getPublic()))));
  }

  private byte[] hostExtensions(String host) throws GeneralSecurityException {
    byte[] dnsName = Der.implicit(2, host.getBytes(StandardCharsets.US_ASCII));
    byte[] authorityId = Der.implicit(0, keyId(authorityKey.getPublic()));
    return Der.sequence(
        critical("2.5.29.19", Der.sequence()),
        // digitalSignature
        critical("2.5.29.15", Der.bits(7, (byte) 0x80)),
        // serverAuth
        extension("2.5.29.37", Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.17", Der.sequence(dnsName)),
        extension("2.5.29.14", Der.octets(keyId(hostKey.getPublic()))),
        extension("2.5.29.35", Der.sequence(authorityId)));
  }

  private static byte[] critical(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.yes(), Der.octets(value));
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.octets(value));
  }

  private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(commonName))));
  }
}
