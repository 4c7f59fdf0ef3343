package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.Actor;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What {@link SalesforceDoctor} found. It holds no secret.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @param findings what is wrong or could not be checked; empty if nothing is
 * @param unseen what the doctor cannot see, each in a sentence: first what it would see with other
 *     settings, then what cannot be seen before a user signs in
 */
public record DoctorReport(List<Finding> findings, List<String> unseen) {

  /** How much a finding matters. */
  public enum Level {
    /** Connecting or refreshing does not work like this. */
    ERROR,
    /** It may work, but something is unusual, risky, or could not be checked. */
    WARNING
  }

  /**
   * One thing that was found.
   *
   * @param level how much it matters
   * @param code names the kind of finding, for machines: lower-case words with hyphens, such as
   *     {@code secret-wrong}
   * @param seen what was seen
   * @param why why it matters
   * @param actor who acts
   * @param remedy what they do
   */
  public record Finding(
      Level level, String code, String seen, String why, Actor actor, String remedy) {
    /** Checks that nothing is missing. */
    public Finding {
      Objects.requireNonNull(level, "level");
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(seen, "seen");
      Objects.requireNonNull(why, "why");
      Objects.requireNonNull(actor, "actor");
      Objects.requireNonNull(remedy, "remedy");
    }

    /** Returns the finding in a few lines. */
    @Override
    public String toString() {
      return level
          + " "
          + code
          + "\n  Seen: "
          + seen
          + "\n  Why:  "
          + why
          + "\n  Do:   "
          + remedy
          + " ("
          + (actor == Actor.NONE ? "wait" : actor.name().toLowerCase(Locale.ROOT).replace('_', ' '))
          + ")\n";
    }
  }

  /** Copies the lists. */
  public DoctorReport {
    findings = List.copyOf(findings);
    unseen = List.copyOf(unseen);
  }

  /** Tells whether nothing was found. */
  public boolean isHealthy() {
    return findings.isEmpty();
  }

  /**
   * Returns the report as a JSON object with {@code healthy}, {@code findings} (each with {@code
   * level}, {@code code}, {@code seen}, {@code why}, {@code actor} and {@code remedy}) and {@code
   * unseen}. Level and actor are the constants' names.
   */
  public String toJson() {
    return DoctorJson.write(this);
  }

  /** Returns the report for people to read. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(isHealthy() ? "Nothing wrong was found.\n" : "Findings: " + findings.size() + "\n");
    findings.forEach(finding -> text.append('\n').append(finding));
    if (!unseen.isEmpty()) {
      text.append("\nNot seen:\n");
      unseen.forEach(line -> text.append("  - ").append(line).append('\n'));
    }
    return text.toString();
  }
}
