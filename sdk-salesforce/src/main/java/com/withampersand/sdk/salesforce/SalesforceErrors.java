package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The catalog of what Salesforce's refusals mean, on top of what RFC 6749 says. An error that is
 * not listed stays as it is.
 */
final class SalesforceErrors {
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;

  /** Where an error is not the refusal of an access token. */
  private static final Set<Place> NOT_OF_CALLS =
      Set.of(Place.REVOCATION, Place.REFRESH, Place.EXCHANGE, Place.AUTHORIZE);

  private static final List<Topic> TOPICS =
      Stream.of(ConsentTopics.ALL, TokenTopics.ALL, RestTopics.ALL).flatMap(List::stream).toList();

  /** The most words come first, for they tell the most. */
  private static final List<Row> ROWS =
      TOPICS.stream()
          .flatMap(topic -> topic.signs().stream().map(sign -> Row.of(sign, topic)))
          .sorted(Comparator.comparingInt((Row row) -> row.words.length()).reversed())
          .toList();

  private SalesforceErrors() {}

  /** A sign in plain words, and what it is a sign of. */
  private record Row(String code, boolean isPrefix, String words, List<Place> places, Topic topic) {

    static Row of(Sign sign, Topic topic) {
      return new Row(
          plain(sign.code()), sign.code().endsWith("*"), plain(sign.words()), sign.places(), topic);
    }

    boolean fits(String plainCode, String allWords) {
      if (!words.isEmpty()) {
        return (" " + allWords).contains(" " + words);
      }
      return isPrefix ? plainCode.startsWith(code) : plainCode.equals(code);
    }

    /** Tells whether Salesforce is known to say it there and nowhere else. */
    boolean isOnlyShown(Place place) {
      return places.equals(List.of(place));
    }

    /** Tells whether these words are known from calls, beside this code or without any. */
    boolean isOfCalls(String plainCode) {
      return places.contains(Place.REST) && (code.isEmpty() || code.equals(plainCode));
    }

    boolean isKnownOfRefreshes() {
      return places.contains(Place.TOKEN) || places.contains(Place.REFRESH);
    }
  }

  /** Returns lower-case words with one space between each two. */
  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
  }

  static List<Topic> topics() {
    return TOPICS;
  }

  /**
   * Returns the topic of what was said, whatever its case and punctuation, and whichever of the two
   * has the words.
   */
  static Optional<Topic> find(String code, String description) {
    return rows(code, description)
        .filter(row -> !row.isOnlyShown(Place.REFRESH))
        .findFirst()
        .map(Row::topic);
  }

  /**
   * Returns the topic of a refused call. Its words may be a validation rule's, or data: beside a
   * code they count only where they are known from calls.
   */
  static Optional<Topic> findOfCall(String code, String description) {
    return rows(code, description)
        .filter(row -> row.places.isEmpty() || !NOT_OF_CALLS.containsAll(row.places))
        .filter(row -> row.words.isEmpty() || code.isEmpty() || row.isOfCalls(plain(code)))
        .findFirst()
        .map(Row::topic);
  }

  private static Optional<Row> findOfRefresh(String code, String description) {
    return rows(code, description).filter(row -> !row.isOnlyShown(Place.EXCHANGE)).findFirst();
  }

  private static Stream<Row> rows(String code, String description) {
    String plainCode = plain(code);
    String allWords = plain(code + " " + description);
    return ROWS.stream().filter(row -> row.fits(plainCode, allWords));
  }

  static OAuthException explain(OAuthException exception) {
    String description = exception.description().orElse("");
    boolean isOfCall =
        exception.httpStatus().orElse(0) == UNAUTHORIZED
            && exception.error().equals("invalid_token");
    return (isOfCall
            ? findOfCall(exception.error(), description)
            : find(exception.error(), description))
        .map(topic -> explain(exception, topic, topic.verdict()))
        .orElse(exception);
  }

  /** Explains the refusal of a refresh: only words that are known of refreshes end a grant. */
  static OAuthException explainRefresh(OAuthException exception) {
    return findOfRefresh(exception.error(), exception.description().orElse(""))
        .map(row -> explain(exception, row.topic, verdictOfRefresh(row)))
        .orElseGet(() -> withoutEnd(exception));
  }

  private static Verdict verdictOfRefresh(Row row) {
    Verdict verdict = row.topic.verdict();
    return verdict == Verdict.FINAL && !row.isKnownOfRefreshes() ? Verdict.UNKNOWN : verdict;
  }

  private static OAuthException withoutEnd(OAuthException exception) {
    return exception.verdict() == Verdict.FINAL
        ? exception.toBuilder().verdict(Verdict.UNKNOWN).build()
        : exception;
  }

  private static OAuthException explain(OAuthException exception, Topic topic, Verdict verdict) {
    if (exception.httpStatus().orElse(0) == TOO_MANY_REQUESTS) {
      // Nothing was carried out, so the words say nothing about the grant.
      return exception;
    }
    return exception.toBuilder()
        .remedy(topic.remedy())
        .causes(topic.causes())
        .actor(topic.actor())
        .verdict(verdict)
        .reason(topic.reason())
        .topic(topic.link())
        .build();
  }
}
