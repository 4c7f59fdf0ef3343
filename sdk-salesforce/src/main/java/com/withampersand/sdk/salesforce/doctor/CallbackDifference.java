package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Says in what a callback differs from those that are registered: Salesforce compares exactly. */
final class CallbackDifference {
  private CallbackDifference() {}

  static String of(String wanted, List<String> registered) {
    if (registered.isEmpty()) {
      return "None is registered.";
    }
    return registered.stream()
        .map(each -> new Pair(wanted, each))
        .filter(Pair::isClose)
        .map(Pair::words)
        .findFirst()
        .orElseGet(
            () ->
                "Registered: "
                    + registered.stream()
                        .map(SalesforceUrls::shown)
                        .collect(Collectors.joining(", "))
                    + ".");
  }

  private record Pair(String wanted, String registered) {
    boolean isClose() {
      return wanted.equalsIgnoreCase(registered)
          || bare(wanted).equals(bare(registered))
          || isOfSameHost();
    }

    String words() {
      return "Registered is " + SalesforceUrls.shown(registered) + ", which has " + what() + ".";
    }

    private String what() {
      if (wanted.equalsIgnoreCase(registered)) {
        return "other upper-case and lower-case letters";
      }
      if ((wanted + "/").equals(registered)) {
        return "a slash more at the end";
      }
      if (wanted.equals(registered + "/")) {
        return "a slash less at the end";
      }
      if (bare(wanted).equals(bare(registered))) {
        return "another scheme, case or ending";
      }
      return "another path, port or query on the same host";
    }

    private boolean isOfSameHost() {
      String host = host(wanted);
      return !host.isEmpty() && Objects.equals(host, host(registered));
    }

    private static String bare(String url) {
      return url.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "").replaceFirst("/+$", "");
    }

    private static String host(String url) {
      try {
        String host = new URI(url).getHost();
        return host == null ? "" : host;
      } catch (URISyntaxException e) {
        return ""; // whatever is registered, it is not the same
      }
    }
  }
}
