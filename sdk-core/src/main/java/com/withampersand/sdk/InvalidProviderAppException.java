package com.withampersand.sdk;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A provider app is set up wrong. {@link #violations()} lists everything that is wrong with it,
 * each with its remedy.
 */
public final class InvalidProviderAppException extends AmpersandException {
  private final List<Violation> violations;

  /**
   * Creates the exception from everything that is wrong.
   *
   * @throws IllegalArgumentException if {@code violations} is empty
   */
  public InvalidProviderAppException(List<Violation> violations) {
    super(message(violations), null);
    this.violations = List.copyOf(violations);
  }

  private InvalidProviderAppException(CallFacts facts, InvalidProviderAppException cause) {
    super(facts.message(cause), cause, facts);
    this.violations = cause.violations;
  }

  @Override
  String topicOrKind() {
    return DocPage.INVALID_APP.topic();
  }

  @Override
  InvalidProviderAppException copy(CallFacts facts) {
    return new InvalidProviderAppException(facts, this);
  }

  /** Returns everything that is wrong; never empty. */
  public List<Violation> violations() {
    return violations;
  }

  private static String message(List<Violation> violations) {
    if (violations.isEmpty()) {
      throw new IllegalArgumentException("an invalid provider app has at least one violation");
    }
    return "The provider app is set up wrong: "
        + violations.stream().map(Violation::toString).collect(Collectors.joining(" | "));
  }

  /**
   * One thing that is wrong with a provider app.
   *
   * @param field the part of the app that is wrong, named as in its builder
   * @param problem what is wrong with it, in a sentence that shows no secret
   * @param remedy what to do about it
   */
  public record Violation(String field, String problem, String remedy) implements Serializable {
    /** Checks that nothing is missing. */
    public Violation {
      Objects.requireNonNull(field, "field");
      Objects.requireNonNull(problem, "problem");
      Objects.requireNonNull(remedy, "remedy");
    }

    /** Returns field, problem and remedy in one line. */
    @Override
    public String toString() {
      return field + ": " + problem + " " + remedy;
    }
  }
}
