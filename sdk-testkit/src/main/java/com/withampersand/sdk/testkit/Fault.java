package com.withampersand.sdk.testkit;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What befalls a request to a fake in place of, or beside, its normal answer. {@link #and(Fault)}
 * joins several:
 *
 * <pre>{@code
 * salesforce.nextTokenRequest(Fault.loseAnswer());
 * salesforce.nextTokenRequests(3, Fault.respond(429).header("Retry-After", "7"));
 * salesforce.nextTokenRequest(Fault.holdWork(gate).and(Fault.loseAnswer()));
 * ampersand.nextImport(Fault.problem(503, true));
 * }</pre>
 *
 * <p>A request passes three points, at each of which it can be held or delayed: it is on its way
 * (<i>request</i>), it is being carried out (<i>work</i>), and its answer is on its way
 * (<i>answer</i>). Its effect comes at once at the end of the work.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class Fault {
  private static final Fault NONE =
      new Fault(List.of(), null, Reply.Cut.NOWHERE, UnaryOperator.identity(), Duration.ZERO);

  private final List<Wait> waits;
  private final @Nullable Answer instead;
  private final Reply.Cut cut;
  private final UnaryOperator<Answer> edit;
  private final Duration trickle;

  private Fault(
      List<Wait> waits,
      @Nullable Answer instead,
      Reply.Cut cut,
      UnaryOperator<Answer> edit,
      Duration trickle) {
    this.waits = waits;
    this.instead = instead;
    this.cut = cut;
    this.edit = edit;
    this.trickle = trickle;
  }

  /** A point that requests pass. */
  enum Stage {
    REQUEST,
    WORK,
    ANSWER
  }

  /** What a request waits for at a point. */
  private record Wait(Stage stage, Consumer<Shutdown> action) {}

  /** Returns the absence of a fault: the request is answered as usual. */
  public static Fault none() {
    return NONE;
  }

  /** Closes the connection in place of carrying the request out. */
  public static Fault dropRequest() {
    return instead(Answer.nothing()).and(cut(Reply.Cut.BEFORE_THE_ANSWER));
  }

  /**
   * Neither carries the request out nor answers it. The connection stays open until the client
   * closes it or the fake is closed.
   */
  public static Fault ignoreRequest() {
    return holdRequest(new Gate()).and(dropRequest());
  }

  /** Carries the request out, and closes the connection in place of answering. */
  public static Fault loseAnswer() {
    return cut(Reply.Cut.BEFORE_THE_ANSWER);
  }

  /** Carries the request out, and closes the connection in the middle of the answer's body. */
  public static Fault truncateAnswer() {
    return cut(Reply.Cut.IN_THE_BODY);
  }

  /**
   * Carries the request out, and never answers. The connection stays open until the client closes
   * it or the fake is closed.
   */
  public static Fault withholdAnswer() {
    return holdAnswer(new Gate()).and(loseAnswer());
  }

  /**
   * Carries the request out, and sends the answer's body one byte at a time.
   *
   * @param pause the time between two bytes
   */
  public static Fault trickleAnswer(Duration pause) {
    return new Fault(NONE.waits, NONE.instead, NONE.cut, NONE.edit, positive(pause));
  }

  /** Answers with this status and no body in place of carrying the request out. */
  public static Fault respond(int status) {
    return respond(status, "", "");
  }

  /**
   * Answers with exactly this in place of carrying the request out.
   *
   * @param contentType the {@code Content-Type}; empty for none
   */
  public static Fault respond(int status, String contentType, String body) {
    return instead(new Answer(status, contentType, body));
  }

  /**
   * Answers 400 with an OAuth error in JSON in place of carrying the request out.
   *
   * @param error the code, such as {@code invalid_grant}
   */
  public static Fault refuse(String error, String description) {
    return instead(Answer.oauthError(new OAuthError(error, description)));
  }

  /**
   * Answers with an error as Salesforce's REST API writes it, in place of carrying the request out.
   *
   * @param errorCode such as {@code REQUEST_LIMIT_EXCEEDED}, which comes with 403
   */
  public static Fault apiError(int status, String errorCode, String message) {
    return instead(FakeResponse.apiError(status, errorCode, message));
  }

  /**
   * Answers 429 without a body, and when to come back, in place of carrying the request out.
   *
   * @param retryAfter the value of {@code Retry-After}, in whole seconds
   */
  public static Fault throttle(Duration retryAfter) {
    return respond(429).header("Retry-After", Long.toString(retryAfter.toSeconds()));
  }

  /**
   * Answers with a problem document, as Ampersand writes it, in place of carrying the request out.
   *
   * @param status the HTTP status, and that in the document
   * @param retryable what the document says of {@code retryable}
   */
  public static Fault problem(int status, boolean retryable) {
    Problems problems = new Problems(new Timestamps(Clock.systemUTC()));
    return instead(problems.answer(FakeRefusal.told(status, retryable)));
  }

  /** Holds the request on its way: the fake knows nothing of it until the gate opens. */
  public static Fault holdRequest(Gate gate) {
    return hold(Stage.REQUEST, gate);
  }

  /**
   * Holds the request while it is being carried out: it has had no effect yet. Salesforce has
   * checked the client of a token request, and refuses a wrong one at once.
   *
   * @see Situation#OVERLAPPING_REFRESH_REJECTED
   */
  public static Fault holdWork(Gate gate) {
    return hold(Stage.WORK, gate);
  }

  /** Carries the request out, and holds the answer. */
  public static Fault holdAnswer(Gate gate) {
    return hold(Stage.ANSWER, gate);
  }

  /** Lets it take that long to carry the request out; its effect comes at the end. */
  public static Fault delayWork(Duration delay) {
    return delay(Stage.WORK, delay);
  }

  /** Carries the request out, and sends the answer that much later. */
  public static Fault delayAnswer(Duration delay) {
    return delay(Stage.ANSWER, delay);
  }

  /**
   * Replaces the signature in an answer of Salesforce's token endpoint by one that does not fit.
   * Answers without a signature stay as they are.
   */
  public static Fault wrongSignature() {
    return edit(answer -> answer.withText("signature", Randoms.base64(32)));
  }

  /** Returns this fault with one more header in the answer; a header of that name is replaced. */
  public Fault header(String name, String value) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    return and(edit(answer -> answer.withHeader(name, value)));
  }

  /**
   * Returns both faults in one. Where they contradict each other, such as in the answer, the other
   * one counts.
   */
  public Fault and(Fault other) {
    List<Wait> both = new ArrayList<>(waits);
    both.addAll(other.waits);
    return new Fault(
        List.copyOf(both),
        other.instead != null ? other.instead : instead,
        other.cut != Reply.Cut.NOWHERE ? other.cut : cut,
        answer -> other.edit.apply(edit.apply(answer)),
        other.trickle.isZero() ? trickle : other.trickle);
  }

  private static Fault hold(Stage stage, Gate gate) {
    Objects.requireNonNull(gate, "gate");
    return at(stage, gate::pass);
  }

  private static Fault delay(Stage stage, Duration delay) {
    Duration checked = positive(delay);
    return at(stage, shutdown -> shutdown.sleep(checked));
  }

  private static Fault at(Stage stage, Consumer<Shutdown> action) {
    List<Wait> waits = List.of(new Wait(stage, action));
    return new Fault(waits, NONE.instead, NONE.cut, NONE.edit, NONE.trickle);
  }

  private static Fault instead(Answer answer) {
    return new Fault(NONE.waits, answer, NONE.cut, NONE.edit, NONE.trickle);
  }

  private static Fault cut(Reply.Cut cut) {
    return new Fault(NONE.waits, NONE.instead, cut, NONE.edit, NONE.trickle);
  }

  private static Fault edit(UnaryOperator<Answer> edit) {
    return new Fault(NONE.waits, NONE.instead, NONE.cut, edit, NONE.trickle);
  }

  private static Duration positive(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("the duration has to be longer than zero: " + duration);
    }
    return duration;
  }

  /** Lets a request meet this fault. */
  Reply meet(ReceivedRequest request, Work work, Shutdown shutdown) {
    await(Stage.REQUEST, shutdown);
    Answer answer;
    if (instead != null) {
      await(Stage.WORK, shutdown);
      answer = instead;
    } else {
      answer = work.carryOut(request, () -> await(Stage.WORK, shutdown));
    }
    await(Stage.ANSWER, shutdown);
    return new Reply(edit.apply(answer), cut, trickle);
  }

  private void await(Stage stage, Shutdown shutdown) {
    waits.stream()
        .filter(wait -> wait.stage() == stage)
        .forEach(wait -> wait.action().accept(shutdown));
  }
}
