package com.withampersand.sdk.salesforce.metadata;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** A certificate as text: Base64, with its PEM lines or without. */
final class PemCertificate {
  private static final String FIRST_LINE = "-----BEGIN CERTIFICATE-----";
  private static final String LAST_LINE = "-----END CERTIFICATE-----";

  private PemCertificate() {}

  /** Returns the text without PEM lines and line ends. */
  private static String base64(String pem) {
    return pem.replace(FIRST_LINE, "").replace(LAST_LINE, "").replaceAll("\\s|\\\\n", "");
  }

  static String encode(X509Certificate certificate) {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("certificate cannot be encoded", e);
    }
  }

  /** Returns a certificate that {@link #parse} takes as one line of Base64. */
  static String encoded(String pem) {
    try {
      return encode(parse(pem));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("certificate", e);
    }
  }

  /**
   * Reads a certificate.
   *
   * @throws CertificateException if it is none
   */
  static X509Certificate parse(String pem) throws CertificateException {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64(pem));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes));
      if (certificate.getEncoded().length != bytes.length) {
        throw new CertificateException("more than one certificate");
      }
      return certificate;
    } catch (IllegalArgumentException e) {
      throw new CertificateException("not Base64"); // the cause quotes it
    }
  }

  static boolean isPrivateKey(String pem) {
    return pem.contains("PRIVATE KEY");
  }
}
