package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the answer to a refresh means. New tokens are stored however late they come, and
 * whatever is under way. Any other answer counts only while the job waits for it: it becomes a put
 * that says what came of the request, or, if the request was never sent, the end of the lease. A
 * request that was not answered in time leaves a doubt, and its answer is awaited for longer.
 */
final class Exchanges {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final Draft draft;
  private final Now now;
  private final Policy policy;
  private final Pauses pauses;
  private final RefusalRule rule;
  private final Serving serving;

  Exchanges(Draft draft, Serving serving) {
    this.draft = draft;
    this.now = draft.now();
    this.policy = draft.policy();
    this.pauses = draft.pauses();
    this.rule = new RefusalRule(draft);
    this.serving = serving;
  }

  // Time

  /** Ends the certainty of a request, and the wait for answers that come no more. */
  void expire() {
    Job job = draft.job();
    if (job != null
        && job.phase() instanceof Phase.Sent sent
        && now.isPast(sent.at().plus(policy.certainty()))) {
      draft.open(exchange(job, sent));
      draft.settle(job, rule.doubt(job.granted()), null);
      draft.endJob();
    }
    if (draft.close(exchange -> now.isPast(exchange.until()))) {
      draft.lookIfAwaited();
    }
  }

  private Exchange exchange(Job sending, Phase.Sent sent) {
    return new Exchange(
        sent.call(),
        sending.granted(),
        sending.lease(),
        sent.at(),
        sent.at().plus(draft.traits().longestExchange()));
  }

  // New tokens

  void answered(Action.Send request, TokenSet tokens) {
    Job job = draft.job();
    if (job != null && isSent(job, request.call())) {
      draft.job(job.in(new Phase.Putting()));
    } else {
      draft.close(exchange -> exchange.call().equals(request.call()));
      if (job != null && isUnsent(job)) {
        draft.release(job);
      }
    }
    put(request, tokens);
  }

  private static boolean isSent(Job job, String call) {
    return job.phase() instanceof Phase.Sent sent && sent.call().equals(call);
  }

  private static boolean isUnsent(Job working) {
    return working.why() != Why.DISCONNECT
        && (working.phase() instanceof Phase.Queued || working.phase() instanceof Phase.Announced);
  }

  private void put(Action.Send request, TokenSet tokens) {
    Grant sent = request.grant();
    boolean rotates = sent.rotates() || isSurprise(sent, tokens);
    if (rotates && !sent.rotates()) {
      draft.tell(
          new Notice.Warned(
              "A refresh brought another refresh token although this app was said not to rotate"
                  + " them. The grant is treated as rotating from now on; correct the setting."));
    }
    Version version = sent.refreshedAt(request.lease());
    Grant fresh = new Grant(version, sent.consent(), new GrantState.Active(), rotates, tokens);
    Duration took = now.node().since(request.at());
    draft.puts().add(new Put.Result(fresh, request.lease(), took, Tries.NONE), isPutBeingWritten());
  }

  private boolean isSurprise(Grant sent, TokenSet tokens) {
    return !draft.traits().rotates() && !tokens.refreshToken().equals(sent.tokens().refreshToken());
  }

  private boolean isPutBeingWritten() {
    return draft.io() instanceof Io.Writing writing && writing.purpose() != Purpose.JOB;
  }

  // No tokens

  void refused(Event.Refused event) {
    Job job = inTime(event.call());
    if (job == null) {
      return;
    }
    GrantState next = rule.after(job.granted(), event.refusal());
    boolean isEnded = next instanceof GrantState.NeedsConsent;
    Failure refused =
        new Failure(
            Failure.Kind.REFUSED,
            event.refusal(),
            event.cause(),
            !isEnded,
            isEnded ? null : policy.carefulTry(next.tries()));
    Failure failure = isEnded || draft.isRotating(job.granted()) ? refused : paused(refused, next);
    tell(failure, job);
    draft.settle(job, next, failure);
  }

  /** No careful wait keeps calls from asking again where a request ends no refresh token. */
  private Failure paused(Failure refused, GrantState next) {
    if (!(next instanceof GrantState.Blocked)) {
      return pauses.backOff(refused);
    }
    pauses.backOff(Objects.requireNonNull(refused.retryAfter()), refused);
    return refused;
  }

  /** The provider carried nothing out, so the state stays as it is. */
  void throttled(Event.Throttled event) {
    Job job = inTime(event.call());
    if (job == null) {
      return;
    }
    Refusal refusal = event.refusal();
    Failure.Kind kind = refusal == null ? Failure.Kind.PROVIDER : Failure.Kind.REFUSED;
    Duration pause = pause(event.retryAfterMillis());
    Failure failure = new Failure(kind, refusal, event.cause(), true, pause);
    pauses.backOff(pause, failure);
    tell(failure, job);
    draft.settle(job, job.granted().state(), failure);
  }

  private Duration pause(long retryAfterMillis) {
    if (retryAfterMillis <= 0) {
      return now.jittered(policy.backoff());
    }
    Duration told = Duration.ofMillis(retryAfterMillis);
    return told.compareTo(LONGEST_RETRY_AFTER) < 0 ? told : LONGEST_RETRY_AFTER;
  }

  void neverSent(Event.NeverSent event) {
    Job job = inTime(event.call());
    if (job == null) {
      return;
    }
    Failure failure = pauses.backOff(Failure.Kind.PROVIDER, event.cause());
    tell(failure, job);
    draft.release(job);
    serving.serveOrFail(failure);
  }

  void lost(Event.Lost event) {
    Job job = inTime(event.call());
    if (job == null) {
      return;
    }
    GrantState.InDoubt doubt = rule.doubt(job.granted());
    Failure failure = failureOfLost(event, job, doubt);
    tell(failure, job);
    draft.settle(job, doubt, failure);
  }

  private Failure failureOfLost(Event.Lost event, Job job, GrantState.InDoubt doubt) {
    if (draft.isRotating(job.granted())) {
      Duration after = policy.carefulTry(doubt.tries());
      return Failure.later(Failure.Kind.PROVIDER, event.cause(), after);
    }
    Failure failure = pauses.backOff(Failure.Kind.PROVIDER, event.cause());
    pauses.retryAt(now.in(Objects.requireNonNull(failure.retryAfter())));
    return failure;
  }

  private void tell(Failure failure, Job job) {
    Phase.Sent sent = (Phase.Sent) job.phase();
    draft.tell(new Notice.RefreshFailed(failure, now.node().since(sent.at())));
  }

  /**
   * Returns the job that waits for the answer to a call. If none does, the answer is late: it
   * counts for nothing, except that no other will come.
   */
  private @Nullable Job inTime(String call) {
    Job job = draft.job();
    if (job != null && isSent(job, call)) {
      return job;
    }
    if (draft.close(exchange -> exchange.call().equals(call))) {
      draft.lookIfAwaited();
    }
    return null;
  }
}
