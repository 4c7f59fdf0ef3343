package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.util.regex.Pattern;

/** The identifier of an org, which has a form of 15 characters and one of 18 for the same org. */
final class OrgId {
  private static final int SHORT = 15;
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
  }

  /** Tells whether two identifiers are the same org's. */
  static boolean areSame(String one, String other) {
    return one.length() >= SHORT
        && other.length() >= SHORT
        && one.substring(0, SHORT).equals(other.substring(0, SHORT));
  }
}
