package com.withampersand.sdk.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A delivery that is signed without the code under test, by RFC 2104 as the JDK has it. */
final class SvixDelivery {
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  byte[] body;

  private SvixDelivery(byte[] body) {
    this.body = body;
  }

  static SvixDelivery of(String body) {
    return of(body.getBytes(UTF_8), "msg_1", NOON, SECRET);
  }

  static SvixDelivery of(byte[] body, String id, Instant at, String... secrets) {
    String timestamp = String.valueOf(at.getEpochSecond());
    List<String> signatures = new ArrayList<>();
    for (String secret : secrets) {
      signatures.add(signature(secret, id, timestamp, body));
    }
    return with(body, id, timestamp, String.join(" ", signatures));
  }

  static SvixDelivery with(byte[] body, String id, String timestamp, String signatures) {
    SvixDelivery delivery = new SvixDelivery(body);
    delivery.header("svix-id", id);
    delivery.header("svix-timestamp", timestamp);
    delivery.header("svix-signature", signatures);
    return delivery;
  }

  static String signature(String secret, String id, String timestamp, byte[] body) {
    try {
      byte[] key = Base64.getDecoder().decode(secret.replace("whsec_", ""));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + timestamp + ".").getBytes(UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  SvixDelivery header(String name, String... values) {
    headers.put(name, List.of(values));
    return this;
  }

  SvixDelivery without(String name) {
    headers.remove(name);
    return this;
  }

  SvixDelivery withBody(String text) {
    body = text.getBytes(UTF_8);
    return this;
  }

  /** Returns the same delivery under the names of Standard Webhooks. */
  SvixDelivery renamed() {
    for (String name : List.of("id", "timestamp", "signature")) {
      headers.put("webhook-" + name, headers.remove("svix-" + name));
    }
    return this;
  }

  AmpersandEvent verify(WebhookVerifier verifier) {
    return verifier.verify(body, headers::get);
  }
}
