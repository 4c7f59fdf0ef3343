package com.withampersand.sdk.salesforce;

/** Where Salesforce shows an error: each place has its own form. */
enum Place {
  /** In the body of {@code /services/oauth2/authorize}, where client or callback is not trusted. */
  AUTHORIZE("in the body of /authorize"),
  /** In the redirect to the callback. */
  CALLBACK("at the callback"),
  /** In the address of Salesforce's own error page, after the login. */
  ERROR_PAGE("in the address of Salesforce's error page"),
  /** In the answer to a code exchange or refresh. */
  TOKEN("at the token endpoint"),
  /** In the answer to a code exchange alone. */
  EXCHANGE("at the token endpoint, in answer to a code"),
  /** In the answer to a refresh alone. */
  REFRESH("at the token endpoint, in answer to a refresh token"),
  /** In the answer to a revocation. */
  REVOCATION("at the revocation endpoint"),
  /** In the answer of an API that is called with an access token. */
  REST("in answers of the REST API");

  private final String words;

  Place(String words) {
    this.words = words;
  }

  /** Returns the place in words. */
  @Override
  public String toString() {
    return words;
  }
}
