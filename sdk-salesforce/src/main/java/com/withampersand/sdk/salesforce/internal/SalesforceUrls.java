package com.withampersand.sdk.salesforce.internal;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which hosts are Salesforce's, and what people mean by the addresses they paste. */
public final class SalesforceUrls {
  /**
   * Where instances are, each with its leading dot, so that {@code evil-salesforce.com} is none of
   * them. Sites are not among them: their content and their domains are the customers'.
   */
  private static final List<String> INSTANCE_SUFFIXES =
      List.of(
          ".salesforce.com",
          ".salesforce.mil",
          ".sfcrmproducts.cn",
          ".my-salesforce.com",
          ".cloudforce.com",
          ".database.com");

  /** Where people work, and the My Domain to which such a page belongs. */
  private static final Map<String, String> PAGES =
      Map.of(
          ".lightning.force.com", ".my.salesforce.com",
          ".lightning.crmforce.mil", ".my.salesforce.mil",
          ".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn",
          ".my-lightning.com", ".my-salesforce.com",
          ".my.salesforce-setup.com", ".my.salesforce.com");

  /**
   * What is pasted: a scheme or none, a host, perhaps the dot of a complete name, perhaps the usual
   * port, and whatever follows. No user, no escape and no letter beyond ASCII is part of it.
   */
  private static final Pattern PASTED =
      Pattern.compile(
          "(?:https?://)?(?<host>[a-z0-9.-]*[a-z0-9])\\.?(?::443|:80)?(?:[/?#].*)?",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Blanks of every script, and characters that cannot be seen, as copying brings along. */
  private static final String BLANK = "[\\s\\p{Z}\\p{Cf}]+";

  /** No address is longer, and the patterns here take time. */
  public static final int LONGEST_ADDRESS = 2048;

  /** What a Consumer Secret, or half of one, looks like: digits, or hexadecimal ones. */
  private static final Pattern LONG_NUMBER = Pattern.compile("(?<![\\w])\\p{XDigit}{16,}(?![\\w])");

  /** A part of a host that may be a secret of any kind: names are shorter, or have hyphens. */
  private static final Pattern LONG_LABEL =
      Pattern.compile(
          "(?<![a-z0-9-])(?=[a-z]*[0-9])[a-z0-9]{20,}(?![a-z0-9-])", Pattern.CASE_INSENSITIVE);

  private static final Pattern BLANK_ENDS = Pattern.compile("^" + BLANK + "|" + BLANK + "$");

  private SalesforceUrls() {}

  /** Returns what was pasted without the blanks around it. */
  public static String trimmed(String pasted) {
    return BLANK_ENDS.matcher(pasted).replaceAll("");
  }

  /** Returns an address, or its path, without the slashes at its end. */
  public static String withoutSlashes(String address) {
    int end = address.length();
    while (end > 0 && address.charAt(end - 1) == '/') {
      end--;
    }
    return address.substring(0, end);
  }

  /**
   * Returns the host in a name, host or address, in lower case; empty if there is none, or if what
   * surrounds it is more than a pasted address has.
   */
  public static Optional<String> hostOf(String nameOrHostOrUrl) {
    if (nameOrHostOrUrl.length() > LONGEST_ADDRESS) {
      return Optional.empty();
    }
    Matcher pasted = PASTED.matcher(trimmed(nameOrHostOrUrl));
    return pasted.matches()
        ? Optional.of(pasted.group("host").toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /** Returns the My Domain of a page that people work with; any other host as it is. */
  public static String pageToMyDomain(String host) {
    for (Map.Entry<String, String> pair : PAGES.entrySet()) {
      if (host.endsWith(pair.getKey())) {
        return host.substring(0, host.length() - pair.getKey().length()) + pair.getValue();
      }
    }
    return host;
  }

  /** Tells whether a bearer token may be sent there: to Salesforce, over https. */
  public static boolean isInstance(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme())
        && uri.getHost() != null
        && uri.getRawUserInfo() == null
        && INSTANCE_SUFFIXES.stream().anyMatch(uri.getHost().toLowerCase(Locale.ROOT)::endsWith);
  }

  /** Tells whether a host, in lower case, is an instance, a login host, or a page of one. */
  public static boolean isSalesforce(String host) {
    return INSTANCE_SUFFIXES.stream().anyMatch(pageToMyDomain(host)::endsWith);
  }

  /** Tells whether it is an address of this very machine, to which no one else listens. */
  public static boolean isLoopback(URI uri) {
    String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
    return uri.getRawUserInfo() == null
        && (host.equals("localhost")
            || host.equals("[::1]")
            || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}"));
  }

  public static boolean isHttpsOrLoopback(URI uri) {
    return uri.getHost() != null
        && ("https".equalsIgnoreCase(uri.getScheme())
            || ("http".equalsIgnoreCase(uri.getScheme()) && isLoopback(uri)));
  }

  /**
   * Returns what was given, fit for a message: short, on one line, and without what may be a
   * password, a session or a secret.
   */
  public static String shown(String given) {
    if (given.length() > LONGEST_ADDRESS) {
      return "(" + given.length() + " characters)";
    }
    String withoutSessions =
        given.replaceAll("(?s)[?#].*", "").replaceAll("(?s)^([^:/@]*://)?.*@", "$1***@");
    String line = ProviderText.redacted(LONG_NUMBER.matcher(withoutSessions).replaceAll("***"));
    return line.length() <= 80 ? line : line.substring(0, 80) + "…";
  }

  /**
   * Returns a host that a server named, fit for a message. The Consumer Secret is not known here,
   * so it is hidden by its looks.
   */
  public static String shownHost(String host, TokenSet tokens) {
    String numbers = LONG_NUMBER.matcher(host).replaceAll("***");
    String shown = LONG_LABEL.matcher(numbers).replaceAll("***");
    Secret accessToken = tokens.accessToken();
    return ProviderText.redacted(shown, accessToken, tokens.refreshToken().orElse(accessToken));
  }
}
