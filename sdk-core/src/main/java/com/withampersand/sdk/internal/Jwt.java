package com.withampersand.sdk.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * Writes JWTs in compact form.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7515#section-3.1">RFC 7515, section 3.1</a>
 */
public final class Jwt {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private Jwt() {}

  /**
   * Signs claims.
   *
   * @param signature signs header and claims
   */
  public static Secret signed(
      ObjectNode header, ObjectNode claims, UnaryOperator<byte[]> signature) {
    String input = encoded(header) + "." + encoded(claims);
    byte[] signed = signature.apply(input.getBytes(StandardCharsets.US_ASCII));
    return Secret.of(input + "." + BASE64.encodeToString(signed));
  }

  private static String encoded(ObjectNode part) {
    return BASE64.encodeToString(part.toString().getBytes(StandardCharsets.UTF_8));
  }
}
