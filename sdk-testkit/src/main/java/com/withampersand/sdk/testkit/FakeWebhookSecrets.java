package com.withampersand.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The signing secrets of a destination: the one of now, and for a day those of before. */
final class FakeWebhookSecrets {
  private static final Duration OVERLAP = Duration.ofDays(1);
  private static final String PREFIX = "whsec_";

  private final Timestamps times;
  private final List<Retired> retired = new ArrayList<>();
  private String current = newSecret();

  private record Retired(String secret, Instant until) {}

  FakeWebhookSecrets(Timestamps times) {
    this.times = times;
  }

  private static String newSecret() {
    return PREFIX + Randoms.base64(24);
  }

  synchronized String current() {
    return current;
  }

  synchronized String rotate() {
    retired.add(new Retired(current, times.instant().plus(OVERLAP)));
    current = newSecret();
    return current;
  }

  /** Returns the value of the header with the signatures, the one of now first. */
  String sign(FakeWebhook webhook, String timestamp) {
    String signed = webhook.id() + "." + timestamp + "." + webhook.body();
    return good().stream()
        .map(secret -> signature(secret, signed))
        .collect(Collectors.joining(" "));
  }

  private synchronized List<String> good() {
    Instant now = times.instant();
    return Stream.concat(
            Stream.of(current),
            retired.stream().filter(old -> now.isBefore(old.until())).map(Retired::secret))
        .toList();
  }

  private static String signature(String secret, String signed) {
    try {
      byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
