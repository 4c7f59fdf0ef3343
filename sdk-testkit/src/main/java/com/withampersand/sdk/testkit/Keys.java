package com.withampersand.sdk.testkit;

import java.util.Optional;

/** Who may call. */
final class Keys {
  private final String bearerToken;
  private volatile String apiKey;

  Keys(String apiKey, String bearerToken) {
    this.apiKey = apiKey;
    this.bearerToken = bearerToken;
  }

  String apiKey() {
    return apiKey;
  }

  String bearerToken() {
    return bearerToken;
  }

  String regenerateApiKey() {
    apiKey = newApiKey();
    return apiKey;
  }

  static String newApiKey() {
    return Randoms.alphanumeric(40);
  }

  /** Ends a request that brings no key, or one that is not good any more. */
  void require(ReceivedRequest request) {
    Optional<String> key = request.header("X-Api-Key");
    boolean good =
        key.map(apiKey::equals)
            .orElseGet(() -> request.bearer().map(bearerToken::equals).orElse(false));
    if (!good) {
      boolean missing = key.isEmpty() && request.header("Authorization").isEmpty();
      throw new FakeRefusal(
          401,
          missing ? "The request brings no credential" : "The credential is unknown or has expired",
          "Send a valid key of the project in X-Api-Key");
    }
  }
}
