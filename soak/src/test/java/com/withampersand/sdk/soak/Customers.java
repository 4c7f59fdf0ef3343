package com.withampersand.sdk.soak;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeUser;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.Page;
import com.withampersand.sdk.token.refresh.StatusFilter;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The customers, who consent, and consent again when they are asked to. */
final class Customers implements AutoCloseable {
  private static final int TRIES = 100;

  private static final Duration LEASE = Duration.ofSeconds(35);

  /** Each try without an answer doubles the wait for the next. */
  private static final Duration LONGEST_DOUBT = Duration.ofMinutes(20);

  private final Provider provider;
  private final Journal journal;
  private final IssuedGrant[] grants;
  private final HikariDataSource pool;
  private final SalesforceOAuthFlow flow;
  private final FreshTokens tokens;

  Customers(Plan plan, Provider provider, Journal journal) throws Exception {
    this.provider = provider;
    this.journal = journal;
    this.grants = new IssuedGrant[plan.customers()];
    this.pool = plan.pool();
    this.flow = plan.flow(plan.client());
    this.tokens = plan.tokens(pool, flow);
    for (int customer = 0; customer < grants.length; customer++) {
      consent(customer);
    }
  }

  private void consent(int customer) {
    FakeUser user = provider.customer(customer);
    LoginHost host = LoginHost.fromStored(user.org().myDomain().toString());
    @Nullable TokenSet consented = null;
    for (int tries = 0; consented == null; tries++) {
      AuthorizationRequest request = flow.authorize(host, AuthorizationOptions.none());
      try {
        consented =
            flow.exchange(request, AuthorizationCallback.fromUri(user.approve(request.url())));
      } catch (AmpersandException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
    grants[customer] = provider.salesforce.grant(consented.refreshToken().orElseThrow().reveal());
    try {
      tokens.save(Plan.key(customer), consented);
    } catch (AmpersandException e) {
      // Kept in memory, and stored when the database is back.
    }
  }

  /** Lets all who have to do so consent again, and notes why they have to. */
  void consentWhereNeeded() {
    try {
      for (ConnectionKey key : all(Kind.NEEDS_CONSENT)) {
        int customer = number(key);
        note(customer);
        consent(customer);
      }
    } catch (AmpersandException e) {
      // The database is away: they are seen at the next look.
    }
  }

  private List<ConnectionKey> all(Kind kind) {
    List<ConnectionKey> found = new ArrayList<>();
    @Nullable ConnectionKey after = null;
    do {
      Page<GrantStatus> page = tokens.statuses(StatusFilter.of(kind), after, 500);
      page.items().forEach(status -> found.add(status.connection()));
      after = page.next();
    } while (after != null);
    return found;
  }

  private void note(int customer) {
    if (grants[customer].isAlive()) {
      journal.lostAlive("customer" + customer, grants[customer]);
    } else {
      journal.lost("customer" + customer, grants[customer]);
    }
  }

  private static int number(ConnectionKey key) {
    return Integer.parseInt(key.groupRef().substring("customer".length()));
  }

  /** Lets each doubt be resolved, while the processes go on. */
  void awaitNoDoubt() throws InterruptedException {
    SoakTest.pass(LEASE); // A process that was killed is found out when its lease lapses.
    long end = System.nanoTime() + LONGEST_DOUBT.toNanos();
    while (!all(Kind.IN_DOUBT).isEmpty() && System.nanoTime() < end) {
      tokens.keepAlive();
      SoakTest.pass(Duration.ofSeconds(1));
    }
  }

  /** Returns what a call for each customer brings, if processes and provider agree. */
  String expectedOfEach() {
    long ended = Arrays.stream(grants).filter(grant -> !grant.isAlive()).count();
    String works = "200=" + (grants.length - ended);
    return ended == 0 ? "{" + works + "}" : "{" + works + ", CONSENT=" + ended + "}";
  }

  /** Refreshes each grant once more: a stored refresh token that is used up shows itself. */
  void refreshAll() {
    for (int customer = 0; customer < grants.length; customer++) {
      try {
        tokens.refresh(Plan.key(customer));
      } catch (AmpersandException e) {
        // Those that have ended; any other is found by its state.
      }
    }
  }

  /** Notes the grants that have ended since, and returns those whose state here is another. */
  Optional<String> inspect() {
    StringBuilder wrong = new StringBuilder();
    for (int customer = 0; customer < grants.length; customer++) {
      GrantStatus status = tokens.status(Plan.key(customer));
      Kind expected = grants[customer].isAlive() ? Kind.ACTIVE : Kind.NEEDS_CONSENT;
      if (status.kind() != expected) {
        wrong.append(status).append(" is ").append(grants[customer]).append('\n');
      }
      if (status.kind() == Kind.NEEDS_CONSENT) {
        note(customer);
      }
    }
    return wrong.isEmpty() ? Optional.empty() : Optional.of(wrong.toString());
  }

  @Override
  public void close() {
    tokens.close();
    pool.close();
  }
}
