package com.withampersand.sdk.webhook;

import static com.withampersand.sdk.webhook.SvixDelivery.NOON;
import static com.withampersand.sdk.webhook.SvixDelivery.SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.WebhookException.Reason;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Deliveries that were altered after they were signed. */
class MutationTest {
  private static final int COUNT = 10_000;
  private static final byte[] BODY =
      "{\"notificationType\":\"connection.error\",\"data\":{\"connectionId\":\"c-1\"}}"
          .getBytes(UTF_8);

  private final Random random = new Random(20261124);
  private final WebhookVerifier verifier =
      WebhookVerifier.builder(Secret.of(SECRET))
          .alsoSignedWith(Secret.of("whsec_plJ3nmyCDGBKInavdOK15jsl"))
          .clock(Clock.fixed(NOON, ZoneOffset.UTC))
          .build();

  @Test
  void tenThousandMutants_noneIsAccepted() {
    Map<Reason, Integer> refused = new EnumMap<>(Reason.class);
    assertThat(genuine().verify(verifier).id()).isEqualTo("msg_2b");

    for (int i = 0; i < COUNT; i++) {
      SvixDelivery mutant = mutant(i % 6);
      refused.merge(refusal(mutant), 1, Integer::sum);
    }

    assertThat(refused.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(COUNT);
    assertThat(refused).containsOnlyKeys(Reason.SIGNATURE, Reason.HEADERS);
    assertThat(refused.get(Reason.SIGNATURE)).isGreaterThan(COUNT / 2);
  }

  private Reason refusal(SvixDelivery mutant) {
    try {
      mutant.verify(verifier);
    } catch (WebhookException e) {
      return e.reason();
    }
    throw new AssertionError("accepted: " + mutant.headers + " " + new String(mutant.body, UTF_8));
  }

  private static SvixDelivery genuine() {
    return SvixDelivery.of(BODY.clone(), "msg_2b", NOON, SECRET);
  }

  private SvixDelivery mutant(int kind) {
    SvixDelivery delivery = genuine();
    switch (kind) {
      case 0 -> delivery.body[random.nextInt(BODY.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> delivery.withBody(altered(new String(BODY, UTF_8)));
      case 2 -> alter(delivery, "svix-id");
      case 3 -> alter(delivery, "svix-timestamp");
      case 4 -> alterSignature(delivery);
      default -> shift(delivery);
    }
    return delivery;
  }

  private void alter(SvixDelivery delivery, String name) {
    delivery.header(name, altered(value(delivery, name)));
  }

  /** Alters the base64 alone: spaces around a signature mean nothing. */
  private void alterSignature(SvixDelivery delivery) {
    String base64 = value(delivery, "svix-signature").substring(3);
    String altered = altered(base64).replace(" ", "");
    delivery.header("svix-signature", "v1," + (altered.equals(base64) ? "" : altered));
  }

  /** Moves the borders between id, timestamp and body; what is signed stays the same. */
  private void shift(SvixDelivery delivery) {
    String timestamp = value(delivery, "svix-timestamp");
    int at = random.nextInt(timestamp.length());
    String body = timestamp.substring(at) + "." + new String(BODY, UTF_8);
    List<SvixDelivery> shifted =
        List.of(
            SvixDelivery.with(BODY, "msg_2b." + timestamp, "", value(delivery, "svix-signature")),
            SvixDelivery.with(
                body.getBytes(UTF_8),
                "msg_2b",
                timestamp.substring(0, at),
                value(delivery, "svix-signature")));
    SvixDelivery one = shifted.get(random.nextInt(2));
    delivery.headers.putAll(one.headers);
    delivery.body = one.body;
  }

  private static String value(SvixDelivery delivery, String name) {
    return delivery.headers.get(name).get(0);
  }

  /** Replaces, removes, adds, doubles or exchanges a character; never returns the same text. */
  private String altered(String text) {
    String result = text;
    while (result.equals(text)) {
      int at = random.nextInt(text.length());
      char other = (char) (' ' + random.nextInt(95));
      result =
          switch (random.nextInt(4)) {
            case 0 -> text.substring(0, at) + other + text.substring(at + 1);
            case 1 -> text.substring(0, at) + text.substring(at + 1);
            case 2 -> text.substring(0, at) + other + text.substring(at);
            default -> text.substring(at) + text.substring(0, at);
          };
    }
    return result;
  }
}
