package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.oauth.ProviderText;

/**
 * What Salesforce said: a code, words, or both; empty where it said none.
 *
 * @param code the code
 * @param description the words
 */
record Said(String code, String description) {
  private static final int MOST_CHARACTERS = 2000;

  /** The silence of a page or an empty answer. */
  static final Said NOTHING = new Said("", "");

  Said {
    code = bounded(code);
    description = bounded(description);
  }

  /** Cuts between two words, lest half a token no longer looks like one. */
  private static String bounded(String text) {
    if (text.length() <= MOST_CHARACTERS) {
      return text;
    }
    int end = MOST_CHARACTERS;
    while (end > 0 && !Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  /**
   * Returns this in a form that can be shown: on one line without control characters, cut to a
   * sensible length, and without what looks like a token or is some parameter's value.
   */
  Said shown() {
    return new Said(shown(code), shown(description));
  }

  private static String shown(String text) {
    String withoutValues = text.replaceAll("(\\w)\\s*=\\s*[^\\s&]+", "$1=***");
    return ProviderText.redacted(withoutValues);
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
