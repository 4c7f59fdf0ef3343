package com.withampersand.sdk.soak;

import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private final LongSupplier nanoTime;
  private final Map<String, List<Sending>> sendings = new HashMap<>();
  private final Map<String, Long> kills = new HashMap<>();
  private final List<Pause> outages = new ArrayList<>();
  private final Map<InjectedFault, Integer> refreshesHit = new EnumMap<>(InjectedFault.class);
  private final Map<InjectedFault, Integer> callsHit = new EnumMap<>(InjectedFault.class);
  private final Map<String, Integer> losses = new TreeMap<>();
  private final List<String> unexplained = new ArrayList<>();

  Journal() {
    this(System::nanoTime);
  }

  Journal(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A time in which nothing could be stored: no answer had come, or the database was away. */
  private record Pause(long from, long to) {}

  /** A refresh token on its way. */
  private static final class Sending {
    private final String process;
    private final long nanos;
    private @Nullable InjectedFault fault;

    private Sending(String process, long nanos) {
      this.process = process;
      this.nanos = nanos;
    }

    private boolean isCarriedOut() {
      return fault == null || fault.isCarriedOut();
    }
  }

  /** A refresh token that a grant has left behind, and what it was sent for. */
  private record Spent(List<Sending> all, List<Sending> carriedOut, List<Sending> ofSuccessor) {
    boolean isReused() {
      return carriedOut.size() > 1;
    }

    /** Returns the request whose answer brought the next token. */
    Sending first() {
      return carriedOut.get(0);
    }

    /** Returns the request that ended the grant, if no other did so before. */
    Sending reuse() {
      return carriedOut.get(1);
    }

    /** Tells whether the process had ended before the token was sent again, carried out or not. */
    boolean isSentAgainOnlyAfter(long killed) {
      return killed >= first().nanos && killed <= all.get(all.indexOf(first()) + 1).nanos;
    }

    /** Returns the requests that show that the next token was known in time. */
    Stream<Sending> successorsBeforeReuse() {
      return ofSuccessor.stream().filter(sending -> sending.nanos <= reuse().nanos);
    }
  }

  synchronized void arrived(ReceivedRequest request) {
    request
        .form("refresh_token")
        .ifPresent(token -> arrived(token, request.header(PROCESS).orElse("?")));
  }

  synchronized void arrived(String token, String process) {
    sendings
        .computeIfAbsent(token, none -> new ArrayList<>())
        .add(new Sending(process, nanoTime.getAsLong()));
  }

  /** Notes what befalls the request that has arrived last. */
  synchronized void befalls(ReceivedRequest request, InjectedFault fault) {
    Optional<String> token = request.form("refresh_token");
    if (token.isPresent()) {
      befalls(token.get(), fault);
    } else {
      callsHit.merge(fault, 1, Integer::sum);
    }
  }

  synchronized void befalls(String token, InjectedFault fault) {
    List<Sending> all = sendings.getOrDefault(token, List.of());
    all.get(all.size() - 1).fault = fault;
    refreshesHit.merge(fault, 1, Integer::sum);
  }

  /** Notes that the database was away since then. */
  synchronized void wasAwaySince(long nanos) {
    outages.add(new Pause(nanos, nanoTime.getAsLong()));
  }

  synchronized void killed(String process) {
    kills.put(process, nanoTime.getAsLong());
  }

  /** Notes a grant that has ended, and the reason, if there is one that no one can help. */
  synchronized void lost(String customer, IssuedGrant grant) {
    String reason = reason(grant.refreshTokens());
    losses.merge(reason == null ? "NO REASON" : reason, 1, Integer::sum);
    if (reason == null) {
      unexplained.add(customer + ": " + grant);
    }
  }

  /** Notes a grant that is to be consented again, though the provider would refresh it. */
  synchronized void lostAlive(String customer, IssuedGrant grant) {
    unexplained.add(customer + " needs consent, and the provider says: " + grant);
  }

  /**
   * Returns the reason for which a grant has ended, if there is one that no one can help: a used
   * refresh token was sent again, and the next one had never reached the store. What befell other
   * requests is no reason, those that were not carried out among them.
   *
   * @param tokens the refresh tokens of the grant, in the order in which they were issued
   */
  synchronized @Nullable String reason(List<String> tokens) {
    return IntStream.range(0, tokens.size() - 1)
        .mapToObj(i -> spent(tokens.get(i), tokens.get(i + 1)))
        .filter(Spent::isReused)
        .min(Comparator.comparingLong(spent -> spent.reuse().nanos))
        .map(this::reason)
        .orElse(null);
  }

  private Spent spent(String token, String successor) {
    List<Sending> all = sendings.getOrDefault(token, List.of());
    return new Spent(
        all,
        all.stream().filter(Sending::isCarriedOut).toList(),
        sendings.getOrDefault(successor, List.of()));
  }

  private @Nullable String reason(Spent spent) {
    Sending first = spent.first();
    if (first.fault != null && first.fault.losesTokens()) {
      return spent.successorsBeforeReuse().findAny().isPresent() ? null : first.fault.name();
    }
    Long killed = kills.get(first.process);
    return killed != null
            && spent.isSentAgainOnlyAfter(killed)
            && spent.successorsBeforeReuse().allMatch(next -> next.process.equals(first.process))
            && mayBeUnstored(first, killed)
        ? "PROCESS_KILLED"
        : null;
  }

  /** Tells whether a process that was killed then may have known tokens that it had not stored. */
  private boolean mayBeUnstored(Sending sending, long killed) {
    List<Pause> pauses = new ArrayList<>(outages);
    if (sending.fault != null) {
      pauses.add(new Pause(sending.nanos, sending.nanos + sending.fault.delay().toNanos()));
    }
    pauses.sort(Comparator.comparingLong(Pause::from));
    long time = 0;
    long counted = sending.nanos;
    for (Pause pause : pauses) {
      time += Math.max(0, Math.min(pause.from(), killed) - counted);
      counted = Math.max(counted, pause.to());
    }
    time += Math.max(0, killed - counted);
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
