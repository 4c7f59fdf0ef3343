package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WebhookReceiverTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void run_everyKindOfDelivery_isAnsweredAsItDeserves() throws Exception {
    WebhookReceiver.run(new PrintStream(printed, true, StandardCharsets.UTF_8));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "on time      answered 204",
            "twice        answered [204, 204], handled 1 event",
            "tampered     answered 401",
            "unsigned     answered 400",
            "late         answered 401",
            "too long     answered 413",
            "rotated      answered 204",
            "in reverse   0 customers have to connect again",
            "error        the customer consents again at /services/oauth2/authorize",
            "refreshed    0 customers have to connect again",
            "Done.");
  }
}
