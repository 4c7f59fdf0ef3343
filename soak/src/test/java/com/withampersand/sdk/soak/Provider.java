package com.withampersand.sdk.soak;

import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeUser;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A Salesforce of many orgs that rotates refresh tokens, and has faults now and then. */
final class Provider implements AutoCloseable {
  static final URI CALLBACK = URI.create("https://product.example/callback");
  private static final List<InjectedFault> FAULTS = List.of(InjectedFault.values());
  private static final int ORGS = 40;
  private static final int ONE_IN = 20;

  final FakeSalesforce salesforce =
      FakeSalesforce.builder()
          .callback(CALLBACK)
          .refreshTokenPolicy(RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE)
          .start();
  private final ExecutorService refill = Executors.newSingleThreadExecutor();
  private final List<FakeUser> customers = new ArrayList<>();
  private final Journal journal;
  private final Random random = new Random(1);
  private volatile boolean isCalm = true;

  // What was drawn for the request that is looked at; under the fake's lock.
  private @Nullable ReceivedRequest looked;
  private @Nullable InjectedFault drawn;

  Provider(Journal journal, int customers) {
    this.journal = journal;
    List<FakeOrg> orgs = new ArrayList<>();
    for (int i = 0; i < ORGS; i++) {
      orgs.add(salesforce.addOrg("customer" + i));
    }
    for (int i = 0; i < customers; i++) {
      this.customers.add(orgs.get(i % ORGS).addUser("user" + i + "@example.com"));
    }
    salesforce.everyRequest(this::look, Fault.none());
    for (InjectedFault fault : FAULTS) {
      add(fault);
    }
  }

  FakeUser customer(int number) {
    return customers.get(number);
  }

  /** Begins or ends faults. */
  void calm(boolean calm) {
    isCalm = calm;
  }

  /** Each is used once by the fake, and put back. */
  private void add(InjectedFault fault) {
    salesforce.nextRequest(
        request -> {
          boolean isMeant = request.equals(looked) && fault == drawn;
          if (isMeant) {
            journal.befalls(request, fault);
            refill.execute(() -> add(fault));
          }
          return isMeant;
        },
        fault.asFault());
  }

  private boolean look(ReceivedRequest request) {
    looked = request;
    drawn = null;
    if (request.header(Journal.PROCESS).isPresent()) {
      journal.arrived(request);
      if (!isCalm && random.nextInt(ONE_IN) == 0) {
        drawn = FAULTS.get(random.nextInt(FAULTS.size()));
      }
    }
    return false;
  }

  @Override
  public void close() {
    salesforce.close();
    refill.shutdownNow();
  }
}
