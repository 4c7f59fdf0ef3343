package com.withampersand.sdk.oauth;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an RSA private key from PEM. No message quotes it. */
final class PemKey {
  /** A key of 16,384 bits has some 13,000 characters. */
  private static final int MAX_CHARACTERS = 64 << 10;

  /** RFC 7468, section 2. */
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");

  private static final String ENCRYPTED =
      "the private key is encrypted. Decrypt it where it is stored, such as with \"openssl pkcs8 -in key.pem -out plain.pem\", or"
          + " implement JwtSigner.";

  /** RFC 8017, section A.1: AlgorithmIdentifier of rsaEncryption, with NULL for parameters. */
  private static final byte[] RSA_ENCRYPTION = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private PemKey() {}

  static PrivateKey read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException("the text is too long for a private key in PEM");
    }
    String pem = text.replace("\\n", "\n").replace("\\r", "");
    Matcher begin = BEGIN.matcher(pem);
    String seen = "";
    while (begin.find()) {
      String type = begin.group(1);
      int end = pem.indexOf("-----END " + type + "-----", begin.end());
      if (end >= 0 && type.endsWith("PRIVATE KEY")) {
        return read(type, pem.substring(begin.end(), end));
      }
      seen = end < 0 ? seen : type;
    }
    throw new IllegalArgumentException(
        seen.isEmpty()
            ? "this is not a private key in PEM: it must begin with -----BEGIN PRIVATE KEY----- and must not be cut"
            : "this PEM holds a " + seen + ", not a private key");
  }

  private static PrivateKey read(String type, String body) {
    if (type.startsWith("ENCRYPTED") || body.contains("ENCRYPTED")) {
      throw new IllegalArgumentException(ENCRYPTED);
    }
    return switch (type) {
      case "PRIVATE KEY" -> rsa(decoded(body));
      case "RSA PRIVATE KEY" -> rsa(pkcs8(decoded(body)));
      default ->
          throw new IllegalArgumentException(
              "the PEM holds an " + type + "; JWTs are signed with an RSA key here");
    };
  }

  private static byte[] decoded(String body) {
    try {
      return Base64.getDecoder().decode(body.replaceAll("\\s+", ""));
    } catch (IllegalArgumentException e) {
      // The decoder's message would quote a character of the key.
      throw unreadable();
    }
  }

  private static PrivateKey rsa(byte[] pkcs8) {
    try {
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw unreadable();
    }
  }

  private static IllegalArgumentException unreadable() {
    return new IllegalArgumentException(
        "the private key in this PEM is cut, damaged, or not an RSA key");
  }

  /** RFC 5208, section 5: a PKCS#1 key in its PKCS#8 envelope, which the JDK reads. */
  private static byte[] pkcs8(byte[] pkcs1) {
    return der(SEQUENCE, VERSION_0, RSA_ENCRYPTION, der(OCTET_STRING, pkcs1));
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    writeLength(der, content.size());
    der.writeBytes(content.toByteArray());
    return der.toByteArray();
  }

  private static void writeLength(ByteArrayOutputStream der, int length) {
    if (length < 0x80) {
      der.write(length);
    } else if (length < 0x100) {
      der.write(0x81);
      der.write(length);
    } else {
      der.write(0x82);
      der.write(length >> 8);
      der.write(length);
    }
  }
}
