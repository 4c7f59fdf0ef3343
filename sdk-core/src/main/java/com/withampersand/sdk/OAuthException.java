package com.withampersand.sdk;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The provider refused: at the redirect, at the token endpoint, or at revocation.
 *
 * <p>Branch on {@link #needsReauthorization()} and {@link #isRetryable()}; show {@link #remedy()}
 * to the one whom {@link #actor()} names: it is written for that audience. {@link #error()} is an
 * open string: providers have many more codes than RFC 6749.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5.2">RFC 6749, section 5.2</a>
 */
public final class OAuthException extends AmpersandException {
  private final String error;
  private final @Nullable String description;
  private final int httpStatus;
  private final String context;
  private final Actor actor;
  private final String remedy;
  private final List<String> causes;
  private final @Nullable String topic;
  private final Verdict verdict;
  private final Reason reason;

  private OAuthException(Builder builder) {
    this(builder, builder.message(), null, new CallFacts(null, null, builder.usefulRetryAfter()));
  }

  private OAuthException(
      Builder builder, String message, @Nullable Throwable cause, CallFacts facts) {
    super(message, cause, facts);
    this.error = builder.error;
    this.description = builder.description;
    this.httpStatus = builder.httpStatus;
    this.context = builder.context;
    this.actor = builder.actor;
    this.remedy = builder.remedy;
    this.causes = builder.causes;
    this.topic = builder.topic;
    this.verdict = builder.verdict;
    this.reason = builder.reason;
  }

  @Override
  String topicOrKind() {
    return topicOrKind(topic);
  }

  @Override
  OAuthException copy(CallFacts facts) {
    return new OAuthException(toBuilder(), facts.message(this), this, facts);
  }

  /**
   * Starts an exception for an error code.
   *
   * @param error the provider's code, unaltered
   */
  public static Builder builder(String error) {
    return new Builder(error);
  }

  /**
   * Returns a builder with everything that this exception holds, to add what you know about a
   * provider's errors.
   */
  public Builder toBuilder() {
    Builder builder =
        new Builder(error)
            .context(context)
            .actor(actor)
            .remedy(remedy)
            .causes(causes)
            .verdict(verdict)
            .reason(reason);
    builder.description = description;
    builder.httpStatus = httpStatus;
    builder.topic = topic;
    builder.retryAfter = retryAfter().orElse(null);
    return builder;
  }

  /** Returns the provider's error code as it was sent, such as {@code invalid_grant}. */
  public String error() {
    return error;
  }

  /** Returns the provider's description, without secrets and control characters, if it sent one. */
  public Optional<String> description() {
    return Optional.ofNullable(description);
  }

  /** Returns the HTTP status of the answer; empty where the error came with a redirect. */
  public OptionalInt httpStatus() {
    return httpStatus == 0 ? OptionalInt.empty() : OptionalInt.of(httpStatus);
  }

  /** Returns what {@link #actor()} does about it, in one or two sentences. */
  public String remedy() {
    return remedy;
  }

  /**
   * Returns what may have caused it, for developers, the likeliest first; empty if the cause is
   * certain or unknown.
   */
  public List<String> causes() {
    return causes;
  }

  /**
   * Returns where the documentation treats this error: a file and an anchor, such as {@code
   * errors.md#wrong-consumer-secret}; empty for an error that is not known.
   */
  public Optional<String> topic() {
    return Optional.ofNullable(topic);
  }

  private static String topicOrKind(@Nullable String topic) {
    return topic == null ? DocPage.PROVIDER_REFUSED.topic() : topic;
  }

  /** Returns who acts. */
  public Actor actor() {
    return actor;
  }

  /**
   * Returns why, as a stable constant that a product can translate for its users; {@link #error()}
   * and {@link #causes()} are for developers.
   */
  public Reason reason() {
    return reason;
  }

  /** Returns what the refusal says about the grant. */
  public Verdict verdict() {
    return verdict;
  }

  /**
   * Tells whether the user has to consent again: whether the {@linkplain #verdict() verdict} is
   * {@link Verdict#FINAL}. The SDK deletes nothing because of it.
   */
  public boolean needsReauthorization() {
    return verdict == Verdict.FINAL;
  }

  @Override
  boolean retryable() {
    return isRetryable(verdict);
  }

  private static boolean isRetryable(Verdict verdict) {
    return verdict == Verdict.PASSING || verdict == Verdict.THROTTLED;
  }

  /** Builds an {@link OAuthException}. Not safe to share between threads. */
  public static final class Builder {
    private final String error;
    private @Nullable String description;
    private int httpStatus;
    private String context = "";
    private Actor actor = Actor.DEVELOPER;
    private String remedy = "Look the code up in the provider's documentation.";
    private List<String> causes = List.of();
    private @Nullable String topic;
    private Verdict verdict = Verdict.UNKNOWN;
    private Reason reason = Reason.OTHER;
    private @Nullable Duration retryAfter;

    private Builder(String error) {
      this.error = Objects.requireNonNull(error, "error");
    }

    /** Sets the provider's description; the default is none. */
    public Builder description(String description) {
      this.description = Objects.requireNonNull(description, "description");
      return this;
    }

    /** Sets the HTTP status of the answer; the default is none. */
    public Builder httpStatus(int httpStatus) {
      this.httpStatus = httpStatus;
      return this;
    }

    /**
     * Sets the facts that a support ticket needs, such as the action, the host and the fingerprint
     * of the token; the message ends with them. The default is none.
     */
    public Builder context(String context) {
      this.context = Objects.requireNonNull(context, "context");
      return this;
    }

    /** Sets who has to act; the default is {@link Actor#DEVELOPER}. */
    public Builder actor(Actor actor) {
      this.actor = Objects.requireNonNull(actor, "actor");
      return this;
    }

    /**
     * Sets what to do about the error; the default sends the reader to the provider's
     * documentation.
     */
    public Builder remedy(String remedy) {
      this.remedy = Objects.requireNonNull(remedy, "remedy");
      return this;
    }

    /** Sets what may have caused it, the likeliest first; the default is none. */
    public Builder causes(List<String> causes) {
      this.causes = List.copyOf(causes);
      return this;
    }

    /** Sets where the documentation treats this error; the default is nowhere. */
    public Builder topic(String topic) {
      this.topic = Objects.requireNonNull(topic, "topic");
      return this;
    }

    /** Sets what the refusal says about the grant; the default is {@link Verdict#UNKNOWN}. */
    public Builder verdict(Verdict verdict) {
      this.verdict = Objects.requireNonNull(verdict, "verdict");
      return this;
    }

    /** Sets why, as a stable constant; the default is {@link Reason#OTHER}. */
    public Builder reason(Reason reason) {
      this.reason = Objects.requireNonNull(reason, "reason");
      return this;
    }

    /**
     * Sets how long the provider asks to wait before the next call; the default is not known. It
     * counts only where the verdict is one that a later call can cure.
     */
    public Builder retryAfter(Duration retryAfter) {
      this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
      return this;
    }

    private @Nullable Duration usefulRetryAfter() {
      return isRetryable(verdict) ? retryAfter : null;
    }

    /** Builds the exception. */
    public OAuthException build() {
      return new OAuthException(this);
    }

    private String message() {
      StringBuilder message = new StringBuilder("The provider refused: ").append(error);
      if (description != null) {
        message.append(" (").append(description).append(')');
      }
      message.append(". ").append(remedy);
      if (!causes.isEmpty()) {
        message
            .append(causes.size() == 1 ? " Likely cause: " : " Causes, the likeliest first: ")
            .append(String.join(" ", causes));
      }
      return message + " [" + facts() + "]";
    }

    private String facts() {
      return Stream.of(
              context,
              httpStatus == 0 ? "" : "status " + httpStatus,
              "see " + DocPage.address(topicOrKind(topic)))
          .filter(fact -> !fact.isEmpty())
          .collect(Collectors.joining(", "));
    }
  }
}
