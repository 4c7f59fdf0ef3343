package com.withampersand.sdk.testkit;

import java.net.URI;

/** The org and its one user. */
record Org(URI uri, String id, String userId, String username) {

  static Org random(URI uri) {
    return new Org(
        uri,
        "00D" + Randoms.alphanumeric(15),
        "005" + Randoms.alphanumeric(15),
        "user@acme.example");
  }

  String identityUrl() {
    return uri + identityPath();
  }

  String identityPath() {
    return "/id/" + id + "/" + userId;
  }
}
