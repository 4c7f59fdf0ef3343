package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.webhook.AmpersandEvent;
import com.withampersand.sdk.webhook.WebhookVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Delivers a webhook: id, timestamp, signatures and body. It is tried as it is, which must be
 * refused, and with a signature that fits.
 */
final class WebhookTarget implements Target {
  private static final String SECRET = "CanarySigningKey.0123456";
  private static final byte[] KEY = SECRET.getBytes(StandardCharsets.US_ASCII);
  private static final List<String> SECRETS =
      List.of(SECRET, Canary.ACCESS_TOKEN, Canary.REFRESH_TOKEN);
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final WebhookVerifier verifier =
      WebhookVerifier.builder(Secret.of("whsec_" + Base64.getEncoder().encodeToString(KEY)))
          .clock(Clock.fixed(NOW, ZoneOffset.UTC))
          .build();

  @Override
  public void run(Input input) throws GeneralSecurityException {
    if (Forms.isIn(SECRET, input.text())) {
      return; // Who knows the key may write it where they like.
    }
    byte[] body = input.field(3).getBytes(StandardCharsets.UTF_8);
    String genuine = signature(input.field(0), input.field(1), body);
    Tried<AmpersandEvent> asItIs = verify(input, input.field(2), body);
    Require.that(
        asItIs.result().isEmpty() || List.of(input.field(2).split("[ ,\\n\\t]+")).contains(genuine),
        "nothing without a signature");
    verify(input, "v1," + genuine, body).result().ifPresent(WebhookTarget::look);
    Input now = input;
    String second = String.valueOf(NOW.getEpochSecond());
    String fits = "v1," + signature(now.field(0), second, body);
    Tried.call(
            SECRETS,
            () ->
                verifier.verify(
                    body,
                    Map.of(
                            "svix-id", List.of(now.field(0)),
                            "svix-timestamp", List.of(second),
                            "svix-signature", List.of(fits))
                        ::get),
            WebhookException.class)
        .result()
        .ifPresent(WebhookTarget::look);
  }

  private Tried<AmpersandEvent> verify(Input input, String signatures, byte[] body) {
    Map<String, List<String>> headers =
        Map.of(
            "svix-id", List.of(input.field(0)),
            "svix-timestamp", List.of(input.field(1)),
            "svix-signature", List.of(signatures));
    return Tried.call(SECRETS, () -> verifier.verify(body, headers::get), WebhookException.class);
  }

  private static String signature(String id, String timestamp, byte[] body)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(mac.doFinal(body));
  }

  private static void look(AmpersandEvent event) {
    Require.that(
        java.time.Duration.between(event.sentAt(), NOW)
                .abs()
                .compareTo(java.time.Duration.ofMinutes(5))
            <= 0,
        "of now");
    // Names of customers are shown as they are, and an event is signed.
    Tried.call(() -> event.connection().hashCode());
    Tried.call(() -> event.groupRef().hashCode());
    Tried.call(() -> event.installation().hashCode());
    Tried.call(() -> event.message().members().size() + event.message().data().size());
    String shown = event + " " + event.message();
    Require.that(shown.chars().noneMatch(Require::endsLine), "one line: " + shown);
    Canary.requireAbsent(SECRETS, shown, "an event");
    if (event instanceof AmpersandEvent.ConnectionFailed failed) {
      failed.errors().forEach(error -> Canary.requireAbsent(error, "an error of a connection"));
    }
  }
}
