package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.util.regex.Pattern;

/** The identifier of an org, which has a form of 15 characters and one of 18 for the same org. */
final class OrgId {
  private static final int SHORT = 15;
  private static final int PART = 5;
  private static final String SUFFIX_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
  private static final Pattern FORM = Pattern.compile("00D[A-Za-z0-9]{12}([A-Za-z0-9]{3})?");

  private OrgId() {}

  /**
   * Refuses what is not an identifier of an org.
   *
   * @throws IllegalArgumentException if it is not
   */
  static void require(String id) {
    if (!FORM.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "an org's identifier has 15 or 18 letters and digits and begins with 00D, unlike \""
              + SalesforceUrls.shown(id)
              + "\"; SalesforceTokens.organizationId() has it");
    }
    if (id.length() != SHORT && !id.equals(inLongForm(id.substring(0, SHORT)))) {
      throw new IllegalArgumentException(
          "the last three characters of the org's identifier \"%s\" do not fit the others: one was mistyped, or changed its case"
              .formatted(id));
    }
  }

  /**
   * Tells whether two identifiers are the same org's. An 18-character one whose suffix does not fit
   * is equal to none but itself.
   */
  static boolean areSame(String one, String other) {
    return inLongForm(one).equals(inLongForm(other));
  }

  private static String inLongForm(String id) {
    return id.length() == SHORT ? id + suffix(id) : id;
  }

  /** Each letter of the suffix tells which of five characters are capital letters. */
  private static String suffix(String id) {
    StringBuilder suffix = new StringBuilder();
    for (int start = 0; start < SHORT; start += PART) {
      int capitals = 0;
      for (int i = 0; i < PART; i++) {
        char c = id.charAt(start + i);
        capitals |= c >= 'A' && c <= 'Z' ? 1 << i : 0;
      }
      suffix.append(SUFFIX_LETTERS.charAt(capitals));
    }
    return suffix.toString();
  }
}
