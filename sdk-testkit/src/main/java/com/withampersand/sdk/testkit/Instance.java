package com.withampersand.sdk.testkit;

import java.net.URI;

/** Where the org's data is: at first where users log in, and elsewhere after a move. */
final class Instance {
  private final URI loginHost;
  private volatile URI uri;
  private volatile boolean moved;

  Instance(URI loginHost) {
    this.loginHost = loginHost;
    this.uri = loginHost;
  }

  URI uri() {
    return uri;
  }

  /** The same machine has two names, so the server need not move with the data. */
  URI move() {
    moved = true;
    uri = uri.equals(loginHost) ? URI.create("http://127.0.0.1:" + loginHost.getPort()) : loginHost;
    return uri;
  }

  /** Tells whether a request came to where the data is. */
  boolean isAddressedBy(ReceivedRequest request) {
    return !moved || request.header("Host").orElse("").equals(uri.getAuthority());
  }
}
