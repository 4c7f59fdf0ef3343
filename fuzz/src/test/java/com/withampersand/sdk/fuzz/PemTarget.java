package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;

/**
 * Reads a private key and a certificate. In the input, {@code @KEY@} and {@code @OLD_KEY@} stand
 * for a key that is made for it. No error may quote a line of either.
 */
final class PemTarget implements Target {
  private static final int SHOWN = 24;

  private final SalesforceApp app =
      SalesforceApp.builder("3MVG9key", "secret-1").scopes("api", "refresh_token").build();

  /** A key of this process: in PKCS#8, and in PKCS#1, which is what follows its first 26 bytes. */
  private final byte[] pkcs8 = newKey();

  private static byte[] newKey() {
    try {
      return KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate().getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getMimeEncoder().encodeToString(bytes);
  }

  @Override
  public void run(Input input) {
    String pem =
        input
            .text()
            .replace("@KEY@", base64(pkcs8))
            .replace("@OLD_KEY@", base64(Arrays.copyOfRange(pkcs8, 26, pkcs8.length)));
    Tried<RsaKey> key =
        Tried.call(() -> RsaKey.fromPem(Secret.of(pem)), IllegalArgumentException.class);
    key.error().ifPresent(error -> requireNotQuoted(error, pem));
    key.result().ifPresent(PemTarget::requireStable);
    Tried.call(
            () ->
                SalesforceAppMetadata.builder("Acme", "ops@acme.example", app.settings())
                    .certificate(pem)
                    .build(),
            IllegalArgumentException.class,
            InvalidProviderAppException.class)
        .error()
        .ifPresent(error -> requireNotQuoted(error, pem));
  }

  private static void requireStable(RsaKey key) {
    Secret pem = key.toPem();
    Require.same(pem, RsaKey.fromPem(pem).toPem(), "read what was written");
  }

  private static void requireNotQuoted(Throwable error, String pem) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      for (String line : pem.split("\\s+", 200)) {
        boolean tells = line.length() >= SHOWN && line.matches("[A-Za-z0-9+/=]+");
        Require.that(!tells || !message.contains(line), "no line of a key in: " + message);
      }
    }
  }
}
