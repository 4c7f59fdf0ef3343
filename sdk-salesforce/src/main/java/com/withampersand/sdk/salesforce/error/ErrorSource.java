package com.withampersand.sdk.salesforce.error;

/** Where Salesforce sends an error. */
enum ErrorSource {
  /** The body of {@code /services/oauth2/authorize}, where client or callback is not trusted. */
  AUTHORIZE("body of /authorize"),
  /** The redirect to the callback. */
  CALLBACK("callback"),
  /** The address of Salesforce's own error page, after the sign-in. */
  ERROR_PAGE("address of Salesforce's error page"),
  /** The token endpoint, in answer to a code, a refresh token or an assertion. */
  TOKEN("token endpoint"),
  /** The token endpoint, in answer to a code only. */
  EXCHANGE("token endpoint, in answer to a code"),
  /** The token endpoint, in answer to a refresh token only. */
  REFRESH("token endpoint, in answer to a refresh token"),
  /** The token endpoint, in answer to a JWT or to the app's own credentials only. */
  MINT("token endpoint, in answer to a JWT or to the app's own credentials"),
  /** The revocation endpoint. */
  REVOCATION("revocation endpoint"),
  /** Any API that is called with an access token: REST, Bulk, SOAP, identity and user info. */
  API("API calls");

  private final String words;

  ErrorSource(String words) {
    this.words = words;
  }

  /** Returns the source in words. */
  @Override
  public String toString() {
    return words;
  }
}
