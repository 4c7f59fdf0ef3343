package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.refresh.FreshTokens;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Micrometer hears, and what it must not hear. */
class MetricsTest {
  @Test
  void lifeOfAGrant_isMeasuredWithoutNamingIt() throws Exception {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        WebApplication application = WebApplication.start(salesforce)) {
      application.consent(application.begin("acme"));
      FreshTokens tokens = application.bean(FreshTokens.class);
      tokens.refresh(Starter.ACME);
      salesforce.revokeAll();
      assertThatThrownBy(() -> tokens.refresh(Starter.ACME)).isInstanceOf(OAuthException.class);
      application.consent(application.begin("acme"));
      tokens.disconnect(Starter.ACME);

      MeterRegistry meters = application.bean(MeterRegistry.class);

      assertThat(meters.get("ampersand.connect").tag("outcome", "connected").timer().count())
          .isEqualTo(2);
      assertThat(meters.get("ampersand.refresh").tag("outcome", "refreshed").timer().count())
          .isEqualTo(1);
      assertThat(
              meters.get("ampersand.refresh").tag("outcome", "revoked_or_expired").timer().count())
          .isEqualTo(1);
      assertThat(meters.get("ampersand.revoke").tag("outcome", "revoked").timer().count())
          .isEqualTo(1);
      assertThat(
              meters
                  .get("ampersand.grants.events")
                  .tag("event", "consent-needed")
                  .counter()
                  .count())
          .isEqualTo(1);
      assertThat(meters.get("ampersand.grants.unsaved").gauge().value()).isZero();
      assertThat(tagsOf(meters))
          .isNotEmpty()
          .allSatisfy(
              tag ->
                  assertThat(tag)
                      .doesNotContainIgnoringCase("acme")
                      .doesNotContain(salesforce.userId(), salesforce.organizationId()));
    }
  }

  private static List<String> tagsOf(MeterRegistry meters) {
    return meters.getMeters().stream()
        .map(Meter::getId)
        .filter(id -> id.getName().startsWith("ampersand."))
        .map(Meter.Id::toString)
        .toList();
  }

  @Test
  void sweeps_begin_andEndWithTheApplication() throws InterruptedException {
    CountDownLatch sweeps = new CountDownLatch(3);
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(new Counting(sweeps));

    Starter.complete()
        .withBean(ObservationRegistry.class, () -> registry)
        .withBean(SimpleMeterRegistry.class)
        .withPropertyValues("ampersand.keep-alive.interval=5ms")
        .run(
            context -> {
              Sweeps running = context.getBean(Sweeps.class);

              assertThat(sweeps.await(30, TimeUnit.SECONDS)).isTrue();
              assertThat(running.isRunning()).isTrue();
              running.stop();
              assertThat(running.isRunning()).isFalse();
            });
  }

  /** Counts sweeps that ended. */
  private record Counting(CountDownLatch sweeps)
      implements ObservationHandler<Observation.Context> {
    @Override
    public void onStop(Observation.Context context) {
      assertThat(context.getLowCardinalityKeyValue("outcome"))
          .hasToString("keyValue(outcome=complete)");
      sweeps.countDown();
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return "ampersand.keep-alive".equals(context.getName());
    }
  }
}
