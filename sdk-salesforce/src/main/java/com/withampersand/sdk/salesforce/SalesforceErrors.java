package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.OAuthException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The catalogue of what Salesforce's refusals mean, on top of what RFC 6749 says. An error that is
 * not listed stays as it is.
 */
final class SalesforceErrors {
  private static final List<Topic> TOPICS =
      Stream.of(ConsentTopics.ALL, TokenTopics.ALL, RestTopics.ALL).flatMap(List::stream).toList();

  private static final List<Row> ROWS =
      TOPICS.stream()
          .flatMap(topic -> topic.signs().stream().map(sign -> new Row(sign, topic)))
          .sorted(Comparator.comparingInt((Row row) -> row.sign.words().length()).reversed())
          .toList();

  private SalesforceErrors() {}

  private record Row(Sign sign, Topic topic) {}

  static List<Topic> topics() {
    return TOPICS;
  }

  /** Returns the topic of what was said. The most words that fit count, and then the code. */
  static Optional<Topic> find(String code, String description) {
    String plainCode = Sign.plain(code);
    String plainDescription = Sign.plain(description);
    return ROWS.stream()
        .filter(row -> row.sign.matches(plainCode, plainDescription))
        .findFirst()
        .map(Row::topic);
  }

  static OAuthException explain(OAuthException exception) {
    return find(exception.error(), exception.description().orElse(""))
        .map(topic -> explain(exception, topic))
        .orElse(exception);
  }

  private static OAuthException explain(OAuthException exception, Topic topic) {
    return exception.toBuilder()
        .remedy(topic.remedy())
        .causes(topic.causes())
        .actor(topic.actor())
        .needsReauthorization(topic.needsReauthorization())
        .retryable(topic.retryable())
        .topic(topic.link())
        .build();
  }
}
