package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.oauth.ProviderText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What changes between two versions of a file, in words. */
final class Differences {
  private static final int LONGEST = 80;

  private Differences() {}

  static List<String> between(Element before, Element after) {
    if (before.sorted().equals(after.sorted())) {
      return List.of();
    }
    Map<String, List<String>> old = before.values();
    Map<String, List<String>> next = after.values();
    Set<String> paths = new TreeSet<>(old.keySet());
    paths.addAll(next.keySet());
    List<String> differences = new ArrayList<>();
    for (String path : paths) {
      List<String> was = old.getOrDefault(path, List.of());
      List<String> is = next.getOrDefault(path, List.of());
      if (!sorted(was).equals(sorted(is))) {
        differences.add(
            ProviderText.redacted(path.substring(path.indexOf('/') + 1))
                + ": "
                + words(was)
                + " -> "
                + words(is));
      }
    }
    return differences.isEmpty() ? List.of("the same elements in other groups") : differences;
  }

  private static List<String> sorted(List<String> texts) {
    return texts.stream().sorted().toList();
  }

  private static String words(List<String> texts) {
    String text = texts.isEmpty() ? "none" : ProviderText.redacted(String.join(", ", texts));
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
