package com.withampersand.sdk.salesforce;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which hosts are Salesforce's, and what people mean by the addresses they paste. */
final class SalesforceUrls {
  /** Each with its leading dot, so that {@code evil-salesforce.com} is none of them. */
  private static final List<String> INSTANCE_SUFFIXES =
      List.of(".salesforce.com", ".salesforce.mil", ".sfcrmproducts.cn", ".my.site.com");

  private static final Map<String, String> LIGHTNING =
      Map.of(
          ".lightning.force.com", ".my.salesforce.com",
          ".lightning.crmforce.mil", ".my.salesforce.mil",
          ".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn");

  private SalesforceUrls() {}

  /**
   * Returns the host in a name, host or address, in lower case.
   *
   * @throws IllegalArgumentException if there is none, or more is in front of or behind it than an
   *     address has
   */
  static String hostOf(String nameOrHostOrUrl) {
    String text = nameOrHostOrUrl.strip();
    String address = text.contains("://") ? text : "https://" + text;
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null && uri.getRawUserInfo() == null && uri.getPort() == -1) {
        return uri.getHost().toLowerCase(Locale.ROOT);
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the sentence that helps more than the parser's.
    }
    throw new IllegalArgumentException(
        "\""
            + shown(nameOrHostOrUrl)
            + "\" is no host and no address: there must be no user, no port and no white space in it");
  }

  static String lightningToMyDomain(String host) {
    for (Map.Entry<String, String> pair : LIGHTNING.entrySet()) {
      if (host.endsWith(pair.getKey())) {
        return host.substring(0, host.length() - pair.getKey().length()) + pair.getValue();
      }
    }
    return host;
  }

  /**
   * Tells whether a bearer token may be sent there: to Salesforce over https, or to this very
   * machine.
   */
  static boolean mayReceiveTokens(URI uri) {
    if (!isHttpsOrLoopback(uri) || uri.getRawUserInfo() != null) {
      return false;
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return isLoopback(uri) || INSTANCE_SUFFIXES.stream().anyMatch(host::endsWith);
  }

  static boolean isHttpsOrLoopback(URI uri) {
    return uri.getHost() != null
        && ("https".equalsIgnoreCase(uri.getScheme())
            || ("http".equalsIgnoreCase(uri.getScheme()) && isLoopback(uri)));
  }

  private static boolean isLoopback(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  /**
   * Returns what somebody gave, fit for a message: short, on one line, and without what may be a
   * password in an address.
   */
  static String shown(String given) {
    String line = given.replaceAll("\\p{Cntrl}", "?").replaceAll("//[^/]*@", "//***@");
    return line.length() <= 80 ? line : line.substring(0, 80) + "…";
  }
}
