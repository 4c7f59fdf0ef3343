package com.withampersand.sdk.token;

import static com.withampersand.sdk.token.Customer.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.LogLines;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Looks for the tokens of grants in all that is said and logged while they are kept. */
class GrantCanaryTest {
  private final Customer customer = new Customer();
  private final InMemoryTokenStore memory = new InMemoryTokenStore();
  private final FailingStore store = new FailingStore(memory);
  private final LogLines log = new LogLines();
  private final List<String> said = new ArrayList<>();
  private final List<Secret> secrets = new ArrayList<>();
  private final FreshTokens fresh =
      customer
          .fresh(store)
          .listener(
              new TokenListener() {
                @Override
                public void refreshed(ConnectionKey key, TokenSet tokens) {
                  remember(tokens);
                  throw new IllegalStateException(tokens.accessToken().reveal());
                }
              })
          .build();

  @BeforeEach
  void start() {
    log.start();
    secrets.add(Secret.of(customer.salesforce.consumerSecret()));
    TokenSet tokens = customer.consent();
    remember(tokens);
    fresh.save(ADA, tokens);
  }

  @AfterEach
  void stop() {
    log.stop();
    customer.close();
  }

  private void remember(TokenSet tokens) {
    secrets.add(tokens.accessToken());
    tokens.refreshToken().ifPresent(secrets::add);
  }

  private void run(Callable<?> call) {
    try {
      said.add(String.valueOf(call.call()));
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      said.add(trace.toString());
    }
  }

  private String refreshToken() {
    return memory.find(ADA).flatMap(TokenSet::refreshToken).orElseThrow().reveal();
  }

  @Test
  void everything_onGoodDaysAndBad_showsNoToken() {
    run(() -> fresh.get(ADA));
    run(() -> fresh.refresh(ADA));
    run(() -> fresh.call(ADA, tokens -> "401", "401"::equals));
    customer.salesforce.failNextTokenRequest(503, "text/html", "<html>" + refreshToken());
    run(() -> fresh.refresh(ADA));
    customer.salesforce.failNextTokenRequest(
        400,
        "application/json",
        "{\"error\":\"invalid_client\",\"error_description\":\"bad " + refreshToken() + "\"}");
    run(() -> fresh.refresh(ADA));
    customer.salesforce.loseNextTokenAnswer();
    run(() -> fresh.refresh(ADA));
    customer.transport =
        request -> {
          throw new IOException(
              "reset while sending " + new String(request.body(), StandardCharsets.UTF_8));
        };
    run(() -> fresh.refresh(ADA));
    customer.transport =
        request -> {
          throw new ConnectException("refused for " + request.headers());
        };
    run(
        () -> {
          fresh.disconnect(ADA);
          return "disconnected";
        });
    customer.transport = com.withampersand.sdk.http.HttpTransport.shared();
    store.failsWhenWriting = true;
    run(() -> fresh.refresh(ADA));
    store.failsWhenWriting = false;
    customer.clock.advance(Duration.ofDays(8));
    run(() -> fresh.keepAlive(Duration.ofDays(7)));
    customer.salesforce.failNextTokenRequest(
        400,
        "application/json",
        "{\"error\":\"invalid_grant\",\"error_description\":\"dead " + refreshToken() + "\"}");
    run(() -> fresh.refresh(ADA));
    run(() -> fresh.get(ADA));
    run(() -> memory.find(ADA));
    run(fresh::toString);

    assertThat(said).hasSize(14);
    assertThat(customer.events).contains("refreshed", "unsaved", "consent needed invalid_grant");
    assertThat(log.lines()).hasSizeGreaterThan(8);
    assertThat(Stream.concat(said.stream(), log.lines().stream()))
        .allSatisfy(
            text ->
                assertThat(secrets)
                    .extracting(Secret::reveal)
                    .noneMatch(secret -> text.contains(secret.substring(0, 24))));
  }
}
