package com.withampersand.sdk.platform;

/** The parts of a provider app that can be changed. */
public enum ProviderAppField {
  /** The provider's name in the catalog. */
  PROVIDER("provider"),
  /** The client identifier. */
  CLIENT_ID("clientId"),
  /** The client secret. */
  CLIENT_SECRET("clientSecret"),
  /** The scopes that users are asked for. */
  SCOPES("scopes"),
  /** The identifier by which the provider knows the app. */
  EXTERNAL_REF("externalRef"),
  /** What Ampersand has to know about the app beyond OAuth. */
  METADATA("metadata");

  private final String wireName;

  ProviderAppField(String wireName) {
    this.wireName = wireName;
  }

  /** Returns the field's name in the API. */
  @Override
  public String toString() {
    return wireName;
  }
}
