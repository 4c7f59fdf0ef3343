package com.withampersand.sdk.internal;

import java.net.URI;
import java.util.Locale;

/** Where secrets may be sent: over https, or in plain http to this very machine. */
public final class Endpoints {
  private Endpoints() {}

  /**
   * Returns {@code uri} if secrets may be sent there.
   *
   * @param name what it is, as an error names it
   * @throws IllegalArgumentException if it is no absolute https URI, nor http to a loopback
   *     address, or has user info or a fragment
   */
  public static URI requireSafe(URI uri, String name) {
    boolean safeScheme =
        "https".equalsIgnoreCase(uri.getScheme())
            || ("http".equalsIgnoreCase(uri.getScheme()) && isLoopback(uri));
    if (!safeScheme || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "the "
              + name
              + " has to be an absolute https URI (http is for localhost alone), not "
              + uri.getScheme()
              + "://"
              + uri.getHost());
    }
    if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the " + name + " must have neither user info nor fragment, at host " + uri.getHost());
    }
    return uri;
  }

  /** Returns host and port as a message names them: {@code localhost:8080}, {@code example.com}. */
  public static String shown(URI uri) {
    return uri.getPort() == -1
        ? String.valueOf(uri.getHost())
        : uri.getHost() + ":" + uri.getPort();
  }

  /**
   * Tells whether the host is {@code localhost}, in 127.0.0.0/8, or {@code [::1]}; no name is
   * looked up.
   */
  public static boolean isLoopback(URI uri) {
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
