package com.withampersand.sdk.spring;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.crypto.TokenSealer;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.StatusFilter;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Tells whether this process can read and open grants. It is down if the store does not answer or
 * the key opens nothing, and never because of what single customers have to do: that is counted in
 * the details, which name no customer.
 */
final class GrantsHealthIndicator extends AbstractHealthIndicator {
  /** The name of no grant: it is asked for, and found to be absent. */
  private static final ConnectionKey PROBE =
      new ConnectionKey("ampersand-health", "ampersand-health", "ampersand-health");

  private static final int SAMPLE = 20;
  private static final int MOST = 100;

  private final FreshTokens tokens;
  private final TokenSealer sealer;

  GrantsHealthIndicator(FreshTokens tokens, TokenSealer sealer) {
    super("The grants could not be checked");
    this.tokens = tokens;
    this.sealer = sealer;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    if (!canSeal(health) || !canRead(health)) {
      return;
    }
    health
        .up()
        .withDetail("needConsent", count(Kind.NEEDS_CONSENT))
        .withDetail("blocked", count(Kind.BLOCKED))
        .withDetail("notStoredYet", tokens.unsaved());
  }

  private boolean canSeal(Health.Builder health) {
    try {
      sealer.open(PROBE, sealer.prepare(PROBE).seal(new byte[0]));
      return true;
    } catch (AmpersandException e) {
      down(health, "key", e);
      return false;
    }
  }

  private boolean canRead(Health.Builder health) {
    try {
      tokens.status(PROBE);
      List<GrantStatus> sample = tokens.statuses(StatusFilter.all(), null, SAMPLE).items();
      if (sample.isEmpty()
          || sample.stream().anyMatch(status -> status.kind() != Kind.UNREADABLE)) {
        return true;
      }
      health
          .down()
          .withDetail("problem", "key")
          .withDetail(
              "remedy",
              "No grant opens with ampersand.tokens.key: add its former key to former-keys.");
    } catch (AmpersandException e) {
      down(health, "store", e);
    }
    return false;
  }

  private static void down(Health.Builder health, String problem, AmpersandException failure) {
    health
        .down()
        .withDetail("problem", problem)
        .withDetail("error", String.valueOf(failure.getMessage()));
  }

  private Object count(Kind kind) {
    int found = tokens.statuses(StatusFilter.of(kind), null, MOST).items().size();
    if (found == MOST) {
      return MOST + " or more";
    }
    return found;
  }
}
