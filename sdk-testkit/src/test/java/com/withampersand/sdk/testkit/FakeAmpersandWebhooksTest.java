package com.withampersand.sdk.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeAmpersandWebhooksTest {
  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.builder(salesforce).clock(clock).start();
  private final List<Arrival> arrivals = Collections.synchronizedList(new ArrayList<>());
  private HttpServer receiver;
  private FakeDestination alerts;

  private record Arrival(String id, String timestamp, String signatures, String body) {
    boolean isSignedWith(String secret) {
      return List.of(signatures.split(" ", -1)).contains("v1," + mac(secret));
    }

    private String mac(String secret) {
      try {
        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("whsec_", ""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        byte[] signed = (id + "." + timestamp + "." + body).getBytes(UTF_8);
        return Base64.getEncoder().encodeToString(mac.doFinal(signed));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext("/", this::receive);
    receiver.start();
    alerts =
        ampersand.addDestination(
            "alerts", URI.create("http://localhost:" + receiver.getAddress().getPort() + "/"));
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
    ampersand.close();
    salesforce.close();
  }

  private void receive(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    arrivals.add(
        new Arrival(
            header(exchange, "svix-id"),
            header(exchange, "svix-timestamp"),
            header(exchange, "svix-signature"),
            body));
    exchange.sendResponseHeaders(202, -1);
    exchange.close();
  }

  private static String header(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }

  @Test
  void send_isSignedByTheSecretOfNow() {
    FakeWebhook webhook = alerts.notification("read.backfill.done", "{\"objectName\":\"é\"}");

    int status = alerts.send(webhook);

    assertThat(status).isEqualTo(202);
    Arrival arrival = arrivals.get(0);
    assertThat(arrival.body())
        .isEqualTo("{\"notificationType\":\"read.backfill.done\",\"data\":{\"objectName\":\"é\"}}");
    assertThat(arrival.timestamp()).isEqualTo("1795521600");
    assertThat(arrival.isSignedWith(alerts.signingSecret())).isTrue();
    assertThat(alerts.signingSecret()).startsWith("whsec_");
  }

  @Test
  void rotation_bothSecretsSignForADay() {
    String old = alerts.signingSecret();
    FakeWebhook webhook = alerts.webhook("{}");

    String next = alerts.rotateSigningSecret();
    alerts.send(webhook);
    clock.advance(Duration.ofDays(1));
    alerts.send(webhook);

    assertThat(arrivals).allMatch(arrival -> arrival.isSignedWith(next));
    assertThat(arrivals.get(0).isSignedWith(old)).isTrue();
    assertThat(arrivals.get(1).isSignedWith(old)).isFalse();
    assertThat(arrivals).extracting(Arrival::id).containsOnly(webhook.id());
  }

  @Test
  void sendTwice_isTheVerySameDelivery() {
    assertThat(alerts.sendTwice(alerts.webhook("{}"))).containsExactly(202, 202);

    assertThat(arrivals).hasSize(2);
    assertThat(arrivals.get(0)).isEqualTo(arrivals.get(1));
  }

  @Test
  void sendInReverse_lastComesFirst() {
    FakeWebhook first = alerts.webhook("1");
    FakeWebhook second = alerts.webhook("2");

    alerts.sendInReverse(first, second);

    assertThat(arrivals).extracting(Arrival::body).containsExactly("2", "1");
  }

  @Test
  void sendLate_isGenuineAndOld() {
    alerts.sendLate(alerts.webhook("{}"), Duration.ofMinutes(6));
    alerts.sendLate(alerts.webhook("{}"), Duration.ofMinutes(-6));

    assertThat(arrivals).extracting(Arrival::timestamp).containsExactly("1795521240", "1795521960");
    assertThat(arrivals).allMatch(arrival -> arrival.isSignedWith(alerts.signingSecret()));
  }

  @Test
  void sendTamperedAndUnsigned_areNotGenuine() {
    alerts.sendTampered(alerts.webhook("{}"));
    alerts.sendUnsigned(alerts.webhook("{}"));

    assertThat(arrivals).noneMatch(arrival -> arrival.isSignedWith(alerts.signingSecret()));
    assertThat(arrivals.get(0).body()).isEqualTo("{} ");
    assertThat(arrivals.get(1).id()).isEqualTo("null");
  }

  @Test
  void badInput_isRefused() {
    URI anywhere = URI.create("http://localhost/");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ampersand.addDestination("alerts", anywhere))
        .withMessageContaining("already");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ampersand.addDestination("a b", anywhere));
    assertThatIllegalArgumentException().isThrownBy(() -> alerts.connectionError("gone"));
    assertThatIllegalArgumentException().isThrownBy(() -> alerts.notification("x", "[]"));
    assertThatIllegalArgumentException().isThrownBy(() -> alerts.notification("x", "{"));
  }
}
