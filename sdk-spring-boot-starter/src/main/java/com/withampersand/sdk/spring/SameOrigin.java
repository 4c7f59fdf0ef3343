package com.withampersand.sdk.spring;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Tells whether a page of this application sent a request. What no browser sent is not asked: it
 * has no cookies of a user that another page could abuse.
 *
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
final class SameOrigin {
  private SameOrigin() {}

  static boolean isSender(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin") || site.equals("none");
    }
    String origin = request.getHeader("Origin");
    return origin == null || origin.equals(own(request));
  }

  private static String own(HttpServletRequest request) {
    int port = request.getServerPort();
    boolean isUsual = port == ("https".equals(request.getScheme()) ? 443 : 80);
    return request.getScheme() + "://" + request.getServerName() + (isUsual ? "" : ":" + port);
  }
}
