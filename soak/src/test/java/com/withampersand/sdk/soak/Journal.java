package com.withampersand.sdk.soak;

import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which refresh token was sent by which process, and what befell the request; and so, why a grant
 * ended.
 */
final class Journal {
  /** Names the process that sent a request. */
  static final String PROCESS = "X-Soak-Process";

  /** How long a request and the storing of its tokens may take while the database answers. */
  private static final Duration STORING = Duration.ofSeconds(20);

  private final Map<String, List<Sending>> sendings = new HashMap<>();
  private final Map<String, Long> kills = new HashMap<>();
  private final List<Outage> outages = new ArrayList<>();
  private final Map<InjectedFault, Integer> refreshesHit = new EnumMap<>(InjectedFault.class);
  private final Map<InjectedFault, Integer> callsHit = new EnumMap<>(InjectedFault.class);
  private final Map<String, Integer> losses = new TreeMap<>();
  private final List<String> unexplained = new ArrayList<>();

  /** A time in which nothing could be stored. */
  private record Outage(long from, long to) {
    long overlap(long begin, long end) {
      return Math.max(0, Math.min(to, end) - Math.max(from, begin));
    }
  }

  /** A refresh token on its way. */
  private static final class Sending {
    private final String process;
    private final long nanos = System.nanoTime();
    private @Nullable InjectedFault fault;

    private Sending(String process) {
      this.process = process;
    }
  }

  synchronized void arrived(ReceivedRequest request) {
    request
        .form("refresh_token")
        .ifPresent(
            token ->
                sendings
                    .computeIfAbsent(token, none -> new ArrayList<>())
                    .add(new Sending(request.header(PROCESS).orElse("?"))));
  }

  /** Notes what befalls the request that has arrived last. */
  synchronized void befalls(ReceivedRequest request, InjectedFault fault) {
    Optional<String> token = request.form("refresh_token");
    if (token.isPresent()) {
      List<Sending> all = sendings.getOrDefault(token.get(), List.of());
      all.get(all.size() - 1).fault = fault;
      refreshesHit.merge(fault, 1, Integer::sum);
    } else {
      callsHit.merge(fault, 1, Integer::sum);
    }
  }

  /** Notes that the database was away since then. */
  synchronized void wasAwaySince(long nanos) {
    outages.add(new Outage(nanos, System.nanoTime()));
  }

  synchronized void killed(String process) {
    kills.put(process, System.nanoTime());
  }

  /** Notes a grant that has ended, and the reason, if there is one that no one can help. */
  synchronized void lost(String customer, IssuedGrant grant) {
    String reason = reason(grant);
    losses.merge(reason == null ? "NO REASON" : reason, 1, Integer::sum);
    if (reason == null) {
      unexplained.add(customer + ": " + grant);
    }
  }

  /** Notes a grant that is to be consented again, though the provider would refresh it. */
  synchronized void lostAlive(String customer, IssuedGrant grant) {
    unexplained.add(customer + " needs consent, and the provider says: " + grant);
  }

  private @Nullable String reason(IssuedGrant grant) {
    for (String token : grant.refreshTokens()) {
      List<Sending> all = sendings.getOrDefault(token, List.of());
      for (int i = 0; i + 1 < all.size(); i++) {
        Sending earlier = all.get(i);
        if (earlier.fault != null && earlier.fault.losesTokens()) {
          return earlier.fault.name();
        }
        Long killed = kills.get(earlier.process);
        if (killed != null
            && killed >= earlier.nanos
            && killed <= all.get(i + 1).nanos
            && mayBeUnstored(earlier, killed)) {
          return "PROCESS_KILLED";
        }
      }
    }
    return null;
  }

  /** Tells whether a process that was killed then may have known tokens that it had not stored. */
  private boolean mayBeUnstored(Sending sending, long killed) {
    long time = killed - sending.nanos;
    if (sending.fault != null) {
      time -= sending.fault.delay().toNanos();
    }
    for (Outage outage : outages) {
      time -= outage.overlap(sending.nanos, killed);
    }
    return time < STORING.toNanos();
  }

  synchronized List<String> unexplained() {
    return List.copyOf(unexplained);
  }

  synchronized String report() {
    return "%d refresh tokens sent; faults of token requests %s, of calls %s%ngrants lost %s"
        .formatted(
            sendings.values().stream().mapToInt(List::size).sum(),
            total(refreshesHit),
            total(callsHit),
            losses);
  }

  private static String total(Map<InjectedFault, Integer> hit) {
    return hit.values().stream().mapToInt(Integer::intValue).sum() + " " + hit;
  }
}
