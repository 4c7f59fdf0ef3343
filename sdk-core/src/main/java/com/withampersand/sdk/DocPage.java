package com.withampersand.sdk;

import java.util.Locale;

/** Where the documentation treats a kind of failure: a page below {@code docs}, and an anchor. */
enum DocPage {
  API_REFUSED,
  CALLBACK_UNUSABLE,
  FOREIGN_GRANT,
  INVALID_APP,
  NOT_CONNECTED,
  PROVIDER_REFUSED,
  UNUSABLE_ANSWER,
  STORE_FAILED,
  NO_ANSWER,
  WEBHOOK_REFUSED;

  /** The address of the documentation site, with a slash at its end; empty until there is one. */
  static final String SITE = "";

  /** Returns the page and the anchor, such as {@code guides/when-it-fails.md#not-connected}. */
  String topic() {
    return "guides/when-it-fails.md#" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the address of a topic at the project's site; the topic itself if there is none, or if
   * it is an address already.
   */
  static String address(String topic) {
    return address(SITE, topic);
  }

  static String address(String site, String topic) {
    return site.isEmpty() || topic.contains("://")
        ? topic
        : site + topic.replaceFirst("\\.md(?=#|$)", ".html");
  }
}
