package com.withampersand.sdk;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Ampersand says about a call that it refused: a problem document of RFC 9457 with Ampersand's
 * own members. Every member may be missing, and one of an unexpected type counts as missing;
 * members that have no method here are among {@link #members()}.
 *
 * <p>Immutable, and safe to share between threads. Secrets that the call carried are taken out of
 * every text before a problem is made, and each text is one line.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
 */
public final class Problem implements Serializable {
  private static final Problem NONE = new Problem(Map.of());

  private final Map<String, Object> members;

  private Problem(Map<String, Object> members) {
    this.members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** Returns the problem of an answer that held no problem document. */
  public static Problem none() {
    return NONE;
  }

  /**
   * Returns the problem with these members.
   *
   * @param members the document as JSON has it: texts, numbers, booleans, lists and maps
   */
  public static Problem of(Map<String, Object> members) {
    return new Problem(members);
  }

  /** Returns the whole document, as texts, numbers, booleans, lists and maps. */
  public Map<String, Object> members() {
    return members;
  }

  /** Returns the URI that names the kind of problem. */
  public Optional<String> type() {
    return text("type");
  }

  /** Returns the address of documentation for this kind of problem. */
  public Optional<String> href() {
    return text("href");
  }

  /** Returns the kind of problem in a few words. */
  public Optional<String> title() {
    return text("title");
  }

  /** Returns what happened this time. */
  public Optional<String> detail() {
    return text("detail");
  }

  /** Returns the URI that names this occurrence. */
  public Optional<String> instance() {
    return text("instance");
  }

  /** Returns the part of Ampersand in which the problem arose. */
  public Optional<String> subsystem() {
    return text("subsystem");
  }

  /** Returns when it arose, by Ampersand's clock. */
  public Optional<Instant> time() {
    return instant("time");
  }

  /** Returns what Ampersand's support finds the request by. */
  public Optional<String> requestId() {
    return text("requestId");
  }

  /** Returns what led to the problem, in no particular order; empty if nothing is said. */
  public List<String> causes() {
    return list("causes").stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }

  /** Returns what to do about it. */
  public Optional<String> remedy() {
    return text("remedy");
  }

  /** Returns whether the same request may be sent again, if Ampersand says so either way. */
  public Optional<Boolean> retryable() {
    return Optional.ofNullable(members.get("retryable"))
        .filter(Boolean.class::isInstance)
        .map(Boolean.class::cast);
  }

  /** Returns the instant before which sending the request again cannot succeed. */
  public Optional<Instant> retryAfter() {
    return instant("retryAfter");
  }

  /** Returns the parts of the request that are wrong; empty unless Ampersand names some. */
  public List<Issue> issues() {
    return list("issues").stream()
        .filter(Map.class::isInstance)
        .map(issue -> Issue.of((Map<?, ?>) issue))
        .toList();
  }

  /** Returns further facts about the problem; empty if there are none. */
  public Map<?, ?> context() {
    return members.get("context") instanceof Map<?, ?> context ? context : Map.of();
  }

  /** Returns the mail address of support. */
  public Optional<String> supportEmail() {
    return text("supportEmail");
  }

  /** Returns the telephone number of support. */
  public Optional<String> supportPhone() {
    return text("supportPhone");
  }

  /** Returns the address of a page that can help. */
  public Optional<String> supportUrl() {
    return text("supportUrl");
  }

  private Optional<String> text(String name) {
    return text(members, name);
  }

  private static Optional<String> text(Map<?, ?> members, String name) {
    return Optional.ofNullable(members.get(name))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(text -> !text.isBlank());
  }

  private List<?> list(String name) {
    return members.get(name) instanceof List<?> list ? list : List.of();
  }

  private Optional<Instant> instant(String name) {
    try {
      return text(name).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Tells whether the other object is the same document. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Problem problem && members.equals(problem.members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  /** Returns the members. */
  @Override
  public String toString() {
    return "Problem" + members;
  }

  /**
   * One part of a request that is wrong.
   *
   * @param in where it stands: {@code body}, {@code header}, {@code path} or {@code query}; empty
   *     if Ampersand does not say
   * @param name its name, such as {@code items[0].name}; empty if Ampersand does not say
   * @param detail what is wrong with it; empty if Ampersand does not say
   */
  public record Issue(String in, String name, String detail) implements Serializable {
    private static Issue of(Map<?, ?> members) {
      return new Issue(
          text(members, "in").orElse(""),
          text(members, "name").orElse(""),
          text(members, "detail").or(() -> text(members, "title")).orElse(""));
    }

    /** Returns place, name and detail in one line. */
    @Override
    public String toString() {
      return (in + " " + name).strip() + (detail.isEmpty() ? "" : ": " + detail);
    }
  }
}
