package com.withampersand.sdk.testkit;

/** A refusal, in Salesforce's words. */
final class OAuthError extends Exception {
  private final String code;
  private final String description;

  OAuthError(String code, String description) {
    super(code + ": " + description, null, false, false);
    this.code = code;
    this.description = description;
  }

  String code() {
    return code;
  }

  String description() {
    return description;
  }
}
