package com.withampersand.sdk.salesforce.error;

import java.util.regex.Pattern;

/** Recognizes the web page that Salesforce sends during maintenance, with any status. */
final class MaintenancePage {
  private static final Pattern WORDS =
      Pattern.compile(
          "(?i)\\bdown for (?:scheduled )?maintenance\\b|\\bundergoing (?:scheduled )?maintenance\\b");

  private MaintenancePage() {}

  static boolean is(String text) {
    return text.startsWith("<") && WORDS.matcher(text).find();
  }
}
