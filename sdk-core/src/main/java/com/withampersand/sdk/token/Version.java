package com.withampersand.sdk.token;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says which of two descriptions of one grant is the newer: the only comparison of its kind. No two
 * writes have the same version, and no process's clock takes part.
 *
 * <p>Compared from left to right. {@link #toString()} is the form that a store keeps: five decimals
 * of fixed width, whose order as text is this order.
 *
 * @param consent the number of the consent that the tokens descend from; larger for a later one
 * @param generation 1 for the tokens of a consent, one more with each refresh
 * @param lease the number of the lease under which the tokens were obtained; 0 for a consent's
 * @param stateLease the number of the lease under which the state was found; 0 for a consent's
 * @param step the writes under that lease, from 1; 0 for a doubt that the lease itself recorded
 */
public record Version(long consent, long generation, long lease, long stateLease, int step)
    implements Comparable<Version> {
  /** The version of a row that an SDK before versions wrote. */
  public static final Version OLD = new Version(0, 1, 0, 0, 0);

  private static final int LONG_DIGITS = 19;
  private static final int INT_DIGITS = 10;
  private static final Pattern FORM =
      Pattern.compile("(\\d{19})\\.(\\d{19})\\.(\\d{19})\\.(\\d{19})\\.(\\d{10})");
  private static final Comparator<Version> ORDER =
      Comparator.comparingLong(Version::consent)
          .thenComparingLong(Version::generation)
          .thenComparingLong(Version::lease)
          .thenComparingLong(Version::stateLease)
          .thenComparingInt(Version::step);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public Version {
    if (consent < 0 || generation < 0 || lease < 0 || stateLease < 0 || step < 0) {
      throw new IllegalArgumentException("a version has no negative numbers");
    }
  }

  /** Returns the version of a consent's own tokens. */
  public static Version ofConsent(long number) {
    return new Version(number, 1, 0, 0, 0);
  }

  /**
   * Returns the version that {@link #toString()} wrote.
   *
   * @throws IllegalArgumentException if the text is none
   */
  public static Version parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a version");
    }
    return new Version(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)),
        Long.parseLong(matcher.group(4)),
        Integer.parseInt(matcher.group(5)));
  }

  @Override
  public int compareTo(Version other) {
    return ORDER.compare(this, other);
  }

  /** Tells whether this is newer than the other version. */
  public boolean isAfter(Version other) {
    return compareTo(other) > 0;
  }

  /** Returns the form that a store keeps. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(90);
    for (long number : new long[] {consent, generation, lease, stateLease}) {
      append(text, number, LONG_DIGITS).append('.');
    }
    return append(text, step, INT_DIGITS).toString();
  }

  /** In no one's language: some write digits of their own, which no other process could read. */
  private static StringBuilder append(StringBuilder text, long number, int digits) {
    String decimal = Long.toString(number);
    return text.append("0".repeat(digits - decimal.length())).append(decimal);
  }
}
