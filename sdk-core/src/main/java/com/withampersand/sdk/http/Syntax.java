package com.withampersand.sdk.http;

import java.net.URI;
import java.util.Locale;
import java.util.Map;

/**
 * What a request must be so that HTTP can carry it (RFC 9110, sections 5 and 9). Checked before a
 * request is sent, so that an exception out of a transport is never a mistake in the request.
 */
final class Syntax {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private Syntax() {}

  static String method(String method) {
    if (!isToken(method)) {
      throw new IllegalArgumentException("not an HTTP method");
    }
    return method;
  }

  static URI address(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean web = scheme.equals("http") || scheme.equals("https");
    if (!web || uri.getHost() == null) {
      throw new IllegalArgumentException("the address is not http or https, or has no host");
    }
    return uri;
  }

  static Map<String, String> headers(Map<String, String> headers) {
    headers.forEach(Syntax::header);
    return Map.copyOf(headers);
  }

  private static void header(String name, String value) {
    if (!isToken(name) || !mayBeValue(value)) {
      throw new IllegalArgumentException(
          "HTTP does not allow the header " + name + ", or a character of its value");
    }
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!mayBeInToken(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean mayBeValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!mayBeInValue(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayBeInToken(int c) {
    boolean alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return alphanumeric || TOKEN_MARKS.indexOf(c) >= 0;
  }

  private static boolean mayBeInValue(int c) {
    return c == '\t' || (c >= ' ' && c <= '~');
  }
}
