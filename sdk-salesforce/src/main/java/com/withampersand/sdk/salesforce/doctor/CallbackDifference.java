package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.oauth.ProviderText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** Says how a callback differs from those that are registered: Salesforce compares exactly. */
record CallbackDifference(String words, BiPredicate<String, String> applies) {
  /** The smallest difference comes first. */
  private static final List<CallbackDifference> ALL =
      List.of(
          new CallbackDifference(
              "differs in upper-case and lower-case letters", String::equalsIgnoreCase),
          new CallbackDifference(
              "has an extra slash at the end", (wanted, there) -> there.equals(wanted + "/")),
          new CallbackDifference(
              "has no slash at the end", (wanted, there) -> wanted.equals(there + "/")),
          new CallbackDifference(
              "differs in its scheme, case or ending",
              (wanted, there) -> bare(wanted).equals(bare(there))),
          new CallbackDifference(
              "has another query",
              (wanted, there) -> withoutQuery(wanted).equals(withoutQuery(there))),
          new CallbackDifference(
              "has another path or port on the same host",
              (wanted, there) -> host(wanted).isPresent() && host(wanted).equals(host(there))));

  static String of(String wanted, List<String> registered) {
    for (CallbackDifference difference : ALL) {
      for (String there : registered) {
        if (difference.applies.test(wanted, there)) {
          return "The registered " + ProviderText.redacted(there) + " " + difference.words + ".";
        }
      }
    }
    return registered.isEmpty()
        ? "None is registered."
        : "Registered: "
            + registered.stream().map(ProviderText::redacted).collect(Collectors.joining(", "))
            + ".";
  }

  private static String bare(String url) {
    return url.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "").replaceFirst("/+$", "");
  }

  private static String withoutQuery(String url) {
    return url.replaceFirst("\\?.*", "");
  }

  private static Optional<String> host(String url) {
    try {
      return Optional.ofNullable(new URI(url).getHost());
    } catch (URISyntaxException e) {
      return Optional.empty(); // it is not the same, whatever it is
    }
  }
}
