package com.withampersand.sdk.salesforce.error;

import com.withampersand.sdk.oauth.ProviderText;

/**
 * The code and the description that Salesforce sent; empty where it sent none.
 *
 * @param code the code
 * @param description the description
 */
record ErrorText(String code, String description) {
  private static final int MAX_CHARACTERS = 2000;

  /** The text of a response that states no error. */
  static final ErrorText NONE = new ErrorText("", "");

  ErrorText {
    code = bounded(code);
    description = bounded(description);
  }

  /** Cuts between two words, so that no half of a token is left that does not look like one. */
  private static String bounded(String text) {
    if (text.length() <= MAX_CHARACTERS) {
      return text;
    }
    int end = MAX_CHARACTERS;
    while (end > 0 && !Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  /**
   * Returns this in a form that can be shown: on one line, without control characters, cut to a
   * sensible length, and without tokens and values of parameters.
   */
  ErrorText redacted() {
    return new ErrorText(redacted(code), redacted(description));
  }

  private static String redacted(String text) {
    return ProviderText.redacted(text.replaceAll("(\\w)\\s*=\\s*[^\\s&]+", "$1=***"));
  }

  /** Returns code and description. */
  @Override
  public String toString() {
    if (description.isEmpty()) {
      return code.isEmpty() ? "An error without a code" : code;
    }
    return code.isEmpty() ? description : code + " (" + description + ")";
  }
}
