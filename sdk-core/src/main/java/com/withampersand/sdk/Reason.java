package com.withampersand.sdk;

import java.util.Arrays;

/**
 * Why a provider refused, in words that a product can translate. Stable: constants are added, never
 * renamed or removed. It is stored by name, and a name that this version does not know reads as
 * {@link #OTHER}.
 */
public enum Reason {
  /** The grant expired, was revoked, or its refresh token was used up. */
  REVOKED_OR_EXPIRED,
  /** The user declined, or must be asked. */
  DECLINED,
  /** The user is inactive, frozen or deleted at the provider. */
  USER_INACTIVE,
  /** The user may not use the app, or lacks a permission for it. */
  USER_NOT_PERMITTED,
  /** An admin blocked the app, or has not installed or approved it. */
  APP_BLOCKED,
  /** The address that the request came from is not allowed. */
  IP_BLOCKED,
  /** The client identifier or the client secret is wrong. */
  WRONG_CREDENTIALS,
  /** The token was issued by another host, or to another app. */
  WRONG_HOST_OR_APP,
  /** The app's settings, or the request, are wrong. */
  MISCONFIGURED,
  /** Another request with the same token is being processed. */
  ALREADY_PROCESSING,
  /** Too many requests, or too many sign-ins. */
  TOO_MANY_REQUESTS,
  /** The provider is out of service for now. */
  PROVIDER_TROUBLE,
  /** None of the above. */
  OTHER;

  /** Returns the reason of this name; {@link #OTHER} if this version does not know it. */
  public static Reason named(String name) {
    return Arrays.stream(values())
        .filter(reason -> reason.name().equals(name))
        .findFirst()
        .orElse(OTHER);
  }
}
